"""The export: the archive as a file, for a browser that is signed in and by a link that opens for a while."""

from datetime import UTC, datetime
import json
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.history import PAGE
from custom_components.fitbit_cardiogram.heart_rate.clock import utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import SetUp
from tests.helpers.read_out import A_STRETCH, EXPORT, FIRST, LAST, NOW_S, call, csv, path, store, within


@pytest.fixture
async def account(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account with half an hour of samples."""
    return await set_up(entry)


async def test_a_table(
    account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    """Of the whole archive, named by the account and the days that it holds by the account's clock."""
    async with browser.get(path(account)) as response:
        assert response.status == 200
        assert response.content_type == "text/csv"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content_disposition
        assert response.content_disposition.type == "attachment"
        assert response.content_disposition.filename == "sam_sample_2026-11-21_2026-11-21.csv"
        assert await response.text() == csv(measured)


async def test_json_lines(
    account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    async with browser.get(path(account, format="jsonl", start=FIRST, end=LAST)) as response:
        assert response.content_type == "application/x-ndjson"
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample_2026-11-21_2026-11-21.jsonl"
        lines = (await response.text()).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"time": utc(time).isoformat(), "bpm": bpm} for time, bpm in within(measured)
    ]


async def test_an_empty_file(account: MockConfigEntry, browser: TestClient[Any, Any]) -> None:
    async with browser.get(path(account, start=-1, end=1)) as response:
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample.csv"
        assert await response.text() == "time,bpm\n"
    async with browser.get(path(account, end=1, format="jsonl")) as response:
        assert (response.status, await response.text()) == (200, "")


async def test_many_pages(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    """The days of the name are the account's: the first sample is of its next day already."""
    midnight = int(datetime(2026, 11, 18, 23, tzinfo=UTC).timestamp())
    older = [(midnight + second, 50 + second % 99) for second in range(3 * PAGE)]
    await store(home, account, older)
    async with browser.get(path(account)) as response:
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample_2026-11-19_2026-11-21.csv"
        assert await response.text() == csv(older + measured)


@pytest.mark.parametrize("query", [{"start": "today"}, {"start": 5, "end": 5}, {"format": "xlsx"}])
async def test_a_query_of_the_wrong_shape(
    account: MockConfigEntry, browser: TestClient[Any, Any], query: dict[str, Any]
) -> None:
    async with browser.get(path(account, **query)) as response:
        assert response.status == 400


async def test_what_cannot_be_exported(
    home: HomeAssistant, account: MockConfigEntry, browser: TestClient[Any, Any]
) -> None:
    async def status(entry: MockConfigEntry) -> int:
        async with browser.get(path(entry)) as response:
            assert (await response.json())["message"]
            return response.status

    other = MockConfigEntry(domain="other")
    assert await status(other) == 404
    other.add_to_hass(home)
    assert await status(other) == 404
    await home.async_add_executor_job(account.runtime_data.archive.close)
    assert await status(account) == 503
    await home.config_entries.async_unload(account.entry_id)
    assert await status(account) == 503


async def test_a_file_that_cannot_be_finished_is_broken_off(
    home: HomeAssistant,
    account: MockConfigEntry,
    browser: TestClient[Any, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody takes it for a whole one."""
    await store(home, account, [(NOW_S - 10**6 + second, 60) for second in range(2 * PAGE)])
    pages: list[str] = []
    with account.runtime_data.archive.reading() as connection:
        connection.set_trace_callback(lambda sql: pages.append(sql) if "LIMIT" in sql else None)
        connection.set_progress_handler(lambda: len(pages) > 1, 100)
    async with browser.get(path(account)) as response:
        assert response.status == 200
        with pytest.raises(ClientPayloadError):
            await response.read()
    with account.runtime_data.archive.reading() as connection:
        connection.set_progress_handler(None, 0)
    (told,) = [record.message for record in caplog.records if record.name.startswith("custom_components")]
    assert told.startswith("An export from the archive of Sam Sample was broken off: SQLITE_INTERRUPT")


async def test_a_link_opens_for_a_while(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    stranger: TestClient[Any, Any],
    clock: FrozenDateTimeFactory,
) -> None:
    link = (await call(home, account, EXPORT))["url"]
    async with stranger.get(link) as response:
        assert response.status == 200
        assert await response.text() == csv(measured)
    clock.tick(14 * 60)
    async with stranger.get(link) as response:
        assert response.status == 200
    clock.tick(2 * 60)
    async with stranger.get(link) as response:
        assert response.status == 401


async def test_a_link_to_a_stretch(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH, format="jsonl"))["url"]
    async with stranger.get(link) as response:
        lines = (await response.text()).splitlines()
    assert [json.loads(line)["bpm"] for line in lines] == [bpm for _, bpm in within(measured)]


async def test_a_link_opens_nothing_else(
    home: HomeAssistant, account: MockConfigEntry, stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH))["url"]
    for other in (
        path(account),
        path(account, start=FIRST, end=LAST),
        link.replace(str(FIRST), "0"),
        link.replace(account.entry_id, "another"),
    ):
        async with stranger.get(other) as response:
            assert response.status == 401
