"""Setting up: an account by OAuth, its options, and Cardiogram as a destination of it."""

from collections.abc import Mapping
from datetime import date, datetime, time as clock_time
import logging
import time
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    ImplementationUnavailableError,
    async_get_implementations,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .api import FixedToken
from .application_credentials import FitbitImplementation, ProviderImplementation
from .const import (
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_COVERS_FROM,
    CONF_DETAIL_LEVEL,
    CONF_FRESHNESS,
    CONF_IMPORT_DAYS,
    CONF_RETENTION,
    CONF_SOURCE,
    CONF_USER_ID,
    DEFAULT_FRESHNESS,
    DEFAULT_IMPORT_DAYS,
    DEFAULT_RETENTION,
    DOCUMENTATION,
    DOMAIN,
    GOOGLE_API_PAGE,
    SOURCE_FITBIT,
    SOURCE_GOOGLE_HEALTH,
    SUBENTRY_CARDIOGRAM,
    endpoints_of,
)
from .coordinator import AccountConfigEntry
from .http import UnsafeUrlError, safe_base_url
from .sources import fitbit, google_health
from .sources.errors import (
    Denial,
    PermissionMissingError,
    ServiceEndedError,
    ServiceUnavailableError,
    SignInRefusedError,
    SourceError,
)
from .sources.fitbit import DETAIL_LEVELS, Fitbit
from .sources.google_health import GoogleHealth
from .sources.source import HeartRateSource

CONF_ADVANCED: Final = "advanced"
CONF_CONSENT: Final = "consent"
CONF_FORWARD_FROM: Final = "forward_from"
CONF_START_DATE: Final = "start_date"

FROM_NOW: Final = "now"
FROM_EVERYTHING: Final = "everything"
FROM_DATE: Final = "date"

DEFAULT_ACCOUNT_NAME: Final = "Fitbit"
IMPORT_DAYS_MAX: Final = 3650
DEFAULT_DESTINATION_NAME: Final = "Cardiogram"

PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


def _number(lowest: int, highest: int, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=lowest, max=highest, unit_of_measurement=unit, mode=NumberSelectorMode.BOX)
    )


_ACCOUNT: Final = vol.Schema(
    {
        vol.Required(CONF_NAME, default=DEFAULT_ACCOUNT_NAME): TextSelector(),
        vol.Required(CONF_IMPORT_DAYS, default=DEFAULT_IMPORT_DAYS): _number(0, IMPORT_DAYS_MAX, "d"),
    }
)
_NAME_AND_USER: Final = {
    vol.Required(CONF_NAME): TextSelector(),
    vol.Required(CONF_USER_ID): TextSelector(),
}
_AUTOMATIC: Final = {vol.Required(CONF_AUTOMATIC, default=False): BooleanSelector()}
_ADVANCED: Final = {
    vol.Required(CONF_ADVANCED): section(vol.Schema({vol.Required(CONF_BASE_URL): _URL}), {"collapsed": True})
}
_NEW_DESTINATION: Final = vol.Schema(
    {
        **_NAME_AND_USER,
        vol.Required(CONF_ACCESS_TOKEN): PASSWORD,
        vol.Required(CONF_FORWARD_FROM, default=FROM_NOW): SelectSelector(
            SelectSelectorConfig(
                options=[FROM_NOW, FROM_EVERYTHING, FROM_DATE], translation_key=CONF_FORWARD_FROM
            )
        ),
        vol.Optional(CONF_START_DATE): DateSelector(),
        **_AUTOMATIC,
        **_ADVANCED,
    }
)
_KNOWN_DESTINATION: Final = vol.Schema(
    {**_NAME_AND_USER, vol.Optional(CONF_ACCESS_TOKEN): PASSWORD, **_AUTOMATIC, **_ADVANCED}
)


_OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_FRESHNESS, default=DEFAULT_FRESHNESS): _number(15, 1440, "min"),
        vol.Required(CONF_RETENTION, default=DEFAULT_RETENTION): _number(7, 3650, "d"),
    }
)
_FITBIT_OPTIONS: Final = _OPTIONS.extend(
    {
        vol.Required(CONF_DETAIL_LEVEL, default=DETAIL_LEVELS[0]): SelectSelector(
            SelectSelectorConfig(options=list(DETAIL_LEVELS), translation_key=CONF_DETAIL_LEVEL)
        )
    }
)

