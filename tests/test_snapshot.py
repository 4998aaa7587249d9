"""What an account shows: one snapshot at a time, never an older one after a newer one."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram import snapshot as snapshot_module
from custom_components.fitbit_cardiogram.account_alerts import ANNOUNCED, DECIDED, AccountAlerts
from custom_components.fitbit_cardiogram.const import CONF_ALERTS, CONF_DURATION, CONF_HIGH, CONF_HYSTERESIS
from custom_components.fitbit_cardiogram.heart_rate.alert import Alert
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession
from tests.helpers.home import NOW, SetUp, account_entry, advance, settle, state_of
from tests.simulators import GoogleSimulator

NOW_S = int(NOW.timestamp())
RECEIVED = "event.sam_sample_samples_received"
ALERT = "event.sam_sample_heart_rate_alert"
LIMIT = {CONF_ALERTS: {CONF_HIGH: 70, CONF_DURATION: 5, CONF_HYSTERESIS: 5}}


async def test_a_delayed_refresh_brings_nothing_old_back(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """The first of two refreshes has read the archive, and is slow to come back with it."""
    await set_up(entry)
    coordinator = entry.runtime_data.coordinator
    archive = entry.runtime_data.archive
    run, delayed = home.async_add_executor_job, asyncio.Event()

    def slow_once(job: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        home.async_add_executor_job = run  # type: ignore[method-assign]

        async def later() -> Any:
            found = await run(job, *arguments)
            await delayed.wait()
            return found

        return asyncio.ensure_future(later())

    home.async_add_executor_job = slow_once  # type: ignore[method-assign,assignment]
    first = home.async_create_task(coordinator.async_archive_changed())
    await asyncio.sleep(0)
    await run(archive.store, [(NOW_S - 2, 99)], NOW_S)
    second = home.async_create_task(coordinator.async_archive_changed())
    # The clock stands still, so time passes by work in another thread.
    for _ in range(50):
        await run(archive.version)
    delayed.set()
    await asyncio.gather(first, second)
    assert coordinator.data.latest == (NOW_S - 2, 99)
    assert coordinator.data.version == archive.version()


@pytest.mark.usefixtures("all_enabled")
async def test_one_store_is_one_event(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """However many refreshes there are for other reasons."""
    await set_up(entry)
    fired: list[str] = []

    def note(event: Any) -> None:
        if event.data["entity_id"] == RECEIVED and event.data["new_state"]:
            fired.append(event.data["new_state"].state)

    home.bus.async_listen("state_changed", note)
    coordinator = entry.runtime_data.coordinator
    await home.async_add_executor_job(entry.runtime_data.archive.store, [(NOW_S - 2, 99)], NOW_S)
    clock.tick(1)
    await asyncio.gather(*(coordinator.async_archive_changed() for _ in range(5)))
    await settle(home)
    assert len(set(fired)) == 1
    assert coordinator.data.received.count == 1


def test_the_newer_of_two_snapshots_is_shown() -> None:
    def snapshot(*order: int) -> Any:
        fields: dict[str, Any] = dict.fromkeys(snapshot_module.Snapshot.__slots__)
        return snapshot_module.Snapshot(**{**fields, "order": order})

    newer = snapshot_module.newer
    older, later = snapshot(1, 2), snapshot(2, 1)
    assert newer(older, later) is later
    assert newer(later, older) is later
    again = snapshot(2, 2)
    assert newer(later, again) is again
    assert newer(None, older) is older
    # The order is no part of the equality: it wakes nobody.
    assert older == later


# Nights


async def test_a_night_is_shown_and_due_once_its_samples_are_there(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """Or an hour after its end: the band may not have been worn."""
    # The event marks none as announced meanwhile.
    home.set_state(CoreState.starting)
    await set_up(entry)
    archive, coordinator = entry.runtime_data.archive, entry.runtime_data.coordinator
    over = NOW_S - 20 * 60
    night = SleepSession("night", over - 8 * HOUR, over, 3600, 3600, is_main=True, created=NOW_S)
    await home.async_add_executor_job(archive.purge, over, NOW_S, (date.min, date.min), NOW_S)
    await home.async_add_executor_job(archive.store_sleep, [night], 0, NOW_S, NOW_S)

    async def due() -> tuple[str | None, list[str]]:
        await coordinator.async_archive_changed()
        data = coordinator.data
        return data.last_night and data.last_night.id, [one.id for one in data.due_nights]

    assert await due() == ("night", [])
    await home.async_add_executor_job(archive.count_figures, NOW_S)
    assert coordinator.data.latest[0] < over
    assert await due() == ("night", [])
    await home.async_add_executor_job(partial(archive.store, [(over, 50)], NOW_S, even_purged=True))
    assert await due() == ("night", ["night"])
    version = coordinator.data.sleep_version
    await home.async_add_executor_job(archive.note_nights_announced, ["night"], NOW_S)
    assert await due() == ("night", [])
    assert coordinator.data.sleep_version == version > 0


async def test_a_night_without_samples_is_due_an_hour_after_it(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    # The event marks none as announced meanwhile.
    home.set_state(CoreState.starting)
    await set_up(entry)
    archive, coordinator = entry.runtime_data.archive, entry.runtime_data.coordinator
    night = SleepSession("night", NOW_S - 8 * HOUR, NOW_S, 3600, 3600, is_main=True)
    await home.async_add_executor_job(archive.store_sleep, [night], 0, NOW_S + 1, NOW_S)
    for minutes, due in ((59, 0), (61, 1)):
        clock.move_to(NOW + timedelta(minutes=minutes))
        await home.async_add_executor_job(archive.count_figures, NOW_S + minutes * 60)
        await coordinator.async_archive_changed()
        assert len(coordinator.data.due_nights) == due


# Announcing


async def test_what_a_crash_left_decided_is_announced_once_automations_listen(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Home Assistant is gone between the decision and the announcement, and comes back at once."""
    entry = account_entry(google, options=LIMIT)
    home.set_state(CoreState.starting)
    await set_up(entry)
    archive, alerts = entry.runtime_data.archive, entry.runtime_data.coordinator.account_alerts
    [due] = await home.async_add_executor_job(alerts.decide, alerts.recent(NOW_S), NOW_S)
    assert archive.recall(DECIDED) == [due.stretch]
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    before = state_of(home, ALERT).state
    home.set_state(CoreState.running)
    home.bus.async_fire("homeassistant_started")
    await settle(home)
    assert state_of(home, ALERT).state != before
    archive = entry.runtime_data.archive
    assert (archive.recall(DECIDED), archive.recall(ANNOUNCED)) == ([], [due.stretch])
    fired = state_of(home, ALERT).state
    await advance(home, clock, minutes=5)
    assert state_of(home, ALERT).state == fired


async def test_a_crash_before_the_mark_may_repeat_it_and_nothing_else(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as crashing:

        def lose(_alerts: AccountAlerts, _alert: Alert) -> None:
            """Forget the mark, as a crash right before it does."""

        crashing.setattr(AccountAlerts, "mark_announced", lose)
        entry = await set_up(account_entry(google, options=LIMIT))
        first = state_of(home, ALERT).state
        await advance(home, clock, minutes=1)
    assert len(entry.runtime_data.archive.recall(DECIDED) or []) == 1
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    second = state_of(home, ALERT).state
    assert second != first
    assert entry.runtime_data.archive.recall(DECIDED) == []
    await home.config_entries.async_reload(entry.entry_id)
    await advance(home, clock, minutes=5)
    assert state_of(home, ALERT).state == second
