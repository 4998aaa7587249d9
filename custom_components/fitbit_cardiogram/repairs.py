"""Repairs: what keeps beats from getting through, told when it is time to, and mended where a dialog can."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .config_flow import PASSWORD, is_access_token
from .const import CONF_BASE_URL, CONF_COVERS_FROM, DOMAIN, SUBENTRY_CARDIOGRAM
from .coordinator import AccountConfigEntry
from .forwarding.forwarder import Forwarder, ForwarderState
from .forwarding.outcome import Problem
from .heart_rate.archive import ArchiveError

# The fact that the archive had to be started afresh, and when.
REPLACED_AT: Final = "replaced_at"

# Trouble that passes by itself is told when it has lasted so long; what waits for a person, at once.
TOLD_AFTER: Final = 60 * 60.0

# What a person can do, by the translation key of the issue: the steps of its dialog.
FIXES: Final = {
    f"forwarding_{Problem.TOKEN_REFUSED}": ["token"],
    f"forwarding_{Problem.USER_MISMATCH}": ["token", "reconfigure"],
    f"forwarding_{Problem.WRONG_ADDRESS}": ["reconfigure", "try_again"],
    f"forwarding_{Problem.UNEXPECTED_ANSWER}": ["try_again", "reconfigure"],
    f"forwarding_{Problem.BEATS_REFUSED}": ["try_again", "reconfigure"],
    f"forwarding_{Problem.ARCHIVE_REPLACED}": ["from_now", "again"],
    "beats_quarantined": ["release", "drop"],
}


class DestinationIssues:
    """Keeps the issues of one destination in step with its forwarder, until stopped."""

    def __init__(
        self, hass: HomeAssistant, entry: AccountConfigEntry, subentry_id: str, forwarder: Forwarder
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._subentry = entry.subentries[subentry_id]
        self._timer: CALLBACK_TYPE | None = None
        self._has_lasted = False
        self._forwarder = forwarder
        self._stop_listening = forwarder.listen(self._async_changed)
        self._async_changed(ForwarderState(), forwarder.state)

    @callback
    def async_stop(self) -> None:
        """Take every issue back: set up again, the destination may have none."""
        self._stop_listening()
        self._async_changed(self._forwarder.state, ForwarderState())

    @callback
    def _async_changed(self, _old: ForwarderState, state: ForwarderState) -> None:
        self._async_watch_the_time(state)
        problem = state.problem if state.paused or self._has_lasted else None
        severity = ir.IssueSeverity.ERROR if state.paused else ir.IssueSeverity.WARNING
        self._async_tell("forwarding", f"forwarding_{problem}" if problem else None, severity)
        outbox = state.outbox
        waiting = outbox.pending + outbox.quarantined
        expires = dt_util.as_local(dt_util.utc_from_timestamp(outbox.expires or 0))
        self._async_tell(
            "beats_expiring",
            # The time is looked at once an hour.
            "beats_expiring" if outbox.expires and waiting else None,
            ir.IssueSeverity.ERROR,
            count=str(waiting),
            expires=f"{expires:%Y-%m-%d %H:%M}",
        )
        self._async_tell(
            "beats_quarantined",
            "beats_quarantined" if outbox.quarantined else None,
            ir.IssueSeverity.WARNING,
            count=str(outbox.quarantined),
        )

    @callback
    def _async_watch_the_time(self, state: ForwarderState) -> None:
        # Trouble with the archive is the account's, and told once for all. What is not tried again by itself
        # does not last: it has happened once.
        is_tried = state.outbox.automatic and not state.paused
        passes = is_tried and state.problem not in (None, Problem.ARCHIVE_UNUSABLE)
        if passes and not self._timer and not self._has_lasted:
            self._timer = async_call_later(self._hass, TOLD_AFTER, self._async_has_lasted)
        elif not passes:
            self._has_lasted = False
            if self._timer:
                self._timer()
                self._timer = None

    @callback
    def _async_has_lasted(self, _now: datetime) -> None:
        self._timer = None
        self._has_lasted = True
        self._async_changed(self._forwarder.state, self._forwarder.state)

    @callback
    def _async_tell(
        self, kind: str, key: str | None, severity: ir.IssueSeverity, **placeholders: str
    ) -> None:
        """Raise the destination's issue of a kind under this translation key, or take it back."""
        issue_id = f"{kind}_{self._subentry.subentry_id}"
        if key is None:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=key in FIXES,
            severity=severity,
            translation_key=key,
            translation_placeholders={
                "account": self._entry.title,
                "destination": self._subentry.title,
                "receiver": self._subentry.data[CONF_BASE_URL],
                **placeholders,
            },
            data={"entry_id": self._entry.entry_id, "subentry_id": self._subentry.subentry_id},
        )


