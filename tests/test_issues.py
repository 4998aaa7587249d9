"""An account's issues: when they come, the dialogs that mend them, and when they go."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import CONF_CONSENTED_AT, DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.issues import ACCOUNT_ISSUES, FIXES
from tests.helpers.dialogs import Consent, Dialogs, reason_of, reconfigure
from tests.helpers.home import NOW, SetUp, account_entry, advance, archive_file, at, gateway_entry, settle
from tests.helpers.lender import Lend, borrowing
from tests.helpers.sign_in import ROW, OnStage, Stage, steady, steps, told
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording

IN_TESTING = {"app_in_testing"}
REFUSED = '{"error": "invalid_grant", "errors": [{"errorType": "invalid_grant"}]}'


async def pass_days(home: HomeAssistant, clock: FrozenDateTimeFactory, days: float) -> None:
    """Let time pass up to so many days after the consent, with a poll at its end."""
    await advance(home, clock, seconds=NOW.timestamp() + days * DAY - clock().timestamp())


async def reload(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the account up anew, as a restart does."""
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)


# The sign-in that ends after seven days


async def test_an_app_in_testing_is_told_at_once(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """Google says so with each token, and it is true until the last."""
    google.testing_app = True
    entry = await set_up(account_entry(google))
    assert (told(home), steps(home)) == (IN_TESTING, [])
    for days in (1, 4, 6.9):
        await pass_days(home, clock, days)
        await reload(home, entry)
        assert (told(home), steps(home)) == (IN_TESTING, [])
    await pass_days(home, clock, 7.1)
    assert (told(home), steps(home)) == (IN_TESTING, ["reauth_testing"])


@pytest.mark.parametrize(
    ("days", "is_trap"), [(6, False), (6.45, False), (6.55, True), (7.45, True), (7.55, False), (8, False)]
)
async def test_a_sign_in_that_ended_after_a_week(
    home: HomeAssistant,
    entry: MockConfigEntry,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    days: float,
    is_trap: bool,
) -> None:
    """Where Google did not say it before, the day on which it ended does; a restart changes nothing."""
    await set_up(entry)
    google.revoke_grants()
    google.faults = [Fault("/v4/", 503, times=-1)]
    await pass_days(home, clock, days)
    assert steps(home) == ["reauth_testing" if is_trap else "reauth_confirm"]
    assert told(home) == (IN_TESTING if is_trap else set())
    await pass_days(home, clock, 9)
    await reload(home, entry)
    assert steps(home) == ["reauth_testing" if is_trap else "reauth_confirm"]
    assert told(home) == (IN_TESTING if is_trap else set())


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("has_ended", [False, True], ids=["before it ends", "after it ended"])
@pytest.mark.parametrize("is_published", [True, False], ids=["published", "still in testing"])
async def test_only_a_sign_in_with_a_published_app_ends_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    consent: Consent,
    is_published: bool,
    has_ended: bool,
) -> None:
    google.testing_app = True
    entry = await set_up(account_entry(google))
    await pass_days(home, clock, 7.1 if has_ended else 2)
    assert told(home) == IN_TESTING
    google.testing_app = not is_published
    if has_ended:
        (flow,) = home.config_entries.flow.async_progress()
        step = await home.config_entries.flow.async_configure(flow["flow_id"], {})
    else:
        step = await reconfigure(home, entry)
    assert await reason_of(home, await consent(step)) in ("reauth_successful", "reconfigure_successful")
    await settle(home)
    assert (told(home), steps(home)) == (set() if is_published else IN_TESTING, [])