_NO_CREDENTIAL: Final = {
    SOURCE_GOOGLE_HEALTH: "no_google_credential",
    SOURCE_FITBIT: "no_fitbit_credential",
}


class AccountFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Sign an account in, again where need be."""

    DOMAIN = DOMAIN
    VERSION = 1

    def __init__(self) -> None:
        super().__init__()
        self._account: dict[str, Any] = {}

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger of the flow."""
        return logging.getLogger(__name__)

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the kinds of destinations that an account can have."""
        return {SUBENTRY_CARDIOGRAM: CardiogramFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> AccountOptionsFlow:
        """Return the flow of the account's options."""
        return AccountOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose where the data comes from."""
        return self.async_show_menu(step_id="user", menu_options=[SOURCE_GOOGLE_HEALTH, SOURCE_FITBIT])

    async def async_step_google_health(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Read from Google Health."""
        self._account = {CONF_SOURCE: SOURCE_GOOGLE_HEALTH}
        return await self.async_step_pick_implementation()

    async def async_step_fitbit(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Read from a service that speaks the Fitbit Web API, at the address of a gateway."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                base_url = safe_base_url(user_input[CONF_BASE_URL].strip())
            except UnsafeUrlError as error:
                errors[CONF_BASE_URL] = str(error)
            else:
                self._account = {CONF_SOURCE: SOURCE_FITBIT, CONF_BASE_URL: base_url}
                return await self.async_step_pick_implementation()
        suggested = {}
        if self.source == SOURCE_RECONFIGURE:
            suggested = {CONF_BASE_URL: self._get_reconfigure_entry().data[CONF_BASE_URL]}
        return self.async_show_form(
            step_id="fitbit",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_BASE_URL): _URL}), user_input or suggested
            ),
            errors=errors,
        )

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the credential to sign in with, out of those that are of the source's provider."""
        try:
            credentials = await async_get_implementations(self.hass, DOMAIN)
        except ImplementationUnavailableError:
            credentials = {}
        usable = {
            key: credential.name
            for key, credential in credentials.items()
            if isinstance(credential, ProviderImplementation)
            and credential.source == self._account[CONF_SOURCE]
        }
        if user_input is None or user_input["implementation"] not in usable:
            if credentials and not usable:
                return self.async_abort(
                    reason=_NO_CREDENTIAL[self._account[CONF_SOURCE]],
                    description_placeholders={"docs_url": DOCUMENTATION},
                )
            if len(usable) > 1:
                return self.async_show_form(
                    step_id="pick_implementation",
                    data_schema=vol.Schema({vol.Required("implementation"): vol.In(usable)}),
                )
            user_input = {"implementation": next(iter(usable))} if usable else None
        return await super().async_step_pick_implementation(user_input)

    @override
    async def async_step_auth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Send the person to the provider, or to the gateway in its place."""
        if isinstance(self.flow_impl, FitbitImplementation):
            self.flow_impl.at(self._account[CONF_BASE_URL])
        return await super().async_step_auth(user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin a new sign-in, which the provider wants."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say so before sending the person to the provider."""
        if user_input is None:
            return self.async_show_form(
                step_id="reauth_confirm", description_placeholders={"docs_url": DOCUMENTATION}
            )
        entry_data = self._get_reauth_entry().data
        self._account = {key: entry_data[key] for key in (CONF_SOURCE, CONF_BASE_URL) if key in entry_data}
        return await self.async_step_pick_implementation(
            {"implementation": entry_data["auth_implementation"]}
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in anew, with another credential or at another gateway if there is one."""
        if self._get_reconfigure_entry().data[CONF_SOURCE] == SOURCE_FITBIT:
            return await self.async_step_fitbit()
        return await self.async_step_google_health()

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Look whether the account is the right one and can be read, then keep it."""
        token = data[CONF_TOKEN]
        session, access_token = async_get_clientsession(self.hass), FixedToken(token[CONF_ACCESS_TOKEN])
        source: HeartRateSource
        if self._account[CONF_SOURCE] == SOURCE_FITBIT:
            source, needed = Fitbit(session, access_token, self._account[CONF_BASE_URL]), fitbit.SCOPES_NEEDED
        else:
            source = GoogleHealth(session, access_token, endpoints_of(self.hass).google_health)
            needed = google_health.SCOPES_NEEDED
        if "scope" in token and not needed.issubset(token["scope"].split()):
            return self._async_abort_denied(Denial.SCOPE)
        try:
            identity = await source.identity()
        except PermissionMissingError as error:
            return self._async_abort_denied(error.denial)
        except SignInRefusedError, ServiceUnavailableError:
            return self.async_abort(reason="cannot_connect")
        except ServiceEndedError:
            return self.async_abort(reason="service_ended")
        except SourceError:
            return self.async_abort(reason="unexpected_answer")
        self._account |= {**data, CONF_CONSENTED_AT: int(time.time())}
        await self.async_set_unique_id(identity.user_id)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return self._async_update()
        self._abort_if_unique_id_configured()
        return await self.async_step_account()

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give the account a name, and say how much of the past is wanted."""
        if user_input is not None:
            title = user_input[CONF_NAME].strip() or DEFAULT_ACCOUNT_NAME
            data = self._account | {CONF_IMPORT_DAYS: int(user_input[CONF_IMPORT_DAYS])}
            return self.async_create_entry(title=title, data=data)
        return self.async_show_form(step_id="account", data_schema=_ACCOUNT)

    @callback
    def _async_update(self) -> ConfigFlowResult:
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        self._abort_if_unique_id_mismatch(
            reason="wrong_account", description_placeholders={"account": entry.title}
        )
        # A loaded entry reloads by its own listener; one that failed to set up has none.
        update = (
            self.async_update_and_abort
            if entry.state is ConfigEntryState.LOADED
            else self.async_update_reload_and_abort
        )
        return update(entry, data_updates=self._account)

    @callback
    def _async_abort_denied(self, denial: Denial) -> ConfigFlowResult:
        return self.async_abort(
            reason=str(denial),
            description_placeholders={"api_url": GOOGLE_API_PAGE, "docs_url": DOCUMENTATION},
        )


class AccountOptionsFlow(OptionsFlow):
    """How long a value stays current, how long samples are kept, and how fine they are."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and take the options."""
        if user_input is not None:
            numbers = {key: int(user_input[key]) for key in (CONF_FRESHNESS, CONF_RETENTION)}
            return self.async_create_entry(data=user_input | numbers)
        schema = _FITBIT_OPTIONS if self.config_entry.data[CONF_SOURCE] == SOURCE_FITBIT else _OPTIONS
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, self.config_entry.options),
        )


