"""Conditions: each answers for the accounts that its target means, and says so where it does not know."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.condition import async_from_config, async_validate_condition_config
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.common import (
    TargetSupport,
    assert_conditions_target_support,
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
from tests.helpers.home import (
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    device,
    have,
    measure,
    settle,
)
from tests.simulators import CardiogramSimulator, GoogleSimulator, Recording
from tests.simulators.sleeping import Sleep

LIMITS = {CONF_HIGH: 100, CONF_LOW: 50, CONF_DURATION: 0, CONF_HYSTERESIS: 0}
ALL = ["light", "moderate", "vigorous", "peak"]


async def ask(home: HomeAssistant, key: str, target: dict[str, Any], **options: Any) -> bool | None:
    """Return the answer of a condition, None where it is unknown; inside `not` it must be the opposite."""
    asked = {"condition": f"{DOMAIN}.{key}", "target": target, "options": options}
    answers: list[bool | None] = []
    for config in (asked, {"condition": "not", "conditions": [{**asked}]}):
        checker = await async_from_config(home, await async_validate_condition_config(home, config))
        try:
            answers.append(checker.async_check())
        except ConditionError:
            answers.append(None)
        checker.async_unload()
    plain, opposite = answers
    assert opposite is (None if plain is None else not plain)
    return plain


@pytest.fixture
async def account(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return an account with a high limit and zones, and Cardiogram as its destination."""
    limits = {key: value for key, value in LIMITS.items() if key != CONF_LOW}
    return await set_up(
        account_entry(google, options={CONF_ALERTS: limits}, subentries_data=[destination(cardiogram)])
    )


@pytest.fixture
def mine(home: HomeAssistant, account: MockConfigEntry) -> dict[str, str]:
    """Return the target that is the account's device."""
    return {"device_id": device(home, account, account.entry_id)}


