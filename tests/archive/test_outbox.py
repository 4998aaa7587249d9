"""The outbox hands every covered beat over, once, and again when its value has changed."""

from collections.abc import Callable, Iterable, Sequence
import json
from pathlib import Path
import shutil

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.late import note_reading
from custom_components.fitbit_cardiogram.archive.outbox import (
    Batch,
    Outbox,
    OutboxState,
    Quarantined,
    forget_destinations,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.archives import contents, hours, open_archive, recount

START = 1_795_255_200  # the top of an hour
NOW = START + 10 * HOUR


@pytest.fixture
def outbox(archive: Archive) -> Outbox:
    """Return the outbox of a destination that covers everything from the start on."""
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=START, automatic=True, now=NOW)
    return outbox


def encode(samples: Sequence[Sample]) -> bytes:
    return json.dumps(samples).encode()


def decode(batch: Batch) -> list[Sample]:
    return [(time, bpm) for time, bpm in json.loads(batch.body)]


def beats(*seconds: int, bpm: int = 60) -> list[Sample]:
    return [(START + second, bpm) for second in seconds]


def take(outbox: Outbox, limit: int = 1000) -> Batch:
    batch = outbox.next_batch(limit, encode, NOW)
    assert batch
    return batch


def drain(outbox: Outbox) -> list[Sample]:
    """Accept everything pending and return it."""
    drained: list[Sample] = []
    while batch := outbox.next_batch(1000, encode, NOW):
        drained += decode(batch)
        outbox.accepted(batch, NOW)
    return drained


# What enters


def test_only_what_is_covered_enters(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(-1, 0, 5), NOW)
    assert outbox.state() == OutboxState(automatic=True, pending=2, oldest_pending=START)
    assert drain(outbox) == beats(0, 5)
    archive.store(beats(-1, 0, 5), NOW)
    assert outbox.state().pending == 0


@pytest.mark.parametrize(
    ("start", "expected"), [(0, (-5, 0, 5)), (START, (0, 5)), (START + 5, (5,)), (START + 6, ())]
)
def test_a_destination_covers_what_is_known_from_its_start_on(
    archive: Archive, start: int, expected: tuple[int, ...]
) -> None:
    archive.store(beats(-5, 0, 5), NOW)
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=start, automatic=False, now=NOW)
    assert drain(outbox) == beats(*expected)


def test_a_destination_is_created_wholly_or_not_at_all(archive: Archive, outbox: Outbox) -> None:
    """A destination that is known but covers nothing would never be sent a single beat."""
    archive.store(beats(0), NOW)
    new = Outbox(archive, "new")
    with archive.writing() as connection:
        connection.execute(
            "CREATE TRIGGER trouble BEFORE INSERT ON coverage BEGIN SELECT RAISE(ABORT, ''); END"
        )
    with pytest.raises(ArchiveError):
        new.create(start=0, automatic=True, now=NOW)
    with archive.writing() as connection:
        connection.execute("DROP TRIGGER trouble")
    new.create(start=0, automatic=True, now=NOW)
    assert drain(new) == beats(0)


def test_a_known_destination_stays_as_it_is(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(-5, 5), NOW)
    outbox.set_automatic(False)
    outbox.create(start=0, automatic=True, now=NOW)
    assert outbox.state() == OutboxState(automatic=False, pending=1, oldest_pending=START + 5)


@pytest.mark.parametrize(
    ("start", "end", "resend", "sent"),
    [
        pytest.param(-9, 0, False, (-9, -5), id="before"),
        pytest.param(-9, 100, False, (-9, -5), id="before and within"),
        pytest.param(-5, -4, False, (-5,), id="a single second"),
        pytest.param(-9, -5, False, (-9,), id="half-open"),
        pytest.param(0, 100, False, (), id="within"),
        pytest.param(-5, 5, True, (-5, 0), id="asked for again"),
        pytest.param(5, 5, True, (), id="nothing"),
    ],
)
def test_covering_more(
    archive: Archive, outbox: Outbox, start: int, end: int, resend: bool, sent: tuple[int, ...]
) -> None:
    archive.store(beats(-9, -5, 0, 5), NOW)
    drain(outbox)
    assert outbox.cover(START + start, START + end, NOW, resend=resend) == len(sent)
    assert drain(outbox) == beats(*sent)
    assert outbox.cover(START + start, START + end, NOW) == 0


