"""Sign-in: what each answer of a service comes to, from the renewal of the access token to the last sensor.

The table is the product's own: docs/sign-in.md says it to people, and test_privacy.py goes through it once
more to see that nothing leaks.
"""

from pathlib import Path
import re

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.sources.consequences import TABLE, Consequence, Effect
from custom_components.fitbit_cardiogram.sources.errors import Denial, SourceError
from tests.helpers.home import state_of
from tests.helpers.sign_in import (
    GOES_ON,
    HEART_RATE,
    NO_SETTINGS,
    NO_ZONES,
    ROW,
    ROWS,
    THE_REST,
    TOKEN_LINE,
    OnStage,
    Provider,
    Row,
    Stage,
    Where,
    each_row,
)

PAGE = Path(__file__).parents[2] / "docs" / "sign-in.md"


# Going through a row


async def at_the_first_set_up(stage: Stage) -> None:
    """Go through the row before anything was ever read."""
    outcome = stage.row.outcome
    await stage.begin()
    await stage.through(stage.set_up(stage.entry))
    stage.check()
    if outcome.reads:
        assert state_of(stage.home, HEART_RATE).state == str(stage.bpm)
    if outcome.step:
        await stage.reload()
        stage.check()
    if outcome.is_late:
        await stage.after(hours=23)
        stage.check()
        await stage.after(hours=2)
        stage.check(has_lasted=True)
    await stage.goes_on()


async def while_running(stage: Stage) -> None:
    """Go through the row with an account that works."""
    outcome, home = stage.row.outcome, stage.home
    await stage.begin()
    if outcome.lasts_a_day or outcome.step:
        # Without a new sync, samples would not be asked for yet.
        await stage.entry.runtime_data.coordinator.async_read_now()
    await stage.after(minutes=5)
    stage.check()
    await stage.after(minutes=35)
    assert state_of(home, HEART_RATE).state == str(stage.bpm)
    if outcome.reads:
        stage.measure()
    await stage.after(minutes=25)
    stage.check()
    expected = str(stage.bpm) if outcome.reads else STATE_UNAVAILABLE
    assert state_of(home, HEART_RATE).state == expected
    if outcome.step:
        await stage.entry.runtime_data.coordinator.async_refresh()
        await stage.reload()
        stage.check()
    if outcome.is_late:
        await stage.after(hours=22)
        stage.check()
        await stage.reload()
        stage.check()
        await stage.after(hours=1)
        stage.check(has_lasted=True)
    await stage.goes_on()


@each_row
async def test_what_comes_of_it(on_stage: OnStage, row: Row) -> None:
    """At the very first set-up, and while the account runs."""
    stage = await on_stage(row)
    await at_the_first_set_up(stage)
    await while_running(stage)
    assert stage.service.count("elsewhere") == 0


@pytest.mark.parametrize(
    ("provider", "permissions"),
    [
        ("google", "`googlehealth.health_metrics_and_measurements.readonly`"),
        ("gateway", "`heartrate`, `profile`"),
    ],
)
async def test_the_permission_is_named(
    home: HomeAssistant, on_stage: OnStage, provider: Provider, permissions: str
) -> None:
    stage = await on_stage(ROW[f"{provider} API: no permission for the heart rate"])
    await stage.begin()
    await stage.set_up(stage.entry)
    (flow,) = home.config_entries.flow.async_progress()
    form = await home.config_entries.flow.async_configure(flow["flow_id"])
    assert form["step_id"] == "reauth_scope"
    assert (form["description_placeholders"] or {})["scopes"] == permissions


# The page


SECTIONS: dict[str, Where] = {
    "When the access token is renewed": "token",
    "When something is read": "API",
}


def test_the_page_tells_the_table() -> None:
    """Each row stands there once, in a line with what comes of it."""
    on_the_page: dict[str, str] = {}
    where: Where | None = None
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            where = SECTIONS.get(line.removeprefix("## "))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if where is None or len(cells) != 5:
            continue
        for what, only in re.findall(r"`([^`]+)`(?: \((google|gateway)\))?", cells[4]):
            for provider in [only] if only else TOKEN_LINE:
                name = f"{provider} {where}: {what}"
                assert name not in on_the_page
                on_the_page[name] = cells[2]
    assert on_the_page == {row.name: row.outcome.words for row in ROWS}


# The table of consequences


def words(found: Consequence) -> str:
    """Return the page's words for the consequence of trouble with the heart rate."""
    if found.effect is Effect.SIGN_IN:
        return "Asks for one new sign-in" + (", and names the permission" if found.lacks_scope else "")
    begin = "Reads the rest" if found.effect is Effect.NOTHING else "Tries again automatically"
    after = ", and reports it after a day" if found.repair_after == DAY else ""
    return begin + after + (f"; repair `{found.repair}`" if found.repair else "")


def test_the_rows_are_those_of_the_table_of_consequences() -> None:
    """What follows where the service answers; a lender and an archive give no answers."""
    of_services = {
        words(row.heart_rate)
        for cause, row in TABLE.items()
        if isinstance(cause, Denial) or (isinstance(cause, type) and issubclass(cause, SourceError))
    }
    of_features = {NO_ZONES.words, NO_SETTINGS.words, THE_REST.words}
    assert of_services | of_features | {GOES_ON.words} == {row.outcome.words for row in ROWS}


def test_the_page_names_each_repair() -> None:
    """Those of the archive are told of where archives are."""
    text = PAGE.read_text()
    repairs = {row.heart_rate.repair for row in TABLE.values()} - {None}
    assert {repair for repair in repairs if f"`{repair}`" not in text} == {
        "archive_unusable",
        "archive_too_new",
    }
