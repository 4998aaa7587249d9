"""What the README and the pages of docs/ say: examples run, what they name exists, links lead somewhere."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    CONF_WORKOUT_CALENDAR,
)
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.services import ACTIONS
from tests.helpers.home import (
    NOW,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    device,
    settle,
    state_of,
    until,
)
from tests.helpers.read_out import FIRST, LAST, store_workouts
from tests.helpers.recorder import written
from tests.repository.files import COMPONENT, ENGLISH, REPOSITORY, ROOT
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording
from tests.simulators.training import STARTED, Training

PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/**/*.md")})
README = (ROOT / "README.md").read_text()
"""The front page; all else that people need is on the pages of docs/."""
MOST_WORDS = 1500
"""How long the front page may be."""
DOCS = {f"docs/{page.name}": page.read_text() for page in ROOT.glob("docs/*.md")}
DOCUMENTED = {
    "entities": DOCS["docs/entities.md"],
    "actions": DOCS["docs/actions.md"],
    "options": DOCS["docs/options.md"],
    "blueprints": DOCS["docs/automations.md"],
    "account": DOCS["docs/install.md"],
    "fitbit": DOCS["docs/gateway.md"],
    "cardiogram": DOCS["docs/cardiogram.md"],
}
"""The page that lists all there is of something, or all that a form asks for."""
NOW_S = int(NOW.timestamp())
# What stands in the examples for what each home has of its own.
A_DEVICE = "1234567890abcdef1234567890abcdef"
AN_ACCOUNT = "01ABCDEFGHJKMNPQRSTVWXYZ00"


@dataclass(frozen=True, slots=True)
class Example:
    """A block of code: the page and the heading that it stands under, and its language."""

    page: str
    heading: str
    language: str
    text: str


def examples() -> list[Example]:
    found: list[Example] = []
    for page, whole in ({"README.md": README} | DOCS).items():
        parts = re.split(r"^#+ (.*)$", whole, flags=re.MULTILINE)
        for heading, text in zip(parts[1::2], parts[2::2], strict=True):
            blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
            found += [Example(page, heading, language, block) for language, block in blocks]
    return found


ELSEWHERE = {
    "docs/chart.md": "frontend/chart-page.test.ts",
    "docs/destinations.md": "behaviour/test_receiver_of_the_docs.py",
    "docs/triggers.md": "test_trigger.py",
}
"""Pages whose examples are tried by other tests."""
NOT_TO_RUN = {"docs/architecture.md", "docs/google-credentials.md"}
"""Pages whose blocks are a drawing, or something to copy."""

CLONE = f"git clone {REPOSITORY}.git\ncd {REPOSITORY.rpartition('/')[2]}\n"
COMMANDS = {f"{CLONE}scripts/demo", "scripts/test"}
"""The commands of the front page; .ci/run runs both scripts."""

TRIED = {
    "By the entities": 3,
    "In an automation": 1,
    "A picture in a notification": 1,
    "`forward_beats`": 1,
    "`get_quarantine`, `release_quarantine`, `drop_quarantine`": 3,
    "`import_history`": 1,
    "`rebuild_statistics`": 1,
    "`purge`": 1,
    "`get_heart_rate`": 2,
    "`get_sessions`": 1,
    "`export`": 1,
}
"""How many examples below are tried of each heading."""


def test_every_example_is_tried() -> None:
    """A new one needs a test below, or another one that tries the page."""
    ours = [one for one in examples() if one.page not in {*ELSEWHERE, *NOT_TO_RUN}]
    assert {one.text.strip() for one in ours if one.language == "sh"} == COMMANDS
    others = [one for one in ours if one.language != "sh"]
    assert {one.language for one in others} == {"yaml", "json"}
    assert Counter(one.heading for one in others) == TRIED
    for page, test in ELSEWHERE.items():
        assert page in (ROOT / "tests" / test).read_text()


@pytest.fixture
async def account(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return the account of the examples, with all there is to have."""
    person.name = "Alex"
    limits = {CONF_HIGH: 120, CONF_LOW: 45, CONF_DURATION: 10, CONF_HYSTERESIS: 5}
    options = {CONF_ALERTS: limits, CONF_WORKOUT_CALENDAR: True}
    return await set_up(account_entry(google, options=options, subentries_data=[destination(cardiogram)]))


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant) -> None:
    """Let Home Assistant live where the account does."""
    await hass.config.async_set_time_zone("Europe/Berlin")