def test_later_samples_enter_what_was_covered_since(archive: Archive, outbox: Outbox) -> None:
    for start, end in ((-30, -20), (-10, -5), (-22, -8)):
        outbox.cover(START + start, START + end, NOW)
    archive.store(beats(-31, -30, -15, -6, -5, -1, 0), NOW)
    assert drain(outbox) == beats(-30, -15, -6, 0)


# What leaves


def test_batches_are_cut_oldest_first(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(50, 60), NOW - 60)
    archive.store(beats(10, 20, 30), NOW)
    batch = take(outbox, 2)
    assert (decode(batch), batch.count, batch.first, batch.last) == (
        beats(10, 20),
        2,
        START + 10,
        START + 20,
    )
    outbox.accepted(batch, NOW)
    assert outbox.state() == OutboxState(
        automatic=True, pending=3, oldest_pending=START + 30, delivered=2, last_delivery=NOW
    )
    assert drain(outbox) == beats(30, 50, 60)
    assert outbox.next_batch(2, encode, NOW) is None


def test_no_batch_goes_out_before_the_one_in_flight(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(10), NOW)
    batch = take(outbox)
    archive.store(beats(0, 10, bpm=99), NOW)
    assert take(outbox, 1) == batch
    outbox.accepted(batch, NOW)
    after = take(outbox)
    assert decode(after) == beats(0, 10, bpm=99)
    assert after.key != batch.key


def test_the_batch_in_flight_survives_a_restart(
    archive: Archive, outbox: Outbox, path: Path, tmp_path: Path
) -> None:
    """Byte for byte and under the same key, after a crash as well."""
    archive.store(beats(0, 5), NOW)
    batch = take(outbox)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", crashed)
    archive.close()
    for file in (path, crashed / path.name):
        again = Archive(file)
        again.open()
        assert take(Outbox(again, "cardiogram"), 1) == batch
        again.close()


@pytest.mark.parametrize(
    ("land", "pending"),
    [
        (lambda outbox, batch: outbox.accepted(batch, NOW), [*beats(5, bpm=70), *beats(10)]),
        (Outbox.split, [*beats(0), *beats(5, bpm=70), *beats(10)]),
    ],
    ids=["accepted", "split"],
)
def test_what_moved_on_in_flight_is_still_pending(
    archive: Archive, outbox: Outbox, land: Callable[[Outbox, Batch], None], pending: list[Sample]
) -> None:
    """A value that changed and changed back counts, and so does a sample that came in between."""
    archive.store(beats(0, 10), NOW)
    batch = take(outbox)
    archive.store(beats(5, 10, bpm=70), NOW)
    archive.store(beats(10, bpm=60), NOW)
    land(outbox, batch)
    assert drain(outbox) == pending


@pytest.mark.parametrize(("given_up", "last_delivery"), [(0, NOW), (1, NOW), (2, None)])
def test_what_the_destination_never_takes_is_no_delivery(
    archive: Archive, outbox: Outbox, given_up: int, last_delivery: int | None
) -> None:
    archive.store(beats(0, 1), NOW)
    outbox.accepted(take(outbox), NOW, given_up)
    assert outbox.state() == OutboxState(
        automatic=True, delivered=2 - given_up, last_delivery=last_delivery, given_up=given_up
    )


def test_a_split_batch_is_cut_anew(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1, 2, 3), NOW)
    outbox.split(batch := take(outbox))
    assert outbox.state().pending == 4
    assert decode(half := take(outbox, 2)) == beats(0, 1)
    assert half.key != batch.key


