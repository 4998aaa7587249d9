"""Workouts in the archive: edits, losses, duplicates, and figures that follow the samples."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from random import Random

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.late import Fingerprint, note_reading
from custom_components.fitbit_cardiogram.archive.sessions import BELIEVED_AFTER, COUNTED_AT_ONCE
from custom_components.fitbit_cardiogram.archive.workouts import WORKOUTS_VERSION, between, since
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE, midnight
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, Zone
from custom_components.fitbit_cardiogram.heart_rate.figures import Figures, figures
from custom_components.fitbit_cardiogram.heart_rate.workout import SETTLING, Workout
from tests.helpers.archives import NOW, START

ZONES = (Zone("light", 5.0, 30, 107), Zone("peak", 0.0, 108, 220))
RUN = Workout("run", "RUNNING", START, START + 1800, 3600, 3600, 1700, 148, platform="FITBIT", created=NOW)
WALK = Workout("walk", "WALKING", START + 2 * HOUR, START + 3 * HOUR, -18_000, created=NOW)
OF_AN_APP = replace(RUN, id="app", start=START - 4, mean=None, platform="HEALTH_CONNECT")
WHOLE = (START - DAY, START + DAY)
SAMPLES = [(START + second, 60 + second // 60 % 120) for second in range(-300, 4 * HOUR, 5)]


def read(archive: Archive, *workouts: Workout, now: int = NOW) -> None:
    archive.store_workouts(workouts, *WHOLE, now)


def shown(archive: Archive) -> list[Workout]:
    return [kept.session for kept in archive.workouts(*WHOLE)]


def version(archive: Archive) -> int:
    return archive.recall(WORKOUTS_VERSION) or 0


def count(archive: Archive, now: int = NOW) -> None:
    while archive.count_figures(now):
        pass


def counted(archive: Archive, key: str = "run") -> Figures | None:
    kept = archive.workout(key)
    assert kept
    return kept.figures


# What a reading changes


def test_a_reading_is_kept_as_it_was_read(archive: Archive) -> None:
    read(archive, RUN, WALK)
    assert shown(archive) == [RUN, WALK]
    assert version(archive) == 1
    read(archive, WALK, RUN)
    assert version(archive) == 1
    assert archive.workouts(START + 1800, START + 2 * HOUR) == []
    assert [kept.session for kept in archive.workouts(START + 1799, START + 2 * HOUR + 1)] == [RUN, WALK]
    assert archive.workout("nobody's") is None


def test_an_edit_is_a_change(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    read(archive, RUN, WALK)
    count(archive)
    before = version(archive)
    edited = replace(RUN, end=RUN.end - 120, type="HOVERING")
    read(archive, edited, WALK)
    assert shown(archive) == [edited, WALK]
    with archive.reading() as connection:
        assert [kept.session.id for kept in since(connection, before)] == ["run"]
    assert counted(archive) is None
    count(archive)
    assert counted(archive) == figures(SAMPLES, edited.start, edited.end)


def test_a_lost_workout_is_removed(archive: Archive) -> None:
    read(archive, RUN, WALK)
    before = version(archive)
    read(archive, WALK)
    assert shown(archive) == [WALK]
    assert version(archive) > before


def test_a_reading_removes_only_what_begins_in_it(archive: Archive) -> None:
    read(archive, RUN, WALK)
    archive.store_workouts([], START + 1, WALK.start, NOW)
    archive.store_workouts([], START + 1, WALK.start, NOW + DAY)
    assert shown(archive) == [RUN, WALK]
    archive.store_workouts([replace(WALK, id="later", start=WALK.start + 1)], START + 1, WALK.start, NOW)
    assert shown(archive) == [RUN, WALK]


def test_a_reading_without_any_is_believed_an_hour_later(archive: Archive) -> None:
    read(archive, RUN)
    read(archive, now=NOW)
    read(archive, now=NOW + BELIEVED_AFTER - 1)
    assert shown(archive) == [RUN]
    read(archive, RUN, now=NOW + BELIEVED_AFTER)
    read(archive, now=NOW + BELIEVED_AFTER + 1)
    assert shown(archive) == [RUN]
    read(archive, now=NOW + 2 * BELIEVED_AFTER + 1)
    assert shown(archive) == []


def test_a_duplicate_is_remembered_but_hidden(archive: Archive) -> None:
    read(archive, OF_AN_APP)
    assert shown(archive) == [OF_AN_APP]
    read(archive, OF_AN_APP, RUN)
    assert shown(archive) == [RUN]
    hidden = archive.workout("app")
    assert hidden
    assert (hidden.session, hidden.duplicate_of) == (OF_AN_APP, "run")
    before = version(archive)
    read(archive, OF_AN_APP, RUN)
    assert version(archive) == before
    read(archive, OF_AN_APP)
    assert shown(archive) == [OF_AN_APP]


def test_duplicates_are_found_across_the_edge_of_a_reading(archive: Archive) -> None:
    read(archive, OF_AN_APP)
    archive.store_workouts([RUN], START - 1, START + DAY, NOW)
    assert shown(archive) == [RUN]


# Announcing


def announced(archive: Archive, now: int) -> list[str]:
    keys = [kept.session.id for kept in archive.workouts_to_announce(now)]
    archive.note_announced(keys, now)
    return keys


def test_a_workout_is_announced_once(archive: Archive) -> None:
    end = RUN.end
    read(archive, RUN, now=end)
    assert announced(archive, end + SETTLING - 1) == []
    assert announced(archive, end + SETTLING) == ["run"]
    read(archive, replace(RUN, type="OTHER"), now=end + DAY)
    assert announced(archive, end + DAY) == []


def test_what_was_over_before_the_first_reading_is_not_announced(archive: Archive) -> None:
    read(archive, replace(RUN, created=START + 5), WALK, now=WALK.start)
    assert announced(archive, NOW) == ["walk"]


def test_one_that_an_app_brings_late_is_announced(archive: Archive) -> None:
    read(archive, WALK, now=NOW)
    later = NOW + 17 * DAY
    late = replace(OF_AN_APP, created=later - 60)
    archive.store_workouts([late, WALK], *WHOLE, later)
    assert announced(archive, later) == ["app", "walk"]


@pytest.mark.parametrize("after", [[RUN, OF_AN_APP], [RUN]], ids=["a better one", "another id"])
def test_another_that_tells_of_the_same_is_not_announced_again(
    archive: Archive, after: Sequence[Workout]
) -> None:
    read(archive, OF_AN_APP, now=RUN.end)
    assert announced(archive, NOW) == ["app"]
    read(archive, *after, now=NOW + DAY)
    assert announced(archive, NOW + DAY) == []


def test_the_last_workout_is_a_finished_one(archive: Archive) -> None:
    assert archive.last_workout(NOW) is None
    running = replace(WALK, id="running", start=NOW - 60, end=NOW - 60)
    read(archive, RUN, WALK, replace(OF_AN_APP, end=RUN.end + 5), running)
    for now, key in ((NOW, "walk"), (WALK.end, "run")):
        last = archive.last_workout(now)
        assert last
        assert last.session.id == key


# Figures


def test_figures_are_counted_once_the_workout_is_final(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    archive.store_days([DaySummary(date(2026, 11, 21), zones=ZONES)], lambda day: midnight(day, UTC))
    read(archive, RUN, WALK, OF_AN_APP)
    count(archive, RUN.end + SETTLING - 1)
    assert counted(archive) is None
    count(archive, RUN.end + SETTLING)
    assert counted(archive) == figures(SAMPLES, RUN.start, RUN.end, ZONES)
    assert counted(archive, "walk") is None
    count(archive)
    assert counted(archive, "walk") == figures(SAMPLES, WALK.start, WALK.end, ZONES)
    assert counted(archive, "app") is None
    before = version(archive)
    count(archive)
    assert version(archive) == before


@pytest.mark.parametrize(
    ("moment", "is_changed"),
    [(-11, False), (-10, False), (0, True), (1800, True), (1920, True), (1931, False)],
)
def test_a_late_sample_changes_what_depends_on_it(archive: Archive, moment: int, is_changed: bool) -> None:
    missing = [sample for sample in SAMPLES if abs(sample[0] - START - moment) > 10]
    archive.store(missing, NOW)
    read(archive, RUN)
    count(archive)
    before = counted(archive)
    late = (START + moment, 250)
    archive.store([late], NOW)
    count(archive)
    assert counted(archive) == figures(sorted([*missing, late]), RUN.start, RUN.end)
    assert (counted(archive) != before) is is_changed


def test_a_deleted_sample_changes_them_too(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    read(archive, RUN)
    count(archive)
    hour = [sample for sample in SAMPLES if START <= sample[0] < START + HOUR]
    left = [sample for sample in hour if sample[0] < START + 1795]
    for now in (NOW, NOW + 2 * DAY):
        note_reading(archive, START, START + HOUR, left, {START: Fingerprint(1)}, now)
    count(archive)
    found = counted(archive)
    assert found
    assert (found.count, found.recovery) == (359, None)


def test_figures_outlive_the_samples(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    read(archive, RUN)
    count(archive)
    before = counted(archive)
    archive.store([(NOW + 60 * DAY, 60)], NOW + 60 * DAY)
    assert archive.prune(30 * DAY, NOW + 60 * DAY) == len(SAMPLES)
    count(archive, NOW + 60 * DAY)
    assert counted(archive) == before
    # Not even what is brought back in part takes anything from them.
    archive.store([(START, 60)], NOW + 60 * DAY, even_purged=True)
    count(archive, NOW + 60 * DAY)
    assert counted(archive) == before
    # Nor does another end.
    read(archive, replace(RUN, end=RUN.end - MINUTE), now=NOW + 60 * DAY)
    count(archive, NOW + 60 * DAY)
    assert counted(archive) == before


def test_the_limits_of_the_day_itself_are_better_than_those_of_another(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    read(archive, RUN)
    for day, zones in ((19, ZONES[:1]), (21, ZONES)):
        archive.store_days([DaySummary(date(2026, 11, day), zones=zones)], lambda one: midnight(one, UTC))
        count(archive)
        assert counted(archive) == figures(SAMPLES, RUN.start, RUN.end, zones)


def test_many_are_counted_in_steps(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    many = [replace(RUN, id=f"{n}", start=START + 9 * n, end=START + 9 * n + 9) for n in range(70)]
    read(archive, *many)
    assert archive.count_figures(NOW)
    assert sum(kept.figures is not None for kept in archive.workouts(*WHOLE)) == COUNTED_AT_ONCE
    assert not archive.count_figures(NOW)
    assert all(kept.figures for kept in archive.workouts(*WHOLE))


# Purging, and room on the disk


def test_a_purge_removes_what_touches_it_and_counts_its_neighbours_anew(archive: Archive) -> None:
    archive.store(SAMPLES, NOW)
    read(archive, RUN, WALK)
    count(archive)
    archive.purge(RUN.end + 60, WALK.start + 1, (date.min, date.min), NOW)
    assert shown(archive) == [RUN]
    kept = [one for one in SAMPLES if not RUN.end + 60 <= one[0] <= WALK.start]
    assert counted(archive) == figures(kept, RUN.start, RUN.end)
    read(archive, RUN, WALK)
    assert shown(archive) == [RUN]
    archive.store_workouts([RUN, WALK], *WHOLE, NOW, even_purged=True)
    assert shown(archive) == [RUN, WALK]


def test_a_year_takes_little_room(archive: Archive, path: Path) -> None:
    """With four workouts a day and seven daily values, all of it takes a megabyte."""
    random = Random(1)
    archive.store(SAMPLES, NOW)
    archive.store_days([DaySummary(date(2026, 11, 21), zones=ZONES)], lambda day: midnight(day, UTC))
    for week in range(52):
        first = START - (week + 1) * 7 * DAY
        found = [
            replace(RUN, id=f"{random.getrandbits(64):016x}", start=start, end=start + 1800, updated=NOW)
            for start in range(first, first + 7 * DAY, DAY // 4)
        ]
        archive.store_workouts(found, first, first + 7 * DAY, NOW)
        count(archive)
    for kind in range(7):
        values = {date.fromordinal(739_000 + day): random.random() * 60 for day in range(365)}
        archive.store_daily_values(f"heart_rate_variability{kind}", values, lambda day: midnight(day, UTC))
    with archive.reading() as connection:
        assert len(between(connection, 0, NOW)) == 52 * 28
        pages = connection.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name GLOB '*workouts*' OR name GLOB '*daily_values*'"
        ).fetchone()
    assert pages[0] < 2**20
