"""While a new sign-in is asked for, the account goes on trying, and withdraws the question by itself."""

from itertools import pairwise

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import SetUp, advance, gateway_entry, reauths, state_of
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator

HEART_RATE = "sensor.sam_sample_heart_rate"
API = "/v4/"
TOKEN = "POST /token"
REFUSAL = '{"error": "invalid_grant"}'


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(API, 401, "{}", times=-1)],
        [Fault(API, 401, "{}", times=-1), Fault(TOKEN, 400, REFUSAL, times=-1)],
    ],
    ids=["two 401s", "invalid_grant"],
)
async def test_a_refusal_that_passes_takes_its_question_with_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    faults: list[Fault],
) -> None:
    await set_up(entry)
    google.faults = faults
    await advance(home, clock, minutes=5)
    assert reauths(home) == 1
    google.faults = []
    asked = len(google.requests)
    await advance(home, clock, minutes=59)
    assert len(google.requests) == asked
    await advance(home, clock, minutes=2)
    assert reauths(home) == 0
    assert state_of(home, HEART_RATE).state != "unavailable"
    # And it polls as before.
    asked = len(google.requests)
    await advance(home, clock, minutes=5)
    assert len(google.requests) > asked


async def test_the_pauses_grow_to_a_day(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault(API, 401, "{}", times=-1), Fault(TOKEN, 400, REFUSAL, times=-1)]
    await set_up(entry)
    tries = [0]
    for hour in range(1, 79):
        before = google.count(TOKEN)
        await advance(home, clock, hours=1)
        if google.count(TOKEN) > before:
            tries.append(hour)
    assert [later - sooner for sooner, later in pairwise(tries)] == [1, 2, 4, 8, 16, 24]
    assert reauths(home) == 1


async def test_a_flow_past_its_first_form_stays(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    current_request_with_host: None,
) -> None:
    """The person is at the provider's page just now."""
    google.faults = [Fault(API, 401, "{}", times=-1)]
    await set_up(entry)
    (flow,) = home.config_entries.flow.async_progress()
    step = await home.config_entries.flow.async_configure(flow["flow_id"], {})
    assert step["type"] == "external"
    google.faults = []
    await advance(home, clock, hours=1, minutes=1)
    assert entry.runtime_data.coordinator.last_update_success
    assert reauths(home) == 1


async def test_a_replaced_refresh_token_is_never_tried_again(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """Some providers end the whole grant for that."""
    entry = await set_up(gateway_entry(gateway))
    replaced = entry.data["token"]["refresh_token"]
    await advance(home, clock, hours=9)
    gateway.requests.clear()
    gateway.faults = [Fault("/1/user/", 401, "{}", times=-1)]
    await advance(home, clock, minutes=5)
    assert reauths(home) == 1
    for _ in range(8):
        await advance(home, clock, hours=1)
    bodies = [request.body.decode() for request in gateway.requests if "token" in request.path]
    sent = [body for body in bodies if "refresh_token=" in body]
    assert len(sent) == len(set(sent)) > 1
    assert not any(replaced in body for body in sent)