def test_a_quarantined_beat_is_out_of_the_way(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1), NOW)
    outbox.quarantine(take(outbox, 1), "beats_refused")
    assert outbox.state() == OutboxState(automatic=True, pending=1, oldest_pending=START + 1, quarantined=1)
    assert drain(outbox) == beats(1)
    assert outbox.cover(START, START + 1, NOW) == 0
    with archive.writing() as connection:
        assert connection.execute("SELECT time, bpm, reason FROM quarantine").fetchall() == [
            (START, 60, "beats_refused")
        ]


@pytest.mark.parametrize(
    ("free", "bpm"),
    [
        (lambda archive, outbox: outbox.release(), 60),
        (lambda archive, outbox: outbox.release(START, START + 1), 60),
        (lambda archive, outbox: outbox.cover(START, START + 1, NOW, resend=True), 60),
        (lambda archive, outbox: archive.store(beats(0, bpm=70), NOW), 70),
    ],
    ids=["released", "this one released", "sent again on purpose", "corrected"],
)
def test_what_leaves_the_quarantine_is_pending(
    archive: Archive, outbox: Outbox, free: Callable[[Archive, Outbox], object], bpm: int
) -> None:
    archive.store(beats(0, 1), NOW)
    outbox.quarantine(take(outbox, 1), "beats_refused")
    free(archive, outbox)
    assert (outbox.state().pending, outbox.state().quarantined) == (2, 0)
    assert drain(outbox) == [*beats(0, bpm=bpm), *beats(1)]


def test_a_refused_beat_that_was_corrected_meanwhile_is_tried_again(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0), NOW)
    batch = take(outbox)
    archive.store(beats(0, bpm=70), NOW)
    outbox.quarantine(batch, "beats_refused")
    assert outbox.state().quarantined == 0
    assert drain(outbox) == beats(0, bpm=70)


def test_a_person_looks_at_the_quarantine_and_decides(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1, 2, 3), NOW)
    for _ in range(3):
        outbox.quarantine(take(outbox, 1), "beats_refused")
    assert outbox.quarantined() == [Quarantined(START + second, 60, "beats_refused") for second in (0, 1, 2)]
    assert outbox.quarantined(START + 1, START + 2) == [Quarantined(START + 1, 60, "beats_refused")]
    assert outbox.release(START, START + 1) == 1
    assert outbox.release(START, START + 1) == 0
    assert outbox.drop(START + 2) == 1
    assert [beat.time for beat in outbox.quarantined()] == [START + 1]
    assert outbox.drop() == 1
    assert outbox.state() == OutboxState(automatic=True, pending=2, oldest_pending=START, given_up=2)
    assert drain(outbox) == beats(0, 3)
    assert archive.count() == 4


# What waits for a person's word


def test_a_held_destination_covers_nothing_until_it_begins(archive: Archive, outbox: Outbox) -> None:
    held = Outbox(archive, "held")
    held.create(start=0, automatic=True, now=NOW, held=True)
    held.create(start=0, automatic=False, now=NOW)
    archive.store(beats(-5, 0, 5), NOW)
    assert held.state() == OutboxState(automatic=True, held=True)
    held.begin(START, NOW)
    assert held.state() == OutboxState(automatic=True, pending=2, oldest_pending=START)
    archive.store(beats(-4, 6), NOW)
    assert drain(held) == beats(0, 5, 6)


def test_a_known_destination_is_not_held(archive: Archive, outbox: Outbox) -> None:
    outbox.create(start=0, automatic=False, now=NOW, held=True)
    assert outbox.state() == OutboxState(automatic=True)


# What is given up


DAYS = 24 * HOUR


def test_a_beat_is_given_up_after_thirty_days_and_a_warning(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1), NOW)
    archive.store(beats(2), NOW + DAYS)
    outbox.expire(NOW + 24 * DAYS - 1)
    assert outbox.state().expires is None
    outbox.expire(NOW + 24 * DAYS)
    assert outbox.state().expires == NOW + 30 * DAYS
    outbox.expire(NOW + 30 * DAYS - 1)
    assert outbox.state().pending == 3
    outbox.expire(NOW + 30 * DAYS)
    assert outbox.state() == OutboxState(
        automatic=True, pending=1, oldest_pending=START + 2, given_up=2, expires=NOW + 31 * DAYS
    )
    assert archive.count() == 3
    assert drain(outbox) == beats(2)
    outbox.expire(NOW + 31 * DAYS)
    assert outbox.state().expires is None
    assert outbox.state().given_up == 2


