"""Triggers: each fires for what it is about, for the accounts that its target means."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
import logging
import re
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.components.websocket_api.automation import async_get_triggers_for_target
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.trigger import async_initialize_triggers, async_validate_trigger_config
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.common import (
    TargetSupport,
    assert_triggers_target_support,
)
import voluptuous as vol

from custom_components.fitbit_cardiogram.condition import async_get_conditions
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.told import DATA_TOLD, TOLD
from custom_components.fitbit_cardiogram.trigger import async_get_triggers
from tests.helpers.home import (
    SUBENTRY_ID,
    TODAY,
    SetUp,
    account_entry,
    advance,
    archive_file,
    at,
    destination,
    device,
    gateway_entry,
    have,
    measure,
    press,
    settle,
    state_of,
)
from tests.repository.files import ROOT
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.sleeping import Sleep
from tests.simulators.training import STARTED, Training

LIMITS = {CONF_HIGH: 100, CONF_LOW: 50, CONF_DURATION: 0, CONF_HYSTERESIS: 0}
ZONES = {TODAY: {"LIGHT": 30.0, "MODERATE": 1.0, "VIGOROUS": 2.5, "PEAK": 1.0}}
HEART_RATE = "sensor.sam_sample_heart_rate"
OTHER_ID = "01OTHERRECEIVER0000000000000"
REFUSED = Fault("POST", status=401, body='{"message": "Unauthorized."}')
UNREACHABLE = Fault("POST", status=503)


class Ears:
    """Triggers that are attached, and what they said."""

    def __init__(self, home: HomeAssistant) -> None:
        self._home = home
        self._removers: list[Any] = []
        self.told: list[dict[str, Any]] = []

    async def attach(self, key: str, target: dict[str, Any], **options: Any) -> None:
        """Attach a trigger."""

        def log(level: int, message: str, **_: object) -> None:
            assert level < logging.ERROR, message

        @callback
        def fired(variables: dict[str, Any], context: Any = None) -> None:
            self.told.append(variables["trigger"])

        asked = {"platform": f"{DOMAIN}.{key}", "target": target, "options": options}
        config = await async_validate_trigger_config(self._home, [asked])
        remove = await async_initialize_triggers(self._home, config, fired, "test", "test", log)
        assert remove
        self._removers.append(remove)

    def detach(self) -> None:
        """Detach all triggers."""
        while self._removers:
            self._removers.pop()()

    def heard(self, *names: str) -> list[Any]:
        """Return the news since the last look: one value of each, or several."""
        found = [tuple(one[name] for name in names) for one in self.told]
        self.told.clear()
        return [one[0] for one in found] if len(names) == 1 else found


@pytest.fixture
async def ears(home: HomeAssistant) -> AsyncGenerator[Ears]:
    """Return ears, which hear nothing after the test."""
    ears = Ears(home)
    yield ears
    ears.detach()


@pytest.fixture
async def account(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return an account with limits and zones, and Cardiogram as its destination."""
    person.zones = ZONES
    return await set_up(
        account_entry(google, options={CONF_ALERTS: LIMITS}, subentries_data=[destination(cardiogram)])
    )


def of_account(home: HomeAssistant, account: MockConfigEntry) -> dict[str, str]:
    """Return the target that is the account's device."""
    return {"device_id": device(home, account, account.entry_id)}


