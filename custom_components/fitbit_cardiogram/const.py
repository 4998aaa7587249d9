"""Constants of the integration."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

DOMAIN: Final = "fitbit_cardiogram"

CONF_ALERTS: Final = "alerts"
CONF_ALLOW_HTTP: Final = "allow_http"
CONF_AUTOMATIC: Final = "automatic_forwarding"
CONF_BASE_URL: Final = "base_url"
CONF_CONSENTED_AT: Final = "consented_at"
CONF_COVERS_FROM: Final = "covers_from"
CONF_DATABASE: Final = "database"
CONF_DIALECT: Final = "dialect"
CONF_DURATION: Final = "duration_minutes"
CONF_FRESHNESS: Final = "freshness_minutes"
CONF_HIGH: Final = "high_bpm"
CONF_HYSTERESIS: Final = "hysteresis_bpm"
CONF_IMPORT_DAYS: Final = "import_days"
CONF_KEEP_STATISTICS: Final = "keep_statistics"
CONF_LABEL: Final = "label"
CONF_LENDER: Final = "lender"
CONF_LOW: Final = "low_bpm"
CONF_MEASUREMENT: Final = "measurement"
CONF_NOT_DURING_WORKOUTS: Final = "not_during_workouts"
CONF_NOT_WHILE_ASLEEP: Final = "not_while_asleep"
CONF_OLD_SECRETS: Final = "old_secrets"
CONF_ORGANIZATION: Final = "organization"
CONF_PERSON: Final = "person"
CONF_RETENTION: Final = "retention_days"
CONF_SECRET: Final = "secret"  # noqa: S105
CONF_SOURCE: Final = "source"
CONF_USER_ID: Final = "user_id"
CONF_WORKOUT_CALENDAR: Final = "workout_calendar"

# Home Assistant has no unit for heart rates.
BPM: Final = "bpm"
# Home Assistant has no unit for it.
OXYGEN_UPTAKE: Final = "mL/(kg·min)"

SUBENTRY_CARDIOGRAM: Final = "cardiogram"
SUBENTRY_LINE_PROTOCOL: Final = "line_protocol"
SUBENTRY_WEBHOOK: Final = "webhook"

DEFAULT_FRESHNESS: Final = 60
DEFAULT_RETENTION: Final = 90
DEFAULT_DURATION: Final = 10
DEFAULT_HYSTERESIS: Final = 5
DEFAULT_IMPORT_DAYS: Final = 14

# Dispatched, with the entry's id, whenever more may be known of an account.
SIGNAL_CHANGED: Final = f"{DOMAIN}_{{}}_changed"

GOOGLE_CONSOLE: Final = "https://console.cloud.google.com"
GOOGLE_API_PAGE: Final = f"{GOOGLE_CONSOLE}/apis/library/health.googleapis.com"
GOOGLE_AUDIENCE_PAGE: Final = f"{GOOGLE_CONSOLE}/auth/audience"
GOOGLE_CONNECTIONS: Final = "https://myaccount.google.com/connections"
# By their placeholders in the texts of dialogs and repairs.
LINKS: Final = {
    "api_url": GOOGLE_API_PAGE,
    "audience_url": GOOGLE_AUDIENCE_PAGE,
    "connections_url": GOOGLE_CONNECTIONS,
}
DOCUMENTATION: Final = "https://github.com/fitbit-cardiogram/home-assistant-fitbit-cardiogram"
HELP: Final = f"{DOCUMENTATION}/blob/main/docs/troubleshooting.md"
CREDENTIALS_GUIDE: Final = f"{DOCUMENTATION}/blob/main/docs/google-credentials.md"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Every address on the internet that the integration uses: complete URLs without a trailing slash."""

    google_authorize: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token: str = "https://oauth2.googleapis.com/token"  # noqa: S105
    google_revoke: str = "https://oauth2.googleapis.com/revoke"
    google_health: str = "https://health.googleapis.com/v4"
    fitbit_authorize: str = "https://www.fitbit.com/oauth2/authorize"
    fitbit: str = "https://api.fitbit.com"
    cardiogram: str = "https://cardiogr.am"


# A launcher of its own (the demo, the tests) may put other addresses here before anything is set up.
DATA_ENDPOINTS: HassKey[Endpoints] = HassKey(f"{DOMAIN}_endpoints")


def short_names(scopes: Iterable[str]) -> str:
    """Return permissions by the last part of their technical names, as a list for a text."""
    return ", ".join(f"`{scope.rpartition('/')[2]}`" for scope in sorted(scopes))


def endpoints_of(hass: HomeAssistant) -> Endpoints:
    """Return the addresses in use."""
    return hass.data.get(DATA_ENDPOINTS) or Endpoints()
