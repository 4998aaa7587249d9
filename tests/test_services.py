"""The actions, as an automation or a person calls them."""

import asyncio
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.fitbit_cardiogram.const import CONF_COVERS_FROM, DOMAIN
from custom_components.fitbit_cardiogram.destinations.outcome import Problem
from custom_components.fitbit_cardiogram.services import ACTIONS
from custom_components.fitbit_cardiogram.time_range import ATTR_START
from tests.helpers.home import (
    NOW,
    SetUp,
    account_entry,
    at,
    destination,
    device,
    outcome,
    settle,
    state_of,
)
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

FORWARD_BEATS = "forward_beats"
PURGE = "purge"
REBUILD = "rebuild_statistics"
FUTURE = {"start": "2027-01-01", "end": "2027-01-02"}
FROM_NOW = int(NOW.timestamp())

QUARANTINE = ("get_quarantine", "release_quarantine", "drop_quarantine")
CALLS = dict.fromkeys((FORWARD_BEATS, *QUARANTINE), ATTR_DEVICE_ID) | {
    PURGE: ATTR_CONFIG_ENTRY_ID,
    REBUILD: ATTR_CONFIG_ENTRY_ID,
}
"""Each action that an administrator alone may use, and what it is asked for."""


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account whose destination covers only what is measured from now on."""
    return await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_COVERS_FROM: FROM_NOW})])
    )


def call_data(home: HomeAssistant, entry: MockConfigEntry, action: str) -> dict[str, Any]:
    """Return the data that an action needs."""
    if CALLS[action] == ATTR_DEVICE_ID:
        return {ATTR_DEVICE_ID: device(home, entry)}
    return {ATTR_CONFIG_ENTRY_ID: entry.entry_id} | ({"confirm": True} if action == PURGE else {})


async def forward(
    home: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any] | None = None, *, response: bool = True
) -> ServiceResponse:
    return await home.services.async_call(
        DOMAIN,
        FORWARD_BEATS,
        {ATTR_DEVICE_ID: device(home, entry)} | (data or {}),
        blocking=True,
        return_response=response,
    )


async def test_a_range_adds_what_was_never_covered_and_only_that(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, person: Recording
) -> None:
    assert await forward(home, account) == outcome(0)

    span: dict[str, Any] = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:50:00+00:00"}
    assert await forward(home, account, span) == outcome(60)
    assert cardiogram.values() == dict(person.samples(at("21:40:00"), at("21:50:00"), NOW.timestamp()))

    wider = {"start": "2026-11-21T21:30:00+00:00", "end": "2026-11-21T21:55:00+00:00"}
    assert await forward(home, account, wider) == outcome(90)
    assert await forward(home, account, wider) == outcome(0)
    assert cardiogram.repeats() == 0

    assert await forward(home, account, span | {"resend": True}) == outcome(60)
    assert cardiogram.repeats() == 60


async def test_who_does_not_wait_is_answered_at_once(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, person: Recording
) -> None:
    """The beats are forwarded all the same, and a failure is shown by the entity."""
    span: dict[str, Any] = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:50:00+00:00"}
    told = await forward(home, account, {**span, "wait": False})
    assert told == {"delivered": 0, "pending": 60, "under_way": True, "last_error": None}
    assert await forward(home, account) in (outcome(60), outcome(0))
    assert cardiogram.values() == dict(person.samples(at("21:40:00"), at("21:50:00"), NOW.timestamp()))
    cardiogram.faults.append(Fault("POST", status=401, body='{"message": "Unauthorized."}'))
    (forwarder,) = account.runtime_data.forwarders.values()
    refused = asyncio.Event()
    forwarder.listen(lambda _, state: refused.set() if state.problem else None)
    await forward(home, account, {"start": "2026-11-21T21:30:00+00:00", "end": span["end"], "wait": False})
    await refused.wait()
    await settle(home)
    assert state_of(home, "binary_sensor.cardiogram_forwarding").state == "on"


async def test_a_range_without_a_zone_is_in_home_assistants_own(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await home.config.async_set_time_zone("America/New_York")
    await forward(home, account, {"start": "2026-11-21 16:40:00", "end": "2026-11-21 16:41:00"})
    assert min(cardiogram.values()) == at("21:40:00")


async def test_failure_is_in_the_response_or_an_exception(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.faults.append(Fault("POST", status=500, times=2))
    span: dict[str, Any] = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:50:00+00:00"}
    assert await forward(home, account, span) == outcome(0, 60, "server_error")
    with pytest.raises(HomeAssistantError) as raised:
        await forward(home, account, response=False)
    assert raised.value.translation_key == "forwarding_server_error"
    assert await forward(home, account) == outcome(60)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"start": "2026-11-21 21:40", "end": "2026-11-21 21:40"}, "range_empty"),
        ({"start": "2026-11-21 21:40", "end": "2026-11-21 21:30"}, "range_reversed"),
        ({"start": "2027-01-01", "end": "2027-01-02"}, "range_in_future"),
        ({"start": "2027-01-01"}, "range_in_future"),
        ({"start": "1990-01-01", "end": "1991-01-01"}, "range_before_fitbit"),
        ({"end": "2026-11-21 21:40"}, "range_without_start"),
        ({"resend": True}, "resend_without_range"),
    ],
)
async def test_misuse_is_refused(
    home: HomeAssistant, account: MockConfigEntry, data: dict[str, Any], error: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await forward(home, account, data)
    assert raised.value.translation_key == error
    assert str(raised.value)


async def test_a_call_of_the_wrong_shape_is_refused(home: HomeAssistant, account: MockConfigEntry) -> None:
    for data in ({"start": "yesterday", "end": "x"}, {"a": 1}):
        with pytest.raises(vol.Invalid):
            await forward(home, account, data)


async def test_every_range_is_checked(home: HomeAssistant, account: MockConfigEntry) -> None:
    """By each action that has one, in the same words."""
    for name in (name for name, action in ACTIONS.items() if ATTR_START in action.fields):
        sure = {"confirm": True} if "confirm" in ACTIONS[name].fields else {}
        with pytest.raises(ServiceValidationError) as raised:
            await act(home, name, config_entry_id=account.entry_id, **sure, **FUTURE)
        assert (name, raised.value.translation_key) == (name, "range_in_future")


async def test_a_range_without_an_end_ends_now(home: HomeAssistant, account: MockConfigEntry) -> None:
    start = {"start": "2026-11-21T21:40:00+00:00"}
    read = await act(home, "get_heart_rate", config_entry_id=account.entry_id, resolution="raw", **start)
    times = [sample["time"] for sample in read["samples"]]
    assert (times[0], times[-1][:16], len(times)) == (start["start"], "2026-11-21T21:59", 115)


# What is chosen


async def act(home: HomeAssistant, name: str, **data: Any) -> Any:
    """Call an action as the developer tools do, and return the answer."""
    return await home.services.async_call(DOMAIN, name, data, blocking=True, return_response=True)


async def refusal(home: HomeAssistant, name: str, **data: Any) -> tuple[str | None, str]:
    """Return the key and the text of the error with which an action is refused."""
    with pytest.raises(ServiceValidationError) as raised:
        await act(home, name, **data)
    return raised.value.translation_key, str(raised.value)


async def test_an_account_is_chosen_by_anything_of_it(home: HomeAssistant, account: MockConfigEntry) -> None:
    own, destinations = device(home, account, account.entry_id), device(home, account)
    area = ar.async_get(home).async_create("Bedroom")
    dr.async_get(home).async_update_device(own, area_id=area.id)
    for chosen in (
        {"config_entry_id": account.entry_id},
        {"device_id": own},
        {"device_id": [own, destinations]},
        {"device_id": destinations},
        {"entity_id": "sensor.sam_sample_heart_rate"},
        {"entity_id": ["switch.cardiogram_automatic_forwarding", "sensor.sam_sample_heart_rate"]},
        {"area_id": area.id},
        {"config_entry_id": account.entry_id, "device_id": own},
    ):
        assert await act(home, "get_sessions", start="2026-11-21", **chosen) == {"sessions": []}, chosen
        assert await act(home, "get_quarantine", **chosen) == {"beats": []}, chosen


async def test_what_is_chosen_must_be_one_of_ours(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, cardiogram: CardiogramSimulator
) -> None:
    foreign = MockConfigEntry(domain="other")
    foreign.add_to_hass(home)
    other = dr.async_get(home).async_get_or_create(
        config_entry_id=foreign.entry_id, identifiers={("other", "1")}
    )
    own = device(home, account, account.entry_id)
    assert (await refusal(home, "get_sessions", start="2026-11-01"))[0] == "nothing_chosen"
    for chosen in (
        {"device_id": other.id},
        {"device_id": "gone"},
        {"entity_id": "sun.sun"},
        {"config_entry_id": foreign.entry_id},
        {"area_id": "nowhere"},
    ):
        for action in ("rebuild_statistics", "get_quarantine"):
            assert (await refusal(home, action, **chosen))[0] == "chosen_is_not_ours"
    # Beside one of ours, it is the others' business.
    assert await act(home, "get_quarantine", device_id=[own, other.id]) == {"beats": []}

    second = MockConfigEntry(domain=DOMAIN, title="Anna", unique_id="2")
    second.add_to_hass(home)
    chosen = {"device_id": own, "config_entry_id": second.entry_id}
    assert await refusal(home, "rebuild_statistics", **chosen) == (
        "several_accounts",
        "You chose several accounts: Anna, Sam Sample. Nothing was done. Choose one of them at a time",
    )
    key, text = await refusal(home, "get_quarantine", config_entry_id=second.entry_id)
    assert (key, text.split(" is ")[0]) == ("account_not_loaded", "Anna")


async def test_one_of_several_destinations_is_chosen(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    first: Any = destination(cardiogram)
    second = first | {"title": "Spare", "subentry_id": "spare", "unique_id": "spare"}
    entry = await set_up(account_entry(google, subentries_data=[first, second]))
    key, text = await refusal(home, "get_quarantine", config_entry_id=entry.entry_id)
    assert (key, text.split(". ")[0]) == (
        "several_destinations",
        "You chose several destinations: Cardiogram, Spare",
    )
    both = [device(home, entry, entry.entry_id), device(home, entry, "spare")]
    # A destination stands for its account, but not where that loses all it has.
    assert (await refusal(home, PURGE, device_id=both[1], confirm=True))[0] == "account_not_chosen"
    assert await act(home, "get_quarantine", device_id=both) == {"beats": []}
    for subentry_id in [*entry.subentries]:
        home.config_entries.async_remove_subentry(entry, subentry_id)
    await settle(home)
    assert (await refusal(home, "get_quarantine", device_id=both[0]))[0] == "no_destination"


async def test_only_an_administrator_may_use_them(
    home: HomeAssistant, account: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    for action in CALLS:
        with pytest.raises(Unauthorized):
            await home.services.async_call(
                DOMAIN,
                action,
                call_data(home, account, action),
                blocking=True,
                context=Context(user_id=hass_read_only_user.id),
                return_response=True,
            )
    assert await home.async_add_executor_job(account.runtime_data.archive.count) == 175


async def test_an_account_that_is_not_loaded(home: HomeAssistant, account: MockConfigEntry) -> None:
    calls = {action: call_data(home, account, action) for action in CALLS}
    await home.config_entries.async_unload(account.entry_id)
    for action, data in calls.items():
        with pytest.raises(ServiceValidationError):
            await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def test_a_device_or_an_account_that_is_not_there(
    home: HomeAssistant, account: MockConfigEntry
) -> None:
    for action, asked in CALLS.items():
        data = call_data(home, account, action) | {asked: "nothing"}
        with pytest.raises(ServiceValidationError):
            await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


# The quarantine


REFUSED = ("21:35:00", "21:40:00", "21:45:00")
A_STRETCH = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:45:00+00:00"}


@pytest.fixture
async def refused(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> MockConfigEntry:
    """Return an account of whose beats Cardiogram refused three."""
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    cardiogram.reject = lambda beat: beat["start"] in set(map(at, REFUSED))
    await forward(home, entry)
    cardiogram.reject = None
    return entry


async def ask(home: HomeAssistant, entry: MockConfigEntry, action: str, **asked: Any) -> Any:
    """Call an action for the destination and return what it answers."""
    data = {ATTR_DEVICE_ID: device(home, entry)} | asked
    return await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def times_in_quarantine(home: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    answer = await ask(home, entry, "get_quarantine")
    return [beat["time"][11:19] for beat in answer["beats"]]


async def test_the_quarantine_is_shown(
    home: HomeAssistant, refused: MockConfigEntry, person: Recording
) -> None:
    """Oldest first, with the value that was refused and why; the end of a range is not part of it."""
    measured = dict(person.readings)
    shown = [
        {
            "time": f"2026-11-21T{moment}+00:00",
            "value": measured[at(moment)],
            "reason": str(Problem.BEATS_REFUSED),
        }
        for moment in REFUSED
    ]
    assert await ask(home, refused, "get_quarantine") == {"beats": shown}
    assert await ask(home, refused, "get_quarantine", **A_STRETCH) == {"beats": shown[1:2]}


@pytest.mark.parametrize(("asked", "moments"), [({}, REFUSED), (A_STRETCH, REFUSED[1:2])])
async def test_what_is_released_waits_again(
    home: HomeAssistant,
    refused: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    asked: dict[str, Any],
    moments: tuple[str, ...],
) -> None:
    assert await ask(home, refused, "release_quarantine", **asked) == {"released": len(moments)}
    assert await times_in_quarantine(home, refused) == [one for one in REFUSED if one not in moments]
    cardiogram.ledger.clear()
    assert await forward(home, refused) == outcome(len(moments))
    measured = dict(person.readings)
    assert cardiogram.values() == {at(moment): measured[at(moment)] for moment in moments}
    assert await ask(home, refused, "release_quarantine", **A_STRETCH) == {"released": 0}


async def test_what_is_refused_once_more_is_set_aside_once_more(
    home: HomeAssistant, refused: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.reject = lambda beat: beat["start"] == at(REFUSED[1])
    await ask(home, refused, "release_quarantine")
    assert await forward(home, refused) == outcome(2)
    assert await times_in_quarantine(home, refused) == [REFUSED[1]]
    assert cardiogram.repeats() == 0


@pytest.mark.parametrize(("asked", "moments"), [({}, REFUSED), (A_STRETCH, REFUSED[1:2])])
async def test_what_is_dropped_is_given_up(
    home: HomeAssistant,
    refused: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    asked: dict[str, Any],
    moments: tuple[str, ...],
) -> None:
    """It is counted, and stays in the archive."""
    assert await ask(home, refused, "drop_quarantine", **asked) == {"dropped": len(moments)}
    assert await times_in_quarantine(home, refused) == [one for one in REFUSED if one not in moments]
    assert state_of(home, "sensor.cardiogram_given_up_beats").state == str(len(moments))
    assert await forward(home, refused) == outcome(0)
    assert len(cardiogram.ledger) == 172
    assert await home.async_add_executor_job(refused.runtime_data.archive.count) == 175
    assert await ask(home, refused, "drop_quarantine", **A_STRETCH) == {"dropped": 0}


@pytest.mark.parametrize("action", [*QUARANTINE, PURGE])
async def test_a_range_that_is_reversed_is_refused(
    home: HomeAssistant, refused: MockConfigEntry, action: str
) -> None:
    backwards = {"start": A_STRETCH["end"], "end": A_STRETCH["start"]}
    data = call_data(home, refused, action) | backwards
    with pytest.raises(ServiceValidationError) as raised:
        await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
    assert raised.value.translation_key == "range_reversed"
    assert await times_in_quarantine(home, refused) == list(REFUSED)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00:00", "9999-12-31T23:59:59"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
async def test_all_of_time(home: HomeAssistant, refused: MockConfigEntry, start: str, end: str) -> None:
    """Though not every time zone has the ends of the calendar."""
    everything = {"start": start, "end": end}
    assert await ask(home, refused, "release_quarantine", **everything) == {"released": len(REFUSED)}
    data = call_data(home, refused, PURGE) | everything
    await home.services.async_call(DOMAIN, PURGE, data, blocking=True)
    assert await home.async_add_executor_job(refused.runtime_data.archive.count) == 0


@pytest.mark.parametrize(
    ("action", "asked"), [(FORWARD_BEATS, A_STRETCH), *((action, {}) for action in (*QUARANTINE, PURGE))]
)
async def test_an_archive_that_cannot_be_used_is_told(
    home: HomeAssistant, refused: MockConfigEntry, action: str, asked: dict[str, Any]
) -> None:
    refused.runtime_data.archive.close()
    data = call_data(home, refused, action) | asked
    with pytest.raises(HomeAssistantError) as raised:
        await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
    assert raised.value.translation_key == "archive_not_usable_now"
    refused.runtime_data.archive.open()
    assert await times_in_quarantine(home, refused) == list(REFUSED)
    assert await home.async_add_executor_job(refused.runtime_data.archive.count) == 175


# In use


async def test_an_automation_forwards(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """The way that docs/actions.md shows: an event triggers, the action answers."""
    assert await async_setup_component(
        home,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "event", "event_type": "bedtime"},
                "actions": [
                    {
                        "action": f"{DOMAIN}.{FORWARD_BEATS}",
                        "data": {
                            "device_id": device(home, account),
                            "start": "2026-11-21T21:40:00+00:00",
                            "end": "2026-11-21T21:50:00+00:00",
                        },
                        "response_variable": "outcome",
                    },
                    {"event": "told", "event_data": {"delivered": "{{ outcome.delivered }}"}},
                ],
            }
        },
    )
    told: list[Any] = []
    home.bus.async_listen("told", lambda event: told.append(event.data))
    home.bus.async_fire("bedtime")
    await settle(home)
    assert told == [{"delivered": 60}]
    assert len(cardiogram.ledger) == 60
