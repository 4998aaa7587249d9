"""Late data: which hours are read again, and what is believed of what a reading misses."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
import sqlite3

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.history import Bucket, at_most, hours_since
from custom_components.fitbit_cardiogram.archive.late import (
    BELIEVED_AFTER,
    COMPLETE_FROM,
    LOSS_BELIEVED_AFTER,
    REACH,
    Fingerprint,
    digest,
    hours_to_read,
    note_complete,
    note_reading,
)
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.archive.samples import REMOVALS
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.interval import Interval
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.archives import NOW, START, contents, hours, recount

END = START + HOUR
SAMPLES: list[Sample] = [(START + 10 * step, 60 + step) for step in range(6)]
LEFT = SAMPLES[:2] + SAMPLES[3:]
(GONE,) = set(SAMPLES) - set(LEFT)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Yield an archive with an hour that has been read, and an older and a newer one that have not."""
    archive = Archive(tmp_path / "archive.db")
    archive.open()
    Outbox(archive, "cardiogram").create(start=START, automatic=False, now=NOW)
    archive.store([(START - 1, 50), *SAMPLES, (END, 90)], NOW)
    look(archive, SAMPLES, NOW)
    yield archive
    archive.close()


def mark_of(samples: Sequence[Sample]) -> Fingerprint:
    """Return a mark that tells every change."""
    return Fingerprint(digest(samples))


def look(archive: Archive, told: Sequence[Sample], now: int, *, read: Sequence[Sample] | None = None) -> bool:
    """Look at the hour as the recheck does; return whether it had to be read. It may read less than told."""
    marks = {START: mark_of(told)} if told else {}
    stretches = hours_to_read(archive, START, END, marks, now)
    for start, end in stretches:
        reading = told if read is None else read
        archive.store(reading, now)
        note_reading(archive, start, end, reading, marks, now)
    return bool(stretches)


def held(archive: Archive) -> list[Sample]:
    """Return the archive's samples of the hour."""
    return [sample for sample in contents(archive) if START <= sample[0] < END]


def deliver(outbox: Outbox) -> None:
    """Let the receiver take everything that waits."""
    while batch := outbox.next_batch(1000, lambda samples: repr(samples).encode(), NOW):
        outbox.accepted(batch, NOW)


@pytest.fixture
def outbox(archive: Archive) -> Outbox:
    return Outbox(archive, "cardiogram")


# Which hours are read


def test_an_hour_is_read_when_it_tells_something_new(archive: Archive) -> None:
    assert not look(archive, SAMPLES, NOW)
    more = [*SAMPLES, (START + 3000, 70)]
    assert look(archive, more, NOW)
    assert held(archive) == more
    assert not look(archive, more, NOW)
    corrected = [(START, 61), *more[1:]]
    assert look(archive, corrected, NOW)
    assert held(archive) == corrected
    assert not look(archive, corrected, NOW)


def test_an_hour_that_tells_nothing_any_more_is_read_once(archive: Archive) -> None:
    assert look(archive, [], NOW)
    assert not look(archive, [], NOW)
    assert held(archive) == SAMPLES
    assert look(archive, SAMPLES, NOW)


@pytest.mark.parametrize(
    ("told", "ranges"),
    [
        ([], []),
        ([0], [(0, 1)]),
        ([0, 1, 2], [(0, 3)]),
        ([0, 2, 3, 5], [(0, 1), (2, 4), (5, 6)]),
        ([5], [(5, 6)]),
        ([-1, 6], []),
    ],
)
def test_hours_side_by_side_are_read_at_once(
    archive: Archive, told: list[int], ranges: list[Interval]
) -> None:
    start = START + 10 * HOUR
    marks = {start + hour * HOUR: Fingerprint(hour) for hour in told}
    assert hours_to_read(archive, start, start + 6 * HOUR, marks, NOW) == [
        (start + first * HOUR, start + last * HOUR) for first, last in ranges
    ]


def test_what_the_archive_has_as_it_is_told_is_not_read(archive: Archive) -> None:
    """The mean of a service may differ in its last digit."""
    values = [bpm for _, bpm in SAMPLES]
    mark = Fingerprint(7, (min(values), sum(values) / len(values) * (1 + 1e-12), max(values)))
    for _ in range(2):
        assert hours_to_read(archive, START, END, {START: mark}, NOW) == []
    for told in ((59.0, 62.5, 65.0), (60.0, 62.4, 65.0), (60.0, 62.5, 66.0)):
        assert hours_to_read(archive, START, END, {START: Fingerprint(8, told)}, NOW) == [(START, END)]
    assert (held(archive), hours(archive)) == (SAMPLES, recount(contents(archive)))