def test_nothing_is_given_up_before_a_warning_stood_for_a_day(archive: Archive, outbox: Outbox) -> None:
    """Home Assistant was off meanwhile, say."""
    archive.store(beats(0), NOW)
    late = NOW + 40 * DAYS
    outbox.expire(late)
    assert (outbox.state().pending, outbox.state().expires) == (1, late + DAYS)
    outbox.expire(late + DAYS - 1)
    assert outbox.state().pending == 1
    outbox.expire(late + DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=1)


@pytest.mark.parametrize("jump", [40 * DAYS, 400 * DAYS, -40 * DAYS, -400 * DAYS])
def test_a_clock_that_jumps_and_comes_back_costs_nothing(archive: Archive, outbox: Outbox, jump: int) -> None:
    archive.store(beats(0), NOW)
    outbox.expire(NOW)
    outbox.expire(NOW + jump)
    outbox.expire(NOW + jump + HOUR)
    for day in range(30):
        outbox.expire(NOW + day * DAYS)
        assert outbox.state().pending == 1
    outbox.expire(NOW + 30 * DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=1)


def test_what_arrives_while_the_clock_is_ahead_waits_longer(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0), NOW + 5 * DAYS)
    for day in range(35):
        outbox.expire(NOW + day * DAYS)
        assert outbox.state().pending == 1
    outbox.expire(NOW + 35 * DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=1)


def test_a_new_value_waits_anew(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1), NOW)
    archive.store(beats(1, bpm=70), NOW + 20 * DAYS)
    for day in (24, 30):
        outbox.expire(NOW + day * DAYS)
    assert outbox.state().given_up == 1
    assert drain(outbox) == beats(1, bpm=70)


def test_a_batch_in_flight_is_given_up_as_a_whole(archive: Archive, outbox: Outbox) -> None:
    """Its answer may only have been lost: a part of it in another batch would be sent twice."""
    archive.store(beats(0), NOW)
    archive.store(beats(1), NOW + 3 * DAYS)
    batch = take(outbox)
    archive.store(beats(2), NOW + 3 * DAYS)
    for day in (24, 30, 32):
        outbox.expire(NOW + day * DAYS)
    assert take(outbox) == batch
    assert (outbox.state().pending, outbox.state().given_up) == (3, 0)
    outbox.expire(NOW + 33 * DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=3)
    assert outbox.next_batch(1000, encode, NOW) is None


def test_what_moved_on_in_flight_outlives_its_batch(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0, 1), NOW)
    take(outbox)
    archive.store(beats(1, bpm=70), NOW + 20 * DAYS)
    for day in (24, 30):
        outbox.expire(NOW + day * DAYS)
    assert (outbox.state().pending, outbox.state().given_up) == (1, 1)
    assert drain(outbox) == beats(1, bpm=70)


def test_what_was_set_aside_is_given_up_too(archive: Archive, outbox: Outbox) -> None:
    archive.store(beats(0), NOW)
    outbox.quarantine(take(outbox, 1), "beats_refused")
    for day in (24, 30):
        outbox.expire(NOW + day * DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=1)


@pytest.mark.parametrize("bpm", [60, 70])
def test_what_was_given_up_and_comes_back_is_not_sent_by_itself(
    archive: Archive, outbox: Outbox, bpm: int
) -> None:
    """It may have arrived, if only its answer was lost. A new value is sent, and so is what is asked for."""
    archive.store(beats(0, 1), NOW)
    for day in (24, 30):
        outbox.expire(NOW + day * DAYS)
    assert outbox.state() == OutboxState(automatic=True, given_up=2)
    for now in (NOW, NOW + HOUR):
        note_reading(archive, START, START + HOUR, beats(1), {}, now)
    assert contents(archive) == beats(1)
    archive.store(beats(0, bpm=bpm), NOW)
    assert drain(outbox) == (beats(0, bpm=70) if bpm == 70 else [])
    assert outbox.state().given_up == 2
    outbox.cover(START, START + 2, NOW, resend=True)
    assert drain(outbox) == [(START, bpm), *beats(1)]


