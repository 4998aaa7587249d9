"""Takes the pictures of the documentation: clicks through Home Assistant in Chromium as a person would."""

import asyncio
from dataclasses import dataclass
import time
from typing import override

from playwright.async_api import Locator, Page, ViewportSize  # type: ignore[import-not-found]

from scripts.distribution.package import ROOT
from scripts.waiting import until
from scripts.world.browser import SIZE, TEXTS, Visitor, chromium
from scripts.world.journey import Place, add_dashboard, forward, forward_automatically, furnish, set_limit
from scripts.world.stored import DOMAIN
from scripts.world.world import evening, world
from tests.simulators import Person
from tests.simulators.google import SLEEP
from tests.simulators.person import HOUR, Sample

FOLDER = ROOT / "docs" / "images"
WIDE = {"width": 1600, "height": 640}
WHOLE = {"width": 1600, "height": 1400}
TALL = {"width": 1280, "height": 1300}
HIGHEST = {"width": 1280, "height": 1750}
PHONE = {"width": 390, "height": 844}
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

    async def dashboard(self) -> None:
        """Look at the ready dashboard on a screen, at night and on a phone, and at a week of its chart."""
        await self.go("/heart-rate")
        await self.shoot("dashboard", size=WHOLE)
        await self.page.emulate_media(color_scheme="dark")
        await self.shoot("dashboard-dark", size=WHOLE)
        await self.page.emulate_media(color_scheme="light")
        await self.shoot("dashboard-phone", size=PHONE)
        chart = self.page.locator("fitbit-cardiogram-chart").first
        await chart.get_by_text("Week", exact=True).click()
        await self.shoot("chart-week", chart)

    async def night(self) -> None:
        """Look at the last night on the chart."""
        await self.page.set_viewport_size(SIZE)
        await self.go("/heart-rate")
        chart = self.page.locator("fitbit-cardiogram-chart").first
        await chart.locator("button.quiet").last.click()
        await self.shoot("night", chart, WIDE)

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
        await photographer.credentials()
        await photographer.second_account()
        await photographer.second_destination()
        await photographer.results()
        await photographer.alerts()
        await photographer.dashboard()
        await photographer.night()
        await photographer.options()


if __name__ == "__main__":
    asyncio.run(main())
