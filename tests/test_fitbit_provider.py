"""An account that is read from the Fitbit Web API, through Home Assistant."""

import asyncio
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.fitbit_cardiogram.account_token import AccountToken
from custom_components.fitbit_cardiogram.const import CONF_ALLOW_HTTP, CONF_BASE_URL, CONF_SOURCE, DOMAIN
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL, SOURCE_FITBIT
from custom_components.fitbit_cardiogram.providers import PROVIDERS
from tests.helpers.dialogs import Consent, name_it, reason_of
from tests.helpers.home import (
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    gateway_entry,
    reauths,
    settle,
    state_of,
)
from tests.helpers.sources import EXAMPLE
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Person, Recording

HEART_RATE = "sensor.sam_sample_heart_rate"
RESTING = "sensor.sam_sample_resting_heart_rate"
PEAK = "sensor.sam_sample_peak_zone_today"
TOKEN = "POST /oauth2/token"


async def choose_gateway(home: HomeAssistant, base_url: str) -> Any:
    """Begin to add an account, and enter the gateway's address."""
    menu = await home.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    form = await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "fitbit"})
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "fitbit")
    return await home.config_entries.flow.async_configure(form["flow_id"], at_address(base_url))


def at_address(base_url: str, *, allow_http: bool = True) -> dict[str, Any]:
    """Return the form about a gateway's address as a person fills it in."""
    return {CONF_BASE_URL: base_url, CONF_ALLOW_HTTP: allow_http}


# Signing in


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_account_is_added(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    consent: Consent,
) -> None:
    entry = await name_it(home, await consent(await choose_gateway(home, f"{gateway.url}/")), "Sam")
    assert entry.unique_id == gateway.person.legacy_user_id
    assert (entry.data[CONF_SOURCE], entry.data[CONF_BASE_URL]) == (SOURCE_FITBIT, gateway.url)
    assert state_of(home, "sensor.sam_heart_rate").state == "79"


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("scope", ["heartrate", "profile"])
async def test_what_must_be_allowed(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    consent: Consent,
    scope: str,
) -> None:
    result = await consent(await choose_gateway(home, gateway.url), untick=[scope])
    assert await reason_of(home, result) == "scope_missing"


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_service_that_has_ended(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    consent: Consent,
) -> None:
    step = await choose_gateway(home, gateway.url)
    gateway.faults.append(Fault("profile", status=410, body="{}"))
    assert await reason_of(home, await consent(step)) == "service_ended"


@pytest.mark.parametrize(
    ("address", "error"), [("http://example.org", "insecure_url"), ("gateway", "invalid_url")]
)
async def test_an_address_that_will_not_do(
    home: HomeAssistant, gateway: FitbitSimulator, address: str, error: str
) -> None:
    step = await choose_gateway(home, address)
    assert step["errors"] == {CONF_BASE_URL: error}


async def test_a_credential_of_google_will_not_do(home: HomeAssistant, fitbit: FitbitSimulator) -> None:
    assert await reason_of(home, await choose_gateway(home, fitbit.url)) == "no_fitbit_credential"


@pytest.mark.usefixtures("current_request_with_host")
async def test_another_gateway_by_reconfiguring(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    person: Recording,
    set_up: SetUp,
    consent: Consent,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(gateway_entry(gateway))
    clock.tick(1)
    async with FitbitSimulator(person) as other:
        menu = await entry.start_reconfigure_flow(home)
        assert menu["menu_options"] == ["google_health", "fitbit"]
        form = await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "fitbit"})
        step = await home.config_entries.flow.async_configure(form["flow_id"], at_address(other.url))
        assert await reason_of(home, await consent(step)) == "reconfigure_successful"
        await settle(home)
        assert entry.data[CONF_BASE_URL] == other.url
        assert other.count("/1sec/")


# Tokens


