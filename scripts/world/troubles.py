"""Takes the pictures of the repairs: brings each trouble about and opens its dialog."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
import json
from pathlib import Path
import sys
import time
from typing import Any, override
from unittest.mock import patch

from homeassistant.util import slugify
from PIL import Image
from playwright.async_api import Page  # type: ignore[import-not-found]

from scripts.distribution.package import ROOT
from scripts.waiting import until
from scripts.world.browser import SIZE, TEXTS, chromium, google_of
from scripts.world.journey import add_account, furnish
from scripts.world.proof import Proof, check_log, service_secrets
from scripts.world.screenshots import FOLDER, Photographer, few_colours
from scripts.world.stored import DOMAIN, archive_path, execute, read_store, stored_secrets, write_store
from scripts.world.world import World, evening, world
from tests.simulators import Fault, GoogleSimulator, Person
from tests.simulators.google import METRICS, SCOPES
from tests.simulators.server import Simulator

PICTURES = FOLDER / "repairs"
SYSTEM_SECTION = {"x": 350, "y": 390, "width": 580, "height": 290}
# Room for a long form.
HIGH = {"width": 1280, "height": 1700}
DAY = 86400
LENDER_DOMAIN = "google_health"
# Home Assistant's own integration wants this permission too.
PROFILE = "https://www.googleapis.com/auth/googlehealth.profile.readonly"
LENDERS = ("Kim", "Noor")
WEEK_OLD = "Robin"
# The log's words about troubles that were made.
EXPECTED = (
    r"cannot be read: |does not get through: |Error fetching |Authentication failed while fetching |"
    r"the import waits: |beats for \w+ are given up|could not authenticate: |written by a newer release|"
    r"damaged or missing and begins afresh|has not been tested by Home Assistant"
)


@dataclass(frozen=True)
class Trouble:
    """An issue, by its translation key, and the switches of a simulator that bring it about."""

    issue: str
    service: str
    switches: Mapping[str, Any]


def _refusal(status: int, body: str = "{}") -> dict[str, Any]:
    return {"faults": [Fault("POST", status, body, times=-1)]}


TROUBLES = (
    Trouble("api_not_enabled", "google", {"api_disabled": True}),
    Trouble("account_not_linked", "google", {"account_not_linked": True}),
    Trouble("intraday_missing", "gateway", {"intraday": "forbidden"}),
    Trouble("forwarding_token_refused", "cardiogram", _refusal(401)),
    Trouble("forwarding_user_mismatch", "cardiogram", _refusal(403)),
    Trouble("forwarding_wrong_address", "cardiogram", _refusal(404)),
    Trouble("forwarding_unexpected_answer", "cardiogram", _refusal(200, "<html>")),
    Trouble("forwarding_beats_refused", "cardiogram", _refusal(400)),
    Trouble("beats_quarantined", "cardiogram", {"reject": lambda beat: beat["start"] % 1000 < 8}),
)
OWN_TROUBLES = (
    Trouble("forwarding_unwanted", "webhook", {"is_gone": True}),
    Trouble("forwarding_credentials_refused", "line_protocol", {"token": "another-token"}),
    Trouble("forwarding_database_missing", "line_protocol", {"database": "another-database"}),
    Trouble("forwarding_type_conflict", "line_protocol", {"has_floats": True}),
)
"""Those of receivers of a person's own."""