def example(home: HomeAssistant, account: MockConfigEntry, heading: str, number: int = 0) -> Any:
    """Return an example, with what this home has in place of the ids."""
    found = [one for one in examples() if one.heading == heading][number]
    text = found.text.replace(A_DEVICE, device(home, account)).replace(AN_ACCOUNT, account.entry_id)
    return json.loads(text) if found.language == "json" else parse_yaml(text)


@pytest.fixture
async def messages(hass: HomeAssistant) -> Callable[[], list[str]]:
    """Return the notifications of the home, as they come."""
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "notify", {})
    return lambda: [one["message"] for one in _async_get_or_create_notifications(hass).values()]


type Automate = Callable[..., Awaitable[None]]


@pytest.fixture
async def automate(home: HomeAssistant, account: MockConfigEntry) -> Any:
    """Return a function that makes an example an automation of this home, until the test ends."""

    async def automate(heading: str, number: int = 0) -> None:
        automation = {"alias": "Example", "id": "example"} | example(home, account, heading, number)
        assert await async_setup_component(home, "automation", {"automation": [automation]})
        await settle(home)
        assert state_of(home, "automation.example").state == "on"

    yield automate
    if home.services.has_service("automation", SERVICE_TURN_OFF):
        data = {ATTR_ENTITY_ID: "automation.example"}
        await home.services.async_call("automation", SERVICE_TURN_OFF, data, blocking=True)


async def act(home: HomeAssistant, action: dict[str, Any]) -> Any:
    """Run an action as the developer tools do."""
    domain, name = action["action"].split(".")
    assert ACTIONS[name]
    data = action.get("target", {}) | action.get("data", {})
    return await home.services.async_call(domain, name, data, blocking=True, return_response=True)


async def measure(
    home: HomeAssistant, person: Recording, clock: FrozenDateTimeFactory, bpm: int, minutes: int = 15
) -> None:
    """Let a person have this heart rate for some minutes, then sync, and Home Assistant look."""
    person.readings += [(int(clock().timestamp()) + second, bpm) for second in range(0, minutes * 60, 10)]
    await advance(home, clock, minutes=minutes)
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)


