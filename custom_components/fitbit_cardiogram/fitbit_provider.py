"""The Fitbit Web API as a provider, or a gateway that speaks the same contract."""

from typing import Final, override

from aiohttp import encode_basic_auth
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import voluptuous as vol

from .const import CONF_BASE_URL, Endpoints
from .google_provider import SOURCE_GOOGLE_HEALTH
from .provider import Config, Feature, Provider, ProviderImplementation
from .sources.fitbit import DETAIL_LEVELS, DETAIL_SECONDS, SCOPE_SETTINGS, SCOPES, SCOPES_NEEDED, Fitbit
from .sources.kinds import LAST_SYNC, LATE_DATA, RESTING, SAMPLES, TIME_ZONE, ZONES
from .sources.source import AccessToken
from .web_session import async_get_session

SOURCE_FITBIT: Final = "fitbit"
CONF_DETAIL_LEVEL: Final = "detail_level"


class FitbitImplementation(ProviderImplementation):
    """Sign-in with Fitbit, or with a gateway."""

    @staticmethod
    @override
    def _addresses(endpoints: Endpoints, address: str | None) -> tuple[str, str, str]:
        own = endpoints.fitbit
        base_url = address or own
        authorize = endpoints.fitbit_authorize if base_url == own else f"{base_url}/oauth2/authorize"
        return authorize, f"{base_url}/oauth2/token", f"{base_url}/oauth2/revoke"

    @override
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        basic = encode_basic_auth(self.client_id, self.client_secret)
        return {"client_id": self.client_id}, {"Authorization": basic}


def _open(hass: HomeAssistant, access_token: AccessToken, data: Config, options: Config) -> Fitbit:
    detail_level = options.get(CONF_DETAIL_LEVEL, DETAIL_LEVELS[0])
    return Fitbit(async_get_session(hass), access_token, data[CONF_BASE_URL], detail_level)


FITBIT: Final = Provider(
    key=SOURCE_FITBIT,
    maker="Fitbit",
    model="Fitbit Web API",
    open=_open,
    sign_in=FitbitImplementation,
    scopes={scope: scope for scope in SCOPES},
    scopes_needed=SCOPES_NEEDED,
    # One request brings the resting heart rate and the zones.
    requests={LAST_SYNC: 12, SAMPLES: 6.7, TIME_ZONE: 0.1, RESTING: 1, ZONES: 1, LATE_DATA: 2.7},
    features=(Feature("settings_not_granted", SCOPE_SETTINGS, (LAST_SYNC,)),),
    # A gateway may give any id.
    owns_client=None,
    no_credential="no_fitbit_credential",
    ends=True,
    successor=SOURCE_GOOGLE_HEALTH,
    address=lambda endpoints: endpoints.fitbit,
    services=lambda _endpoints, data: {"can_reach_gateway": data[CONF_BASE_URL]},
    options={
        vol.Required(CONF_DETAIL_LEVEL, default=DETAIL_LEVELS[0]): SelectSelector(
            SelectSelectorConfig(options=list(DETAIL_LEVELS), translation_key=CONF_DETAIL_LEVEL)
        )
    },
    spacing=lambda options: DETAIL_SECONDS.get(options.get(CONF_DETAIL_LEVEL, ""), 0),
)
