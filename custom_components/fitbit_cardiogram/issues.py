"""Issues: raised when a person has to mend something, cleared when it is mended."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
import time
from typing import Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LINKS, short_names
from .coordinator import REPLACED_UNSEEN, AccountConfigEntry
from .destination_kind import BEATS_QUARANTINED
from .destination_kinds import KINDS
from .destinations.forwarder import Forwarder, ForwarderState
from .destinations.outcome import Consequence
from .grant import has_run_out_in_testing, is_app_in_testing
from .providers import PROVIDERS
from .sources.consequences import REFUSED_SINCE, consequence, lasting_repairs

# The issues about optional permissions that a person left out.
_FEATURES: Final = {
    feature.issue for provider in PROVIDERS.values() for feature in provider.features if feature.issue
}

_ERROR: Final = ir.IssueSeverity.ERROR
_WARNING: Final = ir.IssueSeverity.WARNING
# A background task of the account fails again and again in a way that nothing foresees.
UNEXPECTED_ERROR: Final = "unexpected_error"
# The issues of an account, by translation key.
ACCOUNT_ISSUES: Final = {
    "access_denied": _ERROR,
    "account_not_linked": _ERROR,
    "api_not_enabled": _ERROR,
    "app_in_testing": _WARNING,
    "archive_replaced": _WARNING,
    "archive_too_new": _ERROR,
    "archive_unusable": _ERROR,
    "intraday_missing": _WARNING,
    "late_data_not_compared": _WARNING,
    "lender_missing": _ERROR,
    "service_ended": _ERROR,
    UNEXPECTED_ERROR: _ERROR,
    **dict.fromkeys(_FEATURES, _WARNING),
}

# The dialogs' steps that mend an issue of an account, by its translation key; no dialog mends the others.
FIXES: Final = {
    "access_denied": ["try_again", "sign_in"],
    "account_not_linked": ["try_again"],
    "api_not_enabled": ["try_again"],
    "app_in_testing": ["sign_in"],
    "archive_replaced": ["confirm"],
    "intraday_missing": ["sign_in"],
    "lender_missing": ["sign_in"],
    "service_ended": ["sign_in"],
    **{issue: ["sign_in", "ignore"] for issue in _FEATURES},
}


class AccountIssues:
    """Keeps the issues of an account in step with its polls, until stopped.

    They stay while it is set up again, and so does a person's choice to ignore them.
    """

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self.async_stop = entry.runtime_data.coordinator.async_add_listener(self._async_update)
        # An issue that was raised before stays: only a poll can clear it.
        for key, placeholders in self._issues():
            async_raise_issue(hass, entry, key, placeholders)

    @callback
    def _async_update(self) -> None:
        self._async_raise(dict(self._issues()))

    def _issues(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each issue's translation key and placeholders."""
        coordinator = self._entry.runtime_data.coordinator
        for found in coordinator.consequences:
            if found.repair and not found.since:
                yield found.repair, {}
        for key in lasting_repairs(coordinator.since, time.time()):
            yield key, {}
        refused_since = coordinator.since[REFUSED_SINCE]
        has_run_out = refused_since is not None and has_run_out_in_testing(self._entry, refused_since)
        if has_run_out or is_app_in_testing(self._hass, self._entry):
            yield "app_in_testing", {}
        yield from self._permissions()
        if coordinator.since[REPLACED_UNSEEN] is not None:
            yield "archive_replaced", {"file": self._entry.runtime_data.archive.set_aside.name}
        if (trouble := coordinator.archive_trouble) and (repair := consequence(trouble).repair):
            yield repair, {"reason": str(trouble)}
        if coordinator.supervisor.lasts:
            yield UNEXPECTED_ERROR, {}

    def _permissions(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the issues of optional permissions that are missing."""
        for feature in self._entry.runtime_data.coordinator.missing_features:
            if feature.issue:
                yield feature.issue, {"scope": short_names([feature.scope])}

    @callback
    def _async_raise(self, issues: Mapping[str, Mapping[str, str]]) -> None:
        """Raise these issues of the account, and clear all others."""
        async_clear_issues(self._hass, self._entry, set(ACCOUNT_ISSUES) - set(issues))
        for key, placeholders in issues.items():
            async_raise_issue(self._hass, self._entry, key, placeholders)


@callback
def async_watch_accounts(hass: HomeAssistant) -> None:
    """Clear the issues of an account when it is disabled; one that failed to set up is not unloaded then."""

    @callback
    def async_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and entry.disabled_by:
            async_clear_issues(hass, entry)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, async_changed)


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry, keys: Iterable[str] = ACCOUNT_ISSUES) -> None:
    """Clear the issues of an account, all of them or those with these translation keys."""
    for key in keys:
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def async_raise_issue(
    hass: HomeAssistant, entry: AccountConfigEntry, key: str, placeholders: Mapping[str, str]
) -> None:
    """Raise the issue of an account with this translation key."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=key in FIXES,
        severity=ACCOUNT_ISSUES[key],
        translation_key=key,
        translation_placeholders={"account": entry.title, **LINKS, **placeholders},
        data={"entry_id": entry.entry_id},
    )