@dataclass
class Witness(Photographer):
    """A person who looks at every trouble and the way out of it."""

    @override
    async def shoot(
        self, name: str, page: Page | None = None, clip: Mapping[str, float] | None = None
    ) -> None:
        """Take a picture once the page has come to rest, in so few colours that it is small."""
        page = page or self.page
        await page.wait_for_timeout(1500)
        path = PICTURES / f"{name}.png"
        with Image.open(BytesIO(await page.screenshot(clip=clip))) as picture:
            few_colours(picture.convert("RGB")).save(path, optimize=True)
        print(path.relative_to(ROOT), flush=True)

    @property
    def receivers(self) -> dict[str, Simulator]:
        """The receivers of beats, by the type of their destinations."""
        around = self.around
        return {
            "cardiogram": around.cardiogram,
            "webhook": around.webhook,
            "line_protocol": around.influx,
        }

    async def shoot_whole(self, name: str) -> None:
        """Take a picture of a dialog that is higher than the page."""
        await self.page.set_viewport_size(HIGH)
        await self.shoot(name)
        await self.page.set_viewport_size(SIZE)

    # Home Assistant's side

    async def switch(self, account: str, *, off: bool, domain: str = DOMAIN) -> None:
        """Switch an account off or on."""
        entry_id = await self.entry_id(account, domain)
        disabled_by = "user" if off else None
        await self.client.command("config_entries/disable", entry_id=entry_id, disabled_by=disabled_by)

    async def reload(self, account: str) -> None:
        """Set an account up anew, with a poll at once."""
        await self.client.post(f"/api/config/config_entries/entry/{await self.entry_id(account)}/reload")

    @asynccontextmanager
    async def archive(self, account: str) -> AsyncIterator[Path]:
        """Let the block have the file of an account's archive for itself."""
        await self.switch(account, off=True)
        yield archive_path(self.around.config, await self.entry_id(account))
        await self.switch(account, off=False)

    async def show(self, issue: str) -> None:
        """Wait for an issue, and take a picture of its dialog."""
        await self.open_repair(issue)
        await self.shoot(issue)

    async def trouble(self, trouble: Trouble) -> None:
        """Bring a trouble about, look at its dialog, and end it."""
        service = {
            "google": self.google,
            "gateway": self.around.sources["fitbit"].service,
            **self.receivers,
        }[trouble.service]
        with patch.multiple(service, **trouble.switches):
            await self.provoke(trouble.service)
            await self.show(trouble.issue)
        if trouble.issue == "beats_quarantined":
            await self.choose("Give them up")
        else:
            await self.provoke(trouble.service)
        await self.until_mended(trouble.issue)

    async def provoke(self, service: str) -> None:
        """Let Home Assistant speak to a service."""
        if service not in self.receivers:
            await self.reload("Alex" if service == "google" else "Sam")
            return

        await self.until_loaded("Alex")
        now = int(time.time())
        span = {"start": _utc(now - 7200), "end": _utc(now), "resend": True}
        with suppress(RuntimeError):
            await self.client.post(
                f"/api/services/{DOMAIN}/forward_beats?return_response",
                {"device_id": await self.device_of(service), **span},
            )

    async def device_of(self, kind: str) -> str:
        """Return the device of Alex's destination of a kind."""
        entry_id = await self.entry_id("Alex")
        listed = await self.client.command("config_entries/subentries/list", entry_id=entry_id)
        ids = {one["subentry_id"] for one in listed if one["subentry_type"] == kind}
        devices = await self.client.command("config/device_registry/list")
        return str(
            next(
                device["id"]
                for device in devices
                if ids.intersection(device["config_entries_subentries"].get(entry_id, ()))
            )
        )

    async def sign_in_again(self, name: str, account: str) -> None:
        """Look at Home Assistant's request for a new sign-in."""
        found = await self.find_sign_in(account)
        await self.shoot("list")
        await found.click()
        await self.page.get_by_role("dialog").first.wait_for()
        await self.shoot(name)


