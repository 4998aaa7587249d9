"""Setting up: an account by OAuth, and its options."""

from collections.abc import Mapping
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
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    ImplementationUnavailableError,
    async_get_implementations,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .api import FixedToken, LentToken, has_run_out_in_testing, lenders, source_of
from .application_credentials import FitbitImplementation, ProviderImplementation
from .const import (
    BPM,
    CONF_ALERTS,
    CONF_ALLOW_HTTP,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_DETAIL_LEVEL,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_IMPORT_DAYS,
    CONF_KEEP_STATISTICS,
    CONF_LENDER,
    CONF_LOW,
    CONF_RETENTION,
    CONF_SOURCE,
    DEFAULT_DURATION,
    DEFAULT_FRESHNESS,
    DEFAULT_HYSTERESIS,
    DEFAULT_IMPORT_DAYS,
    DEFAULT_RETENTION,
    DOCUMENTATION,
    DOMAIN,
    LINKS,
    SOURCE_FITBIT,
    SOURCE_GOOGLE_HEALTH,
    short_names,
)
from .coordinator import CONF_MISSING_SCOPE, REFUSED_SINCE, AccountConfigEntry
from .destination_flow import ADDRESS, address
from .destination_kinds import KINDS
from .heart_rate.sample import BPM_MAX
from .net.address import UnsafeUrlError, safe_base_url
from .sources import fitbit, google_health
from .sources.errors import (
    Denial,
    Lender,
    LenderError,
    PermissionMissingError,
    ServiceEndedError,
    ServiceUnavailableError,
    SignInRefusedError,
    SourceError,
)
from .sources.fitbit import DETAIL_LEVELS
from .sources.source import AccessToken, Identity

DEFAULT_ACCOUNT_NAME: Final = "Fitbit"
IMPORT_DAYS_MAX: Final = 3650

# Beside the sources, a menu can offer a sign-in that Home Assistant has already.
LENT: Final = "lent"


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
_ALERTS: Final = vol.Schema(
    {
        vol.Optional(CONF_HIGH): _number(60, 250, BPM),
        vol.Optional(CONF_LOW): _number(20, 120, BPM),
        vol.Required(CONF_DURATION, default=DEFAULT_DURATION): _number(0, 240, "min"),
        vol.Required(CONF_HYSTERESIS, default=DEFAULT_HYSTERESIS): _number(0, 50, BPM),
    }
)
_OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_FRESHNESS, default=DEFAULT_FRESHNESS): _number(15, 1440, "min"),
        vol.Required(CONF_RETENTION, default=DEFAULT_RETENTION): _number(7, 3650, "d"),
        vol.Required(CONF_KEEP_STATISTICS, default=False): BooleanSelector(),
        vol.Required(CONF_ALERTS): section(_ALERTS, {"collapsed": True}),
    }
)
_FITBIT_OPTIONS: Final = _OPTIONS.extend(
    {
        vol.Required(CONF_DETAIL_LEVEL, default=DETAIL_LEVELS[0]): SelectSelector(
            SelectSelectorConfig(options=list(DETAIL_LEVELS), translation_key=CONF_DETAIL_LEVEL)
        )
    }
)

