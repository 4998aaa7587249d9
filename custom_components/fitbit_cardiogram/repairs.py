"""Repairs: the dialogs that mend issues."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, override

from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownHandler
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .archive.archive import REPLACED_AT
from .archive.database import ArchiveError
from .const import CONF_COVERS_FROM, DOMAIN
from .coordinator import REPLACED_UNSEEN, AccountConfigEntry
from .destination_kind import DestinationKind
from .destination_kinds import KINDS
from .destinations.forwarder import Forwarder
from .destinations.outcome import CONSEQUENCES, Problem
from .issues import FIXES
from .supervisor import UnexpectedError
from .web_session import async_get_session


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the dialog of an issue."""
    match data:
        case {"entry_id": str(entry_id), "subentry_id": str(subentry_id)}:
            return DestinationRepair(entry_id, subentry_id)
        case {"entry_id": str(entry_id)}:
            return AccountRepair(entry_id)
    raise UnknownHandler


# Steps that explain themselves, so that they need no menu where they are the only one.
FORMS: Final = {"confirm", "token"}


class IssueFlow(RepairsFlow):
    """The dialog of an issue: a menu of the steps that mend it."""

    def __init__(self, entry_id: str) -> None:
        self.entry_id = entry_id
        self.placeholders: dict[str, str] = {}

    @property
    def fixes(self) -> list[str]:
        """The steps that mend the issue now; none once it is cleared."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.fixes_of(issue.translation_key or "") if issue else []

    @abstractmethod
    def fixes_of(self, key: str) -> list[str]:
        """Return the steps for an issue with this translation key, or none."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Offer the steps; there is an issue, or there would be no dialog."""
        issue = ir.async_get(self.hass).issues[DOMAIN, self.issue_id]
        self.placeholders = issue.translation_placeholders or {}
        if len(self.fixes) == 1 and self.fixes[0] in FORMS:
            step: RepairsFlowResult = await getattr(self, f"async_step_{self.fixes[0]}")()
            return step
        return self.async_show_menu(
            step_id="init", menu_options=self.fixes, description_placeholders=self.placeholders
        )

    def unusable(self) -> str | None:
        """Return the reason for which nothing can be mended now, or None."""
        return None


type Step[Flow: IssueFlow] = Callable[[Flow, dict[str, Any] | None], Awaitable[RepairsFlowResult]]


