"""The picture of the day: served, drawn when asked for, and changed only when it would look different."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.image import async_get_image
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import PIL.Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.picture import (
    BOTTOM,
    COLUMNS,
    HEIGHT,
    LEFT,
    PALETTES,
    RIGHT,
    TOP,
    WIDTH,
)
from tests.helpers.home import NOW, CheckPlatform, SetUp, advance, at, gateway_entry, settle, state_of
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording

LINE = PALETTES["light"]["line"]
CURVE = "image.sam_sample_heart_rate_curve_today"


@pytest.fixture
async def account(entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account whose first samples are in."""
    return await set_up(entry)


@pytest.fixture
def drawn_in(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Return the threads in which pictures were begun."""
    threads: list[threading.Thread] = []
    new: Callable[..., Any] = PIL.Image.new

    def begin(*how: Any, **more: Any) -> Any:
        threads.append(threading.current_thread())
        return new(*how, **more)

    monkeypatch.setattr(PIL.Image, "new", begin)
    return threads


async def picture(home: HomeAssistant) -> bytes:
    return (await async_get_image(home, CURVE)).content


async def hour_passes(home: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let the last hour of the account's day pass, with its polls."""
    for _ in range(12):
        await advance(home, clock, minutes=5, seconds=1)


def has_line(png: bytes) -> bool:
    """Tell whether there is a heart rate in a picture."""
    image = PIL.Image.open(BytesIO(png)).convert("RGB")
    colours = image.crop((LEFT, TOP, RIGHT, BOTTOM)).getcolors(100_000) or []
    return any(colour == LINE for _, colour in colours)


async def test_the_picture_is_served(
    home: HomeAssistant, account: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """As a PNG, at the address that the entity gives."""
    state = state_of(home, CURVE)
    assert state.state == NOW.isoformat()
    client = await hass_client()
    answer = await client.get(state.attributes["entity_picture"])
    assert answer.status == 200
    assert answer.content_type == "image/png"
    png = await answer.read()
    assert PIL.Image.open(BytesIO(png)).size == (WIDTH, HEIGHT)
    assert has_line(png)


async def test_it_is_drawn_once_in_a_thread_of_its_own(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    drawn_in: list[threading.Thread],
) -> None:
    """When somebody wants to see it, and anew only when it is another one."""
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    assert drawn_in == []
    shown = await picture(home)
    assert await picture(home) is shown
    assert drawn_in
    assert threading.main_thread() not in drawn_in
    begun = len(drawn_in)
    since = state_of(home, CURVE).state

    # Polls that bring nothing, and what lies before the day.
    person.readings.insert(0, (at("22:30:00") - DAY, 150))
    for _ in range(3):
        await advance(home, clock, minutes=5)
    assert await picture(home) is shown
    assert len(drawn_in) == begun
    assert state_of(home, CURVE).state == since


async def test_what_is_new_makes_another_picture(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    shown = await picture(home)
    person.readings.append((at("22:04:00"), 170))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    assert await picture(home) != shown
    # It is told together with the next token, so that it costs no row of its own.
    assert state_of(home, CURVE).state == NOW.isoformat()
    await advance(home, clock, minutes=5)
    assert state_of(home, CURVE).state == "2026-11-21T22:05:00+00:00"


@pytest.mark.parametrize(("what", "is_shown"), [("resting", True), ("minutes", False)])
async def test_what_is_known_of_the_day_makes_another_picture(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    what: str,
    is_shown: bool,
) -> None:
    """But not the minutes in a zone, which it does not show."""
    shown = await picture(home)
    clock.tick(60)
    if what == "resting":
        person.resting = dict.fromkeys(person.resting, 61)
    else:
        person.zones = {day: {"LIGHT": 45.0} for day in person.zones}
    await account.runtime_data.coordinator.async_read_now()
    await settle(home)
    assert (await picture(home) != shown) == is_shown
    await advance(home, clock, minutes=5)
    assert (state_of(home, CURVE).state != NOW.isoformat()) == is_shown


async def test_the_day_passes(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    """Yesterday stands in until something of today is there, for a day."""
    shown = await picture(home)
    await hour_passes(home, clock)
    assert account.runtime_data.coordinator.data.today.day == date(2026, 11, 22)
    assert await picture(home) == shown
    assert state_of(home, CURVE).state == NOW.isoformat()

    person.readings.append((at("23:04:00"), 62))
    person.synced_at = at("23:04:00")
    await advance(home, clock, minutes=5)
    today = await picture(home)
    assert today != shown
    assert has_line(today)
    await advance(home, clock, days=1)
    assert await picture(home) == today
    await advance(home, clock, days=1)
    assert not has_line(await picture(home))


async def test_an_account_that_has_measured_nothing(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    person.readings.clear()
    await set_up(entry)
    assert not has_line(await picture(home))


async def test_what_is_purged_leaves_the_picture(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Today's and, where that stands in, yesterday's."""

    async def purge(start: str, end: str) -> None:
        span = {"start": f"2026-11-21T{start}+00:00", "end": f"2026-11-21T{end}+00:00"}
        data = {"config_entry_id": account.entry_id, "confirm": True} | span
        await home.services.async_call("fitbit_cardiogram", "purge", data, blocking=True)
        await settle(home)

    shown = await picture(home)
    clock.tick(1)
    await purge("21:40:00", "21:45:00")
    less = await picture(home)
    assert less != shown

    # The purge took what was known of the day with it, which is read again.
    await hour_passes(home, clock)
    less = await picture(home)
    assert has_line(less)
    await purge("21:35:00", "21:40:00")
    assert await picture(home) != less
    await purge("20:00:00", "22:30:00")
    assert not has_line(await picture(home))


async def test_it_is_as_available_as_the_heart_rate(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, clock: FrozenDateTimeFactory
) -> None:
    google.faults.append(Fault("/v4/", kind="reset_before", times=-1))
    for _ in range(11):
        await advance(home, clock, minutes=5)
    assert state_of(home, CURVE).state == NOW.isoformat()
    for _ in range(3):
        await advance(home, clock, minutes=5)
    assert state_of(home, CURVE).state == "unavailable"


async def test_an_archive_that_cannot_be_used_for_a_while(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    """The picture stays as it was, and is another one afterwards."""
    shown = await picture(home)
    account.runtime_data.archive.close()
    person.readings.append((at("22:04:00"), 170))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    assert await picture(home) == shown
    account.runtime_data.archive.open()
    await advance(home, clock, minutes=5)
    assert await picture(home) != shown


async def test_there_is_none_of_an_account_that_is_not_loaded(
    home: HomeAssistant, account: MockConfigEntry
) -> None:
    await home.config_entries.async_unload(account.entry_id)
    with pytest.raises(HomeAssistantError):
        await picture(home)


async def test_coarse_samples_have_no_gap_between_them(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, person: Recording
) -> None:
    """A gateway can be asked for means of a quarter of an hour: six hours of them are a line."""
    start = int(NOW.timestamp()) - 6 * HOUR
    person.readings = [(start + step * 10, 70) for step in range(6 * 360)]
    await set_up(gateway_entry(gateway, options={"detail_level": "15min"}))
    image = PIL.Image.open(BytesIO(await picture(home))).convert("RGB")
    line = [
        x
        for x in range(LEFT, RIGHT)
        if LINE in {colour for _, colour in image.crop((x, TOP, x + 1, BOTTOM)).getcolors() or []}
    ]
    assert len(line) == pytest.approx(COLUMNS / 4, rel=0.1)


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.IMAGE)
