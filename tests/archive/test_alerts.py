"""Alerts are exactly the stretches beyond a limit that last long enough, wherever the archive is cut."""

from datetime import date
from itertools import accumulate, groupby, pairwise
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.alerts import alerts_between, count_beyond, hours_beyond
from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.heart_rate.alert import (
    GAP,
    Alert,
    AlertKind,
    Limit,
    find_alerts,
    overlap,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.archives import open_archive

START = 1_795_305_600  # midnight in UTC
HIGH = Limit(AlertKind.HIGH, 100, duration=60, hysteresis=5)
LOW = Limit(AlertKind.LOW, 50, duration=60, hysteresis=5)


def minutes(*bpms: int) -> list[Sample]:
    """Return a sample for each half minute."""
    return [(START + 30 * number, bpm) for number, bpm in enumerate(bpms)]


def stretches(samples: list[Sample], limit: Limit) -> list[tuple[int, int]]:
    """Return the start and the end of each alert, in half minutes."""
    return [((alert.start - START) // 30, (alert.end - START) // 30) for alert in find_alerts(samples, limit)]


def pieces(samples: list[Sample], limit: Limit) -> list[int]:
    """Return the number of gaps before each sample."""
    gaps = (other[0] - one[0] > limit.gap for one, other in pairwise(samples))
    return list(accumulate(gaps, initial=0))[: len(samples)]


def by_the_book(samples: list[Sample], limit: Limit) -> list[Alert]:
    """Judge every sample by itself: one beyond the limit comes before it, and none that is back since."""

    def excess(bpm: int) -> int:
        return bpm - limit.bpm if limit.kind is AlertKind.HIGH else limit.bpm - bpm

    def is_in(index: int) -> bool:
        while excess(samples[index][1]) >= -limit.hysteresis:
            if excess(samples[index][1]) >= 0:
                return True
            if not index or samples[index][0] - samples[index - 1][0] > limit.gap:
                return False
            index -= 1
        return False

    marked = [(piece, is_in(index), samples[index]) for index, piece in enumerate(pieces(samples, limit))]
    found = []
    for (_, inside), group in groupby(marked, lambda mark: mark[:2]):
        stretch = [sample for _, _, sample in group]
        long_enough = [time for time, _ in stretch if time - stretch[0][0] >= limit.duration]
        if inside and long_enough:
            extreme = max((bpm for _, bpm in stretch), key=excess)
            found.append(Alert(limit.kind, limit.bpm, stretch[0][0], long_enough[0], stretch[-1][0], extreme))
    return found


@pytest.mark.parametrize(
    ("limit", "bpms", "expected"),
    [
        (HIGH, [99, 99, 99, 99], []),
        (HIGH, [100, 100, 100], [(0, 2)]),
        (HIGH, [100, 100, 99, 98], [(0, 3)]),
        (HIGH, [100, 100, 94, 100, 100], []),
        (HIGH, [97, 100, 95, 95, 94], [(1, 3)]),
        (HIGH, [100, 110, 120, 80, 100, 100, 100], [(0, 2), (4, 6)]),
        (LOW, [51, 51, 51, 51], []),
        (LOW, [60, 50, 49, 55, 56], [(1, 3)]),
        (LOW, [60, 50, 56, 50, 50], []),
    ],
)
def test_limit_duration_and_hysteresis(
    limit: Limit, bpms: list[int], expected: list[tuple[int, int]]
) -> None:
    assert stretches(minutes(*bpms), limit) == expected


def test_what_an_alert_says() -> None:
    [alert] = find_alerts(minutes(90, 100, 130, 101, 140, 96, 90), HIGH)
    assert alert == Alert(AlertKind.HIGH, 100, START + 30, START + 90, START + 150, 140)
    assert alert.stretch == (AlertKind.HIGH, START + 30, START + 150)
    [alert] = find_alerts(minutes(60, 50, 40, 45, 70), LOW)
    assert (alert.extreme, alert.end) == (40, START + 90)


def test_a_limit_without_duration_is_reached_by_one_sample() -> None:
    [alert] = find_alerts(minutes(99, 100, 99), Limit(AlertKind.HIGH, 100))
    assert (alert.start, alert.reached, alert.end) == (START + 30, START + 30, START + 30)


def test_nobody_knows_what_a_gap_holds() -> None:
    """An alert ends before it, and no time is counted across it."""
    before = [(START + second, 120) for second in range(0, 61, 10)]
    after = [(START + 60 + GAP + 1 + second, 120) for second in range(0, 50, 10)]
    assert [alert.end for alert in find_alerts([*before, *after], HIGH)] == [START + 60]
    closer = [(time - 1, bpm) for time, bpm in after]
    assert [alert.end for alert in find_alerts([*before, *closer], HIGH)] == [closer[-1][0]]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((AlertKind.HIGH, 0, 9), False),
        ((AlertKind.HIGH, 0, 10), True),
        ((AlertKind.HIGH, 12, 13), True),
        ((AlertKind.HIGH, 20, 30), True),
        ((AlertKind.HIGH, 21, 30), False),
        ((AlertKind.LOW, 10, 20), False),
    ],
)
def test_overlap(other: tuple[AlertKind, int, int], expected: bool) -> None:
    assert overlap((AlertKind.HIGH, 10, 20), other) is expected
    assert overlap(other, (AlertKind.HIGH, 10, 20)) is expected


limits = st.builds(
    Limit,
    kind=st.sampled_from(AlertKind),
    bpm=st.integers(60, 80),
    duration=st.sampled_from([0, 60, 1800]),
    hysteresis=st.integers(0, 10),
    gap=st.sampled_from([GAP, 1800]),
)


@st.composite
def recordings(draw: st.DrawFn) -> list[Sample]:
    """Heart rates about the limits for some hours, with pauses of all lengths."""
    pauses = st.sampled_from([5, 60, 200, GAP, GAP + 1, 1800, HOUR, 3 * HOUR])
    steps = draw(st.lists(st.tuples(pauses, st.integers(45, 95)), max_size=80))
    time, samples = START, []
    for pause, bpm in steps:
        time += pause
        samples.append((time, bpm))
    return samples


@given(recordings(), limits)
def test_found_as_by_the_book(samples: list[Sample], limit: Limit) -> None:
    assert list(find_alerts(samples, limit)) == by_the_book(samples, limit)


@given(recordings(), limits, st.integers(0, 40 * HOUR), st.integers(1, 40 * HOUR), st.randoms())
@settings(max_examples=60)
def test_the_archive_is_judged_as_its_samples_are(
    samples: list[Sample], limit: Limit, offset: int, length: int, random: Random
) -> None:
    """Whatever order they came in and whatever is asked for: what reaches into it, from a day before on."""
    archive = open_archive()
    chunks = [samples[index : index + 7] for index in range(0, len(samples), 7)]
    random.shuffle(chunks)
    for chunk in chunks:
        archive.store(chunk, START + 30 * DAY)
    start, end = START + offset, START + offset + length
    known = [sample for sample in samples if start - DAY <= sample[0] < end]
    expected = [alert for alert in by_the_book(known, limit) if alert.end >= start]
    assert list(alerts_between(archive, limit, start, end)) == expected
    assert list(alerts_between(archive, limit, START, FOREVER)) == by_the_book(samples, limit)
    level = limit.bpm * limit.sign
    beyond = {time // HOUR * HOUR for time, bpm in samples if bpm * limit.sign >= level}
    hours = [*hours_beyond(archive, limit, 0, FOREVER)]
    assert [hour for one in hours for hour in range(one.start, one.end, HOUR)] == sorted(beyond)
    for one in hours:
        peaks = [bpm * limit.sign for time, bpm in samples if one.start <= time < one.end]
        assert one.extreme * limit.sign == max(peaks)
    assert count_beyond(archive, limit, 0, FOREVER) <= len(samples)
    archive.delete()


def test_a_correction_and_a_purge_take_the_alert_along(archive: Archive) -> None:
    samples, today = minutes(*[120] * 10), date(2026, 11, 22)
    archive.store(samples, START + DAY)
    assert list(alerts_between(archive, HIGH, START, FOREVER)) == by_the_book(samples, HIGH)
    archive.store([(START + 30 * 5, 80)], START + DAY)
    assert [alert.start for alert in alerts_between(archive, HIGH, START, FOREVER)] == [START, START + 180]
    archive.purge(START, START + 180, (today, today), START + DAY)
    assert [alert.start for alert in alerts_between(archive, HIGH, START, FOREVER)] == [START + 180]