def test_a_refused_beat_of_a_purged_hour_waits_again_when_its_value_changes(
    archive: Archive, outbox: Outbox
) -> None:
    archive.store(beats(0, 1, 2 * HOUR), NOW)
    outbox.quarantine(take(outbox, 1), "beats_refused")
    drain(outbox)
    archive.prune(HOUR, NOW)
    archive.store(beats(0, bpm=70), NOW, even_purged=True)
    assert (outbox.state().pending, outbox.state().quarantined) == (1, 0)
    archive.store(beats(1, bpm=70), NOW, even_purged=True)
    assert drain(outbox) == beats(0, bpm=70)


# Several destinations


def test_destinations_do_not_share(archive: Archive, outbox: Outbox) -> None:
    other = Outbox(archive, "other")
    other.create(start=START + 5, automatic=False, now=NOW)
    archive.store(beats(0, 5, 6), NOW)
    outbox.quarantine(take(outbox, 1), "beats_refused")
    assert decode(take(other)) == beats(5, 6)
    assert drain(outbox) == beats(5, 6)
    assert other.state() == OutboxState(pending=2, oldest_pending=START + 5)
    assert outbox.state() == OutboxState(automatic=True, delivered=2, last_delivery=NOW, quarantined=1)


def test_a_forgotten_destination_leaves_nothing(archive: Archive, outbox: Outbox) -> None:
    gone = Outbox(archive, "gone")
    gone.create(start=0, automatic=True, now=NOW)
    archive.store(beats(0, 5), NOW)
    gone.quarantine(take(gone, 1), "beats_refused")
    take(gone)
    take(outbox)
    forget_destinations(archive, but=["cardiogram", "never known"])
    assert gone.state() == OutboxState()
    with archive.writing() as connection:
        for table in ("coverage", "outbox", "batches", "quarantine"):
            rows = connection.execute(f"SELECT DISTINCT destination FROM {table}").fetchall()
            assert rows in ([], [("cardiogram",)])
    gone.create(start=START + 5, automatic=False, now=NOW)
    assert drain(gone) == beats(5)
    assert drain(outbox) == beats(0, 5)


# Everything at once, against a model