def _while_it_lasts[Flow: IssueFlow](step: Step[Flow]) -> Step[Flow]:
    """Take a step only if it still mends something: the dialog may have stood open for long."""
    name = step.__name__.removeprefix("async_step_")

    @wraps(step)
    async def async_take(flow: Flow, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        if reason := flow.unusable():
            return flow.async_abort(reason=reason)
        if name not in flow.fixes:
            return flow.async_abort(reason="already_mended")
        return await step(flow, user_input)

    return async_take


class AccountRepair(IssueFlow):
    """Mends an issue of an account."""

    @override
    def fixes_of(self, key: str) -> list[str]:
        """Return the steps for an issue of an account, or none."""
        return FIXES.get(key, [])

    @_while_it_lasts
    async def async_step_try_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Read the account now, and see whether the issue goes."""
        entry: AccountConfigEntry = self.hass.config_entries.async_get_known_entry(self.entry_id)
        if entry.state is not ConfigEntryState.LOADED:
            await self.hass.config_entries.async_reload(self.entry_id)
        if entry.state is ConfigEntryState.LOADED:
            await entry.runtime_data.coordinator.async_read_now()
        if self.fixes:
            return self.async_abort(reason="still_failing")
        return self.async_create_entry(data={})

    @_while_it_lasts
    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take note that the archive began afresh."""
        entry: AccountConfigEntry = self.hass.config_entries.async_get_known_entry(self.entry_id)
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="account_not_loaded")
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=self.placeholders)
        await entry.runtime_data.coordinator.async_take_note(REPLACED_UNSEEN)
        return self.async_create_entry(data={})

    @_while_it_lasts
    async def async_step_sign_in(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Continue in the account's own dialog with a new sign-in."""
        step = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": self.entry_id}
        )
        return self.async_abort(
            reason="sign_in",
            description_placeholders=self.placeholders,
            next_flow=(FlowType.CONFIG_FLOW, step["flow_id"]),
        )

    @_while_it_lasts
    async def async_step_ignore(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ignore the issue: the repairs page itself lets nobody ignore an issue with a dialog."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, True)
        return self.async_abort(reason="ignored")


class DestinationRepair(IssueFlow):
    """Mends an issue of a destination."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        super().__init__(entry_id)
        self._subentry_id = subentry_id

    @override
    def fixes_of(self, key: str) -> list[str]:
        """Return the steps for an issue of a destination of this kind, or none."""
        return self._kind.steps_of(key)

    @override
    def unusable(self) -> str | None:
        """Return the reason for which nothing can be mended while the account is not loaded."""
        entry = self.hass.config_entries.async_get_entry(self.entry_id)
        is_loaded = entry is not None and entry.state is ConfigEntryState.LOADED
        return None if is_loaded else "account_not_loaded"

    @_while_it_lasts
    async def async_step_token(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Try new secrets; those that are not refused are kept, and the account reloads with them."""
        secrets = self._kind.secrets
        errors: dict[str, str] = {}
        if user_input is not None:
            given = {key: user_input[key].strip() for key in secrets}
            errors = self._kind.errors(given)
            if not errors:
                kind, before = self._kind, self._subentry.data
                data = {**before, **given}
                try:
                    problem = await self._async_problem(data)
                except UnexpectedError:
                    return self.async_abort(reason="still_failing")
                if not self._is_still(before):
                    return self.async_abort(reason="already_mended")
                if problem is None or "token" not in kind.steps.get(problem, ()):
                    return self._keep(data, problem)
                errors = dict.fromkeys(secrets, str(problem))
        return self.async_show_form(
            step_id="token",
            data_schema=vol.Schema({vol.Required(key): field.selector for key, field in secrets.items()}),
            errors=errors,
            description_placeholders=self.placeholders,
        )

    @_while_it_lasts
    async def async_step_try_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward one turn, and see whether beats get through."""
        return await self._async_try()

    @_while_it_lasts
    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Continue in the destination's own form, which asks for consent to another receiver."""
        form = await self.hass.config_entries.subentries.async_init(
            (self.entry_id, self._kind.subentry_type),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id},
        )
        return self.async_abort(
            reason="reconfigure",
            description_placeholders=self.placeholders,
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
        )

    @_while_it_lasts
    async def async_step_from_now(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward the samples measured since the archive was lost: nothing is sent twice."""
        archive = self._entry.runtime_data.archive

        async def begin() -> None:
            replaced_at = await self.hass.async_add_executor_job(lambda: archive.recall(REPLACED_AT))
            await self._forwarder.begin(replaced_at or 0)

        return await self._async_act(begin)

    @_while_it_lasts
    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward everything that the destination covers again: nothing is missing."""
        start = self._subentry.data[CONF_COVERS_FROM]
        return await self._async_act(lambda: self._forwarder.begin(start))

    @_while_it_lasts
    async def async_step_release(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Release the quarantine: its beats are tried again."""
        return await self._async_act(self._forwarder.release)

    @_while_it_lasts
    async def async_step_drop(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Drop the beats in quarantine."""
        return await self._async_act(self._forwarder.drop)

    async def _async_try(self) -> RepairsFlowResult:
        try:
            problem = await self._async_problem(self._subentry.data)
        except UnexpectedError:
            return self.async_abort(reason="still_failing")
        if problem:
            return self.async_abort(reason="still_failing")
        return self.async_create_entry(data={})

    async def _async_problem(self, data: Mapping[str, Any]) -> Problem | None:
        """Try to get through with these settings; return the problem, or None. Raises UnexpectedError.

        What is pending is forwarded for a turn. Where nothing is, the kind's test tells, if it has one.
        """
        session = async_get_session(self.hass)
        forwarder = self._forwarder
        if self._kind.test and not forwarder.state.outbox.pending:
            outcome = await self._kind.test(session, data)
            if outcome.problem:
                return outcome.problem
        return (await forwarder.attempt(self._kind.open(session, data))).problem

    def _is_still(self, before: Mapping[str, Any]) -> bool:
        """Return whether nobody has changed or removed the destination meanwhile."""
        entry = self.hass.config_entries.async_get_entry(self.entry_id)
        subentry = entry.subentries.get(self._subentry_id) if entry else None
        return subentry is not None and subentry.data == before

    def _keep(self, data: Mapping[str, Any], problem: Problem | None) -> RepairsFlowResult:
        """Keep settings that were tried: the account reloads with them."""
        self.hass.config_entries.async_update_subentry(self._entry, self._subentry, data=data)
        if problem is None:
            return self.async_create_entry(data={})
        reason = "not_tried" if CONSEQUENCES[problem].passes else "still_failing"
        return self.async_abort(reason=reason, description_placeholders=self.placeholders)

    async def _async_act(self, act: Callable[[], Awaitable[object]]) -> RepairsFlowResult:
        try:
            await act()
        except ArchiveError:
            return self.async_abort(reason="archive_unusable")
        return self.async_create_entry(data={})

    @property
    def _entry(self) -> AccountConfigEntry:
        return self.hass.config_entries.async_get_known_entry(self.entry_id)

    @property
    def _subentry(self) -> ConfigSubentry:
        return self._entry.subentries[self._subentry_id]

    @property
    def _kind(self) -> DestinationKind:
        return KINDS[self._subentry.subentry_type]

    @property
    def _forwarder(self) -> Forwarder:
        return self._entry.runtime_data.forwarders[self._subentry_id]
