"""What the forms of all kinds of destinations take: each field has a longest value, which its error names."""

import json
from typing import Any, Final

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_USERNAME
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_DATABASE,
    CONF_DIALECT,
    CONF_LABEL,
    CONF_MEASUREMENT,
    CONF_ORGANIZATION,
    CONF_PERSON,
    CONF_SECRET,
    CONF_USER_ID,
)
from custom_components.fitbit_cardiogram.destination_kinds import KINDS
from custom_components.fitbit_cardiogram.destinations.webhook import make_secret
from tests.helpers.home import SetUp, account_entry
from tests.repository.files import COMPONENT, ENGLISH
from tests.simulators import GoogleSimulator

# A form that is taken, without what all kinds have.
FORMS: Final[dict[str, dict[str, str]]] = {
    "cardiogram": {CONF_USER_ID: "1", CONF_ACCESS_TOKEN: "token"},
    "webhook": {CONF_LABEL: "Anna", CONF_SECRET: make_secret(), CONF_ACCESS_TOKEN: "token"},
    "line_protocol": {
        CONF_DIALECT: "write",
        CONF_DATABASE: "beats",
        CONF_ORGANIZATION: "home",
        CONF_USERNAME: "anna",
        CONF_ACCESS_TOKEN: "pass word",
        CONF_PERSON: "Anna",
        CONF_MEASUREMENT: "heart_rate",
    },
}
TYPED: Final = [
    (kind, key)
    for kind, form in FORMS.items()
    for key in (CONF_NAME, *form)
    if key not in (CONF_DIALECT, CONF_SECRET)
]
# Values that a field does not take, however short.
ODD: Final = [
    ("cardiogram", CONF_USER_ID, "❤"),
    ("cardiogram", CONF_USER_ID, "1 2"),
    ("webhook", CONF_LABEL, "two\nlines"),
    ("webhook", CONF_SECRET, f"whsec_{'A' * 200}"),
    ("webhook", CONF_ACCESS_TOKEN, "tökén"),
    ("line_protocol", CONF_DATABASE, "two\nlines"),
    ("line_protocol", CONF_ORGANIZATION, "two\nlines"),
    ("line_protocol", CONF_USERNAME, "two\nlines"),
    ("line_protocol", CONF_ACCESS_TOKEN, "two\nlines"),
    ("line_protocol", CONF_PERSON, "back\\slash"),
    ("line_protocol", CONF_MEASUREMENT, "#1"),
]


@pytest.fixture
async def account(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account without a destination."""
    return await set_up(account_entry(google))


async def errors(home: HomeAssistant, account: MockConfigEntry, kind: str, **changes: str) -> dict[str, str]:
    """Return the errors in the form of a kind."""
    flows = home.config_entries.subentries
    address = changes.pop(CONF_BASE_URL, "https://receiver.example")
    form: dict[str, Any] = {
        CONF_NAME: "Receiver",
        **FORMS[kind],
        "forward_from": "everything",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_BASE_URL: address, CONF_ALLOW_HTTP: False},
        **changes,
    }
    step = await flows.async_init((account.entry_id, kind), context={"source": SOURCE_USER})
    step = await flows.async_configure(step["flow_id"], form)
    flows.async_abort(step["flow_id"])
    return dict(step["errors"] or {})


def longest(kind: str, key: str) -> int:
    """Return the length of the longest value of a field."""
    return 128 if key == CONF_NAME else KINDS[kind].fields[key].longest


def test_every_field_has_a_bound() -> None:
    assert {kind: [*found.fields] for kind, found in KINDS.items()} == {
        kind: [*form] for kind, form in FORMS.items()
    }
    assert {field.longest for kind in KINDS.values() for field in kind.fields.values()} == {128, 4096}


@pytest.mark.parametrize("kind", FORMS)
async def test_the_longest_values_and_one_sign_more(
    home: HomeAssistant, account: MockConfigEntry, kind: str
) -> None:
    for key in [key for of, key in TYPED if of == kind]:
        assert await errors(home, account, kind, **{key: "a" * longest(kind, key)}) == {}
        found = await errors(home, account, kind, **{key: "a" * (longest(kind, key) + 1)})
        assert [*found] == [key]
        for file in (COMPONENT / "translations").glob("*.json"):
            text = json.loads(file.read_text())["config_subentries"][kind]["error"][found[key]]
            assert str(longest(kind, key)) in text
    for address in (f"https://{'a' * 3000}", f"https://receiver.example/{'a' * 3000}"):
        assert await errors(home, account, kind, **{CONF_BASE_URL: address}) == {"advanced": "long_url"}
    found = await errors(home, account, kind, forward_from="date", start_date="2030-01-01")
    assert found == {"start_date": "start_date_late"}


async def test_odd_values(home: HomeAssistant, account: MockConfigEntry) -> None:
    for kind, key, value in ODD:
        found = await errors(home, account, kind, **{key: value})
        assert [*found] == [key]
        assert ENGLISH["config_subentries"][kind]["error"][found[key]]
