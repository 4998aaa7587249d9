"""The rhythm of syncs: a look right after the expected one, and never a poll fewer."""

from collections.abc import Iterable
import os

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR, MINUTE
from custom_components.fitbit_cardiogram.sources.kinds import POLL_EVERY
from custom_components.fitbit_cardiogram.sources.rhythm import LOOKS_MAX, PERIOD_MIN, SAME, Rhythm, next_poll
from tests.helpers.rhythms import QUARTER, RHYTHMS, delays

# More by hand: the figures in docs/performance.md are of seven.
DAYS = float(os.environ.get("RHYTHM_DAYS", "0.4"))


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


@pytest.mark.parametrize("name", RHYTHMS)
async def test_what_is_synced_is_read_soon(clock: FrozenDateTimeFactory, name: str) -> None:
    """Within a minute where syncs are regular, nowhere later than by the grid, in 25 requests an hour."""
    before = await delays(RHYTHMS[name], clock, days=DAYS, seed=1, looks=False)
    after = await delays(RHYTHMS[name], clock, days=DAYS, seed=1)
    assert after.share(0.5) <= (60 if "± 30 s" in name else before.share(0.5) + 5)
    assert after.share(0.9) <= before.share(0.9) + 5
    assert max(after.seconds) <= POLL_EVERY + 5 + RHYTHMS[name].lag
    assert after.requests <= 25


def rhythm(syncs: Iterable[int]) -> Rhythm:
    """Return the rhythm of these syncs, each polled ten seconds later, with its samples."""
    learnt = Rhythm()
    for sync in syncs:
        learnt.note(sync + 10, sync, sync)
    return learnt


def test_a_device_that_does_not_sync_any_more_costs_three_looks() -> None:
    syncs = range(QUARTER, 6 * QUARTER, QUARTER)
    learnt, looks = rhythm(syncs), []
    moment = syncs[-1] + 10.0
    while look := learnt.next_look(moment):
        assert learnt.is_due(look)
        assert not learnt.is_due(look - 1)
        learnt.note(look, None, syncs[-1])
        looks.append(look - syncs[-1])
        moment = look
    assert looks == [number * QUARTER + 10 for number in range(1, LOOKS_MAX + 1)]


@pytest.mark.parametrize(
    "syncs",
    [
        [],
        [0, QUARTER, 2 * QUARTER],
        [number * 5 * MINUTE for number in range(9)],
        [number * 4 * HOUR for number in range(9)],
        [0, 900, 1000, 2900, 3000, 5000, 5100, 9000],
    ],
    ids=["none", "too few", "as fast as polls", "too slow", "by chance"],
)
def test_without_a_rhythm_there_is_no_look(syncs: list[int]) -> None:
    assert rhythm(syncs).next_look(0) is None


def test_a_night_without_syncs_does_not_spoil_the_rhythm() -> None:
    evening = [number * QUARTER for number in range(9)]
    morning = evening[-1] + 8 * HOUR
    learnt = rhythm([*evening, morning])
    assert learnt.next_look(morning + 10) == morning + QUARTER + 10


def test_a_sync_of_the_future_is_forgotten() -> None:
    learnt = rhythm(number * QUARTER for number in range(9))
    learnt.note(8 * QUARTER + 300, 8 * QUARTER + 10**5, None)
    learnt.note(9 * QUARTER + 10, 9 * QUARTER, 9 * QUARTER)
    learnt.note(10 * QUARTER + 10, 10 * QUARTER, 10 * QUARTER)
    assert learnt.next_look(10 * QUARTER + 10) == 11 * QUARTER + 10


def test_a_band_that_is_not_worn_is_not_taken_for_a_slow_service() -> None:
    """It syncs without samples; the rhythm of the time before stays."""
    learnt = rhythm(number * QUARTER for number in range(9))
    worn_until = 8 * QUARTER
    for number in range(9, 12):
        for late in (10, 310, 610):
            learnt.note(number * QUARTER + late, number * QUARTER, worn_until)
    assert learnt.next_look(11 * QUARTER + 610) == 12 * QUARTER + 10 + 10


def test_the_samples_of_a_sync_that_a_look_has_met_are_not_read_again() -> None:
    learnt = rhythm([QUARTER])
    assert learnt.has_reached(QUARTER)
    learnt.note(2 * QUARTER + 20, QUARTER, 2 * QUARTER - 3)
    assert learnt.has_reached(2 * QUARTER)
    assert not learnt.has_reached(2 * QUARTER + 30)


@given(
    now=st.floats(0, 10**6),
    began=st.floats(0, 10**6),
    look=st.none() | st.floats(-1000, 10**6),
)
def test_looks_take_no_place_in_the_grid(now: float, began: float, look: float | None) -> None:
    """Whatever is looked for, the next poll of the grid comes no later than without."""
    began = min(began, now)
    alone, found = (next_poll(began, now, POLL_EVERY, wanted) for wanted in (None, look))
    assert SAME / 2 < found <= alone <= POLL_EVERY + SAME
    over = (now + alone - began) % POLL_EVERY
    assert min(over, POLL_EVERY - over) < 0.01


def test_the_fastest_rhythm_costs_five_looks_an_hour() -> None:
    assert HOUR / PERIOD_MIN <= 5