SCOPES_NEEDED: Final = {
    SOURCE_GOOGLE_HEALTH: google_health.SCOPES_NEEDED,
    SOURCE_FITBIT: fitbit.SCOPES_NEEDED,
}
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
        self._name = DEFAULT_ACCOUNT_NAME
        self._identity = Identity("")

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
        return {subentry_type: kind.flow for subentry_type, kind in KINDS.items()}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> AccountOptionsFlow:
        """Return the flow of the account's options."""
        return AccountOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose where the data comes from."""
        return self.async_show_menu(
            step_id="user", menu_options=[*self._lent(), SOURCE_GOOGLE_HEALTH, SOURCE_FITBIT]
        )

    def _lent(self) -> list[str]:
        return [LENT] if lenders(self.hass) else []

    async def async_step_lent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Read from Google Health by the sign-in of Home Assistant's own integration."""
        offered = {lender.entry_id: lender.title for lender in lenders(self.hass)}
        if user_input is None and len(offered) > 1:
            return self.async_show_form(
                step_id="lent", data_schema=vol.Schema({vol.Required(CONF_LENDER): vol.In(offered)})
            )
        lender_id = user_input[CONF_LENDER] if user_input else next(iter(offered), None)
        if lender_id not in offered:
            return self.async_abort(reason=str(Lender.MISSING))
        self._account = {CONF_SOURCE: SOURCE_GOOGLE_HEALTH, CONF_LENDER: lender_id}
        self._name = offered[lender_id]
        lender = self.hass.config_entries.async_get_known_entry(lender_id)
        return await self._async_identify(LentToken(self.hass, lender_id), lender.data[CONF_TOKEN])

    async def async_step_google_health(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Read from Google Health."""
        self._account = {CONF_SOURCE: SOURCE_GOOGLE_HEALTH}
        return await self.async_step_pick_implementation()

    async def async_step_fitbit(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Read from a service that speaks the Fitbit Web API, at the address of a gateway."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                base_url = safe_base_url(
                    user_input[CONF_BASE_URL].strip(), allow_http=user_input[CONF_ALLOW_HTTP]
                )
            except UnsafeUrlError as error:
                errors[CONF_BASE_URL] = str(error)
            else:
                self._account = {CONF_SOURCE: SOURCE_FITBIT, CONF_BASE_URL: base_url}
                return await self.async_step_pick_implementation()
        suggested = {}
        if self.source == SOURCE_RECONFIGURE:
            suggested = address(self._get_reconfigure_entry().data[CONF_BASE_URL])
        return self.async_show_form(
            step_id="fitbit",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(ADDRESS), user_input or suggested),
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
        """Begin a new sign-in, which the provider wants, with what is known of its reason."""
        if CONF_MISSING_SCOPE in entry_data:
            return await self.async_step_reauth_scope()
        entry: AccountConfigEntry = self._get_reauth_entry()
        # It may be some restarts since the provider first said so; the account's archive knows.
        account = getattr(entry, "runtime_data", None)
        refused_since = account.coordinator.since.get(REFUSED_SINCE) if account else None
        if has_run_out_in_testing(entry, refused_since or time.time()):
            return await self.async_step_reauth_testing()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that the sign-in is no longer accepted."""
        return await self._async_confirm(user_input, step_id="reauth_confirm")

    async def async_step_reauth_scope(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say which permission is missing."""
        return await self._async_confirm(user_input, step_id="reauth_scope")

    async def async_step_reauth_testing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say why the sign-in lasted seven days, and how that ends."""
        return await self._async_confirm(user_input, step_id="reauth_testing")

    async def _async_confirm(self, user_input: dict[str, Any] | None, *, step_id: str) -> ConfigFlowResult:
        """Say something before sending the person to the provider."""
        entry_data = self._get_reauth_entry().data
        self._account = {key: entry_data[key] for key in (CONF_SOURCE, CONF_BASE_URL) if key in entry_data}
        if user_input is None:
            return self.async_show_form(step_id=step_id, description_placeholders=self._placeholders())
        return await self.async_step_pick_implementation(
            {"implementation": entry_data["auth_implementation"]}
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in anew: with another credential, at another gateway, or at Google instead of Fitbit."""
        is_fitbit = self._get_reconfigure_entry().data[CONF_SOURCE] == SOURCE_FITBIT
        options = [*self._lent(), SOURCE_GOOGLE_HEALTH, *([SOURCE_FITBIT] if is_fitbit else [])]
        # Also where there is one way only: what comes next must be asked for by the browser, which tells by
        # what address to come back. A repair's dialog does not.
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Go on with the token of a new sign-in."""
        self._account |= {**data, CONF_CONSENTED_AT: int(time.time())}
        token = data[CONF_TOKEN]
        return await self._async_identify(FixedToken(token[CONF_ACCESS_TOKEN]), token)

    async def _async_identify(self, access_token: AccessToken, token: Mapping[str, Any]) -> ConfigFlowResult:
        """Look whether the account is the right one and can be read, then keep it."""
        needed = SCOPES_NEEDED[self._account[CONF_SOURCE]]
        if "scope" in token and not needed.issubset(token["scope"].split()):
            return self._async_abort_denied(Denial.SCOPE)
        source = source_of(self.hass, self._account, access_token)
        try:
            self._identity = await source.identity()
        except PermissionMissingError as error:
            return self._async_abort_denied(error.denial)
        except LenderError as error:
            return self.async_abort(reason=str(error.trouble))
        except SignInRefusedError, ServiceUnavailableError:
            return self.async_abort(reason="cannot_connect")
        except ServiceEndedError:
            return self.async_abort(reason="service_ended")
        except SourceError:
            return self.async_abort(reason="unexpected_answer")
        # A dialog that was left open elsewhere, perhaps with its window, must not stand in the way.
        await self.async_set_unique_id(self._identity.user_id, raise_on_progress=False)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return self._async_update()
        self._abort_if_unique_id_configured()
        if self._account_to_move():
            return await self.async_step_move()
        return await self.async_step_account()

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Give the account a name, and say how much of the past is wanted."""
        self._abort_if_unique_id_configured()
        if user_input is not None:
            title = user_input[CONF_NAME].strip() or DEFAULT_ACCOUNT_NAME
            data = self._account | {CONF_IMPORT_DAYS: int(user_input[CONF_IMPORT_DAYS])}
            return self.async_create_entry(title=title, data=data)
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(_ACCOUNT, {CONF_NAME: self._name}),
        )

    async def async_step_move(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the account that the person had at Fitbit go on with this sign-in."""
        if (entry := self._account_to_move()) is None:
            return await self.async_step_account()
        if user_input is None:
            return self.async_show_form(step_id="move", description_placeholders={"account": entry.title})
        return self._async_move(entry)

    def _account_to_move(self) -> AccountConfigEntry | None:
        """Return the account at Fitbit of the person who has signed in with Google."""
        if self._account[CONF_SOURCE] != SOURCE_GOOGLE_HEALTH or not self._identity.legacy_user_id:
            return None
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, self._identity.legacy_user_id
        )
        return entry if entry and entry.data[CONF_SOURCE] == SOURCE_FITBIT else None

    @callback
    def _async_update(self) -> ConfigFlowResult:
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        if (entry.data[CONF_SOURCE], self._account[CONF_SOURCE]) == (SOURCE_FITBIT, SOURCE_GOOGLE_HEALTH):
            return self._async_move(entry)
        self._abort_if_unique_id_mismatch(
            reason="wrong_account", description_placeholders={"account": entry.title}
        )
        return self._async_keep(entry)

    @callback
    def _async_move(self, entry: AccountConfigEntry) -> ConfigFlowResult:
        """Let an account go on at Google, with all that it has, if it is the same person's."""
        if self._identity.legacy_user_id != entry.unique_id:
            return self.async_abort(
                reason="another_person", description_placeholders={"account": entry.title}
            )
        self._abort_if_unique_id_configured()
        options = {key: value for key, value in entry.options.items() if key != CONF_DETAIL_LEVEL}
        return self._async_keep(entry, unique_id=self._identity.user_id, options=options, reason="moved")

    @callback
    def _async_keep(self, entry: AccountConfigEntry, **changes: Any) -> ConfigFlowResult:
        """Keep the new sign-in; a loaded entry reloads by its own listener, others have none."""
        is_loaded = entry.state is ConfigEntryState.LOADED
        update = self.async_update_and_abort if is_loaded else self.async_update_reload_and_abort
        kept = {key: entry.data[key] for key in (CONF_IMPORT_DAYS,) if key in entry.data}
        return update(entry, data=kept | self._account, **changes)

    @callback
    def _async_abort_denied(self, denial: Denial) -> ConfigFlowResult:
        if denial is Denial.SCOPE and CONF_LENDER in self._account:
            return self.async_abort(reason=str(Lender.SCOPE), description_placeholders=self._placeholders())
        return self.async_abort(reason=str(denial), description_placeholders=self._placeholders())

    def _placeholders(self) -> dict[str, str]:
        """Return what the texts about a sign-in leave open."""
        return {
            **LINKS,
            "docs_url": DOCUMENTATION,
            "scopes": short_names(SCOPES_NEEDED[self._account[CONF_SOURCE]]),
        }


class AccountOptionsFlow(OptionsFlow):
    """How long a value stays current, how long samples are kept, how fine they are, and what is an alert."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and take the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            alerts = {key: int(value) for key, value in user_input[CONF_ALERTS].items()}
            if alerts.get(CONF_LOW, 0) < alerts.get(CONF_HIGH, BPM_MAX):
                numbers = {key: int(user_input[key]) for key in (CONF_FRESHNESS, CONF_RETENTION)}
                return self.async_create_entry(data=user_input | numbers | {CONF_ALERTS: alerts})
            errors["base"] = "limits_crossed"
        schema = _FITBIT_OPTIONS if self.config_entry.data[CONF_SOURCE] == SOURCE_FITBIT else _OPTIONS
        if errors:
            # What is to be mended must not be folded away.
            schema = schema.extend({vol.Required(CONF_ALERTS): section(_ALERTS, {"collapsed": False})})
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self.config_entry.options),
            errors=errors,
        )