class CardiogramFlow(ConfigSubentryFlow):
    """Add Cardiogram as a destination, or change it, with the person's explicit consent."""

    def __init__(self) -> None:
        self._input: dict[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the account at Cardiogram, and from when on beats are forwarded."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input, errors = _cleaned(user_input)
            if self._input[CONF_FORWARD_FROM] == FROM_DATE and CONF_START_DATE not in user_input:
                errors[CONF_START_DATE] = "start_date_missing"
            if self._is_taken(self._input):
                errors["base"] = "already_configured"
            if not errors:
                self._input[CONF_COVERS_FROM] = self._covers_from(user_input)
                return await self._async_ask_consent()
        suggested = user_input or {
            CONF_NAME: self._default_name(),
            CONF_ADVANCED: {CONF_BASE_URL: endpoints_of(self.hass).cardiogram},
        }
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_NEW_DESTINATION, suggested),
            errors=errors,
        )

    async def async_step_consent(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what is sent to whom from when on, and go on only with consent."""
        return await self._async_consent(user_input, step_id="consent")

    async def async_step_consent_everything(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that everything known is sent to whom, and go on only with consent."""
        return await self._async_consent(user_input, step_id="consent_everything")

    async def _async_ask_consent(self) -> SubentryFlowResult:
        covers_everything = self._input[CONF_COVERS_FROM] == 0
        return await (
            self.async_step_consent_everything() if covers_everything else self.async_step_consent()
        )

    async def _async_consent(self, user_input: dict[str, Any] | None, *, step_id: str) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_CONSENT]:
                return await self._async_finish()
            errors[CONF_CONSENT] = "consent_missing"
        since = datetime.fromtimestamp(self._input[CONF_COVERS_FROM], self._time_zone())
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({vol.Required(CONF_CONSENT, default=False): BooleanSelector()}),
            errors=errors,
            description_placeholders={
                "account": self._get_entry().title,
                "receiver": self._input[CONF_BASE_URL],
                "user_id": self._input[CONF_USER_ID],
                "since": f"{since:%Y-%m-%d %H:%M}",
            },
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a destination; another receiver needs consent again."""
        entry: AccountConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="account_not_loaded")
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input, errors = _cleaned(user_input)
            self._input.setdefault(CONF_ACCESS_TOKEN, subentry.data[CONF_ACCESS_TOKEN])
            self._input[CONF_COVERS_FROM] = subentry.data[CONF_COVERS_FROM]
            if _receiver(self._input) != subentry.unique_id and self._is_taken(self._input):
                errors["base"] = "already_configured"
            if not errors and _receiver(self._input) == subentry.unique_id:
                return await self._async_finish()
            if not errors:
                return await self._async_ask_consent()
        forwarder = entry.runtime_data.forwarders[subentry.subentry_id]
        suggested = user_input or {
            CONF_NAME: subentry.title,
            CONF_USER_ID: subentry.data[CONF_USER_ID],
            CONF_AUTOMATIC: forwarder.state.outbox.automatic,
            CONF_ADVANCED: {CONF_BASE_URL: subentry.data[CONF_BASE_URL]},
        }
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_KNOWN_DESTINATION, suggested),
            errors=errors,
        )

    async def _async_finish(self) -> SubentryFlowResult:
        """Keep the destination."""
        title = self._input[CONF_NAME]
        unique_id = _receiver(self._input)
        data = {
            key: self._input[key]
            for key in (CONF_USER_ID, CONF_ACCESS_TOKEN, CONF_BASE_URL, CONF_COVERS_FROM, CONF_AUTOMATIC)
        }
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=data, unique_id=unique_id)
        entry: AccountConfigEntry = self._get_entry()
        subentry = self._get_reconfigure_subentry()
        forwarder = entry.runtime_data.forwarders[subentry.subentry_id]
        if unique_id != subentry.unique_id:
            # What was chosen for the new receiver must send nothing to the old one; the reload brings it.
            await forwarder.stop()
        # The archive keeps the switch; the subentry has only what it was set to at first.
        await forwarder.set_automatic(data[CONF_AUTOMATIC])
        return self.async_update_and_abort(entry, subentry, title=title, data=data, unique_id=unique_id)

    def _default_name(self) -> str:
        """Return a name that tells the destinations of several accounts apart."""
        if len(self.hass.config_entries.async_entries(DOMAIN)) == 1:
            return DEFAULT_DESTINATION_NAME
        return f"{DEFAULT_DESTINATION_NAME} ({self._get_entry().title})"

    def _is_taken(self, cleaned: Mapping[str, Any]) -> bool:
        return any(
            subentry.unique_id == _receiver(cleaned) for subentry in self._get_entry().subentries.values()
        )

    def _covers_from(self, user_input: Mapping[str, Any]) -> int:
        if user_input[CONF_FORWARD_FROM] == FROM_EVERYTHING:
            return 0
        if user_input[CONF_FORWARD_FROM] == FROM_DATE:
            day = date.fromisoformat(user_input[CONF_START_DATE])
            return int(datetime.combine(day, clock_time.min, self._time_zone()).timestamp())
        return int(time.time())

    def _time_zone(self) -> Any:
        entry: AccountConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data.coordinator.data.time_zone
        return dt_util.get_default_time_zone()


def _cleaned(user_input: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the form's input without stray spaces and without its section, and what is wrong with it."""
    cleaned = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in {**user_input, **user_input[CONF_ADVANCED]}.items()
        if key != CONF_ADVANCED
    }
    errors: dict[str, str] = {}
    for key in (CONF_NAME, CONF_USER_ID):
        if not cleaned[key]:
            errors[key] = "empty"
    token = cleaned.get(CONF_ACCESS_TOKEN)
    if token is not None and not is_access_token(token):
        errors[CONF_ACCESS_TOKEN] = "invalid_token"
    try:
        cleaned[CONF_BASE_URL] = safe_base_url(cleaned[CONF_BASE_URL])
    except UnsafeUrlError as error:
        errors["base"] = str(error)
    return cleaned, errors


def is_access_token(text: str) -> bool:
    """Tell whether a text can be sent as an access token: one word of plain characters."""
    return text != "" and text.isascii() and text.isprintable() and " " not in text


def _receiver(cleaned: Mapping[str, Any]) -> str:
    """Return what makes a destination the same one: the address and the user there."""
    return f"{cleaned[CONF_BASE_URL]}#{cleaned[CONF_USER_ID]}"