async def test_the_heart_rate_of_now(
    home: HomeAssistant,
    account: MockConfigEntry,
    mine: dict[str, str],
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    await have(home, person, clock, ("22:01:00", 120))
    assert [await ask(home, "is_in_zone", mine, zone=zone) for zone in ALL] == [False, True, False, False]
    assert await ask(home, "is_in_zone", mine, zone=["moderate", "peak"]) is True
    assert await ask(home, "heart_rate_is_high", mine) is True
    assert await ask(home, "heart_rate_is_high", mine, above=119) is True
    assert await ask(home, "heart_rate_is_high", mine, above=120) is False
    # No low limit is set.
    assert await ask(home, "heart_rate_is_low", mine) is None
    assert await ask(home, "heart_rate_is_low", mine, below=120) is False
    assert await ask(home, "heart_rate_is_low", mine, below=121) is True
    assert await ask(home, "data_is_fresh", mine) is True
    await have(home, person, clock, ("22:06:00", 70))
    assert await ask(home, "heart_rate_is_high", mine) is False
    assert await ask(home, "is_in_zone", mine, zone="light") is True

    # A stale one is unknown, and so is everything of an account that is not there.
    for _ in range(7):
        await advance(home, clock, minutes=10)
    now: dict[str, dict[str, Any]] = {
        "is_in_zone": {"zone": ALL},
        "heart_rate_is_high": {"above": 40},
        "heart_rate_is_low": {"below": 40},
        "is_asleep": {},
    }
    for key, options in now.items():
        assert (key, await ask(home, key, mine, **options)) == (key, None)
    assert await ask(home, "heart_rate_is_high", mine) is None
    assert await ask(home, "data_is_fresh", mine) is False
    await home.config_entries.async_unload(account.entry_id)
    assert await ask(home, "data_is_fresh", mine) is None
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    assert await ask(home, "data_is_fresh", mine) is False
    await home.config_entries.async_remove(account.entry_id)
    assert await ask(home, "data_is_fresh", mine) is None


async def test_without_zones_none_is_known(
    home: HomeAssistant, google: GoogleSimulator, person: Recording, set_up: SetUp
) -> None:
    person.zones = {TODAY: {}}
    account = await set_up(account_entry(google))
    mine = {"device_id": device(home, account, account.entry_id)}
    assert await ask(home, "is_in_zone", mine, zone=ALL) is None
    assert await ask(home, "heart_rate_is_high", mine, above=78) is True


async def test_asleep_as_far_as_is_known(
    home: HomeAssistant,
    account: MockConfigEntry,
    mine: dict[str, str],
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Sleep is known after waking up, and who is up is known to be so until midnight."""
    assert await ask(home, "is_asleep", mine) is None
    read = account.runtime_data.coordinator.async_read_now
    person.slept = [Sleep("1", at("14:25:00"), at("21:30:00"), (), is_main=True, created=at("21:31:00"))]
    await read()
    assert await ask(home, "is_asleep", mine) is False
    # A nap that goes on past the newest heart rate.
    person.slept += [Sleep("2", at("21:40:00"), at("21:59:55"), (), created=at("21:59:58"))]
    await read()
    assert await ask(home, "is_asleep", mine) is True
    person.slept.pop()
    await read()
    for _ in range(12):
        await advance(home, clock, minutes=5)
        measure(person, ("22:30:00", 60))
    assert await ask(home, "is_asleep", mine) is None


async def test_any_and_all_of_two_accounts_in_an_area(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
) -> None:
    bed = ar.async_get(home).async_create("Bedroom")
    area = {"area_id": bed.id}
    foreign = entity_registry.async_get_or_create("binary_sensor", "demo", "foreign")
    entity_registry.async_update_entity(foreign.entity_id, area_id=bed.id)
    home.states.async_set(foreign.entity_id, "on")
    # The destination alone stands for its account.
    devices = dr.async_get(home)
    devices.async_update_device(device(home, account), area_id=bed.id)
    assert await ask(home, "data_is_fresh", area) is True
    other = Recording(name="Kim", synced_at=person.synced_at, health_user_id="2", legacy_user_id="2")
    google.people.append(other)
    second = await set_up(account_entry(google, person=other))
    for entry in (account, second):
        devices.async_update_device(device(home, entry, entry.entry_id), area_id=bed.id)
    any_high = {"above": 75}
    all_high = {"above": 75, "behavior": "all"}
    # Kim's is not known yet, but Sam's is 79.
    assert await ask(home, "heart_rate_is_high", area, **any_high) is True
    assert await ask(home, "heart_rate_is_high", area, **all_high) is None
    assert await ask(home, "heart_rate_is_low", area, below=70) is None
    assert await ask(home, "heart_rate_is_low", area, below=70, behavior="all") is False
    measure(other, ("22:01:00", 60))
    await have(home, person, clock, ("22:01:00", 79))
    assert await ask(home, "heart_rate_is_high", area, **any_high) is True
    assert await ask(home, "heart_rate_is_high", area, **all_high) is False
    measure(other, ("22:06:00", 80))
    await have(home, person, clock, ("22:06:00", 79))
    assert await ask(home, "heart_rate_is_high", area, **all_high) is True


async def test_what_makes_no_sense_is_refused(home: HomeAssistant) -> None:
    target = {"device_id": "any"}
    for key, chosen, options in (
        ("nothing", target, {}),
        ("data_is_fresh", {}, {}),
        ("data_is_fresh", target, {"behavior": "some"}),
        ("data_is_fresh", target, {"odd": 1}),
        ("is_in_zone", target, {}),
        ("is_in_zone", target, {"zone": []}),
        ("heart_rate_is_high", target, {"above": 0}),
        ("heart_rate_is_low", target, {"above": 50}),
    ):
        with pytest.raises(vol.Invalid):
            await ask(home, key, chosen, **options)


async def test_they_resolve_targets_themselves(home: HomeAssistant) -> None:
    conditions = await async_get_conditions(home)
    assert_conditions_target_support(conditions, dict.fromkeys(conditions, TargetSupport.CUSTOM))
