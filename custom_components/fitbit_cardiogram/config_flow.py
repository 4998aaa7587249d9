"""The dialogs of an account: its sign-in by OAuth, and its options."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
import logging
import time
from typing import TYPE_CHECKING, Any, Final, override

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
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    ImplementationUnavailableError,
    async_get_implementations,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
)
import voluptuous as vol

from .account_token import FixedToken
from .borrowed_token import BorrowedToken, lenders, token_of
from .const import (
    BPM,
    CONF_ALERTS,
    CONF_ALLOW_HTTP,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HOURLY_DELIVERIES,
    CONF_HYSTERESIS,
    CONF_IMPORT_DAYS,
    CONF_KEEP_STATISTICS,
    CONF_LENDER,
    CONF_RETENTION,
    CONF_SOURCE,
    CONF_ZONE_MINUTES_GOAL,
    DEFAULT_DURATION,
    DEFAULT_FRESHNESS,
    DEFAULT_HYSTERESIS,
    DEFAULT_IMPORT_DAYS,
    DEFAULT_RETENTION,
    DEFAULT_ZONE_MINUTES_GOAL,
    DOMAIN,
    HELP,
    LINKS,
    short_names,
)
from .coordinator import CONF_MISSING_SCOPE, Account, AccountConfigEntry
from .destination_flow import ADDRESS, NAME_FIELD, address
from .destination_kinds import KINDS
from .grant import has_run_out_in_testing, lacking_kinds, missing_features, scopes_of
from .limits import LIMITS, are_crossed
from .net.address import UnsafeUrlError, safe_base_url
from .provider import Provider, ProviderImplementation
from .providers import PROVIDERS, provider_of
from .sources.consequences import REFUSED_SINCE, consequence
from .sources.errors import Denial, Lender, SourceError
from .sources.source import AccessToken, Identity
from .whole_number import WholeNumberSelector, error_in, whole_numbers

DEFAULT_ACCOUNT_NAME: Final = "Fitbit"
IMPORT_DAYS_MAX: Final = 3650

# The step that borrows a sign-in of Home Assistant's own.
LENT: Final = "lent"


_ACCOUNT: Final = vol.Schema(
    {
        vol.Required(CONF_NAME, default=DEFAULT_ACCOUNT_NAME): NAME_FIELD.selector,
        vol.Required(CONF_IMPORT_DAYS, default=DEFAULT_IMPORT_DAYS): WholeNumberSelector(
            0, IMPORT_DAYS_MAX, "d"
        ),
    }
)
_ALERTS: Final = vol.Schema(
    {
        **{vol.Optional(limit.key): limit.field for limit in LIMITS.values()},
        vol.Required(CONF_DURATION, default=DEFAULT_DURATION): WholeNumberSelector(0, 240, "min"),
        vol.Required(CONF_HYSTERESIS, default=DEFAULT_HYSTERESIS): WholeNumberSelector(0, 50, BPM),
    }
)
_OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_FRESHNESS, default=DEFAULT_FRESHNESS): WholeNumberSelector(15, 1440, "min"),
        vol.Required(CONF_RETENTION, default=DEFAULT_RETENTION): WholeNumberSelector(7, 3650, "d"),
        vol.Required(CONF_KEEP_STATISTICS, default=False): BooleanSelector(),
        vol.Required(CONF_ZONE_MINUTES_GOAL, default=DEFAULT_ZONE_MINUTES_GOAL): WholeNumberSelector(
            0, 2000, "min"
        ),
        vol.Required(CONF_HOURLY_DELIVERIES, default=False): BooleanSelector(),
    }
)

# Accounts of before this option have their automations, which count on each delivery.
_OPTIONS_OF_NEW_ACCOUNTS: Final = {CONF_HOURLY_DELIVERIES: True}


def _options(provider: Provider, *, alerts_open: bool) -> vol.Schema:
    """Return the form of an account's options, with the section of the alerts open or closed."""
    alerts = section(_ALERTS.extend(provider.alert_options), {"collapsed": not alerts_open})
    return _OPTIONS.extend({**provider.options, vol.Required(CONF_ALERTS): alerts})


