"""Proves one full pass, source to archive to sensors to Cardiogram, through the real action."""

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import re
import sqlite3
from typing import Any

from aiohttp import encode_basic_auth

from scripts.world.client import Client
from scripts.world.journey import DOMAIN, Place, forward, states, until
from scripts.world.world import World
from tests.simulators import FitbitSimulator, GoogleSimulator

# Errors of anybody, warnings of ours.
FAULT = re.compile(r" (ERROR|CRITICAL) | WARNING .*\[custom_components\.fitbit_cardiogram")
ZONES = ("zone_light", "zone_moderate", "zone_vigorous", "zone_peak")


@dataclass
class Proof:
    """What was seen, and what was wrong."""

    lines: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, seen: Any) -> None:
        """Note something seen."""
        self.lines[what] = str(seen)

    def check(self, what: str, holds: bool) -> None:
        """Note something that has to hold."""
        self.lines[what] = "yes" if holds else "no"
        if not holds:
            self.faults.append(what)

    def __str__(self) -> str:
        width = max(map(len, self.lines)) + 2
        return "\n".join(f"{what:<{width}}{seen}" for what, seen in self.lines.items())


async def prove(world: World, client: Client, place: Place) -> Proof:
    """Forward until Cardiogram holds what the archive holds, and compare every station on the way."""
    proof = Proof()
    samples, answer = await forward_everything(world, client, place)
    seen = await states(client, place, ("heart_rate", *ZONES))
    person, now = world.source.service.person, datetime.now(UTC).timestamp()
    newest = max(samples, default=0)
    truth = dict(person.samples(min(samples, default=0), newest + 1, now)) if samples else {}
    shown = seen["heart_rate"]["state"] if "heart_rate" in seen else "missing"
    zones = {key.removeprefix("zone_"): seen[key]["state"] for key in ZONES if key in seen}
    minutes = [f"{zone} {float(state):.0f}" for zone, state in zones.items() if is_number(state)]

    actions = (await client.command("get_services")).get(DOMAIN, {})
    proof.note("Samples read", f"{len(samples):,}")
    proof.note("Newest value", f"{shown} bpm, {(now - newest) / 60:.0f} min old")
    proof.note("Zone minutes today", ", ".join(minutes))
    proof.note("The action's answer", json.dumps(answer))
    proof.note("Beats accepted", f"{len(world.cardiogram.ledger):,}, {world.cardiogram.repeats():,} repeated")
    proof.check("Archive equal to account", bool(samples) and samples == truth)
    proof.check("Sensor equal to archive", shown == str(samples.get(newest)))
    proof.check("Zone minutes known", len(minutes) == len(ZONES))
    proof.check("Ledger equal to archive", bool(samples) and world.cardiogram.values() == samples)
    proof.check("Action described", bool(actions.get("forward_beats", {}).get("fields")))
    check_service(proof, world)
    return proof


def check_service(proof: Proof, world: World) -> None:
    """Check what only this kind of service can tell."""
    match world.source.service:
        case GoogleSimulator() as google:
            proof.check("Answers as Google's schema says", not google.schema_violations)
        case FitbitSimulator() as gateway:
            calls = gateway.calls_by_hour()
            proof.note("Requests this hour", f"{calls.get(this_hour(), 0)} of {gateway.limit}")
            proof.check("No 429 answered", 0 < max(calls.values(), default=0) <= gateway.limit)
    proof.check("Fitbit's own address left alone", not world.ended.requests)


def this_hour() -> int:
    """Return the UTC second that began the running hour."""
    return int(datetime.now(UTC).replace(minute=0, second=0).timestamp())


async def forward_everything(
    world: World, client: Client, place: Place
) -> tuple[dict[int, int], dict[str, Any]]:
    """Forward once the heart rate is shown, and again while a poll in between brings more."""
    answer: dict[str, Any] = {}
    samples: dict[int, int] = {}

    async def is_measured() -> bool:
        return is_number((await states(client, place, ("heart_rate",)))["heart_rate"]["state"])

    async def is_forwarded() -> bool:
        answer.update(await forward(client, place))
        samples.update(archived(world.config, place.entry_id))
        return world.cardiogram.values() == samples

    with suppress(TimeoutError):
        await until(is_measured)
        await until(is_forwarded)
    return samples, answer


def archived(config: Path, entry_id: str) -> dict[int, int]:
    """Every sample of the account's archive."""
    path = config / ".storage" / "fitbit_cardiogram" / f"{entry_id}.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as archive:
        return dict(archive.execute("SELECT time, bpm FROM samples"))


def check_log(
    proof: Proof, world: World, *, made: str | None = None, hidden: Iterable[str] = frozenset()
) -> None:
    """Look for faults and secrets in Home Assistant's log, which holds our debug lines too.

    `made` is what it says of troubles that were made, `hidden` are secrets that are no longer good.
    """
    log = world.log
    records = [one for one in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log) if is_fault(one)]
    wrong = [record for record in records if not (made and re.search(made, record))]
    proof.check("Home Assistant log without errors", not wrong)
    secrets = secrets_of(world).union(hidden)
    proof.check("Home Assistant log without secrets", bool(log) and not any(one in log for one in secrets))
    proof.faults += wrong


def is_fault(record: str) -> bool:
    """Tell whether something went wrong; why an account cannot be read is told in full at debug level."""
    head = record.partition("\n")[0]
    return bool(FAULT.search(head)) or ("Traceback" in record and " DEBUG " not in head)


def secrets_of(world: World) -> set[str]:
    """Return every secret that Home Assistant and the first account's service hold now."""
    return {*stored_secrets(world.config), *service_secrets(world.source.service)}


def service_secrets(service: GoogleSimulator | FitbitSimulator) -> Iterator[str]:
    """Every token that a service has given and that is still good, and the ids of its people."""
    for grant in service.grants:
        yield from grant.access_tokens
        if grant.refresh_token:
            yield grant.refresh_token
    for person in service.people:
        yield from (person.health_user_id, person.legacy_user_id)
    yield encode_basic_auth(service.client_id, service.client_secret)


def stored_secrets(config: Path) -> Iterator[str]:
    """Every token and client secret that Home Assistant holds for us."""
    for name in ("core.config_entries", "application_credentials"):
        yield from secret_values(json.loads((config / ".storage" / name).read_text()))


def secret_values(value: Any) -> Iterator[str]:
    """Values of the keys that name a secret, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from secret_values(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("access_token", "refresh_token", "client_secret") and isinstance(item, str):
                yield item
            else:
                yield from secret_values(item)


def is_number(state: str) -> bool:
    """Tell whether a state is a number."""
    try:
        float(state)
    except ValueError:
        return False
    return True
