"""Sleep in the archive: nights, their figures that follow samples and sessions, and their announcement."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.facts import Fact
from custom_components.fitbit_cardiogram.archive.late import Fingerprint, note_reading
from custom_components.fitbit_cardiogram.archive.sessions import BELIEVED_AFTER, LONGEST
from custom_components.fitbit_cardiogram.archive.sleep import SLEEP_VERSION, Night, between, since
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR, MINUTE
from custom_components.fitbit_cardiogram.heart_rate.interval import Span
from custom_components.fitbit_cardiogram.heart_rate.night_figures import NightFigures, night_figures
from custom_components.fitbit_cardiogram.heart_rate.sleep import SETTLING, SleepSession, Stage
from tests.helpers.archives import START, contents, open_archive

EVENING = START + 12 * HOUR  # 22:00 UTC
MORNING = EVENING + 8 * HOUR
NOON = MORNING + 6 * HOUR
GONE = Fact("sleep_announced_and_gone", list[Span])
MORNING_DAY = date(2026, 11, 22)
STAGES = (Stage("AWAKE", EVENING, EVENING + HOUR), Stage("LIGHT", EVENING + HOUR, MORNING))
NIGHT = SleepSession(
    "night", EVENING, MORNING, 0, 0, STAGES, is_main=True, platform="FITBIT", created=MORNING
)
SECOND = SleepSession("second", MORNING + HOUR, MORNING + 2 * HOUR, 0, 0, platform="FITBIT", created=MORNING)
NAP = SleepSession("nap", NOON - HOUR, NOON, 0, 0, is_nap=True, platform="FITBIT", created=NOON)
OF_AN_APP = replace(NIGHT, id="app", start=EVENING - 600, end=MORNING - 600, platform="HEALTH_KIT", stages=())
WHOLE = (START - 3 * DAY, START + 3 * DAY)
SAMPLES = [(second, 50 + second // 60 % 40) for second in range(EVENING - DAY, NOON, 20)]


def read(archive: Archive, *found: SleepSession, now: int = NOON + HOUR) -> None:
    archive.store_sleep(found, *WHOLE, now)


def shown(archive: Archive) -> list[tuple[str, list[str]]]:
    """Return the nights and naps, with their parts."""
    return [
        ("nap" if night.is_nap else "night", [part.id for part in night.parts])
        for night in archive.nights(*WHOLE)
    ]


def version(archive: Archive) -> int:
    return archive.recall(SLEEP_VERSION) or 0


def count(archive: Archive, now: int = NOON + HOUR) -> None:
    while archive.count_figures(now):
        pass


def the_night(archive: Archive, key: str = "night") -> Night:
    night = archive.night(key)
    assert night
    return night


def values(night: Night) -> tuple[float | None, ...]:
    return night.mean, night.lowest, night.lowest_at, night.dip


def values_of(figures: NightFigures) -> tuple[float | None, ...]:
    dip = None if figures.mean is None or not figures.waking_mean else 1 - figures.mean / figures.waking_mean
    return figures.mean, figures.lowest, figures.lowest_at, dip


# What a reading changes


def test_a_reading_is_kept_as_it_was_read(archive: Archive) -> None:
    read(archive, NIGHT, SECOND, NAP)
    assert shown(archive) == [("night", ["night", "second"]), ("nap", ["nap"])]
    night = the_night(archive, "second")
    assert night == the_night(archive)
    assert (night.id, night.day, night.start, night.end) == ("night", MORNING_DAY, EVENING, SECOND.end)
    assert night.asleep == 8 * HOUR
    assert values(night) == (None, None, None, None)
    assert archive.night("nobody's") is None
    before = version(archive)
    read(archive, NAP, SECOND, NIGHT)
    assert version(archive) == before


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (MORNING - 1, MORNING, ["night"]),
        (MORNING, SECOND.start, []),
        (SECOND.end - 1, NAP.start, ["night"]),
        (SECOND.end - 1, NAP.start + 1, ["night", "nap"]),
        (EVENING - HOUR, EVENING, []),
        (-FOREVER, FOREVER, ["night", "nap"]),
    ],
)
def test_the_nights_of_an_interval_are_whole(
    archive: Archive, start: int, end: int, found: list[str]
) -> None:
    read(archive, NIGHT, SECOND, NAP)
    nights = archive.nights(start, end)
    assert [night.id for night in nights] == found
    assert all(night == archive.night(night.id) for night in nights)


def test_a_first_part_that_ends_before_midnight(archive: Archive) -> None:
    """Belongs to that evening's day, once: a nap beside that day's night, and a night where there is none."""
    before = replace(NIGHT, id="before", start=EVENING - DAY, end=MORNING - DAY, stages=())
    first = replace(NIGHT, id="first", end=EVENING + HOUR, stages=(), is_main=False)
    second = replace(NIGHT, id="second", start=EVENING + 3 * HOUR, stages=())
    for found, evening in (([before, first, second], "nap"), ([first, second], "night")):
        read(archive, *found)
        count(archive)
        nights = [("night", [one.id]) for one in found if one is before]
        assert shown(archive) == [*nights, (evening, ["first"]), ("night", ["second"])]
        asleep = archive.daily_values("time_asleep", first.day, second.day)
        assert asleep == {first.day: 480 if nights else 60, second.day: 300}


def test_nights_page_by_page(archive: Archive) -> None:
    read(archive, NIGHT, SECOND, NAP, replace(NIGHT, id="before", start=EVENING - DAY, end=MORNING - DAY))
    whole = archive.nights(*WHOLE)
    pages, place = list[Night](), (-FOREVER, "")
    with archive.reading() as connection:
        while page := between(connection, *WHOLE, after=place, limit=1):
            pages += page
            place = page[-1].place
    assert pages == whole
    assert [night.id for night in whole] == ["before", "night", "nap"]


def test_sessions_belong_to_the_reading_of_their_end(archive: Archive) -> None:
    archive.store_sleep([NIGHT, SECOND], MORNING, MORNING + 1, NOON)
    assert shown(archive) == [("night", ["night"])]
    archive.store_sleep([SECOND], MORNING + 1, NOON, NOON)
    assert shown(archive) == [("night", ["night", "second"])]
    later = replace(SECOND, id="later", start=MORNING - HOUR)
    archive.store_sleep([later], MORNING + 1, NOON, NOON)
    assert shown(archive) == [("night", ["night"])]
    archive.store_sleep([later], MORNING, MORNING + 1, NOON)
    archive.store_sleep([], MORNING, MORNING + 1, NOON)
    archive.store_sleep([], MORNING, MORNING + 1, NOON + DAY)
    assert shown(archive) == [("night", ["later"])]


def test_one_without_an_end_counts_by_its_start(archive: Archive) -> None:
    running = replace(NIGHT, end=EVENING - 5, stages=())
    archive.store_sleep([running], EVENING, MORNING, MORNING)
    (night,) = archive.nights(EVENING, EVENING + 1)
    assert (night.is_nap, night.is_final(MORNING + 9 * DAY), night.end) == (False, False, EVENING)
    assert archive.last_night(MORNING + 9 * DAY) is None
    archive.store_sleep([NIGHT], EVENING, NOON, NOON)
    assert [one.parts for one in archive.nights(*WHOLE)] == [(NIGHT,)]
    archive.store_sleep([replace(running, id="x", is_nap=True), NIGHT], EVENING, NOON, NOON)
    assert shown(archive) == [("night", ["night"]), ("nap", ["x"])]


def test_one_of_odd_length_never_comes_in(archive: Archive) -> None:
    read(archive, NIGHT, replace(SECOND, id="odd", start=SECOND.end - LONGEST - 1))
    assert shown(archive) == [("night", ["night"])]
    read(archive, NIGHT, replace(SECOND, id="long", start=SECOND.end - LONGEST, platform=""))
    assert [night.id for night in archive.nights(*WHOLE)] == ["night"]


def test_a_reading_without_any_is_believed_an_hour_later(archive: Archive) -> None:
    read(archive, NIGHT, now=NOON)
    read(archive, now=NOON)
    read(archive, now=NOON + BELIEVED_AFTER - 1)
    assert shown(archive) == [("night", ["night"])]
    read(archive, now=NOON + BELIEVED_AFTER)
    assert shown(archive) == []


def test_a_duplicate_is_remembered_but_hidden(archive: Archive) -> None:
    read(archive, OF_AN_APP)
    assert shown(archive) == [("night", ["app"])]
    read(archive, OF_AN_APP, NIGHT)
    assert shown(archive) == [("night", ["night"])]
    assert archive.night("app") is None
    assert archive.holdings().sleep == 2
    read(archive, OF_AN_APP)
    assert shown(archive) == [("night", ["app"])]


def test_the_edge_of_a_reading_shows_no_duplicate_again(archive: Archive) -> None:
    """A moving window loses the better one before the duplicate that ends after it."""
    extra = replace(SECOND, id="extra", start=MORNING - HOUR)
    read(archive, NIGHT, extra)
    before = version(archive)
    for start in range(MORNING - 600, extra.end + 600, 600):
        found = [one for one in (NIGHT, extra, NAP) if one.end >= start]
        archive.store_sleep(found, start, START + 3 * DAY, NOON)
        assert shown(archive) == [("night", ["night"]), ("nap", ["nap"])]
    assert version(archive) == before + 1


# The last night, and what changed


def test_the_last_night_is_a_finished_one(archive: Archive) -> None:
    assert archive.last_night(NOON) is None
    earlier = replace(NIGHT, id="earlier", start=EVENING - DAY, end=MORNING - DAY)
    read(archive, earlier, NIGHT, SECOND, NAP)

    def last(now: int) -> tuple[str, int]:
        night = archive.last_night(now)
        assert night
        return night.id, len(night.parts)

    assert last(MORNING + SETTLING - 1) == ("earlier", 1)
    assert last(MORNING + SETTLING) == ("night", 1)
    # It does not go back while its second part settles.
    assert last(SECOND.end + SETTLING - 1) == ("night", 1)
    assert last(SECOND.end + SETTLING) == ("night", 2)
    assert last(NOON + DAY) == ("night", 2)


def test_nights_that_changed(archive: Archive) -> None:
    def changed(version: int) -> list[tuple[str, int]]:
        with archive.reading() as connection:
            return [(night.id, len(night.parts)) for night in since(connection, version)]

    read(archive, NIGHT, SECOND, NAP)
    first = version(archive)
    assert changed(0) == [("night", 2), ("nap", 1)]
    assert changed(first) == []
    # A part that is lost changes the night.
    read(archive, NIGHT, NAP)
    assert changed(first) == [("night", 1), ("nap", 1)]
    # So does one that moves to another day.
    second = version(archive)
    read(archive, replace(NIGHT, end_offset=-12 * 3600), NAP)
    assert changed(second) == [("night", 1), ("nap", 1)]
    third = version(archive)
    archive.store(SAMPLES, NOON)
    count(archive)
    assert changed(third)
    fourth = version(archive)
    count(archive)
    assert changed(fourth) == []


# Figures


def test_figures_are_counted_once_the_session_is_final(archive: Archive) -> None:
    archive.store(SAMPLES, NOON)
    read(archive, NIGHT, OF_AN_APP)
    count(archive, MORNING + SETTLING - 1)
    assert the_night(archive).mean is None
    count(archive, MORNING + SETTLING)
    expected = night_figures(SAMPLES, NIGHT, [OF_AN_APP])
    assert values(the_night(archive)) == values_of(expected)
    assert expected.waking_count < len([one for one in SAMPLES if one[0] < EVENING])


def test_a_night_of_two_parts_combines_them(archive: Archive) -> None:
    samples = [(moment, 50) for moment in range(EVENING, MORNING, 30)]
    samples += [(moment, 44) for moment in range(SECOND.start, SECOND.end, 60)]
    day = [(moment, 80) for moment in range(EVENING - DAY, EVENING, 60)]
    archive.store(day + samples, NOON)
    read(archive, NIGHT, SECOND)
    count(archive)
    mean = (840 * 50 + 60 * 44) / 900
    assert values(the_night(archive)) == (mean, 44, SECOND.start, 1 - mean / 80)


@pytest.mark.parametrize("worn", ["night", "second", "none"])
def test_a_part_without_the_band_counts_for_nothing(archive: Archive, worn: str) -> None:
    parts = {"night": (EVENING, MORNING), "second": (SECOND.start, SECOND.end), "none": (0, 0)}
    start, end = parts[worn]
    archive.store([(moment, 50) for moment in range(start, end, 60)], NOON)
    read(archive, NIGHT, SECOND)
    count(archive)
    found = the_night(archive)
    # A night that is read has no waking heart rate here.
    assert (found.mean, found.dip) == (None if worn == "none" else 50, None)


def test_late_and_deleted_samples_change_them(archive: Archive) -> None:
    archive.store(SAMPLES[::2], NOON)
    read(archive, NIGHT)
    count(archive)
    archive.store(SAMPLES, NOON)
    count(archive)
    assert values(the_night(archive)) == values_of(night_figures(SAMPLES, NIGHT))
    hour = EVENING - 3 * HOUR
    left = [one for one in SAMPLES if hour <= one[0] < hour + 1800]
    for now in (NOON, NOON + 2 * DAY):
        note_reading(archive, hour, hour + HOUR, left, {hour: Fingerprint(1)}, now)
    count(archive)
    rest = [one for one in SAMPLES if not hour + 1800 <= one[0] < hour + HOUR]
    assert values(the_night(archive)) == values_of(night_figures(rest, NIGHT))


def test_other_sleep_changes_them(archive: Archive) -> None:
    """A nap that becomes known, or is taken back, tells when the person was awake before the night."""
    archive.store(SAMPLES, NOON)
    earlier = replace(NAP, id="earlier", start=EVENING - 9 * HOUR, end=EVENING - 7 * HOUR)
    for known in ([], [earlier], [replace(earlier, end=earlier.end - HOUR)], []):
        archive.store_sleep([NIGHT, *known], *WHOLE, NOON)
        count(archive)
        assert values(the_night(archive)) == values_of(night_figures(SAMPLES, NIGHT, known))


def test_other_stages_change_them(archive: Archive) -> None:
    archive.store(SAMPLES, NOON)
    read(archive, NIGHT)
    count(archive)
    edited = replace(NIGHT, stages=(Stage("DEEP", EVENING, EVENING + 3 * HOUR),))
    read(archive, edited)
    assert the_night(archive).mean is None
    count(archive)
    assert values(the_night(archive)) == values_of(night_figures(SAMPLES, edited))


def let_go(archive: Archive) -> tuple[Night, int]:
    """Count the night, and let its samples go by age; return it as it was, and the moment of that."""
    archive.store(SAMPLES, NOON)
    read(archive, NIGHT)
    count(archive)
    before = the_night(archive)
    later = NOON + 60 * DAY
    archive.store([(later, 60)], later)
    assert archive.prune(30 * DAY, later) == len(SAMPLES)
    return before, later


def test_figures_outlive_the_samples(archive: Archive) -> None:
    before, later = let_go(archive)
    count(archive, later)
    # Not even what is brought back in part takes anything from them.
    archive.store([(EVENING + HOUR, 60), (EVENING - HOUR, 60)], later, even_purged=True)
    count(archive, later)
    assert the_night(archive) == before


@pytest.mark.parametrize("even_purged", [False, True])
def test_other_stages_of_samples_that_are_gone_leave_the_figures(archive: Archive, even_purged: bool) -> None:
    """Nothing else would be left to count; the time asleep is that of the new stages."""
    before, later = let_go(archive)
    edited = replace(NIGHT, stages=(Stage("DEEP", EVENING, EVENING + 3 * HOUR),))
    archive.store_sleep([edited], *WHOLE, later, even_purged=even_purged)
    for _ in range(2):
        found = the_night(archive)
        assert (values(found), found.asleep) == (values(before), 3 * HOUR)
        assert archive.daily_values("sleeping_heart_rate", *[MORNING_DAY] * 2) == {MORNING_DAY: before.mean}
        assert archive.daily_values("time_asleep", *[MORNING_DAY] * 2) == {MORNING_DAY: 180}
        count(archive, later)
    # Once they are all back, they are counted again.
    archive.store(SAMPLES, later, even_purged=True)
    longer = replace(NIGHT, stages=(Stage("DEEP", EVENING, MORNING),))
    archive.store_sleep([longer], *WHOLE, later, even_purged=even_purged)
    count(archive, later)
    assert values(the_night(archive)) == values_of(night_figures(SAMPLES, longer))


def test_an_import_beyond_the_retention_counts_day_by_day(archive: Archive) -> None:
    """It goes back in time, and lets samples go; those of a day stay for the night after it."""
    later = NOON + 60 * DAY
    archive.store([(later, 60)], later)
    archive.prune(30 * DAY, later)
    start = MORNING - HOUR
    for first, last in ((start, NOON), (start - DAY, start), (start - 2 * DAY, start - DAY)):
        archive.store([one for one in SAMPLES if first <= one[0] < last], later, even_purged=True)
        found = [one for one in (NIGHT, NAP) if first <= one.end < last]
        archive.store_sleep(found, first, last, later, even_purged=True)
        count(archive, later)
        archive.prune(30 * DAY, later, start=first + DAY, end=last + DAY)
    assert values(the_night(archive)) == values_of(night_figures(SAMPLES, NIGHT))


BASE, LATER = START - 2 * DAY, START + 3 * DAY


def store_samples(archive: Archive, start: int, length: int) -> None:
    found = [
        (moment, 50 + (moment // 60 + length) % 50) for moment in range(start, start + length * HOUR, 60)
    ]
    archive.store(found, LATER)


def delete_samples(archive: Archive, start: int, length: int) -> None:
    left = [one for one in contents(archive) if start <= one[0] < start + 60 * length]
    for now in (LATER, LATER + 2 * DAY):
        note_reading(archive, start, start + HOUR, left, {start: Fingerprint(length)}, now)


def edit_sleep(archive: Archive, start: int, length: int) -> None:
    """Let a reading have one session more, less or otherwise."""
    found = {one.id: one for one in all_sessions(archive)}
    one = SleepSession(f"{start % 7}", start, start + length * HOUR, 0, 0)
    known = found.pop(one.id, None)
    if known is None or length % 3:
        found[one.id] = one
    for now in (LATER, LATER + HOUR):
        archive.store_sleep(found.values(), BASE - DAY, LATER, now)


def purge(archive: Archive, start: int, length: int) -> None:
    archive.purge(start, start + 20 * MINUTE * length, (date.min, date.min), LATER)


def count_all(archive: Archive, _start: int, _length: int) -> None:
    count(archive, LATER)


def all_sessions(archive: Archive) -> list[SleepSession]:
    """Return all sessions, duplicates too."""
    with archive.reading() as connection:
        rows = connection.execute("SELECT id, start, end FROM sleep").fetchall()
    return [SleepSession(key, start, end, 0, 0) for key, start, end in rows]


CHANGES = (edit_sleep, edit_sleep, store_samples, store_samples, delete_samples, purge, count_all)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 70), st.integers(0, 12)), max_size=12))
def test_figures_that_follow_are_those_from_scratch(
    changes: Sequence[tuple[Callable[[Archive, int, int], None], int, int]],
) -> None:
    """Whatever happens to samples and sessions, in whatever order."""
    archive = open_archive()
    store_samples(archive, BASE, 72)
    edit_sleep(archive, BASE + 60 * HOUR, 7)
    for change, place, length in changes:
        change(archive, BASE + place * HOUR, length)
    count(archive, LATER)
    for night in archive.nights(0, FOREVER):
        others = [one for one in all_sessions(archive) if one.id != night.id]
        if len(night.parts) == 1 and night.is_final(LATER):
            assert values(night) == values_of(night_figures(contents(archive), night.parts[0], others))
    archive.delete()


# Announcing


def announced(archive: Archive, now: int) -> list[str]:
    count(archive, now)
    nights = archive.nights_to_announce(now)
    for night in nights:
        archive.note_nights_announced([part.id for part in night.parts], now)
    return [night.id for night in nights]


def test_a_night_is_announced_once(archive: Archive) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT, now=MORNING)
    assert archive.nights_to_announce(NOON) == []  # without figures
    assert announced(archive, MORNING + SETTLING - 1) == []
    assert announced(archive, MORNING + SETTLING) == ["night"]
    read(archive, replace(NIGHT, stages=STAGES[1:]), NAP, now=NOON)
    assert announced(archive, NOON + DAY) == []


def test_what_was_over_before_the_first_reading_is_not_announced(archive: Archive) -> None:
    read(archive, NIGHT, now=NOON)
    read(archive, NIGHT, replace(NIGHT, id="next", start=EVENING + DAY, end=MORNING + DAY), now=NOON + DAY)
    assert announced(archive, NOON + DAY) == ["next"]


def test_a_night_is_announced_as_a_whole(archive: Archive) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT, SECOND)
    assert announced(archive, SECOND.end + SETTLING - 1) == []
    assert announced(archive, SECOND.end + SETTLING) == ["night"]


LONGER = replace(NIGHT, id="longer", start=MORNING + 4 * HOUR, end=MORNING + 13 * HOUR)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([NIGHT, SECOND], id="a second part"),
        pytest.param([replace(NIGHT, is_main=False), replace(SECOND, is_main=True)], id="another main part"),
        pytest.param([replace(NIGHT, id="new", start=EVENING + 60)], id="an edit with a new id"),
        pytest.param([NIGHT, OF_AN_APP, replace(NIGHT, id="new", updated=NOON)], id="a better one"),
        pytest.param([NIGHT, LONGER], id="a longer one of the day"),
        pytest.param([NIGHT, NAP], id="a nap"),
    ],
)
def test_no_day_is_announced_again(archive: Archive, after: Sequence[SleepSession]) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT)
    assert announced(archive, NOON) == ["night"]
    read(archive, *after, now=NOON + HOUR)
    assert announced(archive, NOON + DAY) == []


@pytest.mark.parametrize("back", [NIGHT, replace(NIGHT, id="new", start=EVENING + 60)])
def test_one_that_was_lacking_for_a_while_is_old_news(archive: Archive, back: SleepSession) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT)
    assert announced(archive, NOON) == ["night"]
    read(archive, NAP)
    assert shown(archive) == [("nap", ["nap"])]
    read(archive, NAP, now=NOON + 2 * HOUR)
    read(archive, back, NAP)
    assert shown(archive)[0][0] == "night"
    assert announced(archive, NOON + DAY) == []


def test_what_is_purged_leaves_no_trace_of_its_announcement(archive: Archive) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT)
    assert announced(archive, NOON) == ["night"]
    read(archive, NAP)
    assert archive.recall(GONE)
    archive.purge(EVENING + HOUR, EVENING + 2 * HOUR, (MORNING_DAY, MORNING_DAY), NOON)
    assert archive.recall(GONE) is None


def test_a_nap_is_never_announced_and_keeps_no_night_from_it(archive: Archive) -> None:
    earlier = replace(NAP, start=EVENING + 2 * HOUR, end=EVENING + 3 * HOUR, created=None)
    night = replace(NIGHT, start=EVENING + 5 * HOUR)
    read(archive, earlier, now=EVENING + 4 * HOUR)
    read(archive, earlier, night, NAP)
    assert announced(archive, NOON + DAY) == ["night"]


def test_a_night_of_long_ago_is_not_announced(archive: Archive) -> None:
    read(archive, now=EVENING)
    read(archive, NIGHT)
    count(archive)
    assert archive.nights_to_announce(MORNING + 31 * DAY) == []
    assert archive.nights_to_announce(MORNING + 30 * DAY)


# Purging, and room on the disk


def test_a_purge_removes_what_touches_it_and_counts_others_anew(archive: Archive) -> None:
    archive.store(SAMPLES, NOON)
    earlier = replace(NAP, id="earlier", start=EVENING - 9 * HOUR, end=EVENING - 7 * HOUR)
    read(archive, earlier, NIGHT, SECOND)
    count(archive)
    before = version(archive)
    purged = (earlier.end - 60, earlier.end + HOUR)
    for start, end in (purged, (EVENING - 2 * HOUR, EVENING - HOUR)):
        archive.purge(start, end, (date.min, date.min), NOON)
    count(archive)
    assert version(archive) > before
    left = [
        one
        for one in SAMPLES
        if not purged[0] <= one[0] < purged[1] and not EVENING - 2 * HOUR <= one[0] < EVENING - HOUR
    ]
    assert shown(archive) == [("night", ["night", "second"])]
    assert the_night(archive).dip == pytest.approx(
        1 - the_night(archive).mean / night_figures(left, NIGHT).waking_mean  # type: ignore[operator]
    )
    archive.purge(MORNING - 60, MORNING, (date.min, date.min), NOON)
    assert shown(archive) == [("night", ["second"])]
    read(archive, NIGHT, SECOND)
    assert shown(archive) == [("night", ["second"])]
    archive.store_sleep([NIGHT, SECOND], *WHOLE, NOON, even_purged=True)
    assert shown(archive) == [("night", ["night", "second"])]


def test_a_year_takes_little_room(archive: Archive) -> None:
    """With a nap a day and thirty stages a night, it takes less than two megabytes."""
    random = Random(1)
    archive.store(SAMPLES, NOON)
    for day in range(365):
        start, end = EVENING - day * DAY, MORNING - day * DAY
        stages = tuple(
            Stage(random.choice(["LIGHT", "DEEP", "REM"]), at, at + 16 * MINUTE)
            for at in range(start, end, 16 * MINUTE)
        )
        night = replace(NIGHT, id=f"{random.getrandbits(64):016x}", start=start, end=end, stages=stages)
        nap = replace(NAP, id=f"{day}", start=NAP.start - day * DAY, end=NAP.end - day * DAY)
        archive.store_sleep([night, nap], start, NAP.end - day * DAY + 1, NOON)
    count(archive)
    assert len(archive.nights(0, FOREVER)) == 2 * 365
    with archive.reading() as connection:
        (pages,) = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name GLOB '*sleep*'").fetchone()
    assert pages < 2 * 2**20


def test_nights_are_found_by_indexes(archive: Archive) -> None:
    """No question of a snapshot reads the whole table."""
    read(archive, NIGHT, SECOND, NAP)
    asked = list[str]()
    with archive.reading() as connection:
        connection.set_trace_callback(asked.append)
        archive.nights(EVENING, MORNING)
        archive.last_night(NOON)
        archive.nights_to_announce(NOON)
        connection.set_trace_callback(None)
        plans = [
            step[-1]
            for query in asked
            if query.startswith("SELECT")
            for step in connection.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert plans
    assert not [step for step in plans if step.startswith("SCAN") and "USING" not in step]