class Stations(Witness):
    """The troubles beyond the table and the ways out of them: each method is a station, in this order."""

    async def own_receivers(self) -> None:
        """Add receivers of a person's own, look at their troubles, and remove them."""
        webhook, influx = self.around.webhook, self.around.influx
        address = {"Label": "Alex", "Address": f"{webhook.url}/hearts"}
        await self.begin_destination("webhook", address, "Alex")
        await self.shoot_whole("web_address_form")
        await self.submit_with_consent()
        webhook.secret = await self.read_secret()
        await self.shoot("web_address_secret")
        await self.press("Submit")
        await self.press("Finish")
        database = {
            "Database or bucket": influx.database,
            "Token or password": influx.token,
            "Organization": influx.organization,
            "Person": "Alex",
            "Base address": influx.url,
        }
        await self.begin_destination("line_protocol", database, "Alex")
        await self.dialog.get_by_text("Version 2 (").click()
        await self.shoot_whole("database_form")
        await self.submit_with_consent()
        await self.press("Finish")
        for trouble in OWN_TROUBLES:
            await self.trouble(trouble)
        entry_id = await self.entry_id("Alex")
        for one in await self.client.command("config_entries/subentries/list", entry_id=entry_id):
            if one["subentry_type"] != "cardiogram":
                ids = {"entry_id": entry_id, "subentry_id": one["subentry_id"]}
                await self.client.command("config_entries/subentries/delete", **ids)
        await self.until_loaded("Alex")

    async def app_in_testing(self) -> None:
        """Sign in by an app that is not published."""
        await self.show("app_in_testing")
        self.google.testing_app = False
        await self.choose("It is published: sign in again")
        await self.consent("Alex", "Google Health")
        await self.until_mended("app_in_testing")
        await self.shoot("app_in_testing-mended")

    async def short_way(self) -> None:
        """Add an account by the sign-in of Home Assistant's own integration."""
        before = _stored(self.around, LENDER_DOMAIN)
        await self.begin_account()
        await self.shoot("first_menu")
        await self.choose(TEXTS["config"]["step"]["user"]["menu_options"]["lent"])
        await self.dialog.get_by_text(LENDERS[0]).first.wait_for()
        await self.shoot("short_way-whose")
        await self.dialog.get_by_text(LENDERS[0]).first.click()
        await self.press("Submit")
        await self.page.get_by_role("textbox", name="Name").wait_for()
        await self.shoot("short_way")
        await self.press("Submit")
        await self.shoot("short_way-done")
        await self.press("Skip and finish")
        entity = f"sensor.{LENDERS[0].lower()}_heart_rate"
        value = await until(lambda: self.client.state(entity), 60, str.isdigit)
        print(f"{LENDERS[0]}: {value} bpm by the lent sign-in")
        if _stored(self.around, LENDER_DOMAIN) != before:
            raise RuntimeError("The accounts of Home Assistant's own integration were changed")

    async def lender_missing(self) -> None:
        """Switch the lender off."""
        await self.switch(LENDERS[0], off=True, domain=LENDER_DOMAIN)
        await self.reload(LENDERS[0])
        await self.show("lender_missing")
        await self.choose("Choose another sign-in")
        await self.dialog.get_by_text("Change the sign-in").first.wait_for()
        await self.shoot("lender_missing-sign_in")
        await self.switch(LENDERS[0], off=False, domain=LENDER_DOMAIN)
        await self.reload(LENDERS[0])
        await self.until_mended("lender_missing")

    async def new_token(self) -> None:
        """Enter a malformed access token, then a good one."""
        self.around.cardiogram.faults = [Fault("POST", 401, "{}", times=-1)]
        await self.provoke("cardiogram")
        await self.open_repair("forwarding_token_refused")
        field = self.page.get_by_role("textbox").first
        await field.fill("two words")
        await self.press("Submit")
        await self.shoot("forwarding_token_refused-error")
        self.around.cardiogram.faults = []
        self.around.cardiogram.users["1"] = "a-new-demo-token"
        await field.fill("a-new-demo-token")
        await self.press("Submit")
        await self.until_mended("forwarding_token_refused")

    async def change_destination(self) -> None:
        """Go on from the repair to the destination's own form."""
        self.around.cardiogram.faults = [Fault("POST", 404, "{}", times=-1)]
        await self.provoke("cardiogram")
        await self.open_repair("forwarding_wrong_address")
        await self.choose("Change the destination")
        await self.shoot("forwarding_wrong_address-change")
        self.around.cardiogram.faults = []
        await self.provoke("cardiogram")
        await self.until_mended("forwarding_wrong_address")

    async def permissions(self) -> None:
        """Take back the permissions that may be left out."""
        for grant in self.google.grants:
            grant.scopes = (METRICS,)
        await self.reload("Alex")
        for key in ("settings_not_granted", "zones_not_granted"):
            await self.show(key)
        for grant in self.google.grants:
            grant.scopes = (*SCOPES, PROFILE)
        steps = TEXTS["issues"]["zones_not_granted"]["fix_flow"]["step"]
        await self.choose(steps["init"]["menu_options"]["ignore"])
        await self.shoot("zones_not_granted-ignored")
        await self.reload("Alex")
        await self.until_mended("settings_not_granted")

    async def access_denied(self) -> None:
        """Be denied access for two days."""
        self.google.faults = [Fault("dataTypes/heart-rate", 403, "{}", times=-1)]
        async with self.archive("Alex") as path:
            denied = f"INSERT OR REPLACE INTO facts VALUES ('denied_since', {_ago(2 * DAY)})"
            execute(path, denied, "rw")
        await self.show("access_denied")
        await self.choose("Try again now")
        await self.see(TEXTS["issues"]["access_denied"]["fix_flow"]["abort"]["still_failing"])
        await self.shoot("access_denied-still_failing")
        self.google.faults = []
        await self.open_repair("access_denied")
        await self.choose("Try again now")
        await self.until_mended("access_denied")

    async def archive_too_new(self) -> None:
        """Go back to an older release."""
        async with self.archive("Alex") as path:
            ((version,),) = execute(path, "PRAGMA user_version")
            execute(path, "PRAGMA user_version = 99", "rw")
        await self.show("archive_too_new")
        async with self.archive("Alex") as path:
            execute(path, f"PRAGMA user_version = {version}", "rw")
        await self.until_mended("archive_too_new")

    async def archive_replaced(self) -> None:
        """Lose the archive."""
        async with self.archive("Alex") as path:
            path.write_bytes(b"damaged" * 1000)
        await self.show("archive_replaced")
        await self.press("Submit")
        await self.until_mended("archive_replaced")
        await self.show("forwarding_archive_replaced")
        await self.choose("Only new beats")
        await self.until_mended("forwarding_archive_replaced")

    async def reauth_scope(self) -> None:
        """Be denied a permission that is needed, and sign in again."""
        body = {"error": {"code": 403, "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}
        self.google.faults = [Fault("dataTypes/heart-rate", 403, json.dumps(body), times=-1)]
        await self.reload("Alex")
        await self.sign_in_again("reauth_scope", "Alex")
        self.google.faults = []
        await self.consent("Alex", "Submit")
        await self.shoot("reauth_scope-done")

    async def reauth_confirm(self) -> None:
        """Have the sign-in revoked, and sign in again."""
        self.google.grants[:] = [one for one in self.google.grants if one.person.name != "Alex"]
        await self.reload("Alex")
        await self.sign_in_again("reauth_confirm", "Alex")
        await self.consent("Alex", "Submit")
        await self.shoot("reauth_confirm-done")

    async def reauth_testing(self) -> None:
        """Be signed out after seven days."""
        await self.switch(WEEK_OLD, off=False)
        await self.sign_in_again("reauth_testing", WEEK_OLD)
        await self.switch(WEEK_OLD, off=True)
        await self.until_mended("app_in_testing")

    async def gateway_form(self) -> None:
        """Enter a gateway's plain http address without the tick that allows it."""
        await self.begin_account()
        await self.choose(TEXTS["config"]["step"]["user"]["menu_options"]["fitbit"])
        await self.enter("Base address", "http://192.168.1.20:8080")
        await self.shoot("gateway_form")
        await self.press("Submit")
        await self.shoot("gateway_form-error")

    async def destination_form(self) -> None:
        """Enter a plain http address without the tick that allows it."""
        await self.begin_cardiogram("2", "another-demo-token", "Sam")
        await self.page.get_by_text("Address", exact=True).last.click()
        await self.enter("Base address", "http://192.168.1.20:8080")
        await self.page.wait_for_timeout(1000)
        await self.page.get_by_role("switch").last.click(force=True)
        await self.shoot("destination_form")
        await self.press("Submit")
        await self.shoot("destination_form-error")

    async def options(self) -> None:
        """Look at the options."""
        await self.open_options()
        await self.shoot("options")

    async def system_health(self) -> None:
        """Look at our part of the system's page."""
        await self.go("/config/repairs")
        await self.page.get_by_role("button", name="Menu").last.click()
        await self.page.get_by_text("System information").last.click()
        ours = self.page.get_by_text("Size of the archives").first
        await ours.wait_for()
        await self.page.wait_for_timeout(6000)
        await ours.scroll_into_view_if_needed()
        # The details of this machine stand above it.
        await self.shoot("system_information", clip=SYSTEM_SECTION)

    async def move_step(self) -> None:
        """Sign in with Google as someone whose account is at the gateway."""
        await self.begin_account()
        await self.consent("Sam", "Google Health")
        await self.dialog.get_by_text("This account already exists").first.wait_for()
        await self.shoot("move")

    async def service_ended(self) -> None:
        """Shut the gateway down, and move to Google."""
        self.around.sources["fitbit"].service.faults = [Fault("/", 410, "{}", times=-1)]
        await self.reload("Sam")
        await self.show("service_ended")
        await self.choose("Move to Google Health")
        await self.dialog.get_by_text("Change the sign-in").first.wait_for()
        await self.shoot("service_ended-sign_in")
        await self.consent("Sam", "Google Health")
        await self.until_mended("service_ended")
        await self.shoot("service_ended-moved")

    async def diagnostics(self) -> None:
        """Download all diagnostics, and look for personal data in them."""
        hidden = {
            *stored_secrets(self.around.config),
            *(text for source in self.around.sources.values() for text in service_secrets(source.service)),
            *self.around.cardiogram.users.values(),
            self.around.cardiogram.url,
            *(person.name for person in self.google.people),
        }
        for entry in (await self.entries()).values():
            found = await self.client.get(f"/api/diagnostics/config_entry/{entry['entry_id']}")
            text = json.dumps(found["data"])
            if any(one in text for one in hidden):
                raise RuntimeError(f"The diagnostics tell something of a person: {text}")


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _ago(seconds: int) -> int:
    return int(time.time()) - seconds


def _stored(around: World, domain: str) -> list[Any]:
    """Return the config entries of an integration on the disk, without the times of writing."""
    entries = read_store(around.config, "core.config_entries")["entries"]
    return [entry | {"modified_at": None} for entry in entries if entry["domain"] == domain]


def lend(around: World, google: GoogleSimulator) -> None:
    """Store accounts of Home Assistant's own integration, and one of ours from a week ago.

    Nobody can add them here: that integration speaks to the real Google only.
    """
    credential = {"client_id": google.client_id, "client_secret": google.client_secret}
    known_by = {"id": "lending", "domain": LENDER_DOMAIN, "name": "Google", **credential}
    people = {person.name: person for person in google.people}
    tokens = {name: google.grant((*SCOPES, PROFILE), people[name]) for name in (*LENDERS, WEEK_OLD)}
    google.grants.pop()
    entries: list[dict[str, Any]] = [
        {
            "entry_id": f"01DEMO{name.upper():0<20}",
            "domain": LENDER_DOMAIN,
            "title": name,
            "unique_id": people[name].health_user_id,
            "data": {"auth_implementation": "lending", "token": token},
            "disabled_by": None,
            "options": {},
            "source": "user",
            "version": 1,
        }
        for name, token in tokens.items()
    ]
    entries[-1] |= {
        "domain": DOMAIN,
        "data": {
            "source": "google_health",
            "auth_implementation": slugify(f"{DOMAIN}.{google.client_id}"),
            "token": tokens[WEEK_OLD] | {"expires_at": 0},
            "consented_at": _ago(7 * DAY),
        },
        "disabled_by": "user",
    }
    write_store(around.config, "core.config_entries", {"entries": entries})
    write_store(around.config, "application_credentials", {"items": [known_by]})


async def main() -> int:
    """Build a world, and look at one trouble after the other in the same Home Assistant."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    proof = Proof()
    time_zone = evening()
    async with world(time_zone=time_zone) as around, chromium(time_zone) as browser:
        google, gateway = google_of(around), around.sources["fitbit"].service
        gateway.people[:] = [one for one in gateway.people if one.name == "Sam"]
        for seed, name in enumerate((*LENDERS, WEEK_OLD), 3):
            google.people.append(Person(name, time_zone, seed, sync_every=60))
        lend(around, google)
        async with around.home_assistant() as client:
            google.testing_app = True
            place = await furnish(around, client)
            await add_account(client, around.sources["fitbit"])
            witness = Stations(around, client, await browser.new_page(), place)
            await witness.sign_in()
            for name, station in stations(witness):
                try:
                    await station()
                except Exception as error:  # noqa: BLE001
                    proof.faults.append(f"{name}: {type(error).__name__}: {error}")
        check_log(proof, around, made=EXPECTED)
    return proof.conclude()


def stations(witness: Stations) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """Yield the name and the work of every station."""
    for trouble in TROUBLES:
        yield trouble.issue, partial(witness.trouble, trouble)
    for name, station in vars(Stations).items():
        if not name.startswith("_"):
            yield name, partial(station, witness)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