async def test_a_person_can_give_access_for_a_month(
    home: HomeAssistant,
    entry: MockConfigEntry,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """It is no trap, not even in its last week."""
    google.grants[0].refresh_until = NOW.timestamp() + 30 * DAY
    await set_up(entry)
    for days in (1, 7, 22.9, 23.1, 26, 29.9):
        await pass_days(home, clock, days)
        assert entry.data["token"]["refresh_token_expires_in"] == pytest.approx((30 - days) * DAY, abs=60)
        assert (told(home), steps(home)) == (set(), [])
    await pass_days(home, clock, 30.1)
    assert (told(home), steps(home)) == (set(), ["reauth_confirm"])


async def test_a_gateway_has_no_such_rule(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """Whatever it says, and whenever it ends a sign-in."""
    entry = gateway_entry(gateway)
    token = entry.data["token"] | {"refresh_token_expires_in": 7 * DAY - 1}
    entry = MockConfigEntry(domain=DOMAIN, title=entry.title, data={**entry.data, "token": token})
    await set_up(entry)
    assert told(home) == set()
    gateway.faults = [Fault("/oauth2/token", 400, REFUSED, times=-1)]
    await pass_days(home, clock, 7)
    assert (told(home), steps(home)) == (set(), ["reauth_confirm"])


async def test_a_lent_sign_in_has_the_lenders(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    lend: Lend,
) -> None:
    google.testing_app = True
    lender = await lend()
    await set_up(borrowing(lender))
    assert (told(home), steps(home)) == (IN_TESTING, [])
    google.testing_app = False
    home.config_entries.async_update_entry(lender, data={**lender.data, "token": google.grant()})
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    assert (told(home), steps(home)) == (set(), [])


# The dialogs


# The row of the table by which each issue comes.
CAUSES = {
    "access_denied": "google API: 403 without a reason",
    "account_not_linked": "google API: account not linked",
    "api_not_enabled": "google API: API not enabled",
    "intraday_missing": "gateway API: daily summaries only",
    "service_ended": "gateway API: 410",
    "settings_not_granted": "google API: no permission for settings",
    "zones_not_granted": "google API: no permission for zones",
}
OTHER_CAUSES = {"app_in_testing", "lender_missing"}

type Cause = Callable[..., Awaitable[tuple[MockConfigEntry, Callable[[], Awaitable[object]]]]]


async def of_row(stage: Stage, is_loaded: bool) -> tuple[MockConfigEntry, Callable[[], Awaitable[object]]]:
    """Let the trouble of a row begin, and return the account and a way to end the trouble."""
    if is_loaded:
        await stage.set_up(stage.entry)
    await stage.begin()
    if is_loaded:
        await stage.entry.runtime_data.coordinator.async_read_now()
    else:
        await stage.set_up(stage.entry)
    if stage.row.outcome.is_late:
        await stage.after(hours=25)
    return stage.entry, stage.end


@pytest.fixture
def cause(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    on_stage: OnStage,
    lend: Lend,
) -> Cause:
    """Return a function that causes an issue; it returns the account, and a way to take the cause away."""

    async def async_cause(key: str, *, is_loaded: bool = True) -> tuple[MockConfigEntry, Any]:
        if key in CAUSES:
            entry, mend = await of_row(await on_stage(ROW[CAUSES[key]]), is_loaded)
        elif key == "app_in_testing":
            google.testing_app = True
            entry, mend = await set_up(account_entry(google)), None
        else:
            lender = await lend()
            entry, mend = borrowing(lender), None
            ways = [set_up(entry), home.config_entries.async_remove(lender.entry_id)]
            for way in ways if is_loaded else reversed(ways):
                await way
            if is_loaded:
                await advance(home, clock, minutes=5)
        assert told(home) == {key}
        assert (entry.state is ConfigEntryState.LOADED) or not is_loaded
        return entry, mend

    return async_cause


def issue_of(key: str, entry: MockConfigEntry) -> str:
    return f"{key}_{entry.entry_id}"


def fixed_by(step: str) -> list[str]:
    """Return the account's issues whose dialog has a step."""
    return sorted(key for key in ACCOUNT_ISSUES if step in FIXES.get(key, []))


def test_each_issue_with_a_dialog_is_caused_here() -> None:
    """Leave out the issue of an archive that began afresh, which belongs to its repair."""
    dialogs = {key for key in ACCOUNT_ISSUES if key in FIXES} - {"archive_replaced"}
    assert CAUSES.keys() | OTHER_CAUSES == dialogs


@pytest.mark.parametrize("is_loaded", [True, False], ids=["while it runs", "at the first set-up"])
@pytest.mark.parametrize("key", fixed_by("try_again"))
async def test_trying_again(
    home: HomeAssistant, cause: Cause, dialogs: Dialogs, key: str, is_loaded: bool
) -> None:
    """It says how things stand now, also to a dialog that stood open meanwhile."""
    entry, mend = await cause(key, is_loaded=is_loaded)
    issue = issue_of(key, entry)
    open_elsewhere = await dialogs.open(issue)
    step = await dialogs.open(issue)
    assert (step["type"], step["menu_options"]) == ("menu", FIXES[key])
    step = await dialogs.choose(step, "try_again")
    assert (step["type"], step["reason"]) == ("abort", "still_failing")
    assert told(home) == {key}

    await mend()
    step = await dialogs.choose(await dialogs.open(issue), "try_again")
    assert step["type"] == "create_entry"
    assert (entry.state, told(home), steps(home)) == (ConfigEntryState.LOADED, set(), [])
    step = await dialogs.choose(open_elsewhere, "try_again")
    assert (step["type"], step["reason"]) == ("abort", "already_mended")


async def test_trying_again_sets_up_an_account_that_is_not_loaded(
    home: HomeAssistant, cause: Cause, dialogs: Dialogs
) -> None:
    """It is read at once if it can be set up, and stays as it was otherwise."""
    entry, mend = await cause("api_not_enabled")
    first, second = [await dialogs.open(issue_of("api_not_enabled", entry)) for _ in range(2)]
    await mend()
    await home.config_entries.async_unload(entry.entry_id)
    archive = archive_file(home, entry)
    aside = archive.rename(archive.with_suffix(".aside"))
    archive.mkdir()
    step = await dialogs.choose(first, "try_again")
    assert (step["type"], step["reason"]) == ("abort", "still_failing")
    assert entry.state is ConfigEntryState.SETUP_RETRY
    archive.rmdir()
    aside.rename(archive)
    step = await dialogs.choose(second, "try_again")
    assert (step["type"], entry.state) == ("create_entry", ConfigEntryState.LOADED)


@pytest.mark.parametrize("key", fixed_by("sign_in"))
async def test_signing_in_again(home: HomeAssistant, cause: Cause, dialogs: Dialogs, key: str) -> None:
    """It goes on in the account's own dialog, at its menu: only that is asked for with the way back."""
    entry, _ = await cause(key)
    step = await dialogs.open(issue_of(key, entry))
    assert (step["type"], step["menu_options"]) == ("menu", FIXES[key])
    step = await dialogs.choose(step, "sign_in")
    assert (step["type"], step["reason"]) == ("abort", "sign_in")
    (flow,) = home.config_entries.flow.async_progress()
    assert step["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert flow["context"]["entry_id"] == entry.entry_id
    assert told(home) == {key}


# When they go


FAILING = [*fixed_by("try_again"), "lender_missing", "service_ended"]
STATES = [(key, True) for key in (*CAUSES, *sorted(OTHER_CAUSES))] + [(key, False) for key in FAILING]


@pytest.mark.parametrize("how", ["disabled", "removed"])
@pytest.mark.parametrize(
    ("key", "is_loaded"),
    STATES,
    ids=lambda value: str(value).replace("False", "failing").replace("True", "loaded"),
)
async def test_an_account_takes_its_issues_with_it(
    home: HomeAssistant, cause: Cause, key: str, is_loaded: bool, how: str
) -> None:
    entry, _ = await cause(key, is_loaded=is_loaded)
    match how:
        case "disabled":
            await home.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
        case _:
            await home.config_entries.async_remove(entry.entry_id)
    await settle(home)
    assert told(home) == set()


@pytest.mark.parametrize("key", FAILING)
async def test_an_issue_stays_while_it_keeps_the_account_from_being_read(
    home: HomeAssistant, cause: Cause, clock: FrozenDateTimeFactory, key: str
) -> None:
    entry, _ = await cause(key, is_loaded=False)
    for _ in range(3):
        await advance(home, clock, minutes=10)
        await steady(home, entry)
        assert told(home) == {key}
    await reload(home, entry)
    assert told(home) == {key}


async def test_an_issue_goes_with_the_first_poll_that_works(
    home: HomeAssistant, person: Recording, cause: Cause
) -> None:
    """Though it brings nothing new, since nothing is measured."""
    person.readings.clear()
    entry, mend = await cause("api_not_enabled")
    await reload(home, entry)
    assert (entry.state, told(home)) == (ConfigEntryState.LOADED, {"api_not_enabled"})
    await mend()
    await reload(home, entry)
    assert (entry.state, told(home)) == (ConfigEntryState.LOADED, set())


@pytest.mark.parametrize("how", ["the release is there again", "disabled", "removed"])
async def test_an_archive_of_a_newer_release(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, archives: Path, how: str
) -> None:
    await set_up(entry)
    await home.config_entries.async_unload(entry.entry_id)
    file = archives / f"{entry.entry_id}.db"

    def say(version: int | None) -> int:
        with closing(sqlite3.connect(file)) as connection:
            (before,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {before if version is None else version}")
            connection.commit()
        return int(before)

    own = say(999)
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert (entry.state, told(home)) == (ConfigEntryState.SETUP_ERROR, {"archive_too_new"})
    match how:
        case "disabled":
            await home.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
        case "removed":
            await home.config_entries.async_remove(entry.entry_id)
        case _:
            say(own)
            await reload(home, entry)
            assert entry.state is ConfigEntryState.LOADED
    assert told(home) == set()
    assert entry.data[CONF_CONSENTED_AT] == NOW.timestamp()
