"""Cardiogram answers as its page documents."""

import asyncio
import time
from typing import Any

from aiohttp import ClientError, ClientSession
import pytest

from tests.helpers.home import until
from tests.simulators import CardiogramSimulator, Fault

PATH = "/heart/oauth/users/1/beats"
AUTH = {"Authentication": "Bearer cardiogram-demo-token"}
# The example on Cardiogram's own page.
EXAMPLE = (
    '{ "beats": [{ "start": 1546025628, "end": 1546025628, "value": 60 }, '
    '{ "start": 1546025701, "end": 1546025701, "value": 62 }] }'
)


def beat(**changes: Any) -> dict[str, Any]:
    return {"start": 1546025628, "end": 1546025628, "value": 60.0} | changes


async def post(
    client: ClientSession,
    cardiogram: CardiogramSimulator,
    *beats: Any,
    path: str = PATH,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    async with client.post(
        cardiogram.url + path, json={"beats": beats}, headers=AUTH if headers is None else headers
    ) as answer:
        return answer.status, await answer.json()


async def test_the_documented_example(client: ClientSession, cardiogram: CardiogramSimulator) -> None:
    async with client.post(cardiogram.url + PATH, data=EXAMPLE, headers=AUTH) as answer:
        assert (answer.status, await answer.json()) == (200, {"success": True})
    assert cardiogram.values() == {1546025628: 60, 1546025701: 62}
    assert cardiogram.repeats() == 0
    assert cardiogram.count(f"POST {PATH}") == 1


async def test_the_older_success(client: ClientSession, cardiogram: CardiogramSimulator) -> None:
    cardiogram.empty_success = True
    assert await post(client, cardiogram, beat()) == (200, {})


@pytest.mark.parametrize(
    ("headers", "present"),
    [
        (AUTH, ("Authentication",)),
        ({"Authorization": AUTH["Authentication"]}, ("Authorization",)),
        (AUTH | {"Authorization": AUTH["Authentication"]}, ("Authentication", "Authorization")),
    ],
)
async def test_either_header_is_enough(
    client: ClientSession, cardiogram: CardiogramSimulator, headers: dict[str, str], present: tuple[str, ...]
) -> None:
    assert (await post(client, cardiogram, beat(), headers=headers))[0] == 200
    assert cardiogram.auth_headers == [present]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authentication": "Bearer wrong"},
        {"Authentication": "cardiogram-demo-token"},
        AUTH | {"Authorization": "Bearer wrong"},
    ],
)
async def test_no_good_token(
    client: ClientSession, cardiogram: CardiogramSimulator, headers: dict[str, str]
) -> None:
    assert (await post(client, cardiogram, beat(), headers=headers))[0] == 401
    assert cardiogram.ledger == []


async def test_user_and_token_must_match(client: ClientSession, cardiogram: CardiogramSimulator) -> None:
    cardiogram.users["2"] = "another-token"
    other = PATH.replace("1", "2")
    assert await post(client, cardiogram, beat(), path=other) == (
        403,
        {"message": "userId does not match access token."},
    )
    nobody = PATH.replace("1", "3")
    assert await post(client, cardiogram, beat(), path=nobody) == (
        400,
        {"message": "User does not exist."},
    )


@pytest.mark.parametrize(
    "body", ["", "beats", "[]", "{}", '{"beats": {}}', '{"beats": [1]}', '{"beats": [NaN]}']
)
async def test_malformed_bodies(client: ClientSession, cardiogram: CardiogramSimulator, body: str) -> None:
    async with client.post(cardiogram.url + PATH, data=body, headers=AUTH) as answer:
        assert (answer.status, await answer.json()) == (400, {"message": "Malformed input."})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": 1546025628, "value": 60}, "Malformed input."),
        (beat(value="60"), "Malformed input."),
        (beat(value=None), "Malformed input."),
        (beat(value=True), "Malformed input."),
        (beat(start=None), "Malformed input."),
        (beat(more=1), "Malformed input."),
        (beat(end=1546025627), "Malformed input."),
        (beat(value=-1), "Heart rates contain negative value."),
        (beat(start=1546025628000), "Timestamps ('start' or 'end') are not in UNIX seconds"),
        (beat(end=1546025628000), "Timestamps ('start' or 'end') are not in UNIX seconds"),
        (beat(start="1546025628"), "Timestamps ('start' or 'end') are not in UNIX seconds"),
        (beat(start=1546025628.0), "Timestamps ('start' or 'end') are not in UNIX seconds"),
        (beat(start=-1), "Timestamps ('start' or 'end') are not in UNIX seconds"),
    ],
)
async def test_one_wrong_beat_refuses_the_batch(
    client: ClientSession, cardiogram: CardiogramSimulator, wrong: dict[str, Any], message: str
) -> None:
    assert await post(client, cardiogram, beat(), wrong) == (400, {"message": message})
    assert cardiogram.ledger == []


async def test_switches(client: ClientSession, cardiogram: CardiogramSimulator) -> None:
    cardiogram.max_batch = 2
    assert (await post(client, cardiogram, beat(), beat(), beat()))[0] == 413
    cardiogram.reject = lambda beat: bool(beat["value"] == 66)
    assert await post(client, cardiogram, beat(), beat(value=66)) == (400, {"message": "Malformed input."})
    assert (await post(client, cardiogram, beat(value=65)))[0] == 200


async def test_the_ledger_tells_repeats_from_changes(
    client: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    for value in (60, 61, 60, 60):
        await post(client, cardiogram, beat(value=value))
    assert [entry.value for entry in cardiogram.ledger] == [60, 61, 60, 60]
    assert len(cardiogram.batches) == 4
    assert cardiogram.repeats() == 1
    async with client.get(cardiogram.url) as answer:
        text = await answer.text()
    assert "<strong>4</strong> beats in 4 batches" in text
    assert "2018-12-28 19:33:48" in text


async def test_a_request_is_on_its_way_for_a_while_and_so_is_its_answer(
    client: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.latency = 0.1
    started = time.perf_counter()
    assert (await post(client, cardiogram, beat()))[0] == 200
    assert time.perf_counter() - started >= 0.2

    given_up = asyncio.create_task(post(client, cardiogram, beat(value=61)))
    await until(lambda: len(cardiogram.requests) == 2)
    given_up.cancel()
    answer_lost = asyncio.create_task(post(client, cardiogram, beat(value=62)))
    await until(lambda: len(cardiogram.ledger) == 2)
    answer_lost.cancel()
    await asyncio.wait([given_up, answer_lost])
    assert [entry.value for entry in cardiogram.ledger] == [60, 62]


async def test_the_record_tells_what_went_wrong_and_what_was_accepted(
    client: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    before, after = Fault("beats", kind="reset_before"), Fault("beats", kind="reset_after")
    cardiogram.faults = [before, after]
    for _ in range(2):
        with pytest.raises(ClientError):
            await post(client, cardiogram, beat())
    await post(client, cardiogram, beat())
    refused, lost, good = cardiogram.requests
    assert [refused.fault, lost.fault, good.fault] == [before, after, None]
    assert cardiogram.accepted == [lost, good]
