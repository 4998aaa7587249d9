"""The simulated database answers as InfluxDB 1 and 2 do."""

from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
import gzip

from aiohttp import ClientSession
import pytest

from tests.simulators import InfluxSimulator
from tests.simulators.influx import Point, parse

V1, V2 = "/write", "/api/v2/write"
QUERIES = {V1: {"db": "health"}, V2: {"org": "home", "bucket": "health"}}
TOKEN = {"Authorization": "Token influx-demo-token"}
SECOND = 1_795_298_400
LINES = (f"heart_rate,person=Anna bpm=61i {SECOND}", f"heart_rate,person=Anna bpm=62i {SECOND + 5}")


@pytest.fixture
async def influx() -> AsyncGenerator[InfluxSimulator]:
    async with InfluxSimulator() as simulator:
        yield simulator


async def write(
    client: ClientSession,
    influx: InfluxSimulator,
    *lines: str,
    path: str = V2,
    headers: Mapping[str, str] = TOKEN,
    query: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Write lines; return the status and the words of the answer."""
    body = "\n".join(lines or LINES).encode()
    asked = QUERIES[path] | {"precision": "s"} | dict(query or {})
    async with client.post(influx.url + path, params=asked, data=body, headers=headers) as answer:
        content = await answer.json() if answer.status != 204 else {"error": ""}
        return answer.status, str(content.get("error", content.get("message")))


@pytest.mark.parametrize("path", QUERIES)
async def test_points_are_stored_and_overwritten(
    client: ClientSession, influx: InfluxSimulator, path: str
) -> None:
    for lines in (LINES, LINES, [LINES[1].replace("62", "99")]):
        assert await write(client, influx, *lines, path=path) == (204, "")
    assert list(influx.points.values()) == ["61i", "99i"]
    assert [len(batch) for batch in influx.batches] == [2, 2, 1]
    assert influx.values() == {SECOND: 61, SECOND + 5: 99}


async def test_a_body_may_be_compressed(client: ClientSession, influx: InfluxSimulator) -> None:
    headers = TOKEN | {"Content-Encoding": "gzip"}
    body = gzip.compress("\n".join(LINES).encode())
    async with client.post(
        influx.url + V2, params=QUERIES[V2] | {"precision": "s"}, data=body, headers=headers
    ) as answer:
        assert answer.status == 204
    assert influx.lines(influx.requests[0]) == [*LINES]


@pytest.mark.parametrize(
    ("path", "precision", "unit"),
    [
        (V1, "u", 10**6),
        (V1, "ms", 1000),
        (V1, "n", 10**9),
        (V2, "us", 10**6),
        (V2, "ms", 1000),
        (V2, "ns", 10**9),
    ],
)
async def test_each_dialect_has_its_own_words_for_the_precision(
    client: ClientSession, influx: InfluxSimulator, path: str, precision: str, unit: int
) -> None:
    line = f"heart_rate,person=Anna bpm=61i {SECOND * unit}"
    assert (await write(client, influx, line, path=path, query={"precision": precision}))[0] == 204
    assert influx.values() == {SECOND: 61}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (V1, {"db": "another"}, 404),
        (V1, {"precision": "us"}, 400),
        (V2, {"org": "another"}, 404),
        (V2, {"bucket": "another"}, 404),
        (V2, {"precision": "u"}, 400),
    ],
)
async def test_what_is_asked_has_to_be_known(
    client: ClientSession, influx: InfluxSimulator, path: str, query: dict[str, str], status: int
) -> None:
    assert (await write(client, influx, path=path, query=query))[0] == status
    assert influx.points == {}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (V1, {}, 401),
        (V1, TOKEN, 401),
        (V1, {"Authorization": f"Basic {b64encode(b'anna:influx-demo-token').decode()}"}, 204),
        (V2, {}, 401),
        (V2, {"Authorization": "Bearer influx-demo-token"}, 401),
        (V2, {"Authorization": "Token another"}, 401),
        (V2, TOKEN, 204),
    ],
)
async def test_who_asks_has_to_be_known(
    client: ClientSession, influx: InfluxSimulator, path: str, headers: dict[str, str], status: int
) -> None:
    influx.username = "anna"
    assert (await write(client, influx, path=path, headers=headers))[0] == status


@pytest.mark.parametrize("path", QUERIES)
async def test_a_line_that_is_none(client: ClientSession, influx: InfluxSimulator, path: str) -> None:
    assert await write(client, influx, LINES[0], "heart_rate bpm", path=path) == (400, "unable to parse")
    assert influx.points == {}


@pytest.mark.parametrize(("path", "status"), [(V1, 400), (V2, 422)])
async def test_points_beyond_the_retention_are_counted_and_the_others_stored(
    client: ClientSession, influx: InfluxSimulator, path: str, status: int
) -> None:
    influx.oldest = SECOND + 1
    found, words = await write(client, influx, path=path)
    assert found == status
    assert "partial write: " in words
    assert "dropped=1" in words
    assert list(influx.points.values()) == ["62i"]
    influx.tells_number = False
    assert "dropped" not in (await write(client, influx, path=path))[1]


@pytest.mark.parametrize(("path", "status"), [(V1, 400), (V2, 422)])
async def test_a_field_of_another_type(
    client: ClientSession, influx: InfluxSimulator, path: str, status: int
) -> None:
    influx.has_floats = True
    found, words = await write(client, influx, path=path)
    assert found == status
    assert words.startswith("partial write: field type conflict: ")
    assert influx.points == {}


async def test_refusals(client: ClientSession, influx: InfluxSimulator) -> None:
    influx.max_batch = 1
    assert (await write(client, influx))[0] == 413
    influx.reject = lambda beat: beat["value"] == 61
    assert [(await write(client, influx, line))[0] for line in LINES] == [400, 204]
    influx.forget()
    assert (await write(client, influx))[0] == 204
    assert len(influx.requests) == 1


@pytest.mark.parametrize(
    ("line", "point"),
    [
        (LINES[0], Point("heart_rate", (("person", "Anna"),), "bpm", "61i", SECOND)),
        (r"a\,b\ c,person=x\=\,\ y bpm=1i 5", Point("a,b c", (("person", "x=, y"),), "bpm", "1i", 5)),
        ("m bpm=1i 5", Point("m", (), "bpm", "1i", 5)),
    ],
)
def test_lines_are_read(line: str, point: Point) -> None:
    assert parse(line) == point


@pytest.mark.parametrize(
    "line", ["", "m", "m bpm 5", "m bpm=1i", "m,person= bpm=1i 5", "m,p bpm=1i 5", ",p=x b=1i 5"]
)
def test_lines_that_are_none(line: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(line)
