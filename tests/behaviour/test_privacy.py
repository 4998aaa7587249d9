"""Privacy: whatever goes wrong, no secret, heart rate or sleep is told where it does not belong.

Diagnostics and system health have tests of their own.
"""

from collections.abc import Iterator
from dataclasses import replace
import json
import logging
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC, CONF_USER_ID, DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import utc
from tests.helpers.dialogs import Consent, Dialogs, start
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    at,
    destination,
    issues,
    pass_time,
    settle,
)
from tests.helpers.receiver import PASSES, WAITS_FOR_A_PERSON
from tests.helpers.sign_in import LOADED, SECRET, OnStage, Row, Stage, each_row
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.sleeping import Sleep

CLIENT_SECRET = "client-secret-sentinel-3307"
NOW_S = int(NOW.timestamp())
HEALTH_ID = "200000000000000071935"
LEGACY_ID = "LEGACY71935"
CARDIOGRAM_ID = "cardiogram-user-sentinel-8128"
CARDIOGRAM_TOKEN = "cardiogram-token-sentinel-4956"
# No clock, count or port of these tests makes them.
HEART_RATES = range(283, 300)
HEART_RATE = re.compile(rf"(?<![\w.:+-])(?<!line )(?:{'|'.join(map(str, HEART_RATES))})(?![\w:]|\.[1-9])")

# A night, by all that tells of it: its id, its times, and the seconds asleep. Its heart beats with 291.
BED, DEEP, UP = (at(moment) for moment in ("01:13:30", "02:41:30", "05:47:30"))
STAGES = (("AWAKE", BED, DEEP), ("DEEP", DEEP, UP))
NIGHT = Sleep("night-sentinel-6174", BED, UP, STAGES, is_main=True, created=BED, updated=UP)
SLEEP = {NIGHT.id, "nap-sentinel", str(UP - DEEP)} | {
    told for moment in (BED, DEEP, UP) for told in (str(moment), f"{utc(moment):%H:%M:%S}")
}

IDENTITY = "GET /v4/users/me/identity"
RANGE = {"start": "2026-11-21T21:00:00+00:00", "end": "2026-11-21T22:00:00+00:00"}

# What is not ours, by the logger and the beginning of the message: Home Assistant's state machine writes each
# new state to the log, and the tests' own storage what would be written to the disk.
NOT_OURS = (
    ("homeassistant.core", "Bus:Handling <Event state_changed[L]: "),
    ("pytest_homeassistant_custom_component.common", "Writing data to "),
)


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Recording:
    """Return a person whose ids, heart rates and sleep would show wherever they are told."""
    readings = [(moment, 291) for moment in range(DEEP, UP, 100)]
    readings += [(at(f"21:{minute:02}:00"), 283 + minute % 10) for minute in range(30, 60)]
    return Recording(
        readings,
        at("21:59:00"),
        slept=[NIGHT],
        health_user_id=HEALTH_ID,
        legacy_user_id=LEGACY_ID,
    )


@pytest.fixture
def google(google: GoogleSimulator) -> GoogleSimulator:
    """Google, to whom the account's project is known by a secret that would show."""
    google.client_secret = CLIENT_SECRET
    return google


@pytest.fixture
def fitbit(fitbit: FitbitSimulator) -> FitbitSimulator:
    """Return the gateway, by a secret of the same kind."""
    fitbit.client_secret = CLIENT_SECRET
    return fitbit