class OutboxMachine(RuleBasedStateMachine):
    """Two outboxes against plain sets and dictionaries, in the seconds around the turn of an hour."""

    SECONDS = st.integers(-6, 13)
    READING = st.dictionaries(SECONDS, st.integers(60, 62), min_size=1, max_size=8)

    @initialize(start=SECONDS)
    def begin(self, start: int) -> None:
        """Cover everything from some second on."""
        self.archive = open_archive()
        self.outbox = Outbox(self.archive, "cardiogram")
        self.outbox.create(start=START + start, automatic=True, now=NOW)
        self.values: dict[int, Sample] = {}  # second -> its value, and a number that no other change has
        self.changes = 0
        self.ever: dict[int, int] = {}
        self.kept_from = -100
        self.covered = set(range(start, 100))
        self.pending: set[int] = set()
        self.quarantined: set[int] = set()
        self.flying: dict[int, Sample] = {}
        self.batch: Batch | None = None
        self.delivered = self.given_up = 0

    @rule(reading=READING)
    def store(self, reading: dict[int, int]) -> None:
        """Store a reading with new, known and corrected values."""
        self.archive.store([(START + second, bpm) for second, bpm in sorted(reading.items())], NOW)
        for second, bpm in reading.items():
            if second < self.kept_from or self.values.get(second, (0, 0))[0] == bpm:
                continue
            self.changes += 1
            self.values[second] = (bpm, self.changes)
            self.ever[second] = bpm
            self._wait({second} & self.covered)

    @rule(start=SECONDS, end=SECONDS, resend=st.booleans())
    def cover(self, start: int, end: int, resend: bool) -> None:
        """Cover a stretch as well, or send it again on purpose."""
        stretch = set(range(start, end))
        new = (stretch - (set() if resend else self.covered)) & self.values.keys() - self.pending
        assert self.outbox.cover(START + start, START + end, NOW, resend=resend) == len(new)
        self.covered |= stretch
        self._wait(new)

    @rule(limit=st.integers(1, 6))
    def next_batch(self, limit: int) -> None:
        """Put a batch into flight, or find the one that is."""
        before, self.batch = self.batch, self.outbox.next_batch(limit, encode, NOW)
        if before:
            assert self.batch == before
        elif self.batch:
            self.flying = {second: self.values[second] for second in sorted(self.pending)[:limit]}
            assert decode(self.batch) == [(START + second, bpm) for second, (bpm, _) in self.flying.items()]
        else:
            assert not self.pending

    @precondition(lambda self: self.batch)
    @rule(verdict=st.sampled_from(["accepted", "split", "quarantine"]))
    def land(self, verdict: str) -> None:
        """Let the batch in flight arrive, or not."""
        assert self.batch
        unchanged = {second for second, value in self.flying.items() if self.values[second] == value}
        match verdict:
            case "accepted":
                self.outbox.accepted(self.batch, NOW)
                self.delivered += len(self.flying)
                self.pending -= unchanged
            case "quarantine":
                self.outbox.quarantine(self.batch, "beats_refused")
                self.pending -= unchanged
                self.quarantined |= unchanged
            case "split":
                self.outbox.split(self.batch)
        self.batch, self.flying = None, {}

    @rule(start=SECONDS, end=SECONDS, drop=st.booleans())
    def decide(self, start: int, end: int, drop: bool) -> None:
        """Let quarantined beats of a stretch go, or give them up."""
        act = self.outbox.drop if drop else self.outbox.release
        chosen = self.quarantined & set(range(start, end))
        assert act(START + start, START + end) == len(chosen)
        if drop:
            self.quarantined -= chosen
            self.given_up += len(chosen)
        else:
            self._wait(chosen)

    @precondition(lambda self: max(self.values, default=-1) >= 0)
    @rule()
    def prune(self) -> None:
        """Drop everything before the hour."""
        self.kept_from = 0
        gone = {second for second in self.values if second < 0} - self.pending - self.quarantined
        assert self.archive.prune(0, NOW) == len(gone)
        for second in gone:
            del self.values[second]

    @invariant()
    def agrees(self) -> None:
        """Compare everything."""
        with self.archive.writing() as connection:
            samples = dict(connection.execute("SELECT time, bpm FROM samples"))
            quarantined = {time for (time,) in connection.execute("SELECT time FROM quarantine")}
            coverage: Iterable[Sample] = connection.execute("SELECT start, end FROM coverage").fetchall()
        assert samples == {START + second: bpm for second, (bpm, _) in self.values.items()}
        assert hours(self.archive) == recount([(START + second, bpm) for second, bpm in self.ever.items()])
        assert quarantined == {START + second for second in self.quarantined}
        covered = {
            time - START
            for start, end in coverage
            for time in range(start, START + 100 if end == FOREVER else end)
        }
        assert covered == self.covered
        assert self.outbox.state() == OutboxState(
            automatic=True,
            pending=len(self.pending),
            oldest_pending=min((START + second for second in self.pending), default=None),
            delivered=self.delivered,
            last_delivery=NOW if self.delivered else None,
            quarantined=len(self.quarantined),
            given_up=self.given_up,
        )

    def teardown(self) -> None:
        """Close the archive."""
        if hasattr(self, "archive"):
            self.archive.delete()

    def _wait(self, seconds: set[int]) -> None:
        self.pending |= seconds
        self.quarantined -= seconds


def test_whatever_happens_the_outbox_agrees_with_its_model() -> None:
    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True),
    )
