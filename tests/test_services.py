"""The actions, as an automation or a person calls them."""

from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.fitbit_cardiogram.const import CONF_COVERS_FROM, DOMAIN
from tests.conftest import NOW, SUBENTRY_ID, SetUp, account_entry, at, destination, settle
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

FORWARD_BEATS = "forward_beats"
FROM_NOW = int(NOW.timestamp())


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """An account whose destination covers only what is measured from now on."""
    return await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_COVERS_FROM: FROM_NOW})])
    )


def device(home: HomeAssistant, entry: MockConfigEntry, identifier: str = SUBENTRY_ID) -> str:
    """Return the id of a device of the account."""
    found = dr.async_get(home).async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
    assert found
    return found.id


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
    assert await forward(home, account) == {"delivered": 0, "pending": 0, "last_error": None}

    span: dict[str, Any] = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:50:00+00:00"}
    assert await forward(home, account, span) == {"delivered": 60, "pending": 0, "last_error": None}
    assert cardiogram.values() == dict(person.samples(at("21:40:00"), at("21:50:00"), NOW.timestamp()))

    wider = {"start": "2026-11-21T21:30:00+00:00", "end": "2026-11-21T21:55:00+00:00"}
    assert await forward(home, account, wider) == {"delivered": 90, "pending": 0, "last_error": None}
    assert await forward(home, account, wider) == {"delivered": 0, "pending": 0, "last_error": None}
    assert cardiogram.repeats() == 0

    assert await forward(home, account, span | {"resend": True}) == {
        "delivered": 60,
        "pending": 0,
        "last_error": None,
    }
    assert cardiogram.repeats() == 60


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
    assert await forward(home, account, span) == {
        "delivered": 0,
        "pending": 60,
        "last_error": "server_error",
    }
    with pytest.raises(HomeAssistantError) as raised:
        await forward(home, account, response=False)
    assert raised.value.translation_key == "forwarding_server_error"
    assert await forward(home, account) == {"delivered": 60, "pending": 0, "last_error": None}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:40:00+00:00"},
            "range_empty",
        ),
        ({"resend": True}, "resend_without_range"),
    ],
)
async def test_misuse_is_refused(
    home: HomeAssistant, account: MockConfigEntry, data: dict[str, Any], error: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await forward(home, account, data)
    assert raised.value.translation_key == error


@pytest.mark.parametrize(
    "data", [{"start": "2026-11-21T21:40:00"}, {"start": "yesterday", "end": "x"}, {"a": 1}]
)
async def test_a_call_of_the_wrong_shape_is_refused(
    home: HomeAssistant, account: MockConfigEntry, data: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await forward(home, account, data)


async def test_only_a_destinations_device_will_do(home: HomeAssistant, account: MockConfigEntry) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await forward(home, account, {ATTR_DEVICE_ID: device(home, account, account.entry_id)})
    assert raised.value.translation_key == "not_a_destination"
    with pytest.raises(ServiceValidationError):
        await forward(home, account, {ATTR_DEVICE_ID: "no such device"})


async def test_only_an_administrator_may_forward(
    home: HomeAssistant, account: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await home.services.async_call(
            DOMAIN,
            FORWARD_BEATS,
            {ATTR_DEVICE_ID: device(home, account)},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_an_automation_forwards(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """The way that the README shows: an event triggers, the action answers."""
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
