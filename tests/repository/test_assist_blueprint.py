"""The blueprint for Assist: asked in a conversation, as by voice or in the chat."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.conversation import async_converse
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import DOMAIN
from tests.helpers.home import SetUp, advance, settle
from tests.repository.files import ROOT

BLUEPRINT = Path("blueprints", "automation", DOMAIN, "ask_heart_rate.yaml")
SENSORS = {
    "heart_rate": "sensor.sam_sample_heart_rate",
    "measured_at": "sensor.sam_sample_heart_rate_measured_at",
}
AUTOMATION = "automation.ask"

type Say = Callable[[str], Awaitable[str]]


@pytest.fixture
async def say(home: HomeAssistant) -> AsyncGenerator[Say]:
    """Return a function that says a sentence to Assist and returns its answer."""
    for needed in ("homeassistant", "conversation"):
        assert await async_setup_component(home, needed, {})

    async def async_say(sentence: str) -> str:
        result = await async_converse(home, sentence, None, Context(), language="en")
        return str(result.response.speech["plain"]["speech"])

    yield async_say
    # No automation may outlive its test.
    await home.services.async_call(
        "automation", SERVICE_TURN_OFF, {ATTR_ENTITY_ID: AUTOMATION}, blocking=True
    )


async def automate(home: HomeAssistant, **inputs: Any) -> None:
    folder = Path(home.config.path(str(BLUEPRINT.parent)))
    await home.async_add_executor_job(lambda: folder.mkdir(parents=True, exist_ok=True))
    await home.async_add_executor_job(shutil.copy, ROOT / BLUEPRINT, folder)
    used = {"path": f"{DOMAIN}/{BLUEPRINT.name}", "input": SENSORS | inputs}
    automation = {"alias": "Ask", "id": "ask", "use_blueprint": used}
    assert await async_setup_component(home, "automation", {"automation": [automation]})
    await settle(home)


async def test_assist_answers_with_the_age_of_the_heart_rate(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, say: Say, clock: FrozenDateTimeFactory
) -> None:
    """Nothing is exposed; an old heart rate is not told."""
    await set_up(entry)
    await automate(home)
    assert await say("What is my heart rate?") == "Sam Sample: 79 beats per minute, 1 minute ago."
    await advance(home, clock, minutes=5)
    for sentence in ("what is my heart rate now", "How fast is my heart beating?"):
        assert await say(sentence) == "Sam Sample: 79 beats per minute, 6 minutes ago."
    await advance(home, clock, hours=2)
    told = "Sam Sample: no current heart rate is known. The newest one is 126 minutes old."
    assert await say("what is my heart rate") == told
    await home.config_entries.async_unload(entry.entry_id)
    assert await say("what is my heart rate") == "Sam Sample: no current heart rate is known."


async def test_sentences_and_answer_are_the_persons_own(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, say: Say
) -> None:
    await set_up(entry)
    await automate(home, sentences=["Wie geht es (Sam|ihm)"], answer="{{ bpm }} vor {{ minutes }}")
    assert await say("wie geht es Sam") == "79 vor 1"
