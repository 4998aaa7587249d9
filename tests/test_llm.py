"""The tool for language models: what it answers, and to whom."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm as ha_llm
from homeassistant.setup import async_setup_component
from probatio import to_openapi
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from tests.helpers.home import TODAY, SetUp, account_entry, settle
from tests.helpers.read_out import A_NAP, A_NIGHT, BED, FIRST, LAST, beats, store, store_sleep, store_workouts
from tests.simulators import GoogleSimulator, Recording

TOOL = f"{DOMAIN}__get_heart_rate"
SAM = "sensor.sam_sample_heart_rate"
KIM = "sensor.kim_sample_heart_rate"

type Ask = Callable[..., Awaitable[Any]]


def expose(home: HomeAssistant, entity_id: str = SAM, *, exposed: bool = True) -> None:
    async_expose_entity(home, "conversation", entity_id, exposed)


async def opened(home: HomeAssistant, user: MockUser | None = None) -> ha_llm.APIInstance:
    """Return Assist as a model gets it when somebody asks, or nobody."""
    return await ha_llm.async_get_api(
        home,
        ha_llm.LLM_API_ASSIST,
        ha_llm.LLMContext(
            platform="test",
            context=Context(user_id=user.id) if user else None,
            language="en",
            assistant="conversation",
            device_id=None,
        ),
    )


def tools(api: ha_llm.APIInstance) -> list[ha_llm.Tool]:
    return [tool for tool in api.tools if tool.name == TOOL]


@pytest.fixture
async def sam(home: HomeAssistant, google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account in a home with Assist, of which nothing is exposed."""
    for needed in ("homeassistant", "llm"):
        assert await async_setup_component(home, needed, {})
    await home.config.async_set_time_zone("Europe/Berlin")
    return await set_up(account_entry(google))


@pytest.fixture
def ask(home: HomeAssistant, sam: MockConfigEntry) -> Ask:
    """Return a function by which a model asks the tool; a reason for no answer comes back as it is."""

    async def async_ask(about: str = "now", *, user: MockUser | None = None, **args: Any) -> Any:
        api = await opened(home, user)
        result = await api.async_call_tool(ha_llm.ToolInput(TOOL, {"about": about} | args))
        assert isinstance(result, ha_llm.ToolResult)
        assert result.error == ("error" in result.data)
        return result.data.get("error", result.data)

    return async_ask


async def test_nothing_until_a_person_exposes_the_heart_rate(
    home: HomeAssistant, sam: MockConfigEntry, ask: Ask
) -> None:
    """Another entity of the account does not do, and what is taken back is gone."""
    expose(home, "sensor.sam_sample_resting_heart_rate")
    assert tools(api := await opened(home)) == []
    assert TOOL not in api.api_prompt

    expose(home)
    (tool,) = tools(api := await opened(home))
    assert TOOL in api.api_prompt
    assert tool.annotations.read_only
    assert not tool.annotations.destructive
    assert not tool.annotations.open_world
    assert (await ask())["bpm"] == 79

    expose(home, exposed=False)
    assert tools(await opened(home)) == []
    result = await api.async_call_tool(ha_llm.ToolInput(TOOL, {"about": "now"}))
    assert result == ha_llm.ToolResult(
        data={"error": "There is no heart rate that may be read here."}, error=True
    )


async def test_a_current_value_and_an_old_one_say_their_age(
    home: HomeAssistant, ask: Ask, clock: FrozenDateTimeFactory
) -> None:
    expose(home)
    newest = {"person": "Sam Sample", "bpm": 79, "measured_at": "2026-11-21T22:59+01:00"}
    assert await ask() == newest | {"age_minutes": 1, "is_current": True}
    clock.tick(timedelta(hours=5))
    assert await ask() == newest | {"age_minutes": 301, "is_current": False}


async def test_a_day(ask: Ask, home: HomeAssistant) -> None:
    expose(home)
    today = await ask("day")
    assert today.pop("rows") == [["2026-11-21T22:30+01:00", 60, 69.2, 79]]
    assert today == {
        "person": "Sam Sample",
        "day": "2026-11-21",
        "lowest": 60,
        "mean": 69.2,
        "highest": 79,
        "resting": 55,
        "zone_minutes": {"light": 30.0, "moderate": 0.0, "vigorous": 2.5, "peak": 0.0},
        "columns": ["time", "lowest", "mean", "highest"],
    }
    assert len((await ask("day", date="2026-11-21", minutes=10))["rows"]) == 3
    assert await ask("day", date="2026-11-20") == "Nothing is known of 2026-11-20."
    for date in ("9999-12-31", "0001-01-01", "2026-11-24"):
        assert "lies in the future, or before" in await ask("day", date=date)


async def test_a_night_and_a_workout(home: HomeAssistant, sam: MockConfigEntry, ask: Ask) -> None:
    expose(home)
    assert await ask("night") == "No such night is known."
    assert await ask("workout") == "No such workout is known."
    await store(home, sam, beats(60, BED))
    await store_sleep(home, sam, A_NIGHT, A_NAP)
    await store_workouts(
        home,
        sam,
        Workout("run", "RUNNING", FIRST, LAST),
        Workout("ride", "BIKING", BED, BED + 600),
    )

    night = await ask("night", date="2026-11-21")
    assert night == await ask("night", date="2026-11-21", person="sam")
    assert (night["start"], night["asleep"], len(night["rows"])) == ("2026-11-21T11:00+01:00", 3 * 3600, 8)
    assert {"id", "stages"}.isdisjoint(night)
    assert await ask("night", date="2026-11-20") == "No such night is known."

    ride, run = (await ask("workout", date="2026-11-21", minutes=1))["workouts"]
    assert (ride["type"], run["type"]) == ("BIKING", "RUNNING")
    assert (len(ride["rows"]), len(run["rows"])) == (10, 5)
    assert run["highest"] == max(row[3] for row in run["rows"])
    # The other one may still change.
    assert [one["type"] for one in (await ask("workout"))["workouts"]] == ["BIKING"]


