"""The form of a destination: it is added or changed with the person's explicit consent."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime, time as clock_time, tzinfo
import time
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .archive import receivers
from .archive.archive import REPLACED_AT
from .archive.database import ArchiveError
from .const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    DOMAIN,
    endpoints_of,
)
from .coordinator import AccountConfigEntry
from .destination_kind import SHORT, DestinationKind, Field, is_line
from .heart_rate.clock import DAY, FOREVER
from .net.address import UnsafeUrlError

CONF_ADVANCED: Final = "advanced"
CONF_CONSENT: Final = "consent"
# The ticks that are asked for beside the consent, where they apply: other beats go to the same place, and the
# receiver may have these already.
CONF_SHARED: Final = "shared"
CONF_REPEATED: Final = "repeated"
CONF_FORWARD_FROM: Final = "forward_from"
CONF_START_DATE: Final = "start_date"

FROM_NOW: Final = "now"
FROM_EVERYTHING: Final = "everything"
FROM_DATE: Final = "date"

_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
# The tick without which http is refused.
_ALLOW_HTTP: Final[VolDictType] = {vol.Required(CONF_ALLOW_HTTP, default=False): BooleanSelector()}
# A base address.
ADDRESS: Final[VolDictType] = {vol.Required(CONF_BASE_URL): _URL, **_ALLOW_HTTP}
NAME_FIELD: Final = Field(TextSelector(), is_line, "invalid_text", SHORT)
_NAME: Final[VolDictType] = {vol.Required(CONF_NAME): NAME_FIELD.selector}
_COVERAGE: Final[VolDictType] = {
    vol.Required(CONF_FORWARD_FROM, default=FROM_NOW): SelectSelector(
        SelectSelectorConfig(
            options=[FROM_NOW, FROM_EVERYTHING, FROM_DATE], translation_key=CONF_FORWARD_FROM
        )
    ),
    vol.Optional(CONF_START_DATE): DateSelector(),
}
_AUTOMATIC: Final[VolDictType] = {vol.Required(CONF_AUTOMATIC, default=False): BooleanSelector()}


class DestinationFlow(ConfigSubentryFlow):
    """Add a destination, or change it, with the person's explicit consent."""

    def __init__(self) -> None:
        self._input: dict[str, Any] = {}
        # The ticks that are asked for beside the consent, with the placeholders of their texts.
        self._doubts: dict[str, dict[str, str]] = {}

    @property
    @abstractmethod
    def kind(self) -> DestinationKind:
        """The kind of the destination."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the receiver, and the moment from which beats are forwarded."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input, errors = self._cleaned(user_input, {})
            if self._input[CONF_FORWARD_FROM] == FROM_DATE and (error := self._error_in_date(user_input)):
                errors[CONF_START_DATE] = error
            if self._is_taken(self._input):
                errors["base"] = "already_configured"
            if not errors:
                self._input[CONF_COVERS_FROM] = self._covers_from(user_input)
                self._doubts = self._shared() | await self._async_repeated()
                return await self._async_ask_consent()
        suggested = user_input or {
            CONF_NAME: self._default_name(),
            **{key: field.default for key, field in self.kind.fields.items() if field.default},
            CONF_ADVANCED: address(self.kind.default_address(endpoints_of(self.hass))),
        }
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                self._with_address(self._new_destination(), unfolded=CONF_ADVANCED in errors), suggested
            ),
            errors=errors,
        )

    async def async_step_consent(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for consent to the receiver and the start of forwarding."""
        return await self._async_consent(user_input, step_id="consent")

    async def async_step_consent_everything(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for consent to the receiver of everything known."""
        return await self._async_consent(user_input, step_id="consent_everything")

    async def _async_ask_consent(self) -> SubentryFlowResult:
        covers_everything = self._input[CONF_COVERS_FROM] == 0
        return await (
            self.async_step_consent_everything() if covers_everything else self.async_step_consent()
        )

    async def _async_consent(self, user_input: dict[str, Any] | None, *, step_id: str) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        ticks = (*self._doubts, CONF_CONSENT)
        if user_input is not None:
            errors = {tick: "consent_missing" for tick in ticks if not user_input[tick]}
            if not errors:
                return await self._async_finish()
        since = datetime.fromtimestamp(self._input[CONF_COVERS_FROM], self._time_zone())
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({vol.Required(tick, default=False): BooleanSelector() for tick in ticks}),
            errors=errors,
            description_placeholders={
                "account": self._get_entry().title,
                "receiver": self.kind.shown_address(self._input),
                "since": f"{since:%Y-%m-%d %H:%M}",
                **self._shown(self._input),
                **{key: text for texts in self._doubts.values() for key, text in texts.items()},
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
            changes, errors = self._cleaned(user_input, subentry.data)
            self._input = {**subentry.data, **changes}
            is_other = self.kind.identity(self._input) != subentry.unique_id
            if is_other and self._is_taken(self._input):
                errors["base"] = "already_configured"
            if not errors:
                if self.kind.receiver(self._input) != self.kind.receiver(subentry.data):
                    self._doubts = self._shared()
                is_asked = is_other or bool(self._doubts)
                return await (self._async_ask_consent() if is_asked else self._async_finish())
        forwarder = entry.runtime_data.forwarders[subentry.subentry_id]
        suggested = user_input or {
            CONF_NAME: subentry.title,
            **self._shown(subentry.data),
            CONF_AUTOMATIC: forwarder.state.outbox.automatic,
            CONF_ADVANCED: address(
                "" if self.kind.is_address_secret else subentry.data[CONF_BASE_URL],
            ),
        }
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                self._with_address(self._known_destination(subentry.data), unfolded=True), suggested
            ),
            errors=errors,
        )

    async def _async_finish(self) -> SubentryFlowResult:
        """Keep the destination."""
        entry: AccountConfigEntry = self._get_entry()
        if self.source == SOURCE_RECONFIGURE and entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="account_not_loaded")
        title = self._input[CONF_NAME]
        unique_id = self.kind.identity(self._input)
        keys = (*self.kind.fields, *self.kind.kept, CONF_BASE_URL, CONF_COVERS_FROM, CONF_AUTOMATIC)
        data = {key: self._input[key] for key in keys}
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=data, unique_id=unique_id)
        subentry = self._get_reconfigure_subentry()
        forwarder = entry.runtime_data.forwarders[subentry.subentry_id]
        try:
            if unique_id != subentry.unique_id:
                # The choice for a new receiver must send nothing to the old one. While the archive fails, the
                # old one goes on; once it is stopped, only a reload brings the next forwarder.
                await forwarder.set_automatic(False)
                await forwarder.stop()
            # The archive keeps the switch; the subentry has only its first position.
            await forwarder.set_automatic(data[CONF_AUTOMATIC])
        except ArchiveError:
            if forwarder.is_stopped:
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return self.async_abort(reason="archive_unusable")
        return self.async_update_and_abort(entry, subentry, title=title, data=data, unique_id=unique_id)

    def _default_name(self) -> str:
        """Return a name that differs between the destinations of several accounts."""
        if len(self.hass.config_entries.async_entries(DOMAIN)) == 1:
            return self.kind.default_name
        return f"{self.kind.default_name} ({self._get_entry().title})"

    def _is_taken(self, cleaned: Mapping[str, Any]) -> bool:
        taken = {subentry.unique_id for subentry in self._get_entry().subentries.values()}
        return self.kind.identity(cleaned) in taken

    def _shared(self) -> dict[str, dict[str, str]]:
        """Return the doubt that beats of another destination, of any account, end up in the same place."""
        receiver = self.kind.receiver(self._input)
        own_id = self._reconfigured_id
        names = {
            entry.title
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.subentries.values()
            if subentry.subentry_type == self.kind.subentry_type
            and subentry.subentry_id != own_id
            and self.kind.receiver(subentry.data) == receiver
        }
        return {CONF_SHARED: {"others": ", ".join(sorted(names))}} if names else {}

    @property
    def _reconfigured_id(self) -> str | None:
        return self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None

    async def _async_repeated(self) -> dict[str, dict[str, str]]:
        """Return the doubt that a new destination's receiver has these beats of the account already.

        An archive that was replaced does not know what went where. Without an archive, nobody asks.
        """
        entry: AccountConfigEntry = self._get_entry()
        start = self._input[CONF_COVERS_FROM]
        if self._input[CONF_FORWARD_FROM] == FROM_NOW or entry.state is not ConfigEntryState.LOADED:
            return {}
        archive, receiver = entry.runtime_data.archive, self.kind.receiver(self._input)

        def count() -> int:
            is_known = archive.recall(REPLACED_AT) is None
            if is_known and not receivers.may_hold_beats(archive, receiver):
                return 0
            found = archive.summary(start, FOREVER)
            return found.count if found else 0

        try:
            beats = await self.hass.async_add_executor_job(count)
        except ArchiveError:
            return {}
        return {CONF_REPEATED: {"count": str(beats)}} if beats else {}

    def _error_in_date(self, user_input: Mapping[str, Any]) -> str | None:
        if CONF_START_DATE not in user_input:
            return "start_date_missing"
        tomorrow = datetime.fromtimestamp(time.time() + DAY, self._time_zone()).date()
        is_late = date.fromisoformat(user_input[CONF_START_DATE]) > tomorrow
        return "start_date_late" if is_late else None

    def _covers_from(self, user_input: Mapping[str, Any]) -> int:
        if user_input[CONF_FORWARD_FROM] == FROM_EVERYTHING:
            return 0
        if user_input[CONF_FORWARD_FROM] == FROM_DATE:
            day = date.fromisoformat(user_input[CONF_START_DATE])
            # Before 1970 nothing was measured, and the year 1 has no date in every zone.
            return max(int(datetime.combine(day, clock_time.min, self._time_zone()).timestamp()), 0)
        return int(time.time())

    def _time_zone(self) -> tzinfo:
        entry: AccountConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data.coordinator.data.time_zone
        return dt_util.get_default_time_zone()

    def _cleaned(
        self, user_input: Mapping[str, Any], known: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the form's input without stray spaces and without its section, and the errors in it.

        What is secret and left empty stays as it is known.
        """
        removed = [key for tick, key in self.kind.removable.items() if user_input.get(tick)]
        optional = {key: "" for key, field in self.kind.fields.items() if field.is_optional}
        blank: dict[str, Any] = {key: [] for key in self.kind.kept} | optional | {CONF_BASE_URL: ""}
        if known:
            kept = (*self.kind.fixed, *self.kind.secrets, *self.kind.kept)
            blank |= {key: known[key] for key in kept if key not in removed}
        given = {
            key: value.strip() if isinstance(value, str) else value
            for key, value in {**user_input, **user_input[CONF_ADVANCED]}.items()
            if key != CONF_ADVANCED
        }
        left_empty = {key for key in self.kind.secrets if known and not given.get(key)}
        cleaned = blank | {key: value for key, value in given.items() if key not in left_empty}
        errors = self.kind.errors(cleaned)
        if error := NAME_FIELD.error_in(cleaned[CONF_NAME]):
            errors[CONF_NAME] = error
        # Nobody can mean both.
        errors |= {f"remove_{key}": "remove_or_replace" for key in removed if cleaned[key]}
        if self.kind.is_address_secret and known and not cleaned[CONF_BASE_URL]:
            return cleaned | {CONF_BASE_URL: known[CONF_BASE_URL]}, errors
        allow_http = bool(cleaned[CONF_ALLOW_HTTP])
        try:
            cleaned[CONF_BASE_URL] = self.kind.safe_address(cleaned[CONF_BASE_URL], allow_http=allow_http)
        except UnsafeUrlError as error:
            # Home Assistant shows the error of a section, but none of a field within a section.
            errors[CONF_ADVANCED] = str(error)
        return cleaned, errors

    def _new_destination(self) -> vol.Schema:
        fields = {
            (vol.Optional if field.is_optional else vol.Required)(key): field.selector
            for key, field in self.kind.fields.items()
        }
        return vol.Schema({**_NAME, **fields, **_COVERAGE, **_AUTOMATIC})

    def _known_destination(self, known: Mapping[str, Any]) -> vol.Schema:
        fields = {
            (vol.Optional if field.is_secret or field.is_optional else vol.Required)(key): field.selector
            for key, field in self.kind.fields.items()
            if not field.is_fixed
        }
        removals = {
            vol.Required(tick, default=False): BooleanSelector()
            for tick, key in self.kind.removable.items()
            if known[key]
        }
        return vol.Schema({**_NAME, **fields, **removals, **_AUTOMATIC})

    def _with_address(self, schema: vol.Schema, *, unfolded: bool) -> vol.Schema:
        """Return a form with the address as a section at its end, folded over the kind's own address."""
        is_folded = not unfolded and self.kind.default_address(endpoints_of(self.hass)) != ""
        # A secret one that is left empty stays as it is known.
        marker = vol.Optional if self.kind.is_address_secret else vol.Required
        fields = vol.Schema({marker(CONF_BASE_URL): _URL, **_ALLOW_HTTP})
        return schema.extend({vol.Required(CONF_ADVANCED): section(fields, {"collapsed": is_folded})})

    def _shown(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the kind's fields that are no secrets."""
        return {key: data[key] for key, field in self.kind.fields.items() if not field.is_secret}


def address(base_url: str) -> dict[str, Any]:
    """Return the suggested values of the fields of a known address."""
    return {CONF_BASE_URL: base_url, CONF_ALLOW_HTTP: base_url.startswith("http:")}
