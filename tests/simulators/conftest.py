"""Running simulators, and a client to speak with them."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, override

from aiohttp import ClientSession
import pytest

from tests.simulators import CardiogramSimulator, GoogleSimulator, Person

NOW = datetime(2026, 11, 21, 20, 5, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let the simulators listen."""


@pytest.fixture
async def client() -> AsyncGenerator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def google() -> AsyncGenerator[GoogleSimulator]:
    """Google on a Saturday evening, with one lifelike person."""
    async with GoogleSimulator(Person(), clock=lambda: NOW) as simulator:
        yield simulator
    assert simulator.schema_violations == []


@pytest.fixture
async def cardiogram() -> AsyncGenerator[CardiogramSimulator]:
    async with CardiogramSimulator(clock=lambda: NOW) as simulator:
        yield simulator


REDIRECT = "https://my.home-assistant.io/redirect/oauth"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Form(HTMLParser):
    """The consent form as a browser sees it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.action = attributes["action"]
            case "button":
                self.buttons.append(attributes["value"])
            case "input" if attributes["type"] == "hidden" or "checked" in attributes:
                self.fields.append((attributes["name"], attributes["value"]))


async def ask(
    client: ClientSession,
    google: GoogleSimulator,
    kind: str,
    method: str = "",
    body: Any = None,
    **query: str,
) -> tuple[int, dict[str, Any]]:
    """Ask for points of a type; return the status and the answer."""
    headers = {"Authorization": f"Bearer {google.grant()['access_token']}"}
    url = f"{google.url}/v4/users/me/dataTypes/{kind}/dataPoints{method}"
    verb = "GET" if body is None else "POST"
    async with client.request(verb, url, params=query, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


def reason(answer: dict[str, Any]) -> str:
    """Return the reason of a refusal."""
    return str(answer["error"]["details"][0]["reason"])
