"""Clicks through a real Home Assistant in Chromium, from the first sign-in to the removal of the account."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from csv import DictReader
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
import re
import sys
import tempfile
import time
import traceback
from typing import Any

from homeassistant.util.yaml import parse_yaml
from playwright.async_api import ConsoleMessage, Download, Error, Locator  # type: ignore[import-not-found]

from scripts.distribution.package import ROOT
from scripts.waiting import until
from scripts.world.browser import CARD_TEXTS, TEXTS, Visitor, chromium
from scripts.world.journey import OPTIONS_FLOW, SUBENTRY_FLOW, ZONES, Place, look_around, sign_up, states
from scripts.world.proof import Proof, check_log, secrets_of
from scripts.world.stored import DOMAIN, archived
from scripts.world.world import PEOPLE, evening, world
from tests.simulators import Person

PORT = 18432
NAME = PEOPLE[0]
HEART_RATE = f"sensor.{NAME.lower()}_heart_rate"
SYNC_EVERY = 5
"""Seconds, so that each poll brings something."""
NEW_TOKEN = "a-new-demo-token"  # noqa: S105
MESSAGE = "My heart beats fast"
DASHBOARD = "Fitbit heart rate"
CHART, CHART_NAME = "fitbit-cardiogram-chart", "Heart rate chart"
COLOURS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""
DRAWN = """() => {
    const [{ detail, duration }] = performance.getEntriesByName("fitbit-cardiogram:draw");
    return [detail.points, duration];
}"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# What is serious in our elements, wherever they are below the page's shadow roots.
SERIOUS = """async () => {
    const ours = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
        element.localName.startsWith("fitbit-cardiogram-") ? [element]
        : element.shadowRoot ? ours(element.shadowRoot) : []);
    const { violations } = await axe.run({ include: ours(document) }, {
        resultTypes: ["violations"],
        rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""
# A limit that every waking heart exceeds, and how many clicks may lead to what tells of it.
LOW_ENOUGH = 60
CLICKS_MAX = {"Alert": 6, "Automation": 12}
COUNT_CLICKS = """() => {
    window.clicks = 0;
    addEventListener("click", () => window.clicks++, true);
}"""
# The log's words about troubles that were made.
MADE = (
    r"The time range is empty|Authentication failed while fetching |could not authenticate: |"
    r"does not get through: (token|credentials)_refused"
)
# The console's words about them, and about other integrations' pictures, which come from the internet.
SAID = r"400 \(Bad Request\) .*/options/flow/|/api/brands/|net::ERR_NAME_NOT_RESOLVED"
BPM = ("heart_rate", "resting_heart_rate", "heart_rate_min", "heart_rate_mean", "heart_rate_max")
SENSORS = {key: sensor["name"] for key, sensor in TEXTS["entity"]["sensor"].items()}
FORWARDING = TEXTS["entity"]["binary_sensor"]["forwarding_problem"]["name"]
DESTINATION_ERRORS = TEXTS["config_subentries"]["cardiogram"]["error"]


def agree(what: str, seen: object, expected: object) -> None:
    """Raise ValueError unless two values are equal."""
    if seen != expected:
        raise ValueError(f"{what}: {seen}, not {expected}")


def example(heading: str) -> Any:
    """Return the first example under a heading of docs/chart.md, with the account of this world."""
    text = (ROOT / "docs" / "chart.md").read_text().split(f"# {heading}\n")[1]
    block = text.split("```yaml\n")[1].split("```")[0]
    return parse_yaml(block.replace("sensor.alex_", HEART_RATE.removesuffix("heart_rate")))


def heart_rates(file: Path) -> dict[float, int]:
    """Return the heart rates of a file of the export."""
    rows = DictReader(file.read_text().splitlines())
    return {datetime.fromisoformat(row["time"]).timestamp(): int(row["bpm"]) for row in rows}


@dataclass
class Owner(Visitor):
    """Somebody who sets everything up, uses it, mends it and removes it."""

    secrets: set[str] = field(default_factory=set)
    """The secrets at any time."""
    said: list[str] = field(default_factory=list)
    """Errors in the browser's console."""
    clicks: dict[str, int] = field(default_factory=dict)
    """How many led from a page to something."""
    drawn: str = ""
    """The chart's first picture on the dashboard, and its time from the samples' arrival."""

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        text = f"{message.text} {message.location['url']}"
        if message.type == "error" and not re.search(SAID, text):
            self.said.append(text)

    # Behind the pages

    async def place(self) -> Place:
        """Return the place of things once there is a destination."""
        return await look_around(self.client, await self.entry_id(NAME))

    async def state(self, key: str) -> dict[str, Any]:
        """Return the state of an entity of the account or its destination."""
        return dict((await states(self.client, await self.place(), (key,)))[key])

    async def archive(self) -> dict[int, int]:
        """Return every sample of the account's archive."""
        return archived(self.around.config, await self.entry_id(NAME))

    async def poll(self) -> None:
        """Have the account read now."""
        await self.client.post("/api/services/homeassistant/update_entity", {"entity_id": HEART_RATE})

    async def until_raised(self, key: str) -> None:
        """Have the account read until forwarding has failed: a reading may bring nothing to forward."""

        async def is_raised() -> object:
            await self.poll()
            return await self.issue(key)

        await until(is_raised, 60)

    async def until_forwarded(self) -> None:
        """Wait until Cardiogram holds the whole archive."""
        await until(self.archive, 60, lambda samples: self.around.cardiogram.values() == samples)

    # On the pages

    def row(self, name: str, value: str | re.Pattern[str] = "") -> Locator:
        """Return an entity on its device's page, if it shows a value."""
        rows = self.page.locator("hui-generic-entity-row")
        return rows.filter(has=self.page.get_by_text(name, exact=True)).filter(has_text=value)

    async def open_device(self, model: str) -> None:
        """Go to the page of the account's device, or of the destination's."""
        await self.open_integration()
        rows = self.page.locator("ha-config-entry-device-row")
        await rows.filter(has_text=re.compile(rf"{model} •")).click()
        await self.page.locator("hui-generic-entity-row").first.wait_for()

    async def perform(self) -> str:
        """Perform the action in the developer tools, and return the response that they show."""
        await self.press("Perform action")
        await self.see("Response")
        return str(await self.page.locator(".cm-content").last.inner_text())

    # The journeys

    async def account(self) -> None:
        """Enter the credential when asked for it, sign in, and see the sensors."""
        service = self.google
        await self.begin_account()
        await self.choose("Google Health")
        await self.see("Do not skip this: in the state")
        await self.see(f"{self.client.url}/auth/external/callback")
        await self.enter("Name", "Google")
        await self.enter("OAuth client ID", service.client_id)
        await self.enter("OAuth client secret", service.client_secret)
        await self.confirm("Add")
        await self.consent(NAME, "Google Health")
        await self.enter("Name", NAME)
        await self.press("Submit")
        await self.see(TEXTS["config"]["create_entry"]["default"])
        await self.press("Skip and finish")
        await self.until_loaded(NAME)

        await self.open_device("Google Health")
        for key in BPM:
            await self.row(SENSORS[key], re.compile(r"\d+\sbpm")).wait_for()
        for key in ZONES:
            await self.row(SENSORS[key], re.compile(r"\dm")).wait_for()
        samples = await self.archive()
        agree("The heart rate shown", await self.client.state(HEART_RATE), str(samples[max(samples)]))

    async def destination(self) -> None:
        """Refuse and give the consent, and forward everything by the button."""
        user_id, token = next(iter(self.around.cardiogram.users.items()))
        await self.begin_cardiogram(user_id, token)
        await self.page.get_by_text("Everything known").click()
        await self.press("Submit")
        await self.see("time and value of every heart-rate sample")
        await self.press("Submit")
        await self.see(DESTINATION_ERRORS["consent_missing"])
        await self.flip(self.dialog)
        await self.press("Submit")
        await self.press("Finish")
        progress = partial(self.state, "import_progress")
        await until(progress, met=lambda state: state["attributes"].get("stage") == "done")
        agree("Beats sent before they were asked for", len(self.around.cardiogram.ledger), 0)
        await self.open_device("Cardiogram")
        await self.row("Forward now").get_by_role("button").click()
        await self.until_forwarded()
        await self.row(SENSORS["pending_beats"], "0 beats").wait_for()
        delivered = f"{len(self.around.cardiogram.ledger):,} beats"
        await self.row(SENSORS["delivered_beats"], delivered).wait_for()
        agree("Beats sent twice", self.around.cardiogram.repeats(), 0)

    async def chart(self) -> None:
        """Choose the chart card; see it drawn in the choice, in its editor and on the dashboard."""
        dashboard = {"url_path": "my-heart", "title": "My heart", "mode": "storage"}
        await self.client.command("lovelace/dashboards/create", **dashboard)
        empty = {"views": [{"type": "sections", "sections": [{"type": "grid", "cards": []}]}]}
        await self.client.command("lovelace/config/save", url_path="my-heart", config=empty)
        await self.go("/my-heart/0?edit=1")
        await self.press("Add card")
        await self.page.get_by_text("By card", exact=True).click()
        await self.page.get_by_placeholder("Search cards").fill(CHART_NAME)
        await self.until_drawn()
        # A veil covers each preview.
        await self.page.get_by_text(CHART_NAME, exact=True).first.click(force=True)
        editor = self.page.locator("hui-dialog-edit-card")
        await editor.locator("ha-selector").first.wait_for()
        await self.until_drawn()
        await self.confirm("Save")
        await editor.wait_for(state="hidden")
        await self.confirm("Done")
        await self.until_drawn()
        told = re.compile(rf"Heart rate of {NAME}, .*: lowest \d+, mean \d+, highest \d+ beats per minute")
        await self.page.get_by_role("application", name=told).wait_for()
        saved = await self.client.command("lovelace/config", url_path="my-heart")
        cards = saved["views"][0]["sections"][0]["cards"]
        agree("The cards", cards, [{"type": f"custom:{CHART}", "entity": HEART_RATE}])
        await self.look_at_the_examples()

    async def look_at_the_examples(self) -> None:
        """See the view and the card of docs/chart.md drawn as written."""
        card = {"cards": [example("The chart as a card")]}
        views = [*example("The dashboard and the chart")["views"], {"type": "sections", "sections": [card]}]
        await self.client.command("lovelace/config/save", url_path="my-heart", config={"views": views})
        for number in range(len(views)):
            await self.go(f"/my-heart/{number}")
            await self.until_drawn()
            agree("Cards that fail", await self.page.locator("hui-error-card").count(), 0)

    async def dashboard(self) -> None:
        """Add the ready dashboard, and see all of its parts."""
        await self.go("/config/lovelace/dashboards")
        await self.press("Add dashboard")
        await self.page.locator("dashboard-card", has_text=DASHBOARD).click()
        await self.press("Create")

        async def config() -> Any:
            with suppress(RuntimeError):
                return await self.client.command("lovelace/config", url_path="heart-rate")

        agree("The dashboard", await until(config), {"strategy": {"type": "custom:fitbit-cardiogram"}})
        await self.go("/heart-rate")
        await self.until_drawn()
        for part in ("last_night", "week", "resting_long", "workouts", "alert_me"):
            await self.see(CARD_TEXTS[part])
        agree("Cards that fail", await self.page.locator("hui-error-card").count(), 0)
        points, duration = await self.page.evaluate(DRAWN)
        self.drawn = f"{points:,} samples in {duration:.0f} ms"

    async def sessions(self) -> None:
        """Open the newest workout and the newest night on the dashboard's chart, and leave each by a key."""
        for look, figure, parts in (
            (":not(.quiet)", "recovery", "workout_zones"),
            (".quiet", "sleeping", "stages"),
        ):
            group = self.page.get_by_role("group", name=CARD_TEXTS["sessions"])
            name = await group.locator(f"button{look}").last.get_attribute("aria-label") or ""
            button = self.page.get_by_role("button", name=name, exact=True)
            await button.click()
            opened = self.page.locator(CHART).get_by_role("region")
            value = opened.locator("div", has=self.page.get_by_text(CARD_TEXTS[figure], exact=True))
            await value.get_by_role("definition").filter(has_text=re.compile(r"\d")).wait_for()
            times = self.page.get_by_role("list", name=CARD_TEXTS[parts])
            await times.get_by_role("listitem").first.wait_for()
            await self.until_drawn()
            await self.page.keyboard.press("Escape")
            await opened.wait_for(state="detached")
            await button.wait_for()

    async def export(self) -> None:
        """Fetch all heart rates as a file by the dashboard's button."""
        files: list[Download] = []

        def keep(file: Download) -> None:
            files.append(file)

        # The file opens in a page of its own, which closes at once: the browser may tell it of either.
        self.page.once("download", keep)
        self.page.context.once("page", lambda page: page.once("download", keep))
        await self.go("/heart-rate")
        before = await self.archive()
        await self.press(CARD_TEXTS["export"])
        file = (await until(lambda: asyncio.sleep(0, files)))[0]
        rows = heart_rates(Path(await file.path()))
        agree("All heart rates in the file", before.items() <= rows.items(), True)

    async def past(self) -> None:
        """Have months of the past imported by the dashboard's button."""
        oldest = min(await self.archive())
        await self.go("/heart-rate")
        await self.press(CARD_TEXTS["import_past"])
        dialog = self.page.get_by_role("dialog", name=CARD_TEXTS["import_past"])
        await dialog.get_by_role("combobox", name=CARD_TEXTS["past_how_far"]).select_option(
            CARD_TEXTS["past_90"]
        )
        await dialog.get_by_role("button", name=CARD_TEXTS["import"]).click()
        await dialog.wait_for(state="detached")
        await self.see(CARD_TEXTS["past_begun"])
        await until(self.archive, met=lambda samples: min(samples) < oldest)

    async def accessibility(self) -> None:
        """Have axe find nothing serious in our elements, by day and by night."""
        for look in ("light", "dark"):
            # A page that changes its look does so by and by: each is opened anew.
            await self.page.emulate_media(color_scheme=look)
            await self.go("/heart-rate")
            await self.until_drawn()
            await self.page.locator(
                f"{CHART}{'[dark]' if look == 'dark' else ':not([dark])'}"
            ).first.wait_for()
            await self.page.add_script_tag(path=AXE)
            agree(f"What axe finds, {look}", await self.page.evaluate(SERIOUS), [])
        await self.page.emulate_media(color_scheme="light")

    async def until_drawn(self) -> None:
        """Wait until there is more than one colour in the chart."""
        canvas = self.page.locator(f"{CHART} canvas").last
        await until(lambda: canvas.evaluate(COLOURS), 60, lambda colours: colours > 1)

    async def actions(self) -> None:
        """Perform two actions in the developer tools, one of them wrongly at first."""
        await self.go("/config/developer-tools/action")
        await self.pick(self.page.locator("ha-service-picker"), f"{DOMAIN}.forward_beats")
        await self.pick(self.page.get_by_role("button", name="Add target"), "Cardiogram")
        answer = await self.perform()
        agree("Beats that stay pending", re.findall(r"pending: (\d+)", answer), ["0"])
        agree("Errors", re.findall(r"last_error: (.*)", answer), ["null"])

        await self.go("/config/developer-tools/action")
        await self.pick(self.page.locator("ha-service-picker"), f"{DOMAIN}.get_heart_rate")
        await self.pick(self.page.get_by_role("button", name="Add target"), NAME)
        # Start and end are optional, since a workout may be asked for instead.
        for box in (await self.page.locator("ha-settings-row ha-checkbox").all())[:2]:
            await box.click()
        for date in await self.page.locator("ha-date-input").all():
            await date.click()
            await self.page.locator("[aria-current=date]").click()
            await self.press("OK")
        await self.page.get_by_text("1 hour", exact=True).click()
        await self.press("Perform action")
        await self.see(TEXTS["exceptions"]["range_empty"]["message"])
        await self.page.locator("ha-time-input").last.get_by_role("spinbutton").first.fill("7")
        answer = await self.perform()
        agree("Hours of the night", len(re.findall("mean: ", answer)), 7)

    async def automation(self) -> None:
        """Search the triggers for the heart, and make an automation of one that tells of an alert."""
        await self.go("/config/automation/dashboard")
        await self.page.evaluate(COUNT_CLICKS)
        await self.press("Create automation")
        await self.page.get_by_text("Create new automation").click()
        await self.add("Add trigger", "heart", TEXTS["triggers"]["alert_began"]["name"])
        await self.pick(self.page.get_by_role("button", name="Add target"), NAME)
        await self.add("Add action", "notif", "Create persistent notification")
        message = self.page.locator("ha-automation-sidebar").get_by_role("textbox").first
        await message.click()

        async def is_written() -> bool:
            # While the form is still being built, it forgets its entries.
            with suppress(Error):
                await message.fill(MESSAGE, timeout=1000)
            await asyncio.sleep(0.5)
            return bool(await message.input_value() == MESSAGE)

        await until(is_written)
        await self.press("Save")
        await self.enter("Name", "Tell of my heart")
        await self.confirm("Save")
        await until(lambda: self.client.state("automation.tell_of_my_heart"), met="on".__eq__)
        await self.count("Automation")

    async def count(self, goal: str) -> None:
        """Note the clicks that led to a goal, which are few."""
        self.clicks[goal] = clicks = await self.page.evaluate("() => window.clicks")
        agree(f"{clicks} clicks are few", clicks <= CLICKS_MAX[goal], True)

    async def alert(self) -> None:
        """Be told of a high heart rate from the dashboard in a few clicks, and later no more."""
        ours = f"{DOMAIN}_alert_{(await self.entry_id(NAME)).lower()}"

        async def automations() -> list[str]:
            states = await self.client.get("/api/states")
            return [one["entity_id"] for one in states if one["attributes"].get("id") == ours]

        # The heart has been above the limit since the morning, which is no news after an hour.
        await self.client.walk(OPTIONS_FLOW, await self.entry_id(NAME), {"freshness_minutes": 1440})
        await self.until_loaded(NAME)
        await self.go("/heart-rate")
        await self.page.evaluate(COUNT_CLICKS)
        await self.set_alert(str(LOW_ENOUGH))
        await self.page.get_by_text("Notifications", exact=True).click()
        told = re.compile(rf"^Heart rate above {LOW_ENOUGH}, up to \d+$")
        await self.page.get_by_text(told).first.wait_for()
        await self.count("Alert")
        await self.see(MESSAGE)
        await self.go("/heart-rate")
        await self.set_alert("200")
        agree("Automations of the alert", len(await automations()), 1)
        await self.set_alert("")
        await until(automations, met=lambda found: not found)

    async def set_alert(self, high: str) -> None:
        """Set the limit for a high heart rate by the dashboard's dialog."""
        await self.press(CARD_TEXTS["alert_me"])
        dialog = self.page.get_by_role("dialog", name=CARD_TEXTS["alert_me"])
        await dialog.get_by_role("spinbutton", name=CARD_TEXTS["limit_high"]).fill(high)
        await dialog.get_by_role("button", name=CARD_TEXTS["save"]).click()
        await dialog.wait_for(state="detached")

    async def add(self, button: str, word: str, name: str) -> None:
        """Add something to an automation, by searching for a word and choosing from what is found."""
        await self.press(button)
        choices = self.page.locator("add-automation-element-dialog")
        await choices.get_by_placeholder("Search").fill(word)
        await choices.get_by_text(name).first.click()

    async def sign_in_again(self) -> None:
        """Have the sign-in revoked at Google, and sign in anew."""
        self.google.grants.clear()
        await self.poll()
        await (await self.find_sign_in(NAME)).click()
        await self.see("The sign-in of this account is no longer accepted.")
        await self.consent(NAME, "Submit")
        await self.see("Re-authentication was successful")
        await self.until_loaded(NAME)
        flows = await self.client.command("config_entries/flow/progress")
        agree("Dialogs that are left", [one for one in flows if one["handler"] == DOMAIN], [])
        before = await self.archive()

        async def is_read() -> bool:
            await self.poll()
            return len(await self.archive()) > len(before)

        await until(is_read)

    async def permission(self) -> None:
        """Do without the permission for sleep, read the offer among the options, and take it."""
        offer = TEXTS["options"]["step"]["init"]["sections"]["sleep"]
        for untick in ("See your sleep", ""):
            await self.open_integration()
            await self.menu(self.page.locator("ha-config-entry-row").filter(has_text=NAME), "Reconfigure")
            await self.consent(NAME, "Google Health", untick=untick)
            await self.see("Reconfiguration was successful")
            await self.press("Close")
            await self.until_loaded(NAME)
            await self.open_options()
            for text in (offer["name"], "choose “Reconfigure”"):
                agree(text, await self.dialog.get_by_text(text).is_visible(), bool(untick))
            await self.press("Close")

    async def repair(self) -> None:
        """Forward automatically, have the token refused at Cardiogram, and enter the new one."""
        user_id = next(iter(self.around.cardiogram.users))
        self.around.cardiogram.users[user_id] = NEW_TOKEN
        await self.open_device("Cardiogram")
        await self.flip(self.row("Automatic forwarding"))
        await self.until_raised("forwarding_token_refused")
        await self.row(FORWARDING, "Problem").wait_for()
        await self.open_repair("forwarding_token_refused")
        token = self.dialog.get_by_role("textbox")
        await token.fill("two words")
        await self.press("Submit")
        await self.see(DESTINATION_ERRORS["invalid_token"])
        await token.fill(NEW_TOKEN)
        await self.press("Submit")
        await self.until_mended("forwarding_token_refused")
        await self.until_forwarded()

    async def web_address(self) -> None:
        """Add a web address, hand its receiver the secret that is shown once, and send a test."""
        receiver = self.around.webhook
        await self.begin_destination("webhook", {"Label": NAME, "Address": f"{receiver.url}/hearts"})
        await self.submit_with_consent()
        receiver.secret = await self.read_secret()
        await self.press("Submit")
        await self.press("Finish")
        await self.open_device("Standard Webhooks")
        await self.row("Send a test").get_by_role("button").click()
        await until(lambda: asyncio.sleep(0, receiver.tests))
        agree("Labels at the web address", receiver.labels, {NAME})
        agree("Beats sent with a test", receiver.ledger, [])

    async def database(self) -> None:
        """Add a database with an old token, and mend that by the repair."""
        receiver = self.around.influx
        answers = {
            "name": "My database",
            "dialect": "api_v2_write",
            "database": receiver.database,
            "organization": receiver.organization,
            "access_token": "an-old-token",
            "person": NAME,
            "measurement": "heart_rate",
            "base_url": receiver.url,
            "allow_http": True,
            "automatic_forwarding": True,
            "consent": True,
        }
        await self.client.walk(SUBENTRY_FLOW, [await self.entry_id(NAME), "line_protocol"], answers)
        await self.until_loaded(NAME)
        await self.until_raised("forwarding_credentials_refused")
        await self.open_repair("forwarding_credentials_refused")
        await self.choose("Change the destination")
        await self.enter("Token or password", receiver.token)
        await self.press("Submit")
        await self.until_mended("forwarding_credentials_refused")
        samples = await self.archive()
        agree("Beats in the database", receiver.values().items() <= samples.items(), True)

    async def options(self) -> None:
        """Be refused options that make no sense, and keep good ones."""
        limits = TEXTS["options"]["step"]["init"]["sections"]["alerts"]["data"]
        await self.open_options()
        await self.number("Freshness limit", "1")
        await self.press("Submit")
        await self.see(TEXTS["options"]["error"]["out_of_bounds"].split(" {")[0])
        await self.number("Freshness limit", "30")
        high = self.dialog.get_by_role("spinbutton", name=limits["high_bpm"])

        async def is_open() -> bool:
            # An answer that comes meanwhile closes the section again.
            if not await high.is_visible():
                await self.dialog.get_by_text("Alerts", exact=True).click()
                await asyncio.sleep(0.5)
            return bool(await high.is_visible())

        await until(is_open)
        await self.number(limits["high_bpm"], "60")
        await self.number(limits["low_bpm"], "100")
        await self.press("Submit")
        await self.see(TEXTS["options"]["error"]["limits_crossed"])
        await self.number(limits["high_bpm"], "150")
        await self.number(limits["low_bpm"], "40")
        await self.press("Submit")
        await self.press("Finish")
        await self.until_loaded(NAME)
        await self.open_device("Google Health")
        for limit in ("high", "low"):
            await self.row(f"Heart rate {limit}", "Normal").wait_for()
        await self.open_options()
        kept = self.dialog.get_by_role("spinbutton", name="Freshness limit")
        agree("The freshness limit", await kept.input_value(), "30")
        await self.press("Close")

    async def menu(self, row: Locator, item: str) -> None:
        """Choose from the menu of a row."""
        await row.get_by_role("button", name="menu").first.click()
        await self.page.get_by_role("menuitem", name=item).locator("visible=true").click()

    async def delete(self, row: Locator, question: str) -> None:
        """Delete a row by its menu, and say yes to the question."""
        await self.menu(row, "Delete")
        await self.see(question)
        await self.confirm("Delete")

    async def number(self, field: str, number: str) -> None:
        """Enter a number in the dialog."""
        await self.dialog.get_by_role("spinbutton", name=field).fill(number)

    async def removal(self) -> None:
        """Remove the account with its credential, and find nothing left."""
        entry_id = await self.entry_id(NAME)
        await self.open_integration()
        await self.delete(self.page.locator("ha-config-entry-row").filter(has_text=NAME), f"Delete {NAME}?")
        await self.see("No entries")
        await self.go("/config/application_credentials")
        credential = self.page.get_by_role("row").filter(has_text=self.google.client_id)
        await self.delete(credential, "Delete application credential?")

        async def left() -> dict[str, Any]:
            commands = {
                "accounts": ("config_entries/get", "domain", DOMAIN),
                "entities": ("config/entity_registry/list", "platform", DOMAIN),
                "devices": ("config/device_registry/list", "config_entry_id", entry_id),
                "credentials": ("application_credentials/list", "domain", DOMAIN),
                "statistics": ("recorder/list_statistic_ids", "source", DOMAIN),
            }
            found = {
                what: [one for one in await self.client.command(command) if one[key] == ours]
                for what, (command, key, ours) in commands.items()
            }
            files = [path.name for path in (self.around.config / ".storage" / DOMAIN).iterdir()]
            return {**found, "files": files, "grants": self.google.grants[:]}

        with suppress(TimeoutError):
            await until(left, 30, lambda held: not any(held.values()))
        agree("What is left", {what: held for what, held in (await left()).items() if held}, {})