async def test_an_alert_begins_and_ends(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    mine = of_account(home, account)
    await ears.attach("alert_began", mine)
    await ears.attach("alert_ended", mine)
    await ears.attach("alert_began", mine, alert="low")
    await ears.attach("alert_began", mine, maximum_age={"minutes": 1})
    await have(home, person, clock, ("22:01:00", 120), ("22:02:00", 130))
    assert ears.heard("platform", "account", "kind", "limit", "extreme", "start", "end", "age") == [
        (
            f"{DOMAIN}.alert_began",
            "Sam Sample",
            "high",
            100,
            130,
            "2026-11-21T22:01:00+00:00",
            "2026-11-21T22:02:00+00:00",
            240,
        )
    ]
    # It goes on over a reload, which is no news.
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    assert ears.heard("kind") == []
    await have(home, person, clock, ("22:07:00", 140), ("22:08:00", 80))
    assert ears.heard("platform", "kind", "extreme", "end", "age") == [
        (f"{DOMAIN}.alert_ended", "high", 140, "2026-11-21T22:07:00+00:00", 180)
    ]
    # One that is over when it arrives has begun as well; both triggers for low ones hear of it.
    await have(home, person, clock, ("22:12:00", 45), ("22:13:00", 80))
    began, ended = f"{DOMAIN}.alert_began", f"{DOMAIN}.alert_ended"
    assert ears.heard("platform", "kind") == [(began, "low"), (began, "low"), (ended, "low")]
    # One that goes stale ends with the next heart rate.
    await have(home, person, clock, ("22:19:30", 120))
    assert ears.heard("platform", "kind") == [(began, "high"), (began, "high")]
    for _ in range(10):
        await advance(home, clock, minutes=10)
    assert ears.heard("platform") == []
    await have(home, person, clock, ("23:59:00", 70))
    assert ears.heard("platform", "kind", "end") == [(ended, "high", "2026-11-21T22:19:30+00:00")]


async def test_an_alert_ends_after_it_began(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """Of two that arrive together, too; and of what is not told at first, the end is not told either."""
    mine = of_account(home, account)
    await ears.attach("alert_began", mine)
    await ears.attach("alert_ended", mine)
    began, ended = f"{DOMAIN}.alert_began", f"{DOMAIN}.alert_ended"
    await have(home, person, clock, ("22:01:00", 120), ("22:02:00", 80), ("22:03:00", 130), ("22:04:00", 80))
    await advance(home, clock, seconds=1)
    assert ears.heard("platform", "extreme") == [(began, 120), (ended, 120), (began, 130), (ended, 130)]
    # An hour and more that arrives at once has begun too long ago to be told.
    for _ in range(9):
        await advance(home, clock, minutes=10)
    long = [(f"22:{minute:02}:00", 120) for minute in range(5, 60)]
    long += [(f"23:{minute:02}:00", 120) for minute in range(30)]
    await have(home, person, clock, *long, ("23:31:00", 80))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "80"
    assert ears.heard("platform") == []


async def test_a_zone_is_entered(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """The times are counted from the heart rates, in whatever portions they come."""
    mine = of_account(home, account)
    await ears.attach("zone_entered", mine, zone=["light", "moderate", "vigorous", "peak"])
    await ears.attach("zone_entered", mine, zone=["vigorous"], **{"for": {"minutes": 3}})
    await have(home, person, clock, ("22:01:00", 110))
    assert ears.heard("zone", "bpm", "start", "age") == [("moderate", 110, "2026-11-21T22:01:00+00:00", 240)]
    await have(home, person, clock, ("22:06:00", 120), ("22:07:00", 140), ("22:08:00", 141))
    assert ears.heard("zone") == ["vigorous"]
    await have(home, person, clock, ("22:09:00", 150), ("22:11:00", 139))
    assert ears.heard("zone", "start", "idx") == [("vigorous", "2026-11-21T22:07:00+00:00", "0")]
    # It is told once, and what is over when it arrives is not; neither after a reload.
    await have(home, person, clock, ("22:12:00", 139), ("22:13:00", 170), ("22:14:00", 139))
    assert ears.heard("zone") == ["vigorous"]
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    assert ears.heard("zone") == []
    # What comes too late to be current is not told.
    for _ in range(10):
        await advance(home, clock, minutes=10)
    await have(home, person, clock, ("22:20:00", 70))
    assert ears.heard("zone") == []


async def test_a_zone_is_entered_before_the_zones_of_the_day_are_known(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """In the minutes after midnight, of which the service has no zones yet."""
    await ears.attach("zone_entered", of_account(home, account), zone="peak")
    tomorrow = TODAY + timedelta(days=1)
    person.zones = ZONES | {tomorrow: {}}
    for _ in range(6):
        await advance(home, clock, minutes=10)
    await have(home, person, clock, ("23:01:00", 180), ("23:04:00", 180))
    assert ears.heard("zone") == []
    person.zones = ZONES | {tomorrow: ZONES[TODAY]}
    for minute in range(9, 40, 5):
        await have(home, person, clock, *((f"23:{one:02}:00", 180) for one in range(minute - 4, minute)))
    assert ears.heard("zone", "start") == [("peak", "2026-11-21T23:01:00+00:00")]


async def test_workouts_and_nights_are_recorded(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
    entity_registry: er.EntityRegistry,
) -> None:
    """Whether or not a person wants to see the events; late ones only if they are wanted."""
    for entity_id in ("event.sam_sample_workout", "event.sam_sample_night"):
        entity_registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    mine = of_account(home, account)
    await ears.attach("workout_recorded", mine)
    await ears.attach("night_recorded", mine)
    for key in ("workout_recorded", "night_recorded"):
        await ears.attach(key, mine, maximum_age={"minutes": 10})
    over = at("22:25:00")
    run = Training("1", "TRAIL_RUN", at("22:05:00"), over, method=STARTED, created=at("22:05:00"))
    slept = Sleep("1", at("15:25:00"), over, (), is_main=True, created=at("22:02:00"))
    person.exercises, person.slept = [run], [slept]
    measure(person, *((f"22:{minute:02}:00", 140) for minute in range(5, 31)))
    await advance(home, clock, minutes=35)
    assert ears.told == []
    await advance(home, clock, minutes=11)
    told = {one["platform"]: one for one in ears.told}
    assert len(ears.told) == 2
    workout, night = told[f"{DOMAIN}.workout_recorded"], told[f"{DOMAIN}.night_recorded"]
    assert (workout["account"], workout["type"], workout["mean"]) == ("Sam Sample", "trail run", 140)
    assert workout["age"] > 600
    assert (night["asleep"], night["date"], night["account"]) == (7 * 3600, "2026-11-21", "Sam Sample")


async def begin_to_stop(home: HomeAssistant, account: MockConfigEntry) -> None:
    """Let Home Assistant end: what it has in memory is gone."""
    await home.config_entries.async_unload(account.entry_id)
    home.data.pop(DATA_TOLD)


async def begin_to_start(home: HomeAssistant, account: MockConfigEntry) -> None:
    """Let Home Assistant set the account up, before automations listen."""
    home.set_state(CoreState.starting)
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)


async def end_start(home: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let Home Assistant run, for a minute."""
    home.set_state(CoreState.running)
    home.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(home)
    await advance(home, clock, minutes=1)


async def test_the_band_is_not_synced(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """Told once, also where the service was out of reach at the time, and through reloads."""
    mine = of_account(home, account)
    await ears.attach("not_synced", mine, **{"for": {"hours": 2}})
    for _ in range(11):
        await advance(home, clock, minutes=10)
    assert ears.told == []
    google.faults.append(Fault("/v4/", kind="reset_before", times=-1))
    for _ in range(3):
        await advance(home, clock, minutes=10)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    for _ in range(2):
        await advance(home, clock, minutes=10)
    assert ears.told == []
    google.faults.clear()
    for _ in range(5):
        await advance(home, clock, minutes=10)
    assert ears.heard("account", "last_sync", "id") == [("Sam Sample", "2026-11-21T21:59:00+00:00", "0")]
    await home.config_entries.async_reload(account.entry_id)
    for _ in range(2):
        await advance(home, clock, minutes=10)
    assert ears.told == []
    person.readings.append((int(clock().timestamp()), 70))
    person.synced_at = int(clock().timestamp())
    for _ in range(14):
        await advance(home, clock, minutes=10)
    assert len(ears.heard("age")) == 1


async def test_no_sync_is_told_once_whatever_happens_meanwhile(
    home: HomeAssistant,
    account: MockConfigEntry,
    gateway: FitbitSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """By each trigger, as each has a time of its own."""
    mine = of_account(home, account)
    for hours in (1, 3, 5):
        await ears.attach("not_synced", mine, **{"for": {"hours": hours}})

    async def told_within(minutes: int) -> int:
        for _ in range(minutes // 10):
            await advance(home, clock, minutes=10)
        return len(ears.heard("idx"))

    assert await told_within(80) == 1
    # The archive is lost, and begins afresh.
    await home.config_entries.async_unload(account.entry_id)
    archive_file(home, account).unlink()
    await home.config_entries.async_setup(account.entry_id)
    assert await told_within(30) == 0
    # A restart; the second time is up while Home Assistant does not run.
    await begin_to_stop(home, account)
    clock.tick(timedelta(hours=2))
    await begin_to_start(home, account)
    assert await told_within(10) == 0
    await end_start(home, clock)
    assert await told_within(10) == 1
    await begin_to_stop(home, account)
    await begin_to_start(home, account)
    await end_start(home, clock)
    # The account is moved to another source, which knows of the same band.
    home.config_entries.async_update_entry(account, data={**gateway_entry(gateway).data})
    assert await told_within(30) == 0
    assert await told_within(30) == 1
    # The next sync ends it.
    person.readings.append((int(clock().timestamp()), 70))
    person.synced_at = int(clock().timestamp())
    assert await told_within(90) == 1


async def test_a_clock_that_was_ahead_silences_and_repeats_nothing(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory, ears: Ears
) -> None:
    await ears.attach("not_synced", of_account(home, account), **{"for": {"minutes": 90}})
    for change, told in ((timedelta(days=300), 1), (timedelta(days=-300), 1), (timedelta(minutes=-40), 0)):
        clock.tick(change)
        await home.config_entries.async_reload(account.entry_id)
        await settle(home)
        for _ in range(7):
            await advance(home, clock, minutes=10)
        assert len(ears.heard("age")) == told


async def test_forwarding_pauses_and_recovers(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, ears: Ears
) -> None:
    """For the destination, and for the account that it is of."""
    theirs = {"device_id": device(home, account, SUBENTRY_ID)}
    for key in ("forwarding_paused", "forwarding_recovered"):
        await ears.attach(key, theirs)
        await ears.attach(key, of_account(home, account))
    await ears.attach("alert_began", theirs)
    cardiogram.faults.append(replace(REFUSED))
    with pytest.raises(HomeAssistantError):
        await press(home)
    paused = (f"{DOMAIN}.forwarding_paused", "Sam Sample", "Cardiogram", "token_refused", 175)
    names = ("platform", "account", "destination", "reason", "pending")
    assert ears.heard(*names) == [paused, paused]
    await press(home)
    assert [one[:4] for one in ears.heard(*names)] == [(f"{DOMAIN}.forwarding_recovered", *paused[1:4])] * 2


async def test_forwarding_recovers_after_reloads(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """A person who acts may change the destination, which sets the account up anew."""
    for key in ("forwarding_paused", "forwarding_recovered"):
        await ears.attach(key, {"device_id": device(home, account, SUBENTRY_ID)})
    cardiogram.faults.append(replace(REFUSED, times=2))
    for _ in range(2):
        with pytest.raises(HomeAssistantError):
            await press(home)
        await home.config_entries.async_reload(account.entry_id)
        await settle(home)
    await have(home, person, clock, ("22:04:00", 70))
    assert ears.heard("platform") == [f"{DOMAIN}.forwarding_paused"]
    await press(home)
    await press(home)
    assert ears.heard("platform", "reason") == [(f"{DOMAIN}.forwarding_recovered", "token_refused")]


async def test_forwarding_is_told_once_whatever_restarts(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """Of each destination for itself; trouble that passes is no end of a pause."""
    own = {**destination(cardiogram), "subentry_id": OTHER_ID, "title": "Own", "unique_id": "own"}
    account = await set_up(account_entry(google, subentries_data=[destination(cardiogram), own]))
    for key in ("forwarding_paused", "forwarding_recovered"):
        await ears.attach(key, of_account(home, account))

    async def forward(*faults: Fault, to: str = SUBENTRY_ID) -> list[Any]:
        cardiogram.faults = [replace(fault) for fault in faults]
        await account.runtime_data.forwarders[to].forward()
        await settle(home)
        return ears.heard("destination", "platform", "reason")

    paused, recovered = f"{DOMAIN}.forwarding_paused", f"{DOMAIN}.forwarding_recovered"
    assert await forward(REFUSED) == [("Cardiogram", paused, "token_refused")]
    assert await forward(UNREACHABLE, to=OTHER_ID) == []
    for faults in ((UNREACHABLE, REFUSED), (REFUSED,)):
        await begin_to_stop(home, account)
        await begin_to_start(home, account)
        assert await forward(faults[0]) == []
        await end_start(home, clock)
        assert await forward(*faults[1:] or faults) == []
    # An archive that works again says nothing of the destination.
    await begin_to_stop(home, account)
    await begin_to_start(home, account)
    await end_start(home, clock)
    account.runtime_data.archive.close()
    assert await forward() == []
    account.runtime_data.archive.open()
    await account.runtime_data.forwarders[SUBENTRY_ID].refresh()
    assert ears.told == []
    # What happens while Home Assistant starts is told once automations listen.
    await begin_to_stop(home, account)
    await begin_to_start(home, account)
    assert await forward() + await forward(REFUSED, to=OTHER_ID) == []
    await end_start(home, clock)
    assert sorted(ears.heard("destination", "platform", "reason")) == [
        ("Cardiogram", recovered, "token_refused"),
        ("Own", paused, "token_refused"),
    ]
    # A destination that is removed leaves nothing behind.
    home.config_entries.async_remove_subentry(account, OTHER_ID)
    await settle(home)
    await account.runtime_data.forwarders[SUBENTRY_ID].cover(0, int(clock().timestamp()), resend=True)
    assert await forward(UNREACHABLE) == []
    assert account.runtime_data.archive.recall(TOLD).troubles == {SUBENTRY_ID: "server_error"}
    await begin_to_stop(home, account)
    await begin_to_start(home, account)
    await end_start(home, clock)
    assert await forward() == [("Cardiogram", recovered, "server_error")]
    assert account.runtime_data.archive.recall(TOLD).troubles == {}


async def test_what_targets_mean(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    ears: Ears,
    entity_registry: er.EntityRegistry,
) -> None:
    """The accounts of an area, a floor or a label at the time, by device or entity; others' never."""
    devices, areas = dr.async_get(home), ar.async_get(home)
    bed = areas.async_create("Bedroom")
    floor = fr.async_get(home).async_create("Upstairs")
    areas.async_update(bed.id, floor_id=floor.floor_id)
    label = lr.async_get(home).async_create("Health").label_id
    mine = device(home, account, account.entry_id)
    foreign = entity_registry.async_get_or_create("binary_sensor", "demo", "foreign")
    entity_registry.async_update_entity(foreign.entity_id, area_id=bed.id, labels={label})
    entity_registry.async_update_entity(
        entity_registry.async_get_or_create("sensor", "demo", "another").entity_id, area_id=bed.id
    )
    for target in (
        {"area_id": bed.id},
        {"floor_id": floor.floor_id},
        {"label_id": label},
        {"entity_id": HEART_RATE},
        {"entity_id": [foreign.entity_id, "sensor.nothing"]},
        {"device_id": "nothing"},
    ):
        await ears.attach("alert_began", target)
    home.states.async_set(foreign.entity_id, "off")
    home.states.async_set(foreign.entity_id, "on")
    await have(home, person, clock, ("22:01:00", 120), ("22:02:00", 70))
    # By the entity alone.
    assert ears.heard("account") == ["Sam Sample"]
    devices.async_update_device(mine, area_id=bed.id, labels={label}, name_by_user="Sam")
    await have(home, person, clock, ("22:06:00", 120), ("22:07:00", 70))
    assert ears.heard("account", "device_id") == [("Sam", mine)] * 4
    # By an entity in the area, while the device is elsewhere; under a new name.
    devices.async_update_device(mine, area_id=None, labels=set())
    entity_registry.async_update_entity(HEART_RATE, area_id=bed.id, new_entity_id="sensor.pulse")
    await have(home, person, clock, ("22:11:00", 120), ("22:12:00", 70))
    assert ears.heard("account") == ["Sam"] * 2


async def test_two_accounts_in_an_area_and_one_that_goes(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    ears: Ears,
) -> None:
    bed = ar.async_get(home).async_create("Bedroom")
    await ears.attach("alert_began", {"area_id": bed.id})
    other = Recording(name="Kim", synced_at=person.synced_at, health_user_id="2", legacy_user_id="2")
    google.people.append(other)
    second = await set_up(account_entry(google, person=other, options={CONF_ALERTS: LIMITS}))
    for entry in (account, second):
        dr.async_get(home).async_update_device(device(home, entry, entry.entry_id), area_id=bed.id)
    measure(other, ("22:01:00", 120))
    await have(home, person, clock, ("22:01:00", 130))
    assert sorted(ears.heard("account", "extreme")) == [("Kim", 120), ("Sam Sample", 130)]
    await home.config_entries.async_remove(second.entry_id)
    await have(home, person, clock, ("22:06:00", 70), ("22:07:00", 130))
    assert ears.heard("account") == ["Sam Sample"]


async def test_they_attach_before_an_account_is_loaded_and_survive_a_late_one(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
    set_up: SetUp,
) -> None:
    bed = ar.async_get(home).async_create("Bedroom")
    await ears.attach("alert_began", {"area_id": bed.id})
    entry = account_entry(google, options={CONF_ALERTS: LIMITS})
    entry.add_to_hass(home)
    dr.async_get(home).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}, name="Sam"
    )
    dr.async_get(home).async_update_device(device(home, entry, entry.entry_id), area_id=bed.id)
    home.set_state(CoreState.starting)
    measure(person, ("21:59:55", 120))
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert ears.told == []
    home.set_state(CoreState.running)
    home.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(home)
    assert ears.heard("extreme") == [120]


async def test_what_happens_while_home_assistant_starts_is_told_then(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ears: Ears,
) -> None:
    """Automations attach at the end of a start, which can take minutes."""
    mine = of_account(home, account)
    await have(home, person, clock, ("22:01:00", 120))
    home.set_state(CoreState.starting)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    for _ in range(3):
        await have(home, person, clock, ("22:06:00", 180))
    await have(home, person, clock, ("22:22:00", 181))
    for key, options in (
        ("alert_ended", {}),
        ("zone_entered", {"zone": "peak"}),
        ("not_synced", {"for": {"minutes": 1}}),
    ):
        await ears.attach(key, mine, **options)
    home.set_state(CoreState.running)
    home.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(home)
    await advance(home, clock, minutes=1)
    news = {"alert_ended", "zone_entered", "not_synced"}
    assert {*ears.heard("platform")} == {f"{DOMAIN}.{one}" for one in news}


async def test_the_examples_of_the_docs(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
) -> None:
    """Each in docs/triggers.md is an automation that runs; every trigger and condition is described there."""
    page = (ROOT / "docs/triggers.md").read_text()
    for key in (*await async_get_triggers(home), *await async_get_conditions(home)):
        assert f"`{DOMAIN}.{key}`" in page
    person.name, person.zones = "Alex", ZONES
    await set_up(
        account_entry(google, options={CONF_ALERTS: LIMITS}, subentries_data=[destination(cardiogram)])
    )
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    examples = [
        {"alias": str(number), **cast(dict[str, Any], parse_yaml(block))}
        for number, block in enumerate(blocks)
    ]
    assert await async_setup_component(home, "persistent_notification", {})
    assert await async_setup_component(home, "notify", {})
    assert await async_setup_component(home, "automation", {"automation": examples})
    await settle(home)
    assert len(home.states.async_all("automation")) == len(examples) == 9
    assert {state.state for state in home.states.async_all("automation")} == {"on"}

    cardiogram.faults.append(replace(REFUSED))
    with pytest.raises(HomeAssistantError):
        await press(home)
    await have(home, person, clock, ("22:04:00", 140))
    readings = [(f"22:{minute:02}:00", 140) for minute in range(5, 15)]
    await have(home, person, clock, *readings[:4])
    await have(home, person, clock, *readings[4:])
    for _ in range(42):
        await advance(home, clock, minutes=10)
    shown = {one["message"] for one in _async_get_or_create_notifications(home).values()}
    assert shown == {
        "Alex: up to 140 bpm, the limit is 100.",
        "Alex trains: 140 bpm.",
        "Somebody moves.",
        "The heart beats fast.",
        "The band of Alex has not synced for 6 hours.",
        "Cardiogram pauses (token_refused). Look under Settings, System, Repairs.",
    }
    await home.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


async def test_what_makes_no_sense_is_refused(home: HomeAssistant, ears: Ears) -> None:
    target = {"device_id": "any"}
    for key, chosen, options in (
        ("nothing", target, {}),
        ("alert_began", {}, {}),
        ("alert_began", target, {"alert": []}),
        ("alert_began", target, {"alert": ["loud"]}),
        ("alert_began", target, {"maximum_age": "long"}),
        ("alert_began", target, {"maximum_age": 0}),
        ("alert_began", target, {"odd": 1}),
        ("zone_entered", target, {}),
        ("zone_entered", target, {"zone": "fat_burn"}),
        ("zone_entered", target, {"zone": "peak", "for": {"hours": 13}}),
        ("not_synced", target, {}),
        ("not_synced", target, {"for": {"seconds": 59}}),
        ("forwarding_paused", target, {"maximum_age": {"hours": 1}}),
    ):
        with pytest.raises(vol.Invalid):
            await ears.attach(key, chosen, **options)


async def test_home_assistant_offers_them(home: HomeAssistant, account: MockConfigEntry) -> None:
    """For the device of the account, and for that of its destination."""
    assert await async_setup_component(home, "automation", {})
    of_the_account = {
        "alert_began",
        "alert_ended",
        "zone_entered",
        "workout_recorded",
        "night_recorded",
        "not_synced",
    }
    of_the_destination = {"forwarding_paused", "forwarding_recovered"}
    for target, expected in (
        (of_account(home, account), of_the_account),
        ({"entity_id": [HEART_RATE]}, of_the_account),
        (
            {"entity_id": ["switch.cardiogram_automatic_forwarding"]},
            of_the_destination,
        ),
        # It stands for its account, too.
        ({"device_id": device(home, account)}, of_the_account | of_the_destination),
    ):
        offered = await async_get_triggers_for_target(home, target, expand_group=True)
        assert {key for key in offered if key.startswith(f"{DOMAIN}.")} == {
            f"{DOMAIN}.{key}" for key in expected
        }
    supports = dict.fromkeys(of_the_account | of_the_destination, TargetSupport.CUSTOM)
    assert_triggers_target_support(await async_get_triggers(home), supports)
