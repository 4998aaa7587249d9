"""An account of the Fitbit Web API goes on at Google Health, with its history, and sends nothing twice."""

from collections.abc import Iterable
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.account_token import KEPT_TOKEN, KeptToken, sign_in_of
from custom_components.fitbit_cardiogram.archive.late import SOURCE_SINCE
from custom_components.fitbit_cardiogram.const import (
    CONF_AUTOMATIC,
    CONF_CONSENTED_AT,
    CONF_FRESHNESS,
    CONF_IMPORT_DAYS,
    CONF_SOURCE,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import FOREVER
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from tests.helpers.dialogs import Consent, name_it, reason_of, start
from tests.helpers.home import (
    CREDENTIAL,
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    count_loads,
    destination,
    gateway_entry,
    kept,
    reauths,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.training import STARTED, Training

pytestmark = pytest.mark.usefixtures("current_request_with_host")

NOW_S = int(NOW.timestamp())
GONE = '{"errors": [{"errorType": "gone", "message": "SENTINEL"}], "success": false}'
HEART_RATE = "sensor.sam_sample_heart_rate"
PENDING = "sensor.cardiogram_pending_beats"
# What makes the entities unique that only Google has something for.
NEW = {
    "workout",
    "last_workout",
    "active_zone_minutes_today",
    "active_zone_minutes_week",
    "heart_rate_variability",
    "sleeping_heart_rate",
    "last_night",
    "night",
    "non_rem_heart_rate",
    "breathing_rate",
    "oxygen_saturation",
    "skin_temperature_deviation",
    "cardio_fitness",
}


@pytest.fixture
async def account(
    gateway: FitbitSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return an account at the gateway that has forwarded all it knows."""
    person.synced_at = None
    subentries = [destination(cardiogram, **{CONF_AUTOMATIC: True})]
    entry = await set_up(gateway_entry(gateway, subentries_data=subentries))
    await until(lambda: len(cardiogram.ledger) == 180)
    return entry


async def move(home: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Choose Google Health in the account's dialog; returns Google's consent."""
    menu = await entry.start_reconfigure_flow(home)
    assert menu["menu_options"] == ["google_health", "fitbit"]
    return await home.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": SOURCE_GOOGLE_HEALTH}
    )


def entities(home: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the ids of the account's entities by what makes them unique."""
    found = er.async_entries_for_config_entry(er.async_get(home), entry.entry_id)
    return {entity.unique_id: entity.entity_id for entity in found}


def measure(person: Recording, moments: Iterable[int]) -> None:
    """Let the person have been measured, and have synced."""
    person.readings += [(moment, 90 + moment % 7) for moment in moments]
    person.synced_at = None


async def test_everything_goes_on(
    home: HomeAssistant,
    account: MockConfigEntry,
    gateway: FitbitSimulator,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    """What was measured while the old service was gone is read at the new one."""
    before, history = entities(home, account), kept(account)
    gateway.faults = [Fault("/", 410, GONE, times=-1)]
    clock.tick(timedelta(days=3))
    measure(person, range(NOW_S + 60, NOW_S + 3 * 86400, 600))
    loads = count_loads(account)
    assert await reason_of(home, await consent(await move(home, account))) == "moved"
    await settle(home)
    await until(lambda: len(cardiogram.ledger) == len(person.readings))

    assert len(loads) == 1
    assert account.unique_id == google.person.health_user_id
    assert set(account.data) == {CONF_SOURCE, "auth_implementation", "token", CONF_CONSENTED_AT}
    assert (account.data[CONF_SOURCE], account.data["auth_implementation"]) == ("google_health", CREDENTIAL)
    assert account.data["token"]["access_token"] in google.grants[0].access_tokens
    assert entities(home, account).items() >= before.items()
    assert kept(account) == sorted(person.readings)
    assert kept(account)[: len(history)] == history
    assert cardiogram.repeats() == 0
    devices = dr.async_get(home)
    device = devices.async_get_device_by_identifier((DOMAIN, account.entry_id), account.entry_id)
    assert device
    assert (device.manufacturer, device.model) == ("Google", "Google Health")
    assert state_of(home, HEART_RATE).state == str(person.readings[-1][1])
    requests = len(gateway.requests)
    await advance(home, clock, hours=2)
    assert len(gateway.requests) == requests


async def test_other_seconds_of_another_source_change_nothing_of_the_past(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    """Where the gateway gave means, or the new service rounds otherwise, nothing is doubled or withdrawn."""
    history = kept(account)
    person.readings = [(moment + 3, bpm) for moment, bpm in person.readings]
    clock.tick(timedelta(minutes=1))
    await consent(await move(home, account))
    await settle(home)
    # The last one lies past all that was known.
    assert kept(account) == [*history, person.readings[-1]]
    # A clock that jumps while a request is under way looks like a lost answer.
    await until(lambda: state_of(home, PENDING).state == "0")
    for _ in range(60):
        await advance(home, clock, minutes=40)
    assert kept(account) == [*history, person.readings[-1]]
    assert cardiogram.repeats() == 0
    assert len(cardiogram.ledger) == 181


async def test_late_data_of_the_new_source_is_found(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    await consent(await move(home, account))
    await settle(home)
    clock.tick(timedelta(hours=6))
    measure(person, [NOW_S + 6 * 3600 - 60])
    await advance(home, clock, minutes=5)
    late = range(NOW_S + 2 * 3600, NOW_S + 3 * 3600, 60)
    measure(person, late)
    for _ in range(4):
        await advance(home, clock, minutes=20)
    assert {moment for moment, _ in kept(account)} >= {*late}


async def test_options_and_the_archive_come_along(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    """Drop everything that only the old source knows, its token first: Google must never see that."""
    options = {CONF_FRESHNESS: 30, CONF_DETAIL_LEVEL: "1min"}
    entry = gateway_entry(gateway, options=options)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=entry.title,
        unique_id=entry.unique_id,
        data={**entry.data, CONF_IMPORT_DAYS: 14},
        options=options,
    )
    await set_up(entry)
    archive = entry.runtime_data.archive
    token = {**gateway.grant(), "expires_at": NOW_S + 28800}
    kept_token = KeptToken(sign_in_of(entry.data), token)
    await home.async_add_executor_job(archive.remember, KEPT_TOKEN, kept_token)
    newest = archive.latest()[0]
    clock.tick(60)
    await consent(await move(home, entry))
    await settle(home)
    assert entry.options == {CONF_FRESHNESS: 30}
    assert entry.data[CONF_IMPORT_DAYS] == 14
    archive = entry.runtime_data.archive
    assert archive.recall(KEPT_TOKEN) is None
    assert archive.recall(SOURCE_SINCE) == newest + 1
    assert entry.data["token"]["access_token"] != token["access_token"]
    assert entry.runtime_data.coordinator.last_update_success
    # A reload is no second move.
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert entry.runtime_data.archive.recall(SOURCE_SINCE) == newest + 1


async def test_an_account_that_was_never_read_moves_too(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    consent: Consent,
) -> None:
    """Its token has run out: the token endpoint is believed when it says that the service has ended."""
    entry = gateway_entry(gateway)
    token = {**entry.data["token"], "expires_at": 0}
    entry = MockConfigEntry(
        domain=DOMAIN, title=entry.title, unique_id=entry.unique_id, data={**entry.data, "token": token}
    )
    gateway.faults = [Fault("/", 410, GONE, times=-1)]
    await set_up(entry)
    assert ir.async_get(home).async_get_issue(DOMAIN, f"service_ended_{entry.entry_id}")
    assert await reason_of(home, await consent(await move(home, entry))) == "moved"
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, HEART_RATE).state == "79"
    assert not ir.async_get(home).async_get_issue(DOMAIN, f"service_ended_{entry.entry_id}")


async def test_the_token_endpoint_tells_it_too(
    home: HomeAssistant,
    account: MockConfigEntry,
    gateway: FitbitSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """After eight hours it is the first to be asked."""
    gateway.faults = [Fault("token", 410, GONE, times=-1)]
    await advance(home, clock, hours=9)
    assert ir.async_get(home).async_get_issue(DOMAIN, f"service_ended_{account.entry_id}")
    assert reauths(home) == 0


async def test_workouts_begin_with_the_move(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    """Their entities appear, and what the archive holds from before stays, whatever Google knows of it."""
    before = entities(home, account)
    assert {key.partition("_")[2] for key in before}.isdisjoint(NEW)
    old = Workout("old", "RUNNING", NOW_S - 5 * 86400, NOW_S - 5 * 86400 + 1800)
    archive = account.runtime_data.archive
    archive.store_workouts([old], old.start - 60, old.end, NOW_S)
    begun = NOW_S + 2400
    person.exercises = [Training("new", "YOGA", begun, begun + 1200, "Yoga", STARTED, created=begun)]
    person.nights = {TODAY: {"dailyRespiratoryRate": {"breathsPerMinute": 14.5}}}
    clock.tick(timedelta(hours=1))
    measure(person, range(NOW_S + 60, NOW_S + 1800, 10))
    assert await reason_of(home, await consent(await move(home, account))) == "moved"
    await settle(home)
    for _ in range(9):
        await advance(home, clock, minutes=5)
    after = entities(home, account)
    assert before.items() <= after.items()
    assert {key.partition("_")[2] for key in after.keys() - before.keys()} == NEW
    archive = account.runtime_data.archive
    assert [kept.session.type for kept in archive.workouts(0, FOREVER)] == ["RUNNING", "YOGA"]
    assert archive.workout("old").session == old
    assert state_of(home, "sensor.sam_sample_last_workout").attributes["type"] == "yoga"
    assert archive.daily_values("breathing_rate", TODAY, TODAY)


# Who may go on with whose account


@pytest.mark.parametrize("legacy_user_id", ["OTHER", ""], ids=["another person", "not told"])
async def test_somebody_else_moves_nothing(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    consent: Consent,
    legacy_user_id: str,
) -> None:
    google.people[:] = [Recording(name="Kim", health_user_id="2", legacy_user_id=legacy_user_id)]
    before = dict(account.data)
    result = await consent(await move(home, account))
    assert await reason_of(home, result) == "another_person"
    assert account.data == before


async def test_a_person_who_is_here_twice_is_told(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    set_up: SetUp,
    consent: Consent,
) -> None:
    await set_up(account_entry(google))
    assert await reason_of(home, await consent(await move(home, account))) == "already_configured"


@pytest.mark.parametrize("is_taken", [True, False])
async def test_adding_the_same_person_at_google_moves(
    home: HomeAssistant,
    account: MockConfigEntry,
    consent: Consent,
    is_taken: bool,
) -> None:
    """It is asked first; if the old account goes meanwhile, it is a new one."""
    step = await consent(await start(home))
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "move")
    assert step["description_placeholders"] == {"account": "Sam Sample"}
    if is_taken:
        await home.config_entries.async_remove(account.entry_id)
        step = await home.config_entries.flow.async_configure(step["flow_id"], {})
        assert (await name_it(home, step, "Sam")).entry_id != account.entry_id
        return
    result = await home.config_entries.flow.async_configure(step["flow_id"], {})
    assert await reason_of(home, result) == "moved"
    await settle(home)
    assert home.config_entries.async_entries(DOMAIN) == [account]
    assert account.data[CONF_SOURCE] == SOURCE_GOOGLE_HEALTH


async def test_a_dialog_left_open_stands_in_nobodys_way(
    home: HomeAssistant,
    account: MockConfigEntry,
    consent: Consent,
) -> None:
    """Nor does it add the account once more when it is gone on with afterwards."""
    left_open = await consent(await start(home))
    assert left_open["step_id"] == "move"
    assert await reason_of(home, await consent(await move(home, account))) == "moved"
    await settle(home)
    result = await home.config_entries.flow.async_configure(left_open["flow_id"], {})
    assert await reason_of(home, result) == "already_configured"
    assert home.config_entries.async_entries(DOMAIN) == [account]


async def test_another_person_at_google_is_just_added(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    consent: Consent,
) -> None:
    google.people[:] = [Recording(name="Kim", health_user_id="2", legacy_user_id="KIM")]
    step = await consent(await start(home))
    assert (await name_it(home, step, "Kim")).entry_id != account.entry_id
