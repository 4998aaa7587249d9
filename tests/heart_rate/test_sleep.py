"""A night is made of sessions that tell of different sleep, by the day of its morning."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations, pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sleep import (
    GIVEN_UP_AFTER,
    PARTED,
    SETTLING,
    SleepSession,
    Stage,
    duplicates,
    main_of,
    nights,
    overlap,
)

EVENING = 1_795_298_400  # 2026-11-21 22:00 UTC
MORNING = EVENING + 8 * HOUR
NIGHT = SleepSession("night", EVENING, MORNING, 3600, 3600, is_main=True, platform="FITBIT")
NAP = SleepSession("nap", MORNING + 6 * HOUR, MORNING + 7 * HOUR, 3600, 3600, is_nap=True, platform="FITBIT")
SECOND = replace(NIGHT, id="second", start=MORNING + HOUR, end=MORNING + 2 * HOUR, is_main=False)


def staged(session: SleepSession, *types: str) -> SleepSession:
    """Return a session with stages of the same length."""
    length = (session.end - session.start) // len(types)
    starts = [session.start + length * place for place in range(len(types))]
    return replace(
        session,
        stages=tuple(Stage(kind, at, at + length) for kind, at in zip(types, starts, strict=True)),
    )


def ids(found: Sequence[Sequence[SleepSession]]) -> list[list[str]]:
    return [[part.id for part in night] for night in found]


@pytest.mark.parametrize(
    ("session", "now", "is_final"),
    [
        pytest.param(NIGHT, MORNING + SETTLING - 1, False, id="settling"),
        pytest.param(NIGHT, MORNING + SETTLING, True, id="settled"),
        pytest.param(replace(NIGHT, end=EVENING), MORNING + 9 * DAY, False, id="without an end"),
        pytest.param(replace(NIGHT, is_complete=False), MORNING + SETTLING, False, id="not summed up"),
        pytest.param(replace(NIGHT, is_complete=False), MORNING + GIVEN_UP_AFTER, True, id="given up"),
    ],
)
def test_a_session_is_final_some_time_after_its_end(session: SleepSession, now: int, is_final: bool) -> None:
    assert session.is_final(now) is is_final


@pytest.mark.parametrize(
    ("start_offset", "end_offset", "day"),
    [
        pytest.param(None, None, date(2026, 11, 22), id="unknown"),
        pytest.param(3600, 3600, date(2026, 11, 22), id="at home"),
        pytest.param(-11 * 3600, None, date(2026, 11, 21), id="known at the start"),
        pytest.param(3600, -11 * 3600, date(2026, 11, 21), id="of who flew west"),
    ],
)
def test_a_night_belongs_to_its_morning(start_offset: int | None, end_offset: int | None, day: date) -> None:
    assert replace(NIGHT, start_offset=start_offset, end_offset=end_offset).day == day


def test_the_time_asleep() -> None:
    assert staged(NIGHT, "AWAKE", "LIGHT", "DEEP", "REM").asleep == 6 * HOUR
    assert staged(NIGHT, "RESTLESS", "ASLEEP").sleeping == [(EVENING + 4 * HOUR, MORNING)]
    assert staged(NIGHT, "AWAKE", "HOVERING").asleep == 0
    assert NIGHT.asleep == 8 * HOUR
    assert replace(NIGHT, end=EVENING - 1).sleeping == []


# Duplicates


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        pytest.param([replace(NIGHT, id="b", end=MORNING - 60)], {"b": "night"}, id="the longest"),
        pytest.param(
            [replace(NIGHT, id="b", end=MORNING + HOUR, platform="HEALTH_KIT")],
            {"b": "night"},
            id="the wearable's",
        ),
        pytest.param([replace(NIGHT, id="b", updated=1)], {"night": "b"}, id="the newest"),
        pytest.param(
            [replace(NIGHT, id="across", start=MORNING - 60, end=MORNING + 60)], {"across": "night"}
        ),
        pytest.param([replace(NIGHT, id="next", start=MORNING, end=MORNING + HOUR)], {}, id="the next one"),
        pytest.param(
            [replace(NIGHT, id="runs", start=MORNING - 9, end=MORNING - 9)], {}, id="one without end"
        ),
        pytest.param([SECOND, NAP], {}, id="others"),
    ],
)
def test_what_overlaps_a_better_one_is_a_duplicate(
    others: Sequence[SleepSession], hidden: dict[str, str]
) -> None:
    assert duplicates([NIGHT, *others]) == hidden
    assert duplicates([*others, NIGHT]) == hidden


@st.composite
def sessions(draw: st.DrawFn) -> list[SleepSession]:
    """Draw sessions of a few days, from several sources, which often overlap."""
    places = st.integers(0, 60)
    drawn = st.tuples(
        places,
        st.integers(0, 20),
        st.sampled_from(["FITBIT", "HEALTH_KIT", ""]),
        st.booleans(),
        st.booleans(),
    )
    return [
        SleepSession(
            f"{number}",
            start := EVENING + place * HOUR,
            start + length * HOUR,
            3600,
            3600,
            is_main=is_main,
            is_nap=is_nap and not is_main,
            platform=platform,
        )
        for number, (place, length, platform, is_main, is_nap) in enumerate(draw(st.lists(drawn, max_size=9)))
    ]


@given(sessions())
def test_no_two_that_are_kept_overlap(found: list[SleepSession]) -> None:
    hidden = duplicates(found)
    kept = {one.id: one for one in found if one.id not in hidden}
    assert not any(overlap(one, other) for one, other in combinations(kept.values(), 2))
    by_id = {one.id: one for one in found}
    for key, better in hidden.items():
        assert better in kept
        assert overlap(by_id[key], kept[better])
        assert kept[better].rank > by_id[key].rank


@given(sessions(), st.randoms(use_true_random=False))
def test_the_order_of_reading_means_nothing(found: list[SleepSession], random: Random) -> None:
    shuffled = [*found]
    random.shuffle(shuffled)
    assert duplicates(shuffled) == duplicates(found)
    assert ids(nights(shuffled)) == ids(nights(found))


# Nights


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([NIGHT], [["night"]], id="one"),
        pytest.param([NIGHT, NAP], [["night"]], id="a nap"),
        pytest.param([NIGHT, SECOND], [["night", "second"]], id="two parts"),
        pytest.param([SECOND, replace(NIGHT, is_main=False)], [["night", "second"]], id="without a main one"),
        pytest.param(
            [NIGHT, replace(SECOND, start=MORNING + PARTED, end=MORNING + 2 * PARTED)],
            [["night", "second"]],
            id="just near enough",
        ),
        pytest.param(
            [NIGHT, replace(SECOND, start=MORNING + PARTED + 1, end=MORNING + 2 * PARTED)],
            [["night"]],
            id="too far away",
        ),
        pytest.param(
            [NIGHT, staged(replace(NAP, id="with stages", is_nap=False), "LIGHT", "DEEP")],
            [["night"]],
            id="a nap with stages",
        ),
        pytest.param([NAP], [], id="naps only"),
        pytest.param([replace(NIGHT, end=EVENING)], [], id="without an end"),
        pytest.param(
            [NIGHT, replace(NIGHT, id="next", start=EVENING + DAY, end=MORNING + DAY)],
            [["night"], ["next"]],
            id="two days",
        ),
        pytest.param(
            [
                replace(NIGHT, id="before", is_main=False, end=EVENING + HOUR - 1),
                replace(NIGHT, start=EVENING + 2 * HOUR),
            ],
            [["before"], ["night"]],
            id="asleep before midnight for an hour",
        ),
    ],
)
def test_the_nights_that_sessions_make(found: Sequence[SleepSession], expected: list[list[str]]) -> None:
    assert ids(nights(found)) == expected


def test_two_sources_with_a_main_session_each() -> None:
    """The app's one tells of the same; another of its own is a second part."""
    app = replace(NIGHT, id="app", start=EVENING - 600, platform="HEALTH_KIT")
    late = replace(SECOND, id="late", is_main=True, platform="HEALTH_KIT")
    hidden = duplicates([NIGHT, app, late])
    assert hidden == {"app": "night"}
    (night,) = nights(one for one in (NIGHT, app, late) if one.id not in hidden)
    assert [part.id for part in night] == ["night", "late"]
    assert main_of(night) is NIGHT


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)], ids=["autumn", "spring"])
def test_a_night_with_a_change_of_the_clocks(day: date) -> None:
    """Its parts lie on either side of the change, with offsets of their own."""
    zone = ZoneInfo("Europe/Berlin")

    def part(name: str, start: int, end: int) -> SleepSession:
        begun, over = (datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone) for hour in (start, end))
        offsets = [moment.utcoffset() for moment in (begun, over)]
        first, last = (int(offset.total_seconds()) for offset in offsets if offset is not None)
        return SleepSession(name, int(begun.timestamp()), int(over.timestamp()), first, last)

    found = nights([part("first", 0, 4), part("second", 5, 8)])
    assert ids(found) == [["first", "second"]]
    assert {one.day for one in found[0]} == {day}


