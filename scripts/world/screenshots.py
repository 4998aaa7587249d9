"""Takes the pictures of the documentation: clicks through Home Assistant in Chromium as a person would."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
import time
from typing import Any, override

from PIL import Image
from playwright.async_api import Locator, Page, ViewportSize  # type: ignore[import-not-found]

from scripts.distribution.package import ROOT
from scripts.waiting import until
from scripts.world.browser import CARD_TEXTS, SIZE, TEXTS, Visitor, chromium
from scripts.world.journey import (
    Place,
    add_dashboard,
    forward,
    forward_automatically,
    furnish,
    set_limit,
    states,
)
from scripts.world.stored import DOMAIN
from scripts.world.world import evening, world
from tests.simulators import Person
from tests.simulators.google import SLEEP
from tests.simulators.person import HOUR, Sample

FOLDER = ROOT / "docs" / "images"
WIDE = {"width": 1280, "height": 760}
WHOLE = {"width": 1280, "height": 1400}
SMALL = {"width": 1040, "height": 800}
TALL = {"width": 1280, "height": 1300}
HIGHEST = {"width": 1280, "height": 1750}
PHONE = {"width": 390, "height": 844}
# Around the parts of the page that an animation shows, in pixels.
MARGIN = 12
PASSING = 2
"""Steps from one picture of an animation to the next."""
# Milliseconds of a step, and of a picture.
PASSES, STAYS = 80, 1500
COLOURS = 128
YEAR = 365 * 24 * HOUR
# The limit for a high heart rate; a run exceeds it.
HIGH = 140


class Sleeper(Person):
    """A person whose tracker has not synced last night yet."""

    night: tuple[int, int] | None = None

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the synced samples."""
        night = range(*self.night or (0,))
        return [sample for sample in super().samples(start, end, now) if sample[0] not in night]


@dataclass
class Photographer(Visitor):
    """A person who takes pictures of their page."""

    place: Place

    @property
    def second_person(self) -> str:
        """Name of the person whose account is added by hand."""
        return self.around.source.service.people[1].name

    @property
    def window(self) -> Locator:
        """The topmost dialog, without the page behind it."""
        return self.page.locator("dialog[open]").last

    async def shoot(
        self, name: str, what: Page | Locator | None = None, size: ViewportSize | None = None
    ) -> None:
        """Take a picture once the page has come to rest, with its icons, which come last."""
        await self.page.set_viewport_size(size or SIZE)
        await self.page.wait_for_timeout(3000)
        path = FOLDER / f"{name}.png"
        await (what or self.page).screenshot(path=path)
        print(path.relative_to(ROOT))

    async def credentials(self) -> None:
        """Open the dialog that explains what to do at Google."""
        await self.go("/config/application_credentials")
        await self.press("Add application credential")
        await self.pick(self.page.locator("ha-generic-picker").first, TEXTS["title"])
        await self.shoot("credentials", self.window)

    async def second_account(self) -> None:
        """Add another person's account."""
        await self.begin_account()
        await self.shoot("source", self.window)
        await self.consent(self.second_person, "Google Health")
        await self.enter("Name", self.second_person)
        await self.shoot("account", self.window)
        await self.press("Submit")
        await self.press("Skip and finish")

    async def second_destination(self) -> None:
        """Forward the other person's beats to Cardiogram, with consent."""
        user_id, token = list(self.around.cardiogram.users.items())[1]
        await self.begin_cardiogram(user_id, token, self.second_person)
        await self.shoot("cardiogram", self.window, TALL)
        await self.press("Submit")
        await self.see("What is sent")
        await self.flip(self.dialog)
        await self.shoot("cardiogram-consent", self.window)
        await self.press("Submit")
        await self.press("Finish")
        await self.shoot("integration")

    async def late_night(self, sleeper: Sleeper) -> None:
        """See a late night arrive at its own hours."""
        await self.go("/heart-rate")
        await self.shoot("night-missing", size=WIDE)
        start, end = sleeper.night or (0, 0)
        sleeper.night = None

        async def has_come() -> bool:
            """Poll once more, since each poll looks for late data in another interval."""
            now = {"entity_id": self.place.entities["heart_rate"]}
            await self.client.post("/api/services/homeassistant/update_entity", now)
            await self.page.wait_for_timeout(11_000)
            night = {"entry_id": self.place.entry_id, "start": start, "end": end}
            return bool((await self.client.command(f"{DOMAIN}/heart_rate", **night))["time"])

        await until(has_come, 600)
        await self.go("/heart-rate")
        await self.shoot("night-late", size=WIDE)

    async def results(self) -> None:
        """Look at the devices and the ledger."""
        devices = {"account": self.place.account_device, "cardiogram": self.place.destination_device}
        for name, device in devices.items():
            await self.go(f"/config/devices/device/{device}")
            await self.shoot(f"{name}-device")
        await self.page.goto(self.around.cardiogram.url)
        await self.shoot("cardiogram-ledger")

    @property
    def chart(self) -> Locator:
        """The first chart of the page."""
        return self.page.locator("fitbit-cardiogram-chart").first

    async def show(self, range_name: str) -> None:
        """Choose a range of the chart."""
        await self.chart.get_by_role("button", name=CARD_TEXTS[f"range_{range_name}"], exact=True).click()

    async def begin_import(self) -> None:
        """Have a year of the past brought in."""
        year = {
            "config_entry_id": self.place.entry_id,
            "start": datetime.fromtimestamp(time.time() - YEAR, UTC).isoformat(),
        }
        await self.client.post(f"/api/services/{DOMAIN}/import_history?return_response", year)

    async def until_imported(self) -> None:
        """Wait for the past, and until it has been forwarded."""
        keys = "import_progress", "pending_beats"

        def is_done(seen: dict[str, Any]) -> bool:
            stage = seen["import_progress"]["attributes"].get("stage")
            return bool(stage == "done" and seen["pending_beats"]["state"] == "0")

        await until(partial(states, self.client, self.place, keys), 1200, is_done)

    async def dashboard(self) -> None:
        """Look at the ready dashboard on a screen, at night and on a phone, with everybody, and in parts."""
        await self.go("/heart-rate/everyone")
        await self.shoot("everyone")
        await self.go(self.place.view)
        await self.shoot("dashboard", size=WHOLE)
        await self.page.emulate_media(color_scheme="dark")
        await self.shoot("dashboard-dark", size=WHOLE)
        await self.page.emulate_media(color_scheme="light")
        await self.shoot("dashboard-phone", size=PHONE)
        await self.page.set_viewport_size(SIZE)
        for range_name, name in (("7d", "week"), ("1y", "year")):
            await self.show(range_name)
            await self.shoot(f"chart-{name}", self.chart)
        await self.press(CARD_TEXTS["alert_me"])
        await self.shoot("alert", self.window)
        await self.page.keyboard.press("Escape")

    async def night(self) -> None:
        """Look at the last night on the chart."""
        await self.page.set_viewport_size(SIZE)
        await self.go(self.place.view)
        await self.open_night()
        await self.shoot("night", self.chart, WIDE)

    async def open_night(self) -> None:
        """Open the last night on the chart."""
        await self.chart.locator("button.quiet").last.click()

    async def animation(self) -> None:
        """Film the dashboard: the day, then more and more time, and the last night."""
        await self.page.set_viewport_size(SMALL)
        await self.go(self.place.view)
        await self.chart.locator("button.quiet").last.wait_for()
        await self.page.wait_for_timeout(3000)
        stills = [await self.still()]
        for range_name in ("7d", "30d", "1y", "24h"):
            await self.show(range_name)
            await self.page.wait_for_timeout(2000)
            stills.append(await self.still())
        await self.open_night()
        await self.page.wait_for_timeout(2000)
        await asyncio.to_thread(film, [*stills, await self.still()], FOLDER / "dashboard.webp")

    async def still(self) -> Image.Image:
        """Take a picture of the person and the chart."""
        hero = await self.page.locator("fitbit-cardiogram-hero").first.bounding_box()
        chart = await self.chart.bounding_box()
        clip = {
            "x": hero["x"] - MARGIN,
            "y": hero["y"] - MARGIN,
            "width": hero["width"] + 2 * MARGIN,
            "height": chart["y"] + chart["height"] - hero["y"] + 2 * MARGIN,
        }
        return Image.open(BytesIO(await self.page.screenshot(clip=clip))).convert("RGB")

    async def alerts(self) -> None:
        """Set a limit."""
        await set_limit(self.client, self.place, HIGH)
        await self.until_loaded(self.around.source.service.people[0].name)

    async def options(self) -> None:
        """Look at the options of an account whose sign-in lacks the permission for sleep."""
        for grant in self.google.grants:
            grant.scopes = tuple(scope for scope in grant.scopes if scope != SLEEP)
        await self.client.post(f"/api/config/config_entries/entry/{self.place.entry_id}/reload")
        await self.until_loaded(self.around.source.service.people[0].name)
        await self.open_options()
        await self.page.get_by_text("Alerts", exact=True).click()
        await self.shoot("options", self.window, HIGHEST)