def _offers(hass: HomeAssistant, entry: AccountConfigEntry) -> dict[vol.Marker, section]:
    """Return a section without fields for each kind that the account lacks; its text says how to get it."""
    account: Account | None = getattr(entry, "runtime_data", None)
    missing = account.coordinator.missing_features if account else missing_features(hass, entry)
    kinds = sorted(kind.key for kind in lacking_kinds(missing))
    return {vol.Optional(key): section(vol.Schema({}), {"collapsed": False}) for key in kinds}


class AccountFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Signs an account in, for the first time or again."""

    DOMAIN = DOMAIN
    VERSION = 1

    def __init__(self) -> None:
        super().__init__()
        self._account: dict[str, Any] = {}
        self._name = DEFAULT_ACCOUNT_NAME
        self._identity = Identity("")

    # Hidden from the type checker, which would take any other name for a step as well.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Awaitable[ConfigFlowResult]]:
            """Return the step of the provider with this key."""
            provider = PROVIDERS.get(name.removeprefix("async_step_"))
            if provider is None or not name.startswith("async_step_"):
                raise AttributeError(name)
            return partial(self._async_begin, provider)

    @property
    def _provider(self) -> Provider:
        """The provider that the person has chosen."""
        return PROVIDERS[self._account[CONF_SOURCE]]

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
        """Choose the provider, or a sign-in to borrow."""
        return self.async_show_menu(step_id="user", menu_options=self._ways(PROVIDERS.values()))

    def _ways(self, providers: Iterable[Provider]) -> list[str]:
        """Return the steps by which a person can sign in at these providers."""
        providers = list(providers)
        return [*([LENT] if self._offered(providers) else []), *(provider.key for provider in providers)]

    def _offered(self, providers: Iterable[Provider]) -> dict[str, tuple[Provider, ConfigEntry]]:
        """Return the lenders with their providers, by the lenders' ids."""
        return {
            lender.entry_id: (provider, lender)
            for provider in providers
            for lender in lenders(self.hass, provider)
        }

    async def async_step_lent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Borrow the sign-in of another integration of Home Assistant."""
        offered = self._offered(PROVIDERS.values())
        if user_input is None and len(offered) > 1:
            titles = {lender_id: lender.title for lender_id, (_, lender) in offered.items()}
            return self.async_show_form(
                step_id="lent", data_schema=vol.Schema({vol.Required(CONF_LENDER): vol.In(titles)})
            )
        lender_id = user_input[CONF_LENDER] if user_input else next(iter(offered), "")
        if lender_id not in offered:
            return self.async_abort(reason=consequence(Lender.MISSING).abort)
        provider, lender = offered[lender_id]
        self._account = {CONF_SOURCE: provider.key, CONF_LENDER: lender_id}
        self._name = lender.title
        token = BorrowedToken(self.hass, provider, lender_id)
        return await self._async_identify(token, token_of(lender))

    async def _async_begin(
        self, provider: Provider, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin to sign in at a provider; ask for the address where it can be a gateway's."""
        self._account = {CONF_SOURCE: provider.key}
        if provider.address is None:
            return await self.async_step_pick_implementation()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._account[CONF_BASE_URL] = safe_base_url(
                    user_input[CONF_BASE_URL].strip(), allow_http=user_input[CONF_ALLOW_HTTP]
                )
            except UnsafeUrlError as error:
                errors[CONF_BASE_URL] = str(error)
            else:
                return await self.async_step_pick_implementation()
        before = self._get_reconfigure_entry().data if self.source == SOURCE_RECONFIGURE else {}
        suggested = address(before[CONF_BASE_URL]) if CONF_BASE_URL in before else {}
        return self.async_show_form(
            step_id=provider.key,
            data_schema=self.add_suggested_values_to_schema(vol.Schema(ADDRESS), user_input or suggested),
            errors=errors,
        )

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the credential to sign in with, out of those of the account's provider."""
        try:
            credentials = await async_get_implementations(self.hass, DOMAIN)
        except ImplementationUnavailableError:
            credentials = {}
        usable = {
            key: credential
            for key, credential in credentials.items()
            if isinstance(credential, ProviderImplementation)
            and credential.provider.key == self._provider.key
        }
        if not credentials:
            return await super().async_step_pick_implementation(user_input)
        if user_input is None or user_input["implementation"] not in usable:
            if not usable:
                return self.async_abort(
                    reason=self._provider.no_credential,
                    description_placeholders={"docs_url": HELP},
                )
            if len(usable) > 1:
                names = {key: credential.name for key, credential in usable.items()}
                return self.async_show_form(
                    step_id="pick_implementation",
                    data_schema=vol.Schema({vol.Required("implementation"): vol.In(names)}),
                )
            user_input = {"implementation": next(iter(usable))}
        chosen = usable[user_input["implementation"]]
        self.flow_impl = chosen.for_address(self._account.get(CONF_BASE_URL))
        return await self.async_step_auth()

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin a new sign-in that the provider demands, with the reason as far as it is known."""
        if CONF_MISSING_SCOPE in entry_data:
            return await self.async_step_reauth_scope()
        entry: AccountConfigEntry = self._get_reauth_entry()
        # The provider may have refused it first some restarts ago; the archive knows.
        account = getattr(entry, "runtime_data", None)
        refused_since = account.coordinator.since.get(REFUSED_SINCE) if account else None
        if has_run_out_in_testing(entry, refused_since or time.time()):
            return await self.async_step_reauth_testing()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain the question: the sign-in is no longer accepted."""
        return await self._async_confirm(user_input, step_id="reauth_confirm")

    async def async_step_reauth_scope(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the permission that is missing."""
        return await self._async_confirm(user_input, step_id="reauth_scope")

    async def async_step_reauth_testing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain the end of the sign-in after seven days, and the way out."""
        return await self._async_confirm(user_input, step_id="reauth_testing")

    async def _async_confirm(self, user_input: dict[str, Any] | None, *, step_id: str) -> ConfigFlowResult:
        """Show a text before the person goes to the provider."""
        entry_data = self._get_reauth_entry().data
        self._account = {key: entry_data[key] for key in (CONF_SOURCE, CONF_BASE_URL) if key in entry_data}
        if user_input is None:
            return self.async_show_form(step_id=step_id, description_placeholders=self._placeholders())
        return await self.async_step_pick_implementation(
            {"implementation": entry_data["auth_implementation"]}
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in anew: with another credential, at another gateway, or at the provider's successor."""
        present = provider_of(self._get_reconfigure_entry())
        ways = self._ways(
            provider for provider in PROVIDERS.values() if provider.key in (present.key, present.successor)
        )
        # A menu also where there is one way only: only a step that the browser asks for knows the address to
        # come back to. A repair's dialog does not.
        return self.async_show_menu(step_id="reconfigure", menu_options=ways)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Continue with the token of a new sign-in."""
        self._account |= {**data, CONF_CONSENTED_AT: int(time.time())}
        token = data[CONF_TOKEN]
        return await self._async_identify(FixedToken(token[CONF_ACCESS_TOKEN]), token)

    async def _async_identify(self, access_token: AccessToken, token: Mapping[str, Any]) -> ConfigFlowResult:
        """Read the account's identity, and keep the account if it is the right one."""
        if (granted := scopes_of(token)) is not None and not self._provider.scopes_needed <= granted:
            return self._async_abort(Denial.SCOPE)
        source = self._provider.open(self.hass, access_token, self._account, {})
        try:
            self._identity = await source.identity()
        except SourceError as error:
            return self._async_abort(error)
        # A dialog that was left open elsewhere, perhaps with its window, must not stand in the way.
        await self.async_set_unique_id(self._identity.user_id, raise_on_progress=False)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return self._async_update()
        self._abort_if_unique_id_configured()
        if self._account_to_move():
            return await self.async_step_move()
        return await self.async_step_account()

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the account's name and the number of days to import."""
        self._abort_if_unique_id_configured()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            title = user_input[CONF_NAME].strip()
            errors, placeholders = error_in(_ACCOUNT, user_input)
            if error := NAME_FIELD.error_in(title):
                errors[CONF_NAME] = error
            if not errors:
                days = whole_numbers(_ACCOUNT, user_input)[CONF_IMPORT_DAYS]
                data = self._account | {CONF_IMPORT_DAYS: days}
                return self.async_create_entry(title=title, data=data, options=_OPTIONS_OF_NEW_ACCOUNTS)
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(_ACCOUNT, user_input or {CONF_NAME: self._name}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_move(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to move the person's account at the provider before to this sign-in."""
        if (entry := self._account_to_move()) is None:
            return await self.async_step_account()
        if user_input is None:
            return self.async_show_form(step_id="move", description_placeholders={"account": entry.title})
        return self._async_move(entry)

    def _account_to_move(self) -> AccountConfigEntry | None:
        """Return the person's account at a provider that this one succeeds, if there is one."""
        if not self._identity.legacy_user_id:
            return None
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, self._identity.legacy_user_id
        )
        return entry if entry and provider_of(entry).successor == self._provider.key else None

    @callback
    def _async_update(self) -> ConfigFlowResult:
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        if provider_of(entry).successor == self._provider.key:
            return self._async_move(entry)
        self._abort_if_unique_id_mismatch(
            reason="wrong_account", description_placeholders={"account": entry.title}
        )
        return self._async_keep(entry)

    @callback
    def _async_move(self, entry: AccountConfigEntry) -> ConfigFlowResult:
        """Move an account to the successor with its archive, if it is the same person's."""
        if self._identity.legacy_user_id != entry.unique_id:
            return self.async_abort(
                reason="another_person", description_placeholders={"account": entry.title}
            )
        self._abort_if_unique_id_configured()
        left = provider_of(entry).options.keys() - self._provider.options.keys()
        options = {key: value for key, value in entry.options.items() if key not in left}
        return self._async_keep(entry, unique_id=self._identity.user_id, options=options, reason="moved")

    @callback
    def _async_keep(self, entry: AccountConfigEntry, **changes: Any) -> ConfigFlowResult:
        """Keep the new sign-in; a loaded entry reloads by its own listener, others have none."""
        is_loaded = entry.state is ConfigEntryState.LOADED
        update = self.async_update_and_abort if is_loaded else self.async_update_reload_and_abort
        kept = {key: entry.data[key] for key in (CONF_IMPORT_DAYS,) if key in entry.data}
        return update(entry, data=kept | self._account, **changes)

    @callback
    def _async_abort(self, trouble: SourceError | Denial) -> ConfigFlowResult:
        """End the dialog for trouble with the service or with the sign-in."""
        found = consequence(trouble, is_borrowed=CONF_LENDER in self._account)
        return self.async_abort(reason=found.abort, description_placeholders=self._placeholders())

    def _placeholders(self) -> dict[str, str]:
        """Return the placeholders of the texts about a sign-in."""
        return {
            **LINKS,
            "docs_url": HELP,
            "scopes": short_names(self._provider.scopes_needed),
        }


class AccountOptionsFlow(OptionsFlow):
    """Asks for an account's options: freshness, retention, the provider's own, and the limits of alerts."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and take the options."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        provider = provider_of(self.config_entry)
        schema = _options(provider, alerts_open=False)
        if user_input is not None:
            user_input = {key: value for key, value in user_input.items() if key in schema.schema}
            errors, placeholders = error_in(schema, user_input)
            if not errors and are_crossed(user_input[CONF_ALERTS]):
                errors[CONF_ALERTS] = "limits_crossed"
            if not errors:
                return self.async_create_entry(data=whole_numbers(schema, user_input))
        if errors:
            # The section with the error must be open.
            schema = _options(provider, alerts_open=True)
        shown = schema.extend(_offers(self.hass, self.config_entry))
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(shown, user_input or self.config_entry.options),
            errors=errors,
            description_placeholders=placeholders,
        )