@callback
def async_tell_archive_replaced(hass: HomeAssistant, entry: AccountConfigEntry, file: str) -> None:
    """Tell that the archive was lost or damaged and begins afresh."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"archive_replaced_{entry.entry_id}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="archive_replaced",
        translation_placeholders={"account": entry.title, "file": file},
    )


@callback
def async_delete_issues(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Take back every issue of an account; those of its destinations went when it was unloaded."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.endswith(entry.entry_id):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the dialog of an issue."""
    return DestinationFlow(data["entry_id"], data["subentry_id"]) if data else ConfirmRepairFlow()


type Step = Callable[[DestinationFlow, dict[str, Any] | None], Awaitable[RepairsFlowResult]]


def _while_it_lasts(step: Step) -> Step:
    """Take a step only if it still mends something: the dialog may have stood open for long."""
    name = step.__name__.removeprefix("async_step_")

    @wraps(step)
    async def async_take(
        flow: DestinationFlow, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        entry = flow.hass.config_entries.async_get_entry(flow.entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return flow.async_abort(reason="account_not_loaded")
        if name not in flow.fixes:
            return flow.async_abort(reason="already_mended")
        return await step(flow, user_input)

    return async_take


class DestinationFlow(RepairsFlow):
    """Mend what keeps a destination's beats from getting through."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        self.entry_id = entry_id
        self._subentry_id = subentry_id
        self._placeholders: dict[str, str] = {}

    @property
    def fixes(self) -> list[str]:
        """The steps that mend what the issue says now; none once there is no issue."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return FIXES.get(issue.translation_key or "", []) if issue else []

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Offer what can be done; there is an issue, or there would be no dialog."""
        issue = ir.async_get(self.hass).issues[DOMAIN, self.issue_id]
        self._placeholders = issue.translation_placeholders or {}
        if len(self.fixes) == 1:
            return await self.async_step_token(None)
        return self.async_show_menu(menu_options=self.fixes, description_placeholders=self._placeholders)

    @_while_it_lasts
    async def async_step_token(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take a new access token; the account is set up anew with it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            token = user_input[CONF_ACCESS_TOKEN].strip()
            if is_access_token(token):
                data = {**self._subentry.data, CONF_ACCESS_TOKEN: token}
                update = self.hass.config_entries.async_update_subentry
                if update(self._entry, self._subentry, data=data):
                    return self.async_create_entry(data={})
                return await self._async_try()
            errors[CONF_ACCESS_TOKEN] = "invalid_token"
        return self.async_show_form(
            step_id="token",
            data_schema=vol.Schema({vol.Required(CONF_ACCESS_TOKEN): PASSWORD}),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    @_while_it_lasts
    async def async_step_try_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward for a moment, and see whether beats get through."""
        return await self._async_try()

    @_while_it_lasts
    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Go on in the destination's own form, which asks for consent to another receiver."""
        form = await self.hass.config_entries.subentries.async_init(
            (self.entry_id, SUBENTRY_CARDIOGRAM),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id},
        )
        return self.async_abort(
            reason="reconfigure",
            description_placeholders=self._placeholders,
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
        )

    @_while_it_lasts
    async def async_step_from_now(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward what was measured since the archive was lost: nothing is sent twice."""
        archive = self._entry.runtime_data.archive

        async def begin() -> None:
            await self._forwarder.begin(await self.hass.async_add_executor_job(archive.recall, REPLACED_AT))

        return await self._async_act(begin)

    @_while_it_lasts
    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Forward all that the destination covers again: nothing is missing."""
        start = self._subentry.data[CONF_COVERS_FROM]
        return await self._async_act(lambda: self._forwarder.begin(start))

    @_while_it_lasts
    async def async_step_release(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Try what was set aside again."""
        return await self._async_act(self._forwarder.release)

    @_while_it_lasts
    async def async_step_drop(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Give up what was set aside."""
        return await self._async_act(self._forwarder.drop)

    async def _async_try(self) -> RepairsFlowResult:
        result = await self._forwarder.forward(once=True)
        if result.problem:
            return self.async_abort(reason="still_failing")
        return self.async_create_entry(data={})

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
    def _forwarder(self) -> Forwarder:
        return self._entry.runtime_data.forwarders[self._subentry_id]