def few_colours(picture: Image.Image, method: Image.Quantize = Image.Quantize.MEDIANCUT) -> Image.Image:
    """Return a picture in so few colours that it is small."""
    return picture.quantize(COLOURS, method=method, dither=Image.Dither.NONE)


def film(stills: Sequence[Image.Image], path: Path) -> None:
    """Write an animation that stays with each picture for a while, and passes gently to the next."""
    size = max(still.width for still in stills), max(still.height for still in stills)
    # A picture that is lower than others stays at the top.
    whole = [Image.new("RGB", size, still.getpixel((0, 0))) for still in stills]
    for ground, still in zip(whole, stills, strict=True):
        ground.paste(still)
    # The curve has rare colours, which are to last.
    few = partial(few_colours, method=Image.Quantize.MAXCOVERAGE)
    frames = [
        (few(Image.blend(before, after, step / PASSING)), STAYS if step == PASSING else PASSES)
        for before, after in pairwise([whole[-1], *whole])
        for step in range(1, PASSING + 1)
    ]
    (first, *rest), durations = zip(*frames, strict=True)
    first.save(path, save_all=True, append_images=rest, duration=durations, loop=0, lossless=True)
    print(path.relative_to(ROOT))


async def main() -> None:
    """Build a world, and take a picture at every station."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    time_zone = evening()
    async with (
        world(time_zone=time_zone) as around,
        around.home_assistant() as client,
        chromium(time_zone) as browser,
    ):
        first = around.source.service.people[0]
        sleeper = Sleeper(first.name, time_zone, sync_every=60)
        morning = int(time.time()) // HOUR * HOUR - 12 * HOUR
        sleeper.night = (morning - 7 * HOUR, morning)
        around.source.service.people[0] = sleeper
        place = await furnish(around, client)
        await forward(client, place)
        await forward_automatically(client, place)
        await add_dashboard(client)
        photographer = Photographer(around, client, await browser.new_page(), place)
        await photographer.sign_in()
        await photographer.late_night(sleeper)
        await photographer.begin_import()
        await photographer.credentials()
        await photographer.second_account()
        await photographer.second_destination()
        await photographer.results()
        await photographer.alerts()
        await photographer.until_imported()
        await photographer.dashboard()
        await photographer.night()
        await photographer.animation()
        await photographer.options()


if __name__ == "__main__":
    asyncio.run(main())
