"""Takes pictures of what a person is asked to mend: brings each trouble about and opens its dialog."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
import json
from pathlib import Path
import re
import sqlite3
import sys
import time
from typing import Any, override

from homeassistant.util import slugify
from PIL import Image
from playwright.async_api import Page  # type: ignore[import-not-found]

from scripts.world.browser import TEXTS, chromium, google_of
from scripts.world.journey import DOMAIN, add_account, furnish, until
from scripts.world.proof import service_secrets, stored_secrets
from scripts.world.screenshots import FOLDER, Photographer
from scripts.world.world import ROOT, World, evening, world
from tests.simulators import Fault, GoogleSimulator, Person
from tests.simulators.google import METRICS, SCOPES

PICTURES = FOLDER / "repairs"
COLOURS = 96
SYSTEM_SECTION = {"x": 350, "y": 390, "width": 580, "height": 290}
DAY = 86400
LENDER_DOMAIN = "google_health"
# Home Assistant's own integration wants this permission too.
PROFILE = "https://www.googleapis.com/auth/googlehealth.profile.readonly"
LENDERS = ("Kim", "Noor")
WEEK_OLD = "Robin"
# What the log says of troubles that were made.
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


@dataclass
class Witness(Photographer):
    """A person who looks at every trouble and at what leads out of it."""

    @override
    async def shoot(
        self, name: str, page: Page | None = None, clip: Mapping[str, float] | None = None
    ) -> None:
        """Take a picture once the page has come to rest, in so few colours that it is small."""
        page = page or self.page
        await page.wait_for_timeout(1500)
        path = PICTURES / f"{name}.png"
        with Image.open(BytesIO(await page.screenshot(clip=clip))) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path.relative_to(ROOT), flush=True)

    # What Home Assistant is told and asked

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
        yield self.around.config / ".storage" / DOMAIN / f"{await self.entry_id(account)}.db"
        await self.switch(account, off=False)

    # Each trouble

    async def trouble(self, trouble: Trouble) -> None:
        """Bring a trouble about, look at its dialog, and end it."""
        service = {
            "google": self.google,
            "gateway": self.around.sources["fitbit"].service,
            "cardiogram": self.around.cardiogram,
        }[trouble.service]
        before = {name: getattr(service, name) for name in trouble.switches}
        for name, value in trouble.switches.items():
            setattr(service, name, value)
        await self.provoke(trouble.service)
        await self.open_repair(trouble.issue)
        await self.shoot(trouble.issue)
        for name, value in before.items():
            setattr(service, name, value)
        if trouble.issue == "beats_quarantined":
            await self.choose("Give them up")
        else:
            await self.provoke(trouble.service)
        await self.until_mended(trouble.issue)

    async def provoke(self, service: str) -> None:
        """Let Home Assistant speak to a service."""
        if service != "cardiogram":
            await self.reload("Alex" if service == "google" else "Sam")
            return

        await self.until_loaded("Alex")
        now = int(time.time())
        span = {"start": _utc(now - 7200), "end": _utc(now), "resend": True}
        with suppress(RuntimeError):
            await self.client.post(
                f"/api/services/{DOMAIN}/forward_beats?return_response",
                {"device_id": self.place.destination_device, **span},
            )

    async def app_in_testing(self) -> None:
        """Sign in by an app that is not published."""
        await self.open_repair("app_in_testing")
        await self.shoot("app_in_testing")
        self.google.testing_app = False
        await self.choose("It is published: sign in again")
        await self.consent("Alex", "Google Health")
        await self.until_mended("app_in_testing")
        await self.shoot("app_in_testing-mended")

    async def permissions(self) -> None:
        """Take back what may be left out."""
        for grant in self.google.grants:
            grant.scopes = (METRICS,)
        await self.reload("Alex")
        for key in ("settings_not_granted", "zones_not_granted"):
            await self.open_repair(key)
            await self.shoot(key)
        for grant in self.google.grants:
            grant.scopes = (*SCOPES, PROFILE)
        await self.choose(
            TEXTS["issues"]["zones_not_granted"]["fix_flow"]["step"]["init"]["menu_options"]["ignore"]
        )
        await self.shoot("zones_not_granted-ignored")
        await self.reload("Alex")
        await self.until_mended("settings_not_granted")

    async def access_denied(self) -> None:
        """Be denied access for two days."""
        self.google.faults = [Fault("dataTypes/heart-rate", 403, "{}", times=-1)]
        async with self.archive("Alex") as path:
            _execute(path, f"INSERT OR REPLACE INTO facts VALUES ('denied_since', {_ago(2 * DAY)})")
        await self.open_repair("access_denied")
        await self.shoot("access_denied")
        await self.choose("Try again now")
        await self.shoot("access_denied-still_failing")
        self.google.faults = []
        await self.open_repair("access_denied")
        await self.choose("Try again now")
        await self.until_mended("access_denied")

    async def archive_too_new(self) -> None:
        """Go back to an older release."""
        async with self.archive("Alex") as path:
            version = _execute(path, "PRAGMA user_version")
            _execute(path, "PRAGMA user_version = 99")
        await self.open_repair("archive_too_new")
        await self.shoot("archive_too_new")
        async with self.archive("Alex") as path:
            _execute(path, f"PRAGMA user_version = {version}")
        await self.until_mended("archive_too_new")

    async def archive_replaced(self) -> None:
        """Lose the archive."""
        async with self.archive("Alex") as path:
            path.write_bytes(b"damaged" * 1000)
        await self.open_repair("archive_replaced")
        await self.shoot("archive_replaced")
        await self.press("Submit")
        await self.until_mended("archive_replaced")
        await self.open_repair("forwarding_archive_replaced")
        await self.shoot("forwarding_archive_replaced")
        await self.choose("Only new beats")
        await self.until_mended("forwarding_archive_replaced")

    async def new_token(self) -> None:
        """Enter a new access token, at first one that is none."""
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
        """Go on from the repair in the destination's own form."""
        self.around.cardiogram.faults = [Fault("POST", 404, "{}", times=-1)]
        await self.provoke("cardiogram")
        await self.open_repair("forwarding_wrong_address")
        await self.choose("Change the destination")
        await self.shoot("forwarding_wrong_address-change")
        self.around.cardiogram.faults = []
        await self.provoke("cardiogram")
        await self.until_mended("forwarding_wrong_address")

    async def sign_in_again(self, name: str, account: str) -> None:
        """Look at what Home Assistant asks for when it wants a new sign-in."""
        found = await self.find_sign_in(account)
        await self.shoot("list")
        await found.click()
        await self.page.get_by_role("dialog").first.wait_for()
        await self.shoot(name)

    async def reauth_testing(self) -> None:
        """Be signed out after seven days."""
        await self.switch(WEEK_OLD, off=False)
        await self.sign_in_again("reauth_testing", WEEK_OLD)
        await self.switch(WEEK_OLD, off=True)
        await self.until_mended("app_in_testing")

    async def reauth_scope(self) -> None:
        """Be denied what is needed, and sign in again."""
        body = {"error": {"code": 403, "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}
        self.google.faults = [Fault("dataTypes/heart-rate", 403, json.dumps(body), times=-1)]
        await self.reload("Alex")
        await self.sign_in_again("reauth_scope", "Alex")
        self.google.faults = []
        await self.consent("Alex", "Submit")
        await self.shoot("reauth_scope-done")

    async def reauth_confirm(self) -> None:
        """Have the sign-in revoked, and sign in again."""
        kept = [grant for grant in self.google.grants if grant.person.name != "Alex"]
        self.google.grants[:] = kept
        await self.reload("Alex")
        await self.sign_in_again("reauth_confirm", "Alex")
        await self.consent("Alex", "Submit")
        await self.shoot("reauth_confirm-done")

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

        async def value() -> str:
            with suppress(RuntimeError):
                state = (await self.client.get(f"/api/states/{entity}"))["state"]
                return state if state.isdigit() else ""
            return ""

        print(f"{LENDERS[0]}: {await until(value, 60)} bpm by the lent sign-in")
        if _stored(self.around, LENDER_DOMAIN) != before:
            raise RuntimeError("The accounts of Home Assistant's own integration were changed")

    async def lender_missing(self) -> None:
        """Switch the lender off."""
        await self.switch(LENDERS[0], off=True, domain=LENDER_DOMAIN)
        await self.reload(LENDERS[0])
        await self.open_repair("lender_missing")
        await self.shoot("lender_missing")
        await self.choose("Choose another sign-in")
        await self.dialog.get_by_text("Change the sign-in").first.wait_for()
        await self.shoot("lender_missing-sign_in")
        await self.switch(LENDERS[0], off=False, domain=LENDER_DOMAIN)
        await self.reload(LENDERS[0])
        await self.until_mended("lender_missing")

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
        await self.open_repair("service_ended")
        await self.shoot("service_ended")
        await self.choose("Move to Google Health")
        await self.dialog.get_by_text("Change the sign-in").first.wait_for()
        await self.shoot("service_ended-sign_in")
        await self.consent("Sam", "Google Health")
        await self.until_mended("service_ended")
        await self.shoot("service_ended-moved")

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
        await self.begin_destination("2", "another-demo-token", "Sam")
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
        # Above it stands what is of this machine.
        await self.shoot("system_information", clip=SYSTEM_SECTION)

    async def diagnostics(self) -> None:
        """Download them all, and see that nothing of a person is in them."""
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


def _execute(path: Path, statement: str) -> Any:
    """Run a statement on an archive that nobody has open; answers its first value, if any."""
    with closing(sqlite3.connect(path)) as connection, connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _stored(around: World, domain: str) -> list[Any]:
    """Return the config entries of an integration as they are on the disk, without when they were written."""
    store = json.loads((around.config / ".storage" / "core.config_entries").read_text())
    return [
        {key: value for key, value in entry.items() if key != "modified_at"}
        for entry in store["data"]["entries"]
        if entry["domain"] == domain
    ]


def lend(around: World, google: GoogleSimulator) -> None:
    """Put into Home Assistant's store what nobody can sign in here.

    That is its own integration's accounts, which speak to Google only, and one of ours from a week ago.
    """
    credential = {"client_id": google.client_id, "client_secret": google.client_secret}
    known_by = {"id": "lending", "domain": LENDER_DOMAIN, "name": "Google", **credential}
    people = {person.name: person for person in google.people}
    entries = []
    for name in (*LENDERS, WEEK_OLD):
        token = google.grant((*SCOPES, PROFILE), people[name])
        is_ours = name == WEEK_OLD
        data: dict[str, Any] = {"auth_implementation": "lending", "token": token}
        if is_ours:
            google.grants.pop()
            data = {
                "source": "google_health",
                "auth_implementation": slugify(f"{DOMAIN}.{google.client_id}"),
                "token": token | {"expires_at": 0},
                "consented_at": _ago(7 * DAY),
            }
        entries.append(
            {
                "entry_id": f"01DEMO{name.upper():0<20}",
                "domain": DOMAIN if is_ours else LENDER_DOMAIN,
                "title": name,
                "unique_id": people[name].health_user_id,
                "data": data,
                "options": {},
                "source": "user",
                "version": 1,
                "disabled_by": "user" if is_ours else None,
            }
        )
    stores = {"core.config_entries": {"entries": entries}, "application_credentials": {"items": [known_by]}}
    for key, held in stores.items():
        store = {"version": 1, "minor_version": 1, "key": key, "data": held}
        (around.config / ".storage" / key).write_text(json.dumps(store))


async def main() -> int:
    """Build a world, and look at one trouble after the other in the same Home Assistant."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    failed = []
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
            witness = Witness(around, client, await browser.new_page(), place)
            await witness.sign_in()
            for name, station in stations(witness):
                try:
                    await station()
                except Exception as error:  # noqa: BLE001
                    failed.append(f"{name}: {type(error).__name__}: {error}")
        failed += unexpected(around)
    for line in failed:
        print(f"Wrong: {line}", file=sys.stderr)
    return 1 if failed else 0


def unexpected(around: World) -> list[str]:
    """Return what the log should not hold: secrets, and warnings of ours beyond those of the troubles."""
    hidden = {*stored_secrets(around.config), *service_secrets(google_of(around))}
    lines = [line for line in around.log.splitlines() if re.search(r" (WARNING|ERROR|CRITICAL) ", line)]
    ours = [line for line in lines if DOMAIN in line and not re.search(EXPECTED, line)]
    return ours + (["A secret is in the log"] if any(secret in around.log for secret in hidden) else [])


def stations(witness: Witness) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    """Return what to look at, in this order."""
    stations = (
        witness.app_in_testing,
        witness.short_way,
        witness.lender_missing,
        witness.new_token,
        witness.change_destination,
        witness.permissions,
        witness.access_denied,
        witness.archive_too_new,
        witness.archive_replaced,
        witness.reauth_scope,
        witness.reauth_confirm,
        witness.reauth_testing,
        witness.gateway_form,
        witness.destination_form,
        witness.options,
        witness.system_health,
        witness.move_step,
        witness.service_ended,
        witness.diagnostics,
    )
    troubles = [(one.issue, partial(witness.trouble, one)) for one in TROUBLES]
    return [*troubles, *((station.__name__, station) for station in stations)]


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