def test_two_nights_of_who_flew_east() -> None:
    """The first one ends late on a day, the next one, elsewhere, on the day after: both are nights."""
    first = replace(NIGHT, id="west", start_offset=-8 * 3600, end_offset=-8 * 3600)
    next_one = replace(
        NIGHT,
        id="east",
        start=MORNING + 10 * HOUR,
        end=MORNING + 17 * HOUR,
        start_offset=9 * 3600,
        end_offset=9 * 3600,
    )
    assert ids(nights([first, next_one])) == [["west"], ["east"]]
    assert (first.day, next_one.day) == (date(2026, 11, 21), date(2026, 11, 23))


@given(sessions())
def test_a_day_has_one_night_at_most(found: list[SleepSession]) -> None:
    hidden = duplicates(found)
    made = nights(one for one in found if one.id not in hidden)
    days = [{part.day for part in night} for night in made]
    assert all(len(of_night) == 1 for of_night in days)
    assert len(set().union(*days)) == len(days)
    for night in made:
        assert not any(part.is_nap for part in night)
        gaps = [later.start - earlier.end for earlier, later in pairwise(night)]
        assert all(0 <= gap <= PARTED for gap in gaps)
        longest = [
            one for one in found if one.id not in hidden and one.day == night[0].day and not one.is_nap
        ]
        assert main_of(night).is_main is any(one.is_main for one in longest if one.end > one.start)