def test_what_is_told_of_an_hour_never_becomes_samples(archive: Archive) -> None:
    """Whether it agrees with the samples or not, and whether the archive has any."""
    before = (contents(archive), hours(archive), archive.version())
    marks = {START + hour * HOUR: Fingerprint(hour, (200.0, 201.0, 202.0)) for hour in range(-1, 9)}
    assert hours_to_read(archive, START - HOUR, START + 9 * HOUR, marks, NOW)
    assert (contents(archive), hours(archive), archive.version()) == before


def test_what_was_told_of_a_part_of_an_hour_does_not_stand_for_the_whole(archive: Archive) -> None:
    """As it does not stand for it, the hour is read once more when it is over."""
    assert look(archive, SAMPLES[:3], NOW, read=SAMPLES)
    assert look(archive, SAMPLES, NOW)
    assert not look(archive, SAMPLES, NOW)


def test_marks_are_kept_as_long_as_they_are_looked_at(archive: Archive) -> None:
    assert not look(archive, SAMPLES, START + REACH)
    hours_to_read(archive, START + 20 * DAY, START + 20 * DAY, {}, START + REACH + 2 * DAY)
    with archive.writing() as connection:
        assert connection.execute("SELECT * FROM fingerprints").fetchall() == []


# What a reading misses


def test_a_deletion_is_believed_when_a_later_reading_misses_it_too(archive: Archive) -> None:
    before = archive.version()
    assert look(archive, LEFT, NOW)
    assert held(archive) == SAMPLES
    assert look(archive, LEFT, NOW + BELIEVED_AFTER)
    assert held(archive) == LEFT
    assert hours(archive) == recount(contents(archive))
    # Who keeps a copy of the hours is told that this one has changed.
    assert [(hour.time, hour.count) for hour in hours_after(archive, before)] == [(START, 5)]
    assert not look(archive, LEFT, NOW + 2 * BELIEVED_AFTER)


def hours_after(archive: Archive, version: int) -> list[Bucket]:
    return at_most(10**6, hours_since(archive, version))


def read_whole(archive: Archive, start: int, end: int) -> None:
    with archive.writing() as connection:
        note_complete(connection, start, end, END)


def test_a_deletion_is_not_believed_sooner(archive: Archive) -> None:
    look(archive, LEFT, NOW)
    # The hour is asked for when it is time; what makes it be read before changes nothing.
    assert not look(archive, LEFT, NOW + BELIEVED_AFTER - 1)
    assert look(archive, [*LEFT, (START + 3000, 70)], NOW + BELIEVED_AFTER - 1)
    assert GONE in held(archive)
    assert look(archive, [*LEFT, (START + 3000, 70)], NOW + BELIEVED_AFTER)
    assert GONE not in held(archive)


def test_an_empty_reading_proves_nothing(archive: Archive) -> None:
    """Nor does one with odd points, of which the recheck hands on nothing; and doubts stay as they were."""
    for hour in range(48):
        look(archive, [], NOW + hour * HOUR)
    assert held(archive) == SAMPLES
    look(archive, LEFT, NOW)
    for hour in range(1, 48):
        assert look(archive, LEFT, NOW + hour * HOUR, read=[])
    assert held(archive) == SAMPLES
    assert look(archive, LEFT, NOW + 48 * HOUR)
    assert held(archive) == LEFT


def test_a_sample_that_comes_back_is_doubted_anew(archive: Archive) -> None:
    look(archive, LEFT, NOW)
    assert look(archive, SAMPLES, NOW + 2 * HOUR)
    assert look(archive, LEFT, NOW + 4 * HOUR)
    assert held(archive) == SAMPLES
    assert look(archive, LEFT, NOW + 5 * HOUR)
    assert held(archive) == LEFT


