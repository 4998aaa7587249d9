"""The receiver in twenty lines that docs/destinations.md shows."""

import asyncio
from collections.abc import AsyncGenerator
import os
from pathlib import Path
import re
import socket
import sqlite3
import sys

from aiohttp import ClientSession
import pytest

from custom_components.fitbit_cardiogram.archive.outbox import Batch
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Problem
from custom_components.fitbit_cardiogram.destinations.webhook import Secret, Webhook, make_secret
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.repository.files import ROOT

PAGE = (ROOT / "docs" / "destinations.md").read_text()
SAMPLES: list[Sample] = [(1_795_298_400, 61), (1_795_298_405, 62)]
SECRET = make_secret()


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


def code() -> str:
    found = re.search(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
async def url(tmp_path: Path) -> AsyncGenerator[str]:
    """Run the receiver in a process of its own; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = code().replace("whsec_…", SECRET).replace("8080", str(port))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"}
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, "-c", text, cwd=tmp_path, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            break
    yield f"http://127.0.0.1:{port}/"
    receiver.terminate()
    await receiver.wait()


def test_it_has_twenty_lines() -> None:
    assert len([line for line in code().splitlines() if line]) == 20


async def test_it_verifies_and_stores_before_it_answers(url: str, tmp_path: Path) -> None:
    async with ClientSession() as session:
        destination = Webhook(session, url, [Secret(SECRET)], "Anna")
        batch = Batch("a1", destination.encode(SAMPLES), 2, SAMPLES[0][0], SAMPLES[1][0])
        for _ in range(2):
            assert await destination.post(batch) == Outcome()
        with sqlite3.connect(tmp_path / "beats.db") as store:
            assert store.execute("SELECT * FROM beats").fetchall() == [("Anna", *one) for one in SAMPLES]
        store.close()
        assert await destination.test() == Outcome()
        stranger = Webhook(session, url, [Secret(make_secret())], "Anna")
        assert await stranger.post(batch) == Outcome(Problem.CREDENTIALS_REFUSED)
