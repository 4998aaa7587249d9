"""A database as a destination: its form, and what it holds in the end."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_DATABASE,
    CONF_DIALECT,
    CONF_MEASUREMENT,
    CONF_ORGANIZATION,
    CONF_PERSON,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.destinations.outcome import CONSEQUENCES
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.line_protocol_destination import LINE_PROTOCOL
from tests.helpers.home import NOW, SetUp, account_entry, settle, state_of
from tests.simulators import GoogleSimulator, InfluxSimulator

FORWARD_NOW = "button.influxdb_forward_now"


@pytest.fixture
async def account(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account without a destination."""
    return await set_up(account_entry(google))


async def add(
    home: HomeAssistant, account: MockConfigEntry, influx: InfluxSimulator, dialect: str = "api_v2_write"
) -> str:
    """Add a database through its form; return the destination's id."""
    influx.username = "anna"
    flows = home.config_entries.subentries
    step = await flows.async_init((account.entry_id, "line_protocol"), context={"source": SOURCE_USER})
    form: dict[str, Any] = {
        CONF_NAME: "InfluxDB",
        CONF_DIALECT: dialect,
        CONF_DATABASE: influx.database,
        CONF_ORGANIZATION: influx.organization,
        CONF_USERNAME: influx.username,
        CONF_ACCESS_TOKEN: influx.token,
        CONF_PERSON: "back\\slash",
        CONF_MEASUREMENT: "heart_rate",
        "forward_from": "everything",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_BASE_URL: influx.url, CONF_ALLOW_HTTP: True},
    }
    step = await flows.async_configure(step["flow_id"], form)
    assert step["errors"] == {CONF_PERSON: "invalid_name"}
    step = await flows.async_configure(step["flow_id"], form | {CONF_PERSON: "Anna, at home"})
    placeholders = step["description_placeholders"] or {}
    assert placeholders[CONF_PERSON] == "Anna, at home"
    assert CONF_ACCESS_TOKEN not in placeholders
    await flows.async_configure(step["flow_id"], {"consent": True})
    await settle(home)
    (subentry_id,) = account.subentries
    return subentry_id


async def press(home: HomeAssistant) -> None:
    await home.services.async_call("button", "press", {"entity_id": FORWARD_NOW}, blocking=True)


@pytest.mark.parametrize("dialect", ["write", "api_v2_write"])
async def test_the_database_holds_what_the_archive_does(
    home: HomeAssistant,
    account: MockConfigEntry,
    influx: InfluxSimulator,
    google: GoogleSimulator,
    dialect: str,
) -> None:
    await add(home, account, influx, dialect)
    await press(home)
    tags = (("person", "Anna, at home"),)
    assert influx.points == {
        ("heart_rate", tags, time): f"{bpm}i"
        for time, bpm in google.person.samples(0, 2**40, NOW.timestamp())
    }


async def test_what_the_database_never_takes_is_given_up(
    home: HomeAssistant, account: MockConfigEntry, influx: InfluxSimulator, google: GoogleSimulator
) -> None:
    await add(home, account, influx)
    times = [time for time, _ in google.person.samples(0, 2**40, NOW.timestamp())]
    influx.oldest = times[10]
    await press(home)
    assert state_of(home, "sensor.influxdb_given_up_beats").state == "10"
    assert state_of(home, "sensor.influxdb_delivered_beats").state == "165"
    assert state_of(home, "sensor.influxdb_pending_beats").state == "0"
    assert len(influx.requests) == 1


async def test_a_conflict_of_types_waits_for_a_person(
    home: HomeAssistant, account: MockConfigEntry, influx: InfluxSimulator
) -> None:
    subentry_id = await add(home, account, influx)
    influx.has_floats = True
    with pytest.raises(HomeAssistantError):
        await press(home)
    assert len(influx.requests) == 1
    issue = ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")
    assert issue
    assert (issue.translation_key, issue.is_fixable) == ("forwarding_type_conflict", True)
    influx.has_floats = False
    await press(home)
    assert len(influx.points) == 175
    assert not ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")


async def test_person_and_measurement_stay_for_ever(
    home: HomeAssistant, account: MockConfigEntry, influx: InfluxSimulator
) -> None:
    subentry_id = await add(home, account, influx)
    before = dict(account.subentries[subentry_id].data)
    flows = home.config_entries.subentries
    step = await flows.async_init(
        (account.entry_id, "line_protocol"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id},
    )
    assert step["data_schema"]
    assert not {CONF_PERSON, CONF_MEASUREMENT} & set(map(str, step["data_schema"].schema))
    form = {
        CONF_NAME: "InfluxDB",
        CONF_DIALECT: "write",
        CONF_DATABASE: influx.database,
        CONF_USERNAME: "anna",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_BASE_URL: influx.url, CONF_ALLOW_HTTP: True},
    }
    step = await flows.async_configure(step["flow_id"], form)
    assert step["reason"] == "reconfigure_successful"
    await settle(home)
    after = account.subentries[subentry_id].data
    assert after == before | {CONF_DIALECT: "write", CONF_ORGANIZATION: ""}
    await press(home)
    assert len(influx.points) == 175


async def test_diagnostics_tell_no_name(
    home: HomeAssistant, account: MockConfigEntry, influx: InfluxSimulator
) -> None:
    influx.database, influx.organization = "database-sentinel", "organization-sentinel"
    await add(home, account, influx)
    found = await async_get_config_entry_diagnostics(home, account)
    assert not [one for one in account.subentries.values() if "Anna" in str(one.unique_id)]
    (shown,) = found["destinations"]
    assert (shown["kind"], shown["address"]) == ("line_protocol", "private_http")
    secrets = ("Anna", "anna", influx.token, influx.url, influx.database, influx.organization)
    assert [secret for secret in secrets if secret in str(found)] == []


def test_each_step_mends_what_does_not_pass() -> None:
    assert not any(CONSEQUENCES[problem].passes for problem in LINE_PROTOCOL.steps)