class DestinationIssues:
    """Keeps the issues of one destination in step with its forwarder, until stopped."""

    def __init__(
        self, hass: HomeAssistant, entry: AccountConfigEntry, subentry_id: str, forwarder: Forwarder
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._subentry = entry.subentries[subentry_id]
        self._kind = KINDS[self._subentry.subentry_type]
        self._timer: CALLBACK_TYPE | None = None
        self._has_lasted = False
        self._forwarder = forwarder
        self._stop_listening = forwarder.listen(self._async_changed)
        self._async_changed(ForwarderState(), forwarder.state)

    @callback
    def async_stop(self) -> None:
        """Clear every issue: set up again, the destination may have none."""
        self._stop_listening()
        self._async_changed(self._forwarder.state, ForwarderState())

    @callback
    def _async_changed(self, _old: ForwarderState, state: ForwarderState) -> None:
        outbox = state.outbox
        consequence = state.trouble.consequence if state.trouble else None
        self._async_watch_the_time(consequence, outbox.automatic)
        is_raised = consequence is not None and (consequence.raised_after == 0 or self._has_lasted)
        self._async_raise(
            "forwarding",
            consequence.text if consequence and is_raised else None,
            _WARNING if consequence and consequence.passes else _ERROR,
        )
        waiting = outbox.pending + outbox.quarantined
        expires = dt_util.as_local(dt_util.utc_from_timestamp(outbox.expires or 0))
        self._async_raise(
            "beats_expiring",
            # The outbox notes it once an hour; the beats may have been delivered meanwhile.
            "beats_expiring" if outbox.expires and waiting else None,
            _ERROR,
            count=str(waiting),
            expires=f"{expires:%Y-%m-%d %H:%M}",
        )
        self._async_raise(
            BEATS_QUARANTINED,
            BEATS_QUARANTINED if outbox.quarantined else None,
            _WARNING,
            count=str(outbox.quarantined),
        )

    @callback
    def _async_watch_the_time(self, consequence: Consequence | None, is_automatic: bool) -> None:
        """Wait for as long as trouble has to last; one that is not retried automatically does not count."""
        lasts_for = consequence.raised_after if consequence and is_automatic else None
        if not lasts_for:
            self._has_lasted = False
            if self._timer:
                self._timer()
                self._timer = None
        elif not self._timer and not self._has_lasted:
            self._timer = async_call_later(self._hass, lasts_for, self._async_has_lasted)

    @callback
    def _async_has_lasted(self, _now: datetime) -> None:
        self._timer = None
        self._has_lasted = True
        self._async_changed(self._forwarder.state, self._forwarder.state)

    @callback
    def _async_raise(
        self, kind: str, key: str | None, severity: ir.IssueSeverity, **placeholders: str
    ) -> None:
        """Raise the destination's issue of a kind with this translation key, or clear it if that is None."""
        issue_id = f"{kind}_{self._subentry.subentry_id}"
        if key is None:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=bool(self._kind.steps_of(key)),
            severity=severity,
            translation_key=key,
            translation_placeholders={
                "account": self._entry.title,
                "destination": self._subentry.title,
                "receiver": self._kind.shown_address(self._subentry.data),
                **placeholders,
            },
            data={"entry_id": self._entry.entry_id, "subentry_id": self._subentry.subentry_id},
        )