def test_each_sample_is_doubted_by_itself(archive: Archive) -> None:
    look(archive, SAMPLES[1:], NOW)
    look(archive, SAMPLES[2:], NOW + HOUR // 2)
    look(archive, SAMPLES[2:], NOW + HOUR)
    assert held(archive) == SAMPLES[1:]
    look(archive, SAMPLES[2:], NOW + 3 * HOUR // 2)
    assert held(archive) == SAMPLES[2:]


def test_the_hours_beside_it_are_left_alone(archive: Archive) -> None:
    """Of a reading that reaches further only the hours that were asked for count."""
    for step in range(3):
        marks = {START: mark_of(LEFT)}
        note_reading(archive, START, END, [*LEFT, (END + 5, 70)], marks, NOW + step * HOUR)
    assert contents(archive) == [(START - 1, 50), *LEFT, (END, 90)]


# What waits and what was sent


def delete(archive: Archive, told: Sequence[Sample] = LEFT, now: int = NOW) -> None:
    """Look twice at an hour, so that what it lacks is believed."""
    look(archive, told, now)
    look(archive, told, now + BELIEVED_AFTER)


def test_what_waited_just_goes(archive: Archive, outbox: Outbox) -> None:
    delete(archive)
    assert (outbox.state().pending, outbox.state().withdrawn) == (6, 0)
    deliver(outbox)
    assert (outbox.state().delivered, outbox.state().withdrawn) == (6, 0)


def test_what_was_set_aside_just_goes(archive: Archive, outbox: Outbox) -> None:
    batch = outbox.next_batch(1000, lambda samples: repr(samples).encode(), NOW)
    assert batch
    outbox.quarantine(batch, "beats_refused")
    delete(archive)
    assert (outbox.state().quarantined, outbox.state().withdrawn) == (6, 0)
    assert outbox.release() == 6


def test_what_was_delivered_is_counted(archive: Archive, outbox: Outbox) -> None:
    """For each destination that covers it and has it."""
    Outbox(archive, "elsewhere").create(start=END, automatic=False, now=NOW)
    Outbox(archive, "waiting").create(start=0, automatic=False, now=NOW)
    deliver(outbox)
    delete(archive, LEFT[1:])
    counts = {
        name: Outbox(archive, name).state().withdrawn for name in ("cardiogram", "elsewhere", "waiting")
    }
    assert counts == {"cardiogram": 2, "elsewhere": 0, "waiting": 0}
    # Should it come back, only who was not sent it waits for it: it is withdrawn, not forgotten.
    look(archive, SAMPLES, NOW + DAY)
    assert outbox.state().pending == 0


def test_what_is_in_flight_stays_until_it_has_landed(archive: Archive, outbox: Outbox) -> None:
    batch = outbox.next_batch(3, lambda samples: repr(samples).encode(), NOW)
    assert batch
    delete(archive)
    assert look(archive, LEFT, NOW + 3 * HOUR)
    assert held(archive) == SAMPLES
    assert outbox.next_batch(3, lambda _: b"", NOW) == batch
    outbox.accepted(batch, NOW + 3 * HOUR)
    assert look(archive, LEFT, NOW + 4 * HOUR)
    assert held(archive) == LEFT
    assert outbox.state().withdrawn == 1


def test_a_batch_taken_out_of_flight_loses_what_is_gone(archive: Archive, outbox: Outbox) -> None:
    batch = outbox.next_batch(3, lambda samples: repr(samples).encode(), NOW)
    assert batch
    delete(archive)
    outbox.split(batch)
    assert look(archive, LEFT, NOW + 3 * HOUR)
    again = outbox.next_batch(1000, lambda samples: repr(samples).encode(), NOW)
    assert again
    assert again.body == repr([*LEFT, (END, 90)]).encode()
    assert outbox.state().withdrawn == 0


def test_a_correction_waits_once_more(archive: Archive, outbox: Outbox) -> None:
    deliver(outbox)
    look(archive, [(START, 99), *SAMPLES[1:]], NOW)
    assert outbox.state().pending == 1
    batch = outbox.next_batch(1000, lambda samples: repr(samples).encode(), NOW)
    assert batch
    assert batch.body == repr([(START, 99)]).encode()


def test_what_comes_back_unchanged_is_not_sent_again(archive: Archive, outbox: Outbox) -> None:
    """Another value is, once."""
    deliver(outbox)
    delete(archive)
    look(archive, SAMPLES, NOW + 2 * HOUR)
    assert (held(archive), outbox.state().pending) == (SAMPLES, 0)
    delete(archive, LEFT, NOW + DAY)
    look(archive, sorted([*LEFT, (GONE[0], GONE[1] + 1)]), NOW + 2 * DAY)
    assert outbox.state().pending == 1
    deliver(outbox)
    look(archive, SAMPLES, NOW + 3 * DAY)
    assert outbox.state().pending == 1


def test_a_value_that_is_back_before_the_other_one_was_sent_waits_no_more(
    archive: Archive, outbox: Outbox
) -> None:
    deliver(outbox)
    archive.store([(START, 99)], NOW)
    assert outbox.state().pending == 1
    archive.store(SAMPLES, NOW)
    assert outbox.state().pending == 0


def test_nothing_that_was_deleted_and_purged_goes_out_twice(archive: Archive, outbox: Outbox) -> None:
    deliver(outbox)
    delete(archive)
    archive.purge(START, END, (date.min, date.min), NOW)
    assert archive.store(SAMPLES, NOW, even_purged=True).added == len(SAMPLES)
    assert outbox.state().pending == 0


def test_a_sudden_loss_is_doubted_for_a_day(archive: Archive) -> None:
    few = SAMPLES[:2]
    look(archive, few, NOW)
    for hour in range(1, 24):
        assert not look(archive, few, NOW + hour * HOUR)
    assert held(archive) == SAMPLES
    assert look(archive, few, NOW + LOSS_BELIEVED_AFTER)
    assert held(archive) == few


def test_a_coarser_detail_deletes_and_changes_nothing(archive: Archive, outbox: Outbox) -> None:
    """Nor does the way back send anything twice."""
    deliver(outbox)
    coarse = [(START, 65), (START + 60, 70)]
    for hour in range(3):
        fingerprints = {START: Fingerprint(digest(coarse), detail=60)}
        read = hours_to_read(archive, START, END, fingerprints, NOW + hour * HOUR)
        assert bool(read) == (hour == 0)
        archive.store(coarse, NOW + hour * HOUR, detail=60)
        note_reading(archive, START, END, coarse, fingerprints, NOW + hour * HOUR, detail=60)
    assert held(archive) == [*SAMPLES, (START + 60, 70)]
    assert outbox.state().pending == 1
    assert not look(archive, SAMPLES, NOW + 3 * HOUR)


# Purges and older files


def test_what_was_purged_stays_purged(archive: Archive) -> None:
    """The source has it still; the hour is read once and then known."""
    archive.purge(START + 25, END, (date.min, date.min), NOW)
    assert look(archive, SAMPLES, NOW)
    for hour in range(1, 5):
        assert not look(archive, SAMPLES, NOW + hour * HOUR)
    assert held(archive) == SAMPLES[:3]
    assert hours(archive) == recount(contents(archive))


def test_a_purge_takes_doubts_along(archive: Archive) -> None:
    look(archive, LEFT, NOW)
    archive.purge(START, END, (date.min, date.min), NOW)
    with archive.writing() as connection:
        for table in ("suspects", "fingerprints"):
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == []


def test_an_hour_of_which_only_purged_samples_are_left_at_the_source_has_no_count(archive: Archive) -> None:
    archive.purge(START, START + 25, (date.min, date.min), NOW)
    removals = archive.recall(REMOVALS) or 0
    delete(archive, SAMPLES[:3])
    assert held(archive) == []
    assert hours(archive) == recount(contents(archive))
    assert (archive.recall(REMOVALS) or 0) > removals


def test_an_archive_of_an_older_release_gets_there(tmp_path: Path) -> None:
    """It takes no note of what was complete before; nothing that it holds is doubted for that."""
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "archive_v2.sql").read_text())
    archive = Archive(path)
    archive.open()
    assert archive.recall(COMPLETE_FROM) is None
    known = contents(archive)
    assert look(archive, known, NOW)
    look(archive, known[:1], NOW)
    look(archive, known[:1], NOW + LOSS_BELIEVED_AFTER)
    # One is in flight.
    assert contents(archive) == known[:2]
    assert Outbox(archive, "cardiogram").state().withdrawn == 0
    archive.close()


# From when on everything was read


@pytest.mark.parametrize(
    ("ranges", "complete_from"),
    [
        ([(5, 6)], 5),
        ([(5, 6), (6, 9)], 5),
        ([(5, 6), (3, 5)], 3),
        ([(5, 6), (3, 7)], 3),
        ([(5, 6), (3, 4)], 5),
        ([(5, 6), (3, 4), (4, 5)], 4),
    ],
)
def test_what_adjoins_what_is_complete_counts(
    archive: Archive, ranges: list[Interval], complete_from: int
) -> None:
    assert archive.recall(COMPLETE_FROM) is None
    for start, end in ranges:
        read_whole(archive, start, end)
    assert archive.recall(COMPLETE_FROM) == complete_from


def test_what_a_clock_that_was_ahead_noted_counts_for_nothing(archive: Archive) -> None:
    """Late data would be looked for only when that time has come."""
    archive.remember(COMPLETE_FROM, END + 1)
    read_whole(archive, START, END)
    assert archive.recall(COMPLETE_FROM) == START


def test_a_reading_that_covers_everything_counts_from_its_start(archive: Archive) -> None:
    read_whole(archive, START, END)
    read_whole(archive, 0, FOREVER)
    assert archive.recall(COMPLETE_FROM) == 0