async def test_a_refresh_token_is_used_once(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(gateway_entry(gateway))
    first = entry.data["token"]["refresh_token"]
    for _ in range(3):
        await advance(home, clock, hours=8)
    assert gateway.count(TOKEN) == 3
    assert entry.data["token"]["refresh_token"] != first
    assert entry.runtime_data.coordinator.last_update_success
    assert reauths(home) == 0


async def test_two_requests_share_one_refresh(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(gateway_entry(gateway))
    token = AccountToken(home, entry, entry.runtime_data.archive)
    source = PROVIDERS[SOURCE_FITBIT].open(home, token, entry.data, entry.options)
    clock.tick(timedelta(hours=9))
    await asyncio.gather(*(source.identity() for _ in range(5)))
    assert gateway.count(TOKEN) == 1


async def test_a_new_refresh_token_outlives_a_crash(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """Home Assistant had not yet written the entry: after the crash it has the used token."""
    entry = await set_up(gateway_entry(gateway))
    used = dict(entry.data)
    await advance(home, clock, hours=9)
    fresh = entry.data["token"]
    assert fresh["refresh_token"] != used["token"]["refresh_token"]
    await home.config_entries.async_unload(entry.entry_id)

    home.config_entries.async_update_entry(entry, data=used)
    clock.tick(timedelta(hours=9))
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert entry.runtime_data.coordinator.last_update_success
    assert entry.data["token"]["refresh_token"] not in (
        used["token"]["refresh_token"],
        fresh["refresh_token"],
    )
    assert reauths(home) == 0


async def test_a_lost_answer_is_survived_as_far_as_the_provider_allows(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """The old refresh token gives the same answer again for a while."""
    gateway.refresh_grace = 600
    entry = await set_up(gateway_entry(gateway))
    gateway.faults.append(Fault(TOKEN, kind="reset_after"))
    await advance(home, clock, hours=9)
    assert not entry.runtime_data.coordinator.last_update_success
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success
    assert reauths(home) == 0


async def test_a_used_refresh_token_asks_for_a_new_login(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(gateway_entry(gateway))
    gateway.faults.append(Fault(TOKEN, kind="reset_after"))
    await advance(home, clock, hours=9)
    await advance(home, clock, minutes=5)
    assert not entry.runtime_data.coordinator.last_update_success
    assert reauths(home) == 1


# What is shown


async def test_the_pages_own_example_reaches_the_sensors(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    example = EXAMPLE.replace("2019-05-08", TODAY.isoformat())
    gateway.faults.append(Fault("/activities/heart/date/", status=200, body=example, times=-1))
    await set_up(gateway_entry(gateway))
    assert state_of(home, RESTING).state == "76"
    light = state_of(home, "sensor.sam_sample_light_zone_today")
    assert (light.state, light.attributes["min_bpm"], light.attributes["max_bpm"]) == ("626", 30, 86)
    assert light.attributes["calories"] == 979.4
    assert state_of(home, "sensor.sam_sample_custom_zone_zone_today").state == "74"
    assert state_of(home, "sensor.sam_sample_above_zone_today").state == "42"


async def test_zones_of_ones_own_come_up_with_their_first_minutes(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(gateway_entry(gateway))
    assert home.states.get("sensor.sam_sample_sprint_zone_today") is None
    gateway.custom_zones = [
        {"name": "Sprint", "min": 150, "max": 200, "minutes": 7, "caloriesOut": 50.5},
        {"name": "peak", "min": 180, "max": 200, "minutes": 1, "caloriesOut": 5.5},
    ]
    await advance(home, clock, minutes=35)
    sprint = state_of(home, "sensor.sam_sample_sprint_zone_today")
    assert (sprint.state, sprint.attributes["max_bpm"], sprint.attributes["calories"]) == ("7", 200, 50.5)
    assert state_of(home, PEAK).state == "0"
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert state_of(home, "sensor.sam_sample_sprint_zone_today").state == "7"


async def test_without_intraday_permission_the_summary_works_and_a_repair_says_so(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    gateway.intraday = "forbidden"
    entry = await set_up(gateway_entry(gateway))
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, RESTING).state == "55"
    assert state_of(home, PEAK).state == "0"
    assert state_of(home, HEART_RATE).state == "unknown"
    issue = (DOMAIN, f"intraday_missing_{entry.entry_id}")
    assert issue_registry.async_get_issue(*issue)
    asked = gateway.count("/15min") + gateway.count("/1sec")
    for _ in range(6):
        await advance(home, clock, minutes=5)
    assert gateway.count("/15min") + gateway.count("/1sec") == asked

    gateway.intraday = "full"
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert state_of(home, HEART_RATE).state == "79"
    assert not issue_registry.async_get_issue(*issue)

    gateway.intraday = "absent"
    await entry.runtime_data.coordinator.async_request_refresh()
    await advance(home, clock, seconds=11)
    assert issue_registry.async_get_issue(*issue)
    await home.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.async_get_issue(*issue)


async def test_the_detail_level_is_an_option(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    entry = await set_up(gateway_entry(gateway))
    step = await home.config_entries.options.async_init(entry.entry_id)
    gateway.requests.clear()
    chosen = {"freshness_minutes": 60, "retention_days": 90, "alerts": {}, CONF_DETAIL_LEVEL: "5min"}
    await home.config_entries.options.async_configure(step["flow_id"], chosen)
    await settle(home)
    assert gateway.count("/5min/")
    assert gateway.count("/1sec") == 0


async def test_only_fitbit_has_detail_levels(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    entry = await set_up(account_entry(google))
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    assert CONF_DETAIL_LEVEL not in step["data_schema"].schema


async def test_beats_go_on_to_cardiogram(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(gateway_entry(gateway, subentries_data=[destination(cardiogram)]))
    person.readings.append((at("22:04:00"), 88))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    await home.services.async_call(
        "button", "press", {"entity_id": "button.cardiogram_forward_now"}, blocking=True
    )
    assert cardiogram.values() == dict(person.samples(0, 2**40, NOW.timestamp()))
    assert cardiogram.repeats() == 0


# Requests


@pytest.mark.parametrize(
    ("honoured", "every", "most"), [(True, 300, 26), (True, 900, 23), (False, 900, 34), (False, 300, 40)]
)
async def test_requests_in_steady_state(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    honoured: bool,
    every: int,
    most: int,
) -> None:
    """Far from the limit of 150; where `timezone=UTC` is ignored, the profile is read with the samples."""
    gateway.people[:] = [Person(sync_every=every)]
    gateway.timezone_honoured = honoured
    await set_up(gateway_entry(gateway))
    await advance(home, clock, minutes=5)
    gateway.requests.clear()
    for _ in range(36):
        await advance(home, clock, minutes=5)
    calls = [request for request in gateway.requests if request.path.startswith("/1/user/")]
    assert 18 <= len(calls) <= most * 3


async def test_a_429_is_waited_out(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    await set_up(gateway_entry(gateway))
    limit = {"fitbit-rate-limit-reset": "3300"}
    gateway.faults.append(Fault("/1/user/", status=429, headers=limit, times=-1))
    await advance(home, clock, minutes=6)
    gateway.requests.clear()
    await advance(home, clock, minutes=50)
    assert gateway.requests == []
    gateway.faults.clear()
    await advance(home, clock, minutes=6)
    assert gateway.requests


async def test_410_asks_for_no_new_login(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(gateway_entry(gateway))
    gateway.ended = True
    for _ in range(3):
        await advance(home, clock, hours=4)
    assert entry.runtime_data.coordinator.last_exception
    assert reauths(home) == 0


async def test_a_gateway_answer_in_another_shape_is_a_clear_failure(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    gateway.faults.append(Fault("/1sec", status=200, body=json.dumps({"activities-heart": "none"})))
    entry = await set_up(gateway_entry(gateway))
    assert entry.runtime_data.coordinator.last_exception.translation_key == "service_unavailable"