class Watcher:
    """Notes all that Home Assistant shows of us to anybody."""

    def __init__(self, home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        self._home = home
        self._caplog = caplog
        self.seen: list[str] = []
        home.bus.async_listen("state_changed", lambda event: self._note_event(event.data["new_state"]))

    def _note_event(self, state: Any) -> None:
        if state is not None and state.entity_id.startswith("event.") and "forwarding" in state.entity_id:
            self.note(state.as_dict())

    def note(self, *shown: object) -> None:
        """Note everything that was shown."""
        self.seen += [f"{some} {some!r}" for some in shown]

    def look(self) -> None:
        """Look at everything that stands somewhere."""
        home = self._home
        self.note(*(found for (domain, _), found in ir.async_get(home).issues.items()))
        for flow in home.config_entries.flow.async_progress():
            # Home Assistant itself keeps the account's id beside a sign-in that it asks for.
            self.note(flow | {"context": {**flow["context"], "unique_id": None}})
        for entry in home.config_entries.async_entries(DOMAIN):
            self.note(entry.reason, entry.error_reason_translation_placeholders)
            if entry.state is ConfigEntryState.LOADED:
                coordinator = entry.runtime_data.coordinator
                self.note(*chain(coordinator.last_exception), coordinator.trouble, coordinator.poll.errors)

    def log(self) -> str:
        """Return our log, with every traceback."""
        formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
        return "\n".join(
            formatter.format(record)
            for record in self._caplog.records
            if not any(
                record.name == logger and record.getMessage().startswith(begin) for logger, begin in NOT_OURS
            )
        )

    def check(self, *providers: GoogleSimulator | FitbitSimulator) -> None:
        """Find no secret, no heart rate and no sleep in anything shown."""
        self.look()
        assert self.seen
        assert "custom_components.fitbit_cardiogram" in self.log()
        grants = [grant for provider in providers for grant in provider.grants]
        tokens = {token for grant in grants for token in (*grant.access_tokens, grant.refresh_token)}
        used = {token for provider in providers for token in getattr(provider, "_used", ())}
        codes = {code for provider in providers for code in _codes(provider)}
        own = {CLIENT_SECRET, HEALTH_ID, LEGACY_ID, CARDIOGRAM_ID, CARDIOGRAM_TOKEN, SECRET}
        secrets = [secret for secret in tokens | used | codes | own | SLEEP if secret]
        lines = {line for some in (*self.seen, self.log()) for line in some.splitlines()}
        told = {
            line for line in lines if HEART_RATE.search(line) or any(secret in line for secret in secrets)
        }
        assert told == set()


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _codes(provider: GoogleSimulator | FitbitSimulator) -> Iterator[str]:
    """Yield every authorization code and verifier that was ever exchanged."""
    for request in provider.requests:
        body = request.body.decode(errors="replace")
        yield from re.findall(r"(?:code|code_verifier|refresh_token)=([^&]+)", body)


@pytest.fixture
def watcher(home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Watcher:
    """Whoever reads along, with the log at its most talkative."""
    logging.getLogger().setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    return Watcher(home, caplog)


async def through_the_row(stage: Stage) -> None:
    """Meet the row's trouble at the first set-up, after it, and while running."""
    home = stage.home
    await stage.begin()
    await stage.through(stage.set_up(stage.entry))
    stage.look()
    await stage.end()
    await stage.reload()
    await stage.after(minutes=5)
    assert stage.entry.state is LOADED
    await stage.begin()
    await stage.after(minutes=5)
    await stage.after(hours=25 if stage.row.outcome.is_late else 1)
    for flow in home.config_entries.flow.async_progress():
        shown = await home.config_entries.flow.async_configure(flow["flow_id"])
        stage.shown.append(shown)


@each_row
async def test_what_a_service_answers_stays_between_us(
    on_stage: OnStage,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    watcher: Watcher,
    row: Row,
) -> None:
    stage = await on_stage(row)
    stage.look = watcher.look
    await through_the_row(stage)
    watcher.note(*stage.shown)
    watcher.check(google, gateway)


async def test_what_a_night_tells_stays_in_its_entities(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    watcher: Watcher,
) -> None:
    """While it comes in, is shown, is edited and is deleted."""
    entry = await set_up(account_entry(google))
    (night,) = entry.runtime_data.archive.nights(BED, UP)
    assert (night.mean, night.asleep) == (291, UP - DEEP)
    edited = NIGHT._replace(stages=STAGES[1:], is_edited=True, updated=NOW_S)
    nap = Sleep("nap-sentinel", at("12:13:30"), at("12:47:30"), is_nap=True, created=BED)
    for slept in ([edited, nap], [nap]):
        person.slept = slept
        await pass_time(home, clock, minutes=30)
        await pass_time(home, clock, minutes=5)
        watcher.look()
    assert entry.runtime_data.archive.nights(BED, UP) == []
    watcher.check(google)


# Forwarding


@pytest.mark.parametrize(
    "fault",
    [fault for fault, _ in (*WAITS_FOR_A_PERSON.values(), *PASSES.values())],
    ids=[*WAITS_FOR_A_PERSON, *PASSES],
)
async def test_what_a_receiver_answers_stays_between_us(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    watcher: Watcher,
    dialogs: Dialogs,
    fault: Fault,
) -> None:
    cardiogram.users = {CARDIOGRAM_ID: CARDIOGRAM_TOKEN}
    receiver = destination(
        cardiogram, **{CONF_USER_ID: CARDIOGRAM_ID, CONF_ACCESS_TOKEN: CARDIOGRAM_TOKEN, CONF_AUTOMATIC: True}
    )
    cardiogram.faults = [replace(fault, body=fault.body or SECRET, times=-1)]
    entry = await set_up(account_entry(google, subentries_data=[receiver]))
    device = dr.async_get(home).async_get_device_by_identifier((DOMAIN, SUBENTRY_ID), entry.entry_id)
    assert device
    for _ in range(2):
        for domain, action, data in (
            ("button", "press", {"entity_id": "button.cardiogram_forward_now"}),
            (DOMAIN, "forward_beats", {"device_id": device.id, **RANGE, "resend": True}),
            (DOMAIN, "forward_beats", {"device_id": device.id}),
        ):
            await act(home, watcher, domain, action, data)
        await pass_time(home, clock, minutes=65)
        watcher.look()
    assert issues(home)
    for issue_id in issues(home):
        if ir.async_get(home).issues[DOMAIN, issue_id].is_fixable:
            watcher.note(first := await dialogs.open(issue_id))
            for option in first.get("menu_options", ()):
                watcher.note(await dialogs.choose(await dialogs.open(issue_id), option))
    watcher.check(google)


async def act(home: HomeAssistant, watcher: Watcher, domain: str, action: str, data: dict[str, Any]) -> None:
    """Run an action, and note what it answers or by which exception it fails."""
    try:
        watcher.note(
            await home.services.async_call(
                domain, action, data, blocking=True, return_response=action == "forward_beats"
            )
        )
    except HomeAssistantError as error:
        watcher.note(*chain(error), error.translation_placeholders)
    await settle(home)


# Signing in


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("line", ["POST /token", IDENTITY])
@pytest.mark.parametrize(
    "fault",
    [
        Fault("", 400, json.dumps({"error": "invalid_grant", "error_description": SECRET})),
        Fault("", 401, json.dumps({"error": "invalid_client", "error_description": SECRET})),
        Fault("", 403, json.dumps({"error": {"message": SECRET}})),
        Fault("", 404, f"<html>{SECRET}"),
        Fault("", 410, SECRET),
        Fault("", 500, SECRET),
        Fault("", 200, f'{{"access_token": "{SECRET}'),
        Fault("", 200, f'{{"healthUserId": 7, "message": "{SECRET}"}}'),
        Fault("", kind="reset_after"),
    ],
    ids=lambda fault: f"{fault.status or fault.kind}",
)
async def test_what_a_sign_in_meets_stays_between_us(
    home: HomeAssistant,
    google: GoogleSimulator,
    watcher: Watcher,
    consent: Consent,
    line: str,
    fault: Fault,
) -> None:
    """Whatever comes of it; and one that succeeds says nothing either."""
    google.faults = [replace(fault, match=line, times=-1)]
    watcher.note(await consent(await start(home)))
    google.faults = []
    step = await consent(await start(home))
    watcher.note({key: value for key, value in step.items() if key != "context"})
    watcher.check(google)
