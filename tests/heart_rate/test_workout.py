"""A workout is final after its end, and of several that tell of the same one is kept."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.heart_rate.workout import (
    GIVEN_UP_AFTER,
    SETTLING,
    Workout,
    duplicates,
    overlap,
)

START = 1_795_255_200
END = START + 2400
RUN = Workout("run", "RUNNING", START, END, 3600, 3600, 2300, 148, "ACTIVELY_MEASURED", "FITBIT")
OF_AN_APP = replace(RUN, id="app", start=START - 4, end=END - 180, mean=None, platform="HEALTH_CONNECT")


@pytest.mark.parametrize(
    ("workout", "now", "is_final"),
    [
        pytest.param(RUN, END, False, id="just ended"),
        pytest.param(RUN, END + SETTLING - 1, False, id="settling"),
        pytest.param(RUN, END + SETTLING, True, id="settled"),
        pytest.param(RUN, START, False, id="with an end in the future"),
        pytest.param(replace(RUN, end=START), END + DAY, False, id="without an end"),
        pytest.param(replace(RUN, end=START - 1), END + DAY, False, id="with an end before the start"),
        pytest.param(replace(RUN, is_stopped=False), END + SETTLING, False, id="not stopped"),
        pytest.param(replace(RUN, is_stopped=False), END + GIVEN_UP_AFTER, True, id="never stopped"),
        pytest.param(replace(RUN, type="HOVERING"), END + SETTLING, True, id="of an unknown type"),
    ],
)
def test_a_workout_is_final_some_time_after_its_end(workout: Workout, now: int, is_final: bool) -> None:
    assert workout.is_final(now) is is_final


@pytest.mark.parametrize(
    ("offset", "day"),
    [(None, date(2026, 11, 21)), (14 * 3600, date(2026, 11, 22)), (-11 * 3600, date(2026, 11, 20))],
)
def test_the_day_is_that_of_the_place(offset: int | None, day: date) -> None:
    assert replace(RUN, start=START, start_offset=offset).day == day


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        pytest.param([OF_AN_APP], {"app": "run"}, id="an app's, without a heart rate"),
        pytest.param([replace(OF_AN_APP, mean=140)], {"app": "run"}, id="an app's, with a heart rate"),
        pytest.param([replace(OF_AN_APP, start=END - 1190)], {"app": "run"}, id="the end of it"),
        pytest.param([replace(OF_AN_APP, start=END - 100, end=END + 200)], {}, id="little of it"),
        pytest.param([replace(OF_AN_APP, start=END, end=END + 60)], {}, id="the next one"),
        pytest.param([replace(RUN, id="walk", start=START + 60, end=START + 900)], {}, id="a walk within"),
        pytest.param([replace(OF_AN_APP, platform="")], {"app": "run"}, id="a merged stream"),
        pytest.param([replace(OF_AN_APP, platform="", mean=99)], {}, id="a merged stream, both measured"),
        pytest.param([replace(OF_AN_APP, end=START - 4)], {}, id="a running one"),
    ],
)
def test_which_of_several_is_kept(others: list[Workout], hidden: dict[str, str]) -> None:
    assert duplicates([RUN, *others]) == duplicates([*others, RUN]) == hidden


def test_the_newest_of_two_apps_is_kept() -> None:
    one = replace(OF_AN_APP, app="one", updated=1)
    assert duplicates([one, replace(one, id="two", app="two", updated=2)]) == {"app": "two"}
    assert duplicates([replace(one, mean=120), replace(one, id="two", app="two", updated=2)]) == {
        "two": "app"
    }


WORKOUTS = st.lists(
    st.builds(
        Workout,
        id=st.uuids().map(str),
        type=st.just("RUNNING"),
        start=st.integers(START, START + 100),
        end=st.integers(START, START + 200),
        mean=st.none() | st.just(100),
        platform=st.sampled_from(["", "FITBIT", "HEALTH_CONNECT"]),
        updated=st.none() | st.integers(0, 5),
    ),
    max_size=8,
)


@settings(max_examples=200)
@given(WORKOUTS.flatmap(lambda workouts: st.tuples(st.just(workouts), st.permutations(workouts))))
def test_the_order_means_nothing_and_the_better_one_is_kept(
    found: tuple[list[Workout], list[Workout]],
) -> None:
    workouts, shuffled = found
    by_id = {workout.id: workout for workout in workouts}
    hidden = duplicates(workouts)
    assert hidden == duplicates(shuffled)
    for worse, better in hidden.items():
        assert better not in hidden
        assert overlap(by_id[worse], by_id[better])
        assert by_id[worse].rank < by_id[better].rank
