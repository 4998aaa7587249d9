"""Google Health as a provider."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from .const import (
    CONF_NOT_DURING_WORKOUTS,
    CONF_NOT_WHILE_ASLEEP,
    CONF_WORKOUT_CALENDAR,
    GOOGLE_API_PAGE,
    GOOGLE_AUDIENCE_PAGE,
    GOOGLE_CONSOLE,
    Endpoints,
    endpoints_of,
)
from .heart_rate.clock import DAY
from .provider import Config, Feature, Provider, ProviderImplementation
from .sources.google_api import SCOPE_ACTIVITY, SCOPE_PREFIX, SCOPE_SETTINGS, SCOPE_SLEEP
from .sources.google_health import SCOPES, SCOPES_NEEDED, GoogleHealth
from .sources.kinds import (
    ACTIVE_ZONE_MINUTES,
    BREATHING_RATE,
    CARDIO_FITNESS,
    HEART_RATE_VARIABILITY,
    LAST_SYNC,
    LATE_DATA,
    OXYGEN_SATURATION,
    RESTING,
    SAMPLES,
    SKIN_TEMPERATURE,
    SLEEP,
    TIME_ZONE,
    WORKOUTS,
    ZONES,
)
from .sources.source import AccessToken
from .web_session import async_get_session

SOURCE_GOOGLE_HEALTH: Final = "google_health"
LENDER_DOMAIN: Final = "google_health"
CLIENT_ID_SUFFIX: Final = ".apps.googleusercontent.com"


class GoogleImplementation(ProviderImplementation):
    """Sign-in with Google, with a client of the person's own Google Cloud project."""

    @staticmethod
    @override
    def _addresses(endpoints: Endpoints, address: str | None) -> tuple[str, str, str]:
        return endpoints.google_authorize, endpoints.google_token, endpoints.google_revoke

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Parameters that make Google give a refresh token too."""
        return {**super().extra_authorize_data, "access_type": "offline", "prompt": "consent"}

    @override
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}, {}


def _open(hass: HomeAssistant, access_token: AccessToken, _data: Config, _options: Config) -> GoogleHealth:
    return GoogleHealth(async_get_session(hass), access_token, endpoints_of(hass).google_health)


def _grantee(client_id: str) -> str:
    """Return the number of the client's project, with which an id begins, or the id if it has none."""
    number = client_id.partition("-")[0]
    return number if number.isdigit() else client_id


def _services(endpoints: Endpoints, _data: Config) -> dict[str, str]:
    return {
        "can_reach_google_health": endpoints.google_health,
        "can_reach_google_sign_in": endpoints.google_token,
    }


GOOGLE_HEALTH: Final = Provider(
    key=SOURCE_GOOGLE_HEALTH,
    maker="Google",
    model="Google Health",
    open=_open,
    sign_in=GoogleImplementation,
    scopes={scope: scope.removeprefix(SCOPE_PREFIX) for scope in SCOPES},
    scopes_needed=SCOPES_NEEDED,
    features=(
        Feature("zones_not_granted", SCOPE_ACTIVITY, (ZONES, WORKOUTS, ACTIVE_ZONE_MINUTES, CARDIO_FITNESS)),
        Feature("settings_not_granted", SCOPE_SETTINGS, (TIME_ZONE, LAST_SYNC)),
        Feature(None, SCOPE_SLEEP, (SLEEP,)),
    ),
    owns_client=lambda client_id: client_id.endswith(CLIENT_ID_SUFFIX),
    no_credential="no_google_credential",
    credential_links={
        "console_url": f"{GOOGLE_CONSOLE}/projectcreate",
        "api_url": GOOGLE_API_PAGE,
        "auth_platform_url": f"{GOOGLE_CONSOLE}/auth/overview",
        "audience_url": GOOGLE_AUDIENCE_PAGE,
        "clients_url": f"{GOOGLE_CONSOLE}/auth/clients",
    },
    grantee=_grantee,
    # By Google's rule for an app in the state Testing.
    testing_lifetime=7 * DAY,
    lender=LENDER_DOMAIN,
    services=_services,
    requests={
        LAST_SYNC: 12,
        SAMPLES: 4.4,
        TIME_ZONE: 0.1,
        RESTING: 1,
        ZONES: 2.1,
        WORKOUTS: 2.2,
        SLEEP: 2.8,
        ACTIVE_ZONE_MINUTES: 2,
        HEART_RATE_VARIABILITY: 1,
        BREATHING_RATE: 0.5,
        OXYGEN_SATURATION: 0.5,
        SKIN_TEMPERATURE: 0.5,
        CARDIO_FITNESS: 0.5,
        LATE_DATA: 2.7,
    },
    options={vol.Required(CONF_WORKOUT_CALENDAR, default=False): BooleanSelector()},
    alert_options={
        vol.Required(option, default=False): BooleanSelector()
        for option in (CONF_NOT_DURING_WORKOUTS, CONF_NOT_WHILE_ASLEEP)
    },
)