JOURNEYS: dict[str, Callable[[Owner], Awaitable[None]]] = {
    "Sign in to Home Assistant": Owner.sign_in,
    "Add an account": Owner.account,
    "Forward to Cardiogram": Owner.destination,
    "Put the chart on a dashboard": Owner.chart,
    "Add the dashboard": Owner.dashboard,
    "Open a workout and a night": Owner.sessions,
    "Fetch a file": Owner.export,
    "See it with any eyes": Owner.accessibility,
    "Perform actions": Owner.actions,
    "Make an automation": Owner.automation,
    "Be alerted": Owner.alert,
    "Sign in again": Owner.sign_in_again,
    "Do without sleep, then add it": Owner.permission,
    "Mend the forwarding": Owner.repair,
    "Post to a web address": Owner.web_address,
    "Write to a database": Owner.database,
    "Change the options": Owner.options,
    "Import the past": Owner.past,
    "Remove the account": Owner.removal,
}


async def take(owner: Owner, proof: Proof) -> None:
    """Take one journey after the other until one fails."""
    for name, journey in JOURNEYS.items():
        started = time.monotonic()
        try:
            await journey(owner)
        except Exception as error:  # noqa: BLE001
            proof.note(name, "failed")
            proof.faults.append(
                f"{name}, at `{step_of(error)}`: {type(error).__name__} {error}\nSee {await keep(owner)}"
            )
            return
        proof.note(name, f"{time.monotonic() - started:4.1f} s, as expected")
        with suppress(FileNotFoundError):
            owner.secrets |= secrets_of(owner.around)


