"""Line protocol: what is posted in each dialect, and what each answer means."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
import gzip
from pathlib import Path

from aiohttp import ClientSession
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox
from custom_components.fitbit_cardiogram.destinations.forwarder import Forwarder
from custom_components.fitbit_cardiogram.destinations.line_protocol import (
    DIALECTS,
    Account,
    LineProtocol,
    encode,
    is_name,
    judge,
    prefix,
)
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Problem, Verdict
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.line_protocol_destination import LINE_PROTOCOL
from custom_components.fitbit_cardiogram.net.request import Answer
from tests.simulators import InfluxSimulator
from tests.simulators.influx import Point, parse

SAMPLES: list[Sample] = [(1546025628, 60), (1546025701, 62)]
ACCOUNT = Account("health", "home", "anna", "influx-demo-token")


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


def opened(
    session: ClientSession, influx: InfluxSimulator, dialect: str = "api_v2_write", account: Account = ACCOUNT
) -> LineProtocol:
    influx.username = ACCOUNT.username
    return LineProtocol(
        session, influx.url, DIALECTS[dialect], account, measurement="heart_rate", person="Anna B"
    )


def batch_of(samples: Sequence[Sample] = SAMPLES) -> Batch:
    body = encode(samples, prefix("heart_rate", "Anna B"))
    return Batch("key", body, len(samples), samples[0][0], samples[-1][0])


# The request


@pytest.mark.parametrize(
    ("dialect", "path", "query", "authorization"),
    [
        ("write", "/write", {"db": "health", "precision": "s"}, "Basic YW5uYTppbmZsdXgtZGVtby10b2tlbg=="),
        (
            "api_v2_write",
            "/api/v2/write",
            {"org": "home", "bucket": "health", "precision": "s"},
            "Token influx-demo-token",
        ),
    ],
)
async def test_what_is_posted(
    session: ClientSession,
    influx: InfluxSimulator,
    dialect: str,
    path: str,
    query: dict[str, str],
    authorization: str,
) -> None:
    destination = opened(session, influx, dialect)
    assert destination.encode(SAMPLES) == batch_of().body
    assert await destination.post(batch_of()) == Outcome()
    (request,) = influx.requests
    assert (request.method, request.path, request.query) == ("POST", path, query)
    assert request.headers["Authorization"] == authorization
    assert request.headers["Content-Encoding"] == "gzip"
    assert influx.lines(request) == [
        r"heart_rate,person=Anna\ B bpm=60i 1546025628",
        r"heart_rate,person=Anna\ B bpm=62i 1546025701",
    ]


async def test_a_point_that_comes_again_overwrites_itself(
    session: ClientSession, influx: InfluxSimulator
) -> None:
    destination = opened(session, influx)
    for _ in range(2):
        assert await destination.post(batch_of()) == Outcome()
    assert await destination.post(batch_of([(SAMPLES[0][0], 99)])) == Outcome()
    assert list(influx.points.values()) == ["99i", "62i"]


NAMES = st.text(max_size=20).filter(is_name)


@settings(max_examples=50)
@given(NAMES, NAMES, st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 300)), min_size=1, max_size=5))
def test_every_line_is_read_back_as_it_was_meant(
    measurement: str, person: str, samples: list[Sample]
) -> None:
    lines = gzip.decompress(encode(samples, prefix(measurement, person))).decode().split("\n")
    assert [parse(line) for line in lines] == [
        Point(measurement, (("person", person),), "bpm", f"{bpm}i", time) for time, bpm in samples
    ]


@pytest.mark.parametrize("text", ["", " a", "a ", "#a", "a\\", "a\\b", "a\nb", "a\tb", "\r", "a\x00"])
def test_texts_that_are_no_names(text: str) -> None:
    assert not is_name(text)


# The answers

ALL = len(SAMPLES)
BEYOND = "partial write: points beyond retention policy"
OUTSIDE = (
    "failure writing points to database: partial write: dropped 1 points outside retention policy of duration"
    " 24h0m0s - oldest point dropped=2,person=Anna at 2026-11-20T00:00:00Z dropped because it violates a"
    " Retention Policy Lower Bound at 2026-11-21T00:00:00Z dropped=1 for database: 9f28 for retention policy:"
    " autogen"
)
CONFLICT = 'partial write: field type conflict: input field "bpm" is type integer dropped=1'
PARTLY = "partial write: unable to parse 'x' dropped=0"
V3_PARTLY = (
    '{"error": "partial write of line protocol occurred", "data": [{"original_line": "", "line_number": 1,'
    ' "error_message": "%s"}]}'
)
V3_CONFLICT = V3_PARTLY % "invalid column type for column 'bpm', expected iox::column_type::field::float"

REFUSED = Outcome(Problem.BEATS_REFUSED)
UNEXPECTED = Outcome(Problem.UNEXPECTED_ANSWER)
DENIED = Outcome(Problem.CREDENTIALS_REFUSED)
MISPLACED = Outcome(Problem.WRONG_ADDRESS)
BUSY = Outcome(Problem.SERVER_ERROR, 120)

ANSWERS: dict[Verdict, list[tuple[int, str | bytes, Outcome]]] = {
    Verdict.DELIVERED: [
        (204, "", Outcome()),
        (400, f"{BEYOND} dropped=1", Outcome(given_up=1)),
        (422, f"{BEYOND} dropped=1", Outcome(given_up=1)),
        (422, f"{BEYOND} dropped={ALL}", Outcome(given_up=ALL)),
        (422, OUTSIDE, Outcome(given_up=1)),
    ],
    # How many are too old it does not say.
    Verdict.REFUSED: [
        (400, BEYOND, REFUSED),
        (422, f"{BEYOND} dropped=0", REFUSED),
        (422, f"{BEYOND} dropped=9999", REFUSED),
        (400, V3_PARTLY % "timestamp is outside retention", REFUSED),
        (400, "unable to parse 'x'", REFUSED),
        (400, "outside retention policy dropped=1", REFUSED),
        (400, b"\xff", REFUSED),
        (413, "", REFUSED),
    ],
    Verdict.PAUSE: [
        (400, CONFLICT, Outcome(Problem.TYPE_CONFLICT)),
        (422, CONFLICT, Outcome(Problem.TYPE_CONFLICT)),
        (400, V3_CONFLICT, Outcome(Problem.TYPE_CONFLICT)),
        (400, PARTLY, UNEXPECTED),
        (400, V3_PARTLY % "a table which uses explicit schemas", UNEXPECTED),
        (422, "", UNEXPECTED),
        (401, "", DENIED),
        (403, "", DENIED),
        (404, "", Outcome(Problem.DATABASE_MISSING)),
        (405, "", MISPLACED),
        *((status, "", MISPLACED) for status in (301, 302, 304, 307, 308)),
        # Who is no database answers so to anything.
        *((status, body, UNEXPECTED) for status in (200, 201, 202) for body in ("", "{}", "<html>")),
        *((status, "", UNEXPECTED) for status in (402, 409, 410, 415, 418, 999)),
    ],
    Verdict.RETRY: [
        (429, "", Outcome(Problem.RATE_LIMITED, 120)),
        *((status, "", BUSY) for status in (408, 425, 500, 502, 503, 504)),
        (500, CONFLICT, BUSY),
        (503, f"{BEYOND} dropped=1", BUSY),
    ],
}


@pytest.mark.parametrize(
    ("verdict", "status", "body", "outcome"),
    [(verdict, *row) for verdict, rows in ANSWERS.items() for row in rows],
)
def test_every_answer_is_judged(verdict: Verdict, status: int, body: str | bytes, outcome: Outcome) -> None:
    raw = body.encode() if isinstance(body, str) else body
    judged = judge(Answer(status, {"Retry-After": "120"}, raw), 0, ALL)
    assert (judged, judged.verdict) == (outcome, verdict)


def test_a_single_beat_beyond_the_retention_is_given_up() -> None:
    assert judge(Answer(400, {}, BEYOND.encode()), 0, 1) == Outcome(given_up=1)


def test_each_pause_can_be_mended() -> None:
    paused = {outcome.problem for _, _, outcome in ANSWERS[Verdict.PAUSE]}
    assert paused <= LINE_PROTOCOL.steps.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"token": "another"}, Problem.CREDENTIALS_REFUSED),
        ({"token": ""}, Problem.CREDENTIALS_REFUSED),
        ({"database": "unknown"}, Problem.DATABASE_MISSING),
    ],
)
async def test_a_wrong_account(
    session: ClientSession, influx: InfluxSimulator, dialect: str, wrong: dict[str, str], problem: Problem
) -> None:
    destination = opened(session, influx, dialect, replace(ACCOUNT, **wrong))
    assert await destination.post(batch_of()) == Outcome(problem)
    assert influx.points == {}


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_good_part_is_stored(session: ClientSession, influx: InfluxSimulator, dialect: str) -> None:
    influx.oldest = SAMPLES[1][0]
    assert await opened(session, influx, dialect).post(batch_of()) == Outcome(given_up=1)
    assert list(influx.points.values()) == ["62i"]
    influx.has_floats = True
    assert await opened(session, influx, dialect).post(batch_of()) == Outcome(Problem.TYPE_CONFLICT)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_where_no_number_says_it_each_beat_is_asked_about(
    session: ClientSession, influx: InfluxSimulator, tmp_path: Path, dialect: str
) -> None:
    """As many are given up as are too old, and the others are stored."""
    samples = [(SAMPLES[0][0] + second, 60) for second in range(20)]
    influx.oldest, influx.tells_number = samples[7][0], False
    with closing(Archive(tmp_path / "archive.db")) as archive:
        archive.open()
        archive.store(samples, samples[-1][0])
        outbox = Outbox(archive, "one")
        outbox.create(start=0, automatic=False, now=samples[-1][0])
        result = await Forwarder(outbox, opened(session, influx, dialect), "one").forward()
        state = outbox.state()
    assert (result.problem, result.pending) == (None, 0)
    assert (state.given_up, state.delivered, state.quarantined) == (7, 13, 0)
    assert {time for _, _, time in influx.points} == {time for time, _ in samples[7:]}