@pytest.mark.usefixtures("all_enabled")
async def test_good_morning(
    home: HomeAssistant,
    automate: Automate,
    messages: Callable[[], list[str]],
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    await automate("By the entities")
    await measure(home, person, clock, 61)
    assert messages() == []  # it is late in the evening
    clock.move_to(NOW.replace(day=22, hour=5))
    await measure(home, person, clock, 58, minutes=10)
    assert messages() == ["Good morning. 60 heart rates came in, 58.0 bpm on average; 55 bpm at rest."]


async def test_forwarding_pauses(
    home: HomeAssistant,
    automate: Automate,
    messages: Callable[[], list[str]],
    cardiogram: CardiogramSimulator,
) -> None:
    await automate("By the entities", 1)
    cardiogram.faults.append(Fault("POST", 401))
    data = {ATTR_ENTITY_ID: "button.cardiogram_forward_now"}
    with pytest.raises(Exception, match="token"):
        await home.services.async_call("button", "press", data, blocking=True)
    await settle(home)
    (message,) = messages()
    assert message.startswith("Forwarding to Cardiogram pauses (token_refused).")


async def test_a_workout(
    home: HomeAssistant,
    automate: Automate,
    messages: Callable[[], list[str]],
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    await automate("By the entities", 2)
    person.exercises = [
        Training("run", "RUNNING", NOW_S, NOW_S + 600, "Run", STARTED, mean=151, created=NOW_S)
    ]
    person.readings += [(NOW_S + second, 151 if second <= 600 else 118) for second in range(0, 900, 10)]
    await advance(home, clock, minutes=15)
    person.synced_at = person.readings[-1][0]
    for _ in range(10):
        await advance(home, clock, minutes=5)
    assert messages() == ["running: up to 151 bpm, and 33 bpm less a minute after the end."]


async def test_an_alert(
    home: HomeAssistant,
    automate: Automate,
    messages: Callable[[], list[str]],
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    await automate("In an automation")
    await measure(home, person, clock, 131)
    assert messages() == ["Heart rate above 120 since 23:00, up to 131."]


async def test_the_picture_of_the_day(
    home: HomeAssistant,
    automate: Automate,
    clock: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    asked = async_mock_service(home, "notify", "mobile_app_phone")
    await automate("A picture in a notification")
    await advance(home, clock, seconds=at("20:30:00") + 24 * 3600 - NOW_S)
    (call,) = asked
    assert call.data["message"] == "55 bpm at rest today."
    # The one that the test began with is out of date by now.
    (token,) = hass_admin_user.refresh_tokens.values()
    client = await hass_client(home.auth.async_create_access_token(token))
    answer = await client.get(call.data["data"]["image"])
    assert (answer.status, answer.content_type) == (200, "image/png")


async def test_forwarding_in_the_evening(
    home: HomeAssistant,
    automate: Automate,
    messages: Callable[[], list[str]],
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    await automate("`forward_beats`")
    cardiogram.faults.append(Fault("POST", 503))
    await advance(home, clock, seconds=at("21:30:00") + 24 * 3600 - NOW_S)
    await until(messages)
    assert messages() == ["175 beats wait for Cardiogram: server_error"]
    await advance(home, clock, days=1)
    await until(lambda: len(cardiogram.ledger) == 175)
    assert len(messages()) == 1


@pytest.mark.parametrize(("number", "answer"), enumerate([{"beats": []}, {"released": 0}, {"dropped": 0}]))
async def test_the_quarantine(
    home: HomeAssistant, account: MockConfigEntry, number: int, answer: dict[str, Any]
) -> None:
    heading = "`get_quarantine`, `release_quarantine`, `drop_quarantine`"
    assert await act(home, example(home, account, heading, number)) == answer


async def test_an_import(home: HomeAssistant, account: MockConfigEntry) -> None:
    answer = await act(home, example(home, account, "`import_history`"))
    assert {key: answer[key] for key in ("start", "end")} == {
        "start": "2025-12-31T23:00:00+00:00",
        "end": "2026-11-21T22:00:00+00:00",
    }
    await settle(home)


async def test_a_rebuild_of_the_statistics(
    recorder_mock: Recorder, home: HomeAssistant, account: MockConfigEntry
) -> None:
    await written(home)
    assert await act(home, example(home, account, "`rebuild_statistics`")) == {"hours": 0, "days": 0}


async def test_a_purge(home: HomeAssistant, account: MockConfigEntry) -> None:
    assert await act(home, example(home, account, "`purge`")) == {"samples": 0, "pending": 0}


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_sensor_by_template(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    config = example(home, account, "`get_heart_rate`")
    assert await async_setup_component(home, "template", config)
    await advance(home, clock, minutes=15)
    assert state_of(home, "sensor.mean_heart_rate_of_the_last_hour").state == "69"


async def test_a_card_of_ones_own(
    home: HomeAssistant, account: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()
    message = example(home, account, "`get_heart_rate`", 1)
    await client.send_json_auto_id(message)
    answer = await client.receive_json()
    assert answer["success"], answer
    assert message["width"] == 60


async def test_the_workouts_of_a_week(
    home: HomeAssistant, account: MockConfigEntry, messages: Callable[[], list[str]]
) -> None:
    await store_workouts(home, account, Workout("run", "RUNNING", FIRST, LAST))
    script = {"example": example(home, account, "`get_sessions`")}
    assert await async_setup_component(home, "script", {"script": script})
    await home.services.async_call("script", "example", blocking=True)
    assert messages() == ["Up to 69 bpm in the last of 1 workouts"]


async def test_an_export(
    home: HomeAssistant,
    account: MockConfigEntry,
    messages: Callable[[], list[str]],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    script = {"example": example(home, account, "`export`")}
    assert await async_setup_component(home, "script", {"script": script})
    await home.services.async_call("script", "example", blocking=True)
    (message,) = messages()
    link = re.search(r'href="([^"]+)"', message)
    assert link
    answer = await (await hass_client_no_auth()).get(link[1])
    assert (await answer.text()).count("\n") == 176


async def test_every_entity_is_described(home: HomeAssistant, account: MockConfigEntry) -> None:
    """By its name, and by its id where there is one in the tables; and no other is."""
    registry = er.async_get(home)
    there = {one.entity_id: one for one in er.async_entries_for_config_entry(registry, account.entry_id)}
    named = set(re.findall(r"`((?:[a-z_]+)\.(?:alex|cardiogram)_[a-z_]+)`", "".join(DOCS.values())))
    assert named <= set(there)
    table = DOCUMENTED["entities"].partition("## Long-term statistics")[0].lower()
    for entity in there.values():
        name = str(entity.original_name).lower()
        first, *rest = name.split()
        # Zones, and the lowest, mean and highest, share a line.
        assert entity.entity_id in named or (first in table and " ".join(rest) in table), name


def test_every_action_option_and_blueprint_is_described() -> None:
    for name in ACTIONS:
        assert re.search(rf"^## .*`{name}`", DOCUMENTED["actions"], re.MULTILINE), name
    for action in ACTIONS.values():
        for field in map(str, action.fields):
            assert re.search(rf"`{field}|{field}:", DOCUMENTED["actions"]), field
    step = ENGLISH["options"]["step"]["init"]
    for label in (*step["data"].values(), *step["sections"]["alerts"]["data"].values()):
        assert label.lower() in DOCUMENTED["options"].lower(), label
    for blueprint in ROOT.glob("blueprints/**/*.yaml"):
        assert f"](../{blueprint.relative_to(ROOT)})" in DOCUMENTED["blueprints"]


def test_every_form_of_the_set_up_is_described() -> None:
    """What a person is asked for at the account, the gateway and the destination."""
    steps = ENGLISH["config"]["step"]
    destination_form = ENGLISH["config_subentries"]["cardiogram"]["step"]["user"]
    forms = {
        "account": steps["account"]["data"],
        "fitbit": steps["fitbit"]["data"],
        "cardiogram": destination_form["data"] | destination_form["sections"]["advanced"]["data"],
    }
    for name, form in forms.items():
        for label in {*form.values()} - {"Start date", "Allow plain http"}:
            assert label.lower() in DOCUMENTED[name].lower(), label


def test_the_front_page_is_short_and_leads_to_every_page() -> None:
    assert len(README.split()) <= MOST_WORDS
    assert "](docs/README.md)" in README
    for page in DOCS.keys() - {"docs/README.md"}:
        assert f"]({page.removeprefix('docs/')})" in DOCS["docs/README.md"], page


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:href|src|srcset)="([^"]+)"', text)
    for link in links:
        if "://" in link:
            assert link.startswith("https://"), link
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_picture_is_shown_somewhere() -> None:
    said = "".join(page.read_text() for page in PAGES)
    for picture in (ROOT / "docs" / "images").rglob("*.*"):
        assert str(picture.relative_to(ROOT / "docs")) in said, picture.name


def test_the_rules_for_documentation_name_where_they_are_kept() -> None:
    rules = load_yaml_dict(str(COMPONENT / "quality_scale.yaml"))["rules"]
    for rule, standing in rules.items():
        if rule.startswith("docs-") and standing["status"] == "done":
            sections = re.findall(r"(\S+\.md), “(.+?)”", standing["comment"])
            assert sections, rule
            assert len(sections) == standing["comment"].count("“"), rule
            for page, section in sections:
                text = (ROOT / page).read_text()
                assert re.search(rf"^#+ {re.escape(section)}$", text, re.MULTILINE), (rule, section)
