"""The history gives back what was stored, and counts it into buckets."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.history import (
    FROM_HOURS,
    FROM_SAMPLES,
    PAGE,
    Bucket,
    TooManyError,
    at_most,
    buckets,
    ends,
    samples,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample, one_per_second
from tests.helpers.archives import open_archive

START = 1_795_305_600  # midnight in UTC
NOW = START + 10 * DAY
MINUTE = 60


def read(archive: Archive, start: int = 0, end: int = FOREVER) -> list[Sample]:
    return at_most(10**9, samples(archive, start, end))


def count(archive: Archive, start: int, end: int, width: int) -> list[Bucket]:
    return at_most(10**9, buckets(archive, start, end, width))


def recount(measured: list[Sample], start: int, end: int, width: int) -> list[Bucket]:
    """Count the samples of a range into buckets, one by one."""
    values: dict[int, list[int]] = {}
    for time, bpm in measured:
        if start <= time < end:
            values.setdefault(time - time % width, []).append(bpm)
    return [
        Bucket(time, len(bpms), min(bpms), sum(bpms) / len(bpms), max(bpms))
        for time, bpms in sorted(values.items())
    ]


# Seconds around the turns of hours and days, so that a range often ends within an hour that holds something.
MOMENTS = st.builds(
    lambda hour, second: START + hour * HOUR + second,
    st.sampled_from([0, 1, 2, 23, 24, 25, 60]),
    st.integers(-70, 70) | st.integers(0, HOUR),
)
WIDTHS = st.sampled_from([7, MINUTE, 5 * MINUTE, 1000, HOUR, 2 * HOUR, DAY, DAY + 1, 2 * DAY])


@given(
    measured=st.lists(st.tuples(MOMENTS, st.integers(1, 300)), max_size=40),
    moments=st.tuples(MOMENTS, MOMENTS),
    width=WIDTHS,
)
def test_any_range_at_any_width(measured: list[Sample], moments: tuple[int, int], width: int) -> None:
    """As if each sample of the range was put into its bucket by hand."""
    stored, (start, end) = one_per_second(measured), sorted(moments)
    archive = open_archive()
    try:
        archive.store(stored, NOW)
        within = [sample for sample in stored if start <= sample[0] < end]
        assert read(archive, start, end) == within
        assert ends(archive, start, end) == ((within[0][0], within[-1][0]) if within else None)
        assert count(archive, start, end, width) == recount(stored, start, end, width)
        assert count(archive, 0, FOREVER, width) == recount(stored, 0, FOREVER, width)
    finally:
        archive.delete()


def test_an_empty_archive(archive: Archive) -> None:
    assert (read(archive), ends(archive, 0, FOREVER)) == ([], None)
    assert count(archive, 0, FOREVER, MINUTE) == count(archive, 0, FOREVER, HOUR) == []


def test_a_correction_counts(archive: Archive) -> None:
    archive.store([(START, 60), (START + 5, 62)], NOW)
    archive.store([(START + 5, 64)], NOW)
    assert count(archive, START, START + HOUR, MINUTE) == [Bucket(START, 2, 60, 62.0, 64)]
    assert count(archive, START, START + HOUR, HOUR) == [Bucket(START, 2, 60, 62.0, 64)]


def test_hours_outlive_the_samples(archive: Archive) -> None:
    """What a range only touches of an hour that was dropped, nobody can tell any more."""
    measured = [(START + step * 600, 60 + step) for step in range(12)] + [(NOW, 80)]
    archive.store(measured, NOW)
    assert archive.prune(DAY, NOW) == 12
    assert count(archive, START, NOW + 1, HOUR) == recount(measured, START, NOW + 1, HOUR)
    assert count(archive, START, NOW + 1, DAY) == recount(measured, START, NOW + 1, DAY)
    assert count(archive, START + 1, NOW + 1, HOUR) == recount(measured, START + HOUR, NOW + 1, HOUR)
    assert count(archive, START, NOW + 1, MINUTE) == [Bucket(NOW // MINUTE * MINUTE, 1, 80, 80.0, 80)]


def test_pages_are_whole_and_the_archive_is_free_between_them(archive: Archive) -> None:
    measured = [(START + step, 60) for step in range(2 * PAGE + 5)]
    archive.store(measured, NOW)
    pages = samples(archive, START, START + 3 * PAGE)
    first = next(pages)
    with ThreadPoolExecutor() as elsewhere:
        late = [(START + 1, 90), (START + 2 * PAGE + 5, 70)]
        assert elsewhere.submit(archive.store, late, NOW).result(timeout=60).added == 1
    rest = list(pages)
    assert [len(page) for page in (first, *rest)] == [PAGE, PAGE, 6]
    assert [*first, *(sample for page in rest for sample in page)] == [*measured, late[1]]


@pytest.mark.parametrize("width", [MINUTE, 1000, 7])
def test_buckets_are_counted_a_day_at_a_time(archive: Archive, width: int) -> None:
    """No bucket is cut in two by that, and days without samples cost nothing."""
    measured = [(START + step * 601, 60 + step % 50) for step in range(2 * DAY // 601)]
    measured += [(NOW - 5, 70)]
    archive.store(measured, NOW)
    pages = list(buckets(archive, 0, FOREVER, width))
    assert [bucket for page in pages for bucket in page] == recount(measured, 0, FOREVER, width)
    assert len(pages) in (3, 4)
    assert all(page[-1].time < next_page[0].time for page, next_page in pairwise(pages))


@pytest.mark.parametrize("limit", [5, PAGE])
def test_too_many(archive: Archive, limit: int) -> None:
    measured = [(START + step, 60) for step in range(limit + 1)]
    archive.store(measured, NOW)
    assert at_most(limit, samples(archive, START, START + limit)) == measured[:-1]
    assert len(at_most(limit, buckets(archive, START, START + limit, 1))) == limit
    with pytest.raises(TooManyError) as raised:
        at_most(limit, samples(archive, 0, FOREVER))
    assert raised.value.limit == limit
    with pytest.raises(TooManyError):
        at_most(limit, buckets(archive, 0, FOREVER, 1))


def test_a_closed_archive(archive: Archive) -> None:
    archive.store([(START + step, 60) for step in range(PAGE + 1)], NOW)
    pages = samples(archive, 0, FOREVER)
    next(pages)
    archive.close()
    with pytest.raises(ArchiveError):
        next(pages)
    with pytest.raises(ArchiveError):
        count(archive, 0, FOREVER, HOUR)


@pytest.mark.parametrize("query", [FROM_SAMPLES, FROM_HOURS])
def test_nothing_is_read_but_the_range(archive: Archive, query: str) -> None:
    """Each table is searched by its key, never scanned."""
    bounds = dict.fromkeys(("start", "end", "width", "first_hour", "last_hour"), 1)
    with archive.writing() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", bounds)]
    searched = [step for step in plan if "samples" in step or "hours" in step]
    assert searched
    assert all(step.startswith("SEARCH") and "INTEGER PRIMARY KEY" in step for step in searched)
