"""Home Assistant's pages as a person uses them in Chromium."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import json
import re
import shutil
from typing import Any

from playwright.async_api import (  # type: ignore[import-not-found]
    BrowserContext,
    Error,
    Locator,
    Page,
    async_playwright,
)

from scripts.distribution.package import COMPONENT
from scripts.waiting import until
from scripts.world.client import Client
from scripts.world.journey import PASSWORD, USER
from scripts.world.stored import DOMAIN
from scripts.world.world import World
from tests.simulators import GoogleSimulator

# Milliseconds.
DIALOG_CLOSES = 3000
SETTLES = 250
SIZE = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000
"""Milliseconds for something to appear on a slow machine."""
TEXTS: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text())
CARD_TEXTS: dict[str, str] = json.loads(
    (COMPONENT / "frontend" / "src" / "translations" / "en.json").read_text()
)


@asynccontextmanager
async def chromium(time_zone: str, **options: Any) -> AsyncIterator[BrowserContext]:
    """Run a browser of someone who lives in a time zone; options are Playwright's."""
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = await browser.new_context(viewport=SIZE, timezone_id=time_zone, **options)
        context.set_default_timeout(PATIENCE)
        yield context
        await browser.close()


@dataclass
class Visitor:
    """A person at a browser, their page, and a look at Home Assistant behind it."""

    around: World
    client: Client
    page: Page

    @property
    def google(self) -> GoogleSimulator:
        """The simulator in Google's place."""
        return google_of(self.around)

    # On every page

    async def go(self, path: str) -> None:
        """Open a page of Home Assistant."""
        # A dialog that has just been closed goes back in the history, which would undo this navigation.
        with suppress(Error):
            await self.page.wait_for_function("() => !history.state?.open", timeout=DIALOG_CLOSES)
        before = self.page.url
        for _ in range(3):
            with suppress(Error):
                await self.page.goto(self.client.url + path)
            # One that closes late may still do so. A page that leads back to the same one is opened in vain.
            await self.page.wait_for_timeout(SETTLES)
            if self.page.url != before or path in before:
                return

    async def press(self, button: str) -> None:
        """Press a button by its words."""
        await self.page.get_by_role("button", name=button).first.click()

    async def confirm(self, button: str) -> None:
        """Press a button of the topmost dialog."""
        await self.page.get_by_role("button", name=button, exact=True).last.click()

    async def enter(self, field: str, text: str) -> None:
        """Fill in a field by its label."""
        await self.page.get_by_role("textbox", name=field).fill(text)

    async def see(self, text: str) -> None:
        """Wait until a text can be read."""
        await self.page.get_by_text(text).locator("visible=true").first.wait_for()

    async def pick(self, picker: Locator, item: str) -> None:
        """Choose something in one of Home Assistant's lists with a search field."""
        await picker.click()
        choices = self.page.locator("ha-picker-combo-box")
        await choices.get_by_role("textbox").fill(item)
        await choices.locator("ha-combo-box-item").filter(has_text=item).first.click()
        await choices.wait_for(state="detached")

    async def flip(self, within: Locator) -> None:
        """Flip a switch; its own picture covers it."""
        await within.get_by_role("switch").click(force=True)

    async def sign_in(self) -> None:
        """Sign in to Home Assistant."""
        await self.go("/")
        await self.enter("Username", USER)
        await self.enter("Password", PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.see("Overview")

    # Set-up dialogs

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.locator("dialog-data-entry-flow")

    async def choose(self, text: str) -> None:
        """Choose an item of the dialog by its words; the dialog's text may hold them too."""
        words = re.compile(rf"^\s*{re.escape(text)}")
        await self.dialog.locator("ha-list-item, ha-button").filter(has_text=words).click()

    async def begin_account(self) -> None:
        """Search for the integration, and open its first menu."""
        await self.go("/config/integrations/dashboard")
        await self.press("Add integration")
        brands = self.page.locator("dialog-add-integration")
        await brands.get_by_placeholder("Search").fill(TEXTS["title"])
        await brands.get_by_text(TEXTS["title"], exact=True).click()
        await self.dialog.get_by_text("Google Health", exact=True).wait_for()

    async def consent(self, person: str, choice: str, *, untick: str = "") -> None:
        """Choose a way to sign in, and let a person allow it on the page that it opens, but for one thing."""
        async with self.page.context.expect_page() as opened:
            await self.choose(choice)
        page = await opened.value
        await page.get_by_text(person, exact=True).click()
        if untick:
            await page.get_by_role("checkbox", name=untick).uncheck()
        await page.get_by_role("button", name="Allow").click()

    async def open_integration(self) -> None:
        """Open the integration's page, with its accounts and destinations."""
        await self.go(f"/config/integrations/integration/{DOMAIN}")
        await self.page.locator("ha-config-entry-row").first.wait_for()

    async def begin_destination(
        self, kind: str, entries: Mapping[str, str], account: str | None = None
    ) -> None:
        """Fill in the form of a destination for an account; its name is needed if there are several."""
        await self.open_integration()
        await self.press(TEXTS["config_subentries"][kind]["initiate_flow"]["user"])
        if account:
            choices = self.page.locator("dialog-pick-config-entry")
            await choices.get_by_text(account, exact=True).click()
        for field, text in entries.items():
            await self.enter(field, text)

    async def begin_cardiogram(self, user_id: str, token: str, account: str | None = None) -> None:
        """Fill in the form of a destination at Cardiogram."""
        await self.begin_destination("cardiogram", {"User ID": user_id, "Access token": token}, account)

    async def submit_with_consent(self) -> None:
        """Hand in the form of a destination at a plain http address, and consent to what is sent."""
        await self.flip(self.dialog.locator("ha-expansion-panel"))
        await self.press("Submit")
        await self.see("time and value of every heart-rate sample")
        await self.flip(self.dialog)
        await self.press("Submit")

    async def read_secret(self) -> str:
        """Return the secret of a web address, which is shown once."""
        await self.see("It is not shown again.")
        return str(await self.dialog.locator("code").inner_text())

    async def open_options(self) -> None:
        """Open the options of the first account."""
        await self.open_integration()
        await self.press("Configure")
        await self.see("Freshness limit")

    # Behind the pages

    async def entries(self, domain: str = DOMAIN) -> dict[str, dict[str, Any]]:
        """Return the config entries of an integration by their titles."""
        found = await self.client.command("config_entries/get", domain=domain)
        return {entry["title"]: entry for entry in found}

    async def entry_id(self, account: str, domain: str = DOMAIN) -> str:
        """Return the id of an account's config entry."""
        return str((await self.entries(domain))[account]["entry_id"])

    async def until_loaded(self, account: str) -> None:
        """Wait until an account is read."""
        await until(self.entries, met=lambda found: found.get(account, {}).get("state") == "loaded")

    async def issue(self, key: str) -> Mapping[str, Any] | None:
        """Return our issue of this translation key, if there is one."""
        issues = (await self.client.command("repairs/list_issues"))["issues"]
        ours = (issue for issue in issues if issue["domain"] == DOMAIN and issue["translation_key"] == key)
        return next(ours, None)

    async def until_mended(self, key: str) -> None:
        """Wait until an issue is cleared."""
        await until(lambda: self.issue(key), 60, lambda issue: issue is None)

    async def open_repair(self, key: str) -> None:
        """Wait for an issue, and open its dialog on the repairs page."""
        issue = await until(lambda: self.issue(key), 60) or {}
        title = TEXTS["issues"][key]["title"].format(**issue["translation_placeholders"])
        await self.go("/config/repairs")
        await self.page.get_by_text(title, exact=True).first.click()
        await self.page.get_by_role("dialog").first.wait_for()

    async def find_sign_in(self, account: str) -> Locator:
        """Wait until Home Assistant asks for a new sign-in, and return its place on the repairs page."""
        ours = {"source": "reauth", "entry_id": await self.entry_id(account)}

        def is_asked(flows: list[dict[str, Any]]) -> bool:
            return any(ours.items() <= flow["context"].items() for flow in flows)

        await until(lambda: self.client.command("config_entries/flow/progress"), 60, is_asked)
        await self.go("/config/repairs")
        found = self.page.get_by_text(account).first
        await found.wait_for()
        return found


def google_of(around: World) -> GoogleSimulator:
    """Return the simulator in Google's place."""
    service = around.sources["google"].service
    if not isinstance(service, GoogleSimulator):
        raise TypeError(service)
    return service