def step_of(error: Exception) -> str:
    """Return the line of a journey that failed."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__]
    return " ".join((lines[-1].line or "").split())


async def keep(owner: Owner) -> Path:
    """Keep the log and a picture of every open page, and return their folder."""
    folder = Path(tempfile.mkdtemp(prefix="fitbit-cardiogram-failed-"))
    (folder / "home-assistant.log").write_text(owner.around.log)
    for number, page in enumerate(owner.page.context.pages, 1):
        await page.screenshot(path=folder / f"page-{number}.png")
    return folder


async def main() -> int:
    """Take the journeys, and print their results."""
    started = time.monotonic()
    proof = Proof()
    time_zone = evening()
    async with world(port=PORT, time_zone=time_zone) as around:
        around.source.service.people[0] = Person(NAME, time_zone, seed=1, sync_every=SYNC_EVERY)
        async with around.home_assistant() as client, chromium(time_zone) as browser:
            await sign_up(client)
            owner = Owner(around, client, await browser.new_page())
            await take(owner, proof)
        proof.note("Chart drawn", owner.drawn)
        for goal, clicks in owner.clicks.items():
            proof.note(f"Clicks to: {goal}", str(clicks))
        proof.check("Browser's console without errors", not owner.said)
        proof.faults += owner.said
        check_log(proof, around, made=MADE, hidden=owner.secrets)
    proof.note("Seconds", f"{time.monotonic() - started:.0f}")
    return proof.conclude()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