async def test_a_trend(home: HomeAssistant, sam: MockConfigEntry, ask: Ask) -> None:
    expose(home)
    assert await ask("trend", value="heart_rate_variability", date="2026-11-21") == (
        "No such value is known of these days."
    )
    values = {TODAY - timedelta(days=ago): 40.0 + ago for ago in range(700)}
    await home.async_add_executor_job(
        lambda: sam.runtime_data.archive.store_daily_values("heart_rate_variability", values, lambda day: 0)
    )
    trend = await ask("trend", value="heart_rate_variability", days=3)
    assert trend["rows"] == [["2026-11-19", 42.0], ["2026-11-20", 41.0], ["2026-11-21", 40.0]]
    assert (trend["usual"], trend["usual_range"], trend["unit"]) == (70.5, [55.8, 85.2], "ms")
    assert (await ask("trend", days=2))["rows"] == [["2026-11-21", 55.0]]
    assert len((await ask("trend", value="heart_rate_variability", days=500))["rows"]) == 500
    too_many = "That is more than 500 rows. Ask for fewer days, or for longer steps in minutes."
    assert await ask("trend", value="heart_rate_variability", days=501) == too_many

    await store(home, sam, beats(60, BED) + beats(60, BED - 4 * 3600) + beats(60, BED + 4 * 3600))
    assert await ask("day", minutes=1) == too_many


async def test_who_may_read_it(
    home: HomeAssistant, ask: Ask, hass_owner_user: MockUser, hass_admin_user: MockUser
) -> None:
    """A voice satellite is nobody; what is exposed is meant for it."""
    expose(home)
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {KIM: True}}})
    nothing = "There is no heart rate that may be read here."
    assert await ask(user=hass_admin_user) == nothing
    assert await ask(user=hass_admin_user, person="Sam") == nothing
    assert (await ask(user=hass_owner_user))["bpm"] == (await ask())["bpm"] == 79
    hass_admin_user.mock_policy({"entities": {"entity_ids": {SAM: {"read": True}}}})
    assert (await ask(user=hass_admin_user))["bpm"] == 79
    hass_admin_user.id = "gone"
    assert await ask(user=hass_admin_user) == nothing


async def test_whose_it_is(
    home: HomeAssistant,
    sam: MockConfigEntry,
    ask: Ask,
    google: GoogleSimulator,
    set_up: SetUp,
    hass_admin_user: MockUser,
) -> None:
    """Nobody learns of a person whose heart rate is not exposed, or whom the user may not read."""
    kim = Recording(name="Kim Sample", health_user_id="kim")
    google.people.append(kim)
    await set_up(account_entry(google, person=kim))
    expose(home)
    assert (await ask())["person"] == "Sam Sample"
    assert await ask(person="Kim") == "Say whose heart rate is meant. Known are: Sam Sample."
    expose(home, KIM)
    both = "Say whose heart rate is meant. Known are: Kim Sample, Sam Sample."
    assert [await ask(), await ask(person="Robin"), await ask(person="sample")] == [both] * 3
    assert (await ask(person="sam sample"))["person"] == (await ask(person=" Sam "))["person"] == "Sam Sample"
    assert await ask(person="Kim") == "No heart rate is known yet."
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {SAM: True}}})
    assert (await ask(user=hass_admin_user))["person"] == "Sam Sample"
    assert (await ask(user=hass_admin_user, person=None, date=""))["person"] == "Sam Sample"
    home.config_entries.async_update_entry(sam, title="Kim Sample")
    await settle(home)
    assert await ask(person="Kim") == "Several accounts are called Kim Sample. Rename one of them first."


async def test_what_goes_wrong_is_told_in_plain_words(
    home: HomeAssistant, sam: MockConfigEntry, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """And no heart rate gets into the log."""
    caplog.set_level(logging.DEBUG, "custom_components")
    expose(home)
    for args in ({"about": "pulse"}, {"days": 1}, {"minutes": 0}, {"date": "yesterday"}, {"more": 1}):
        assert isinstance(await ask(**args), str)
    sam.runtime_data.archive.close()
    assert "archive on the disk cannot be used now" in await ask("day")
    sam.runtime_data.archive.open()
    caplog.clear()
    await ask("day")
    assert [one for one in caplog.records if one.name.startswith("custom_components")] == []
    await home.config_entries.async_unload(sam.entry_id)
    assert await ask() == "The account of Sam Sample is not loaded now. Try again later."
    await settle(home)


async def test_a_model_learns_how_to_ask(home: HomeAssistant, sam: MockConfigEntry) -> None:
    """The parameters can be told to each kind of model; nothing of it is deprecated."""
    expose(home)
    api = await opened(home)
    (tool,) = tools(api)
    told = to_openapi(tool.parameters, custom_serializer=api.custom_serializer)
    assert told["required"] == ["about"]
    assert told["properties"]["about"]["enum"] == ["now", "day", "night", "workout", "trend"]
    assert told["properties"]["date"]["format"] == "date"
    assert all(one.get("description") for one in told["properties"].values())
    assert tool.integration == DOMAIN
    assert TOOL.startswith(f"{DOMAIN}__")
