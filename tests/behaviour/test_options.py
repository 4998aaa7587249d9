"""The options of an account, and what makes it load anew."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HIGH,
    CONF_HOURLY_DELIVERIES,
    CONF_HYSTERESIS,
    CONF_KEEP_STATISTICS,
    CONF_LOW,
    CONF_RETENTION,
    CONF_WORKOUT_CALENDAR,
    CONF_ZONE_MINUTES_GOAL,
)
from tests.helpers.home import (
    NOW,
    SetUp,
    account_entry,
    advance,
    count_loads,
    gateway_entry,
    settle,
    state_of,
)
from tests.simulators import FitbitSimulator, GoogleSimulator

HEART_RATE = "sensor.sam_sample_heart_rate"
NO_LIMITS = {
    "duration_minutes": 10,
    "hysteresis_bpm": 5,
    "not_during_workouts": False,
    "not_while_asleep": False,
}

SWITCHES = (CONF_KEEP_STATISTICS, CONF_HOURLY_DELIVERIES, CONF_WORKOUT_CALENDAR)
AT_FIRST = {CONF_FRESHNESS: 60, CONF_RETENTION: 90, CONF_ZONE_MINUTES_GOAL: 150} | dict.fromkeys(
    SWITCHES, False
)


async def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> ConfigFlowResult:
    """Open the options and submit them."""
    step = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(step["flow_id"], {CONF_ALERTS: {}} | options)
    await settle(hass)
    return result


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, AT_FIRST),
        (
            chosen := {CONF_FRESHNESS: 15, CONF_RETENTION: 3650, CONF_ZONE_MINUTES_GOAL: 300}
            | dict.fromkeys(SWITCHES, True),
            chosen,
        ),
    ],
    ids=["at first", "chosen before"],
)
async def test_the_form_shows_what_applies(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    options: dict[str, int],
    shown: dict[str, int],
) -> None:
    entry = await set_up(account_entry(google, options=options))
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    fields = step["data_schema"].schema
    assert {
        str(field): (field.description or {}).get("suggested_value") or field.default()
        for field in fields
        if field != CONF_ALERTS
    } == shown


async def test_options_are_whole_numbers(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> None:
    """The form hands in floats."""
    await set_up(entry)
    result = await choose(home, entry, freshness_minutes=30.0, retention_days=7.0)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == AT_FIRST | {CONF_FRESHNESS: 30, CONF_RETENTION: 7, CONF_ALERTS: NO_LIMITS}
    assert [type(value) for value in entry.options.values()].count(int) == 3


@pytest.mark.parametrize("options", [(15, 7), (1440, 3650)])
async def test_bounds(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, options: tuple[int, int]
) -> None:
    await set_up(entry)
    result = await choose(home, entry, freshness_minutes=options[0], retention_days=options[1])
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_out_of_bounds(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> None:
    """The error is at the field, and names its bounds; of one in a section it also names the field."""
    await set_up(entry)
    for field, value, bounds in (
        (CONF_FRESHNESS, 14, ("15", "1440")),
        (CONF_FRESHNESS, 1441, ("15", "1440")),
        (CONF_RETENTION, 6, ("7", "3650")),
        (CONF_RETENTION, 7.5, ("7", "3650")),
        (CONF_RETENTION, "long", ("7", "3650")),
        (CONF_RETENTION, None, ("7", "3650")),
        (CONF_RETENTION, float("nan"), ("7", "3650")),
        (CONF_HIGH, 300, ("60", "250")),
        (CONF_LOW, 45.5, ("20", "120")),
        (CONF_DURATION, -1, ("0", "240")),
        (CONF_HYSTERESIS, True, ("0", "50")),
    ):
        is_top = field in (CONF_FRESHNESS, CONF_RETENTION)
        result = await choose(home, entry, **({field: value} if is_top else {CONF_ALERTS: {field: value}}))
        error = {field: "out_of_bounds"} if is_top else {CONF_ALERTS: f"{field}_out_of_bounds"}
        assert (result["type"], result["errors"]) == (FlowResultType.FORM, error)
        assert result["description_placeholders"] == dict(zip(("lowest", "highest"), bounds, strict=True))
        home.config_entries.options.async_abort(result["flow_id"])
    assert not entry.options


async def test_limits_are_kept_and_shown(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> None:
    await set_up(entry)
    limits = {CONF_HIGH: 120.0, CONF_LOW: 45.0}
    await choose(home, entry, freshness_minutes=60, retention_days=90, alerts=limits)
    assert entry.options[CONF_ALERTS] == {**limits, **NO_LIMITS}
    assert {type(value) for value in entry.options[CONF_ALERTS].values()} == {int, bool}
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    section = step["data_schema"].schema[CONF_ALERTS].schema.schema
    shown = {str(field): (field.description or {}).get("suggested_value") for field in section}
    assert shown == entry.options[CONF_ALERTS]


async def test_a_gateway_has_no_options_about_workouts(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    entry = await set_up(gateway_entry(gateway))
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    fields = step["data_schema"].schema
    assert CONF_WORKOUT_CALENDAR not in fields
    assert "not_during_workouts" not in fields[CONF_ALERTS].schema.schema


async def test_limits_that_cross_are_refused(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """The form says so, and takes limits that do not."""
    await set_up(entry)
    step = await home.config_entries.options.async_init(entry.entry_id)
    answers = {CONF_FRESHNESS: 60, CONF_RETENTION: 90, CONF_ALERTS: {CONF_HIGH: 80, CONF_LOW: 80}}
    result = await home.config_entries.options.async_configure(step["flow_id"], answers)
    assert result["errors"] == {CONF_ALERTS: "limits_crossed"}
    assert result["data_schema"]
    assert result["data_schema"].schema[CONF_ALERTS].options == {"collapsed": False}
    assert not entry.options
    answers[CONF_ALERTS] = {CONF_HIGH: 81, CONF_LOW: 80}
    result = await home.config_entries.options.async_configure(step["flow_id"], answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(home)


async def test_freshness_takes_effect_at_once(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """A value of half an hour ago is current by the one limit and not by the other."""
    await set_up(entry)
    await advance(home, clock, minutes=30)
    assert state_of(home, HEART_RATE).state == "79"
    loads = count_loads(entry)
    await choose(home, entry, freshness_minutes=15, retention_days=90)
    assert len(loads) == 1
    assert state_of(home, HEART_RATE).state == STATE_UNKNOWN
    await choose(home, entry, freshness_minutes=60, retention_days=90)
    assert len(loads) == 2
    assert state_of(home, HEART_RATE).state == "79"


async def test_retention_takes_effect_at_once(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    now = int(NOW.timestamp())
    entry.runtime_data.archive.store([(now - 8 * 86400, 70)], now)
    assert entry.runtime_data.archive.count() == 176
    await choose(home, entry, freshness_minutes=60, retention_days=7)
    assert entry.runtime_data.archive.count() == 175


async def test_unchanged_options_reload_nothing(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    options = AT_FIRST | {CONF_ALERTS: NO_LIMITS}
    entry = await set_up(account_entry(google, options=options))
    loads = count_loads(entry)
    await choose(home, entry, freshness_minutes=60.0, retention_days=90.0)
    assert not loads


async def test_a_refreshed_token_reloads_nothing(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    await set_up(entry)
    token, loads = entry.data["token"], count_loads(entry)
    await advance(home, clock, hours=2)
    assert entry.data["token"] != token
    assert not loads


async def test_a_new_title_reloads_once(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> None:
    await set_up(entry)
    loads = count_loads(entry)
    home.config_entries.async_update_entry(entry, title="Kim")
    await settle(home)
    assert len(loads) == 1
    assert state_of(home, HEART_RATE).name == "Kim Heart rate"
