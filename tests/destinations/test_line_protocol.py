"""Line protocol: what is posted in each dialect, and what each answer means."""

from collections.abc import Sequence
from dataclasses import replace
import gzip

from aiohttp import ClientSession
from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.outbox import Batch
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
RETENTION = "partial write: points beyond retention policy"
CONFLICT = 'partial write: field type conflict: input field "bpm" is type integer dropped=1'
PARTLY = "partial write: unable to parse 'x' dropped=0"
V3_CONFLICT = (
    '{"error": "partial write of line protocol occurred", "data": [{"line_number": 1, "error_message":'
    " \"invalid column type for column 'bpm', expected iox::column_type::field::float\"}]}"
)


ANSWERS: list[tuple[int, str | bytes, Outcome, Verdict]] = [
    (204, "", Outcome(), Verdict.DELIVERED),
    (400, f"{RETENTION} dropped=1", Outcome(given_up=1), Verdict.DELIVERED),
    (422, f"{RETENTION} dropped=1", Outcome(given_up=1), Verdict.DELIVERED),
    (422, f"{RETENTION} dropped=9999", Outcome(given_up=ALL), Verdict.DELIVERED),
    (400, RETENTION, Outcome(given_up=ALL), Verdict.DELIVERED),
    (400, CONFLICT, Outcome(Problem.TYPE_CONFLICT), Verdict.PAUSE),
    (422, CONFLICT, Outcome(Problem.TYPE_CONFLICT), Verdict.PAUSE),
    (400, V3_CONFLICT, Outcome(Problem.TYPE_CONFLICT), Verdict.PAUSE),
    (400, PARTLY, Outcome(Problem.UNEXPECTED_ANSWER), Verdict.PAUSE),
    (422, "", Outcome(Problem.UNEXPECTED_ANSWER), Verdict.PAUSE),
    (400, "unable to parse 'x'", Outcome(Problem.BEATS_REFUSED), Verdict.REFUSED),
    (400, b"\xff", Outcome(Problem.BEATS_REFUSED), Verdict.REFUSED),
    (413, "", Outcome(Problem.BEATS_REFUSED), Verdict.REFUSED),
    (401, "", Outcome(Problem.CREDENTIALS_REFUSED), Verdict.PAUSE),
    (403, "", Outcome(Problem.CREDENTIALS_REFUSED), Verdict.PAUSE),
    (404, "", Outcome(Problem.DATABASE_MISSING), Verdict.PAUSE),
    (405, "", Outcome(Problem.WRONG_ADDRESS), Verdict.PAUSE),
    (302, "", Outcome(Problem.WRONG_ADDRESS), Verdict.PAUSE),
    (200, "<html>", Outcome(Problem.UNEXPECTED_ANSWER), Verdict.PAUSE),
    (429, "", Outcome(Problem.RATE_LIMITED, 120), Verdict.RETRY),
    (503, "", Outcome(Problem.SERVER_ERROR, 120), Verdict.RETRY),
    (500, CONFLICT, Outcome(Problem.SERVER_ERROR, 120), Verdict.RETRY),
]


@pytest.mark.parametrize(("status", "body", "outcome", "verdict"), ANSWERS)
def test_every_answer_is_judged(status: int, body: str | bytes, outcome: Outcome, verdict: Verdict) -> None:
    raw = body.encode() if isinstance(body, str) else body
    judged = judge(Answer(status, {"Retry-After": "120"}, raw), 0, ALL)
    assert judged == outcome
    assert judged.verdict is verdict


def test_each_pause_can_be_mended() -> None:
    paused = {outcome.problem for _, _, outcome, verdict in ANSWERS if verdict is Verdict.PAUSE}
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
