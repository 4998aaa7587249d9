"""Observations of a run, and the checks of its log that every run shares."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import re
import sys
from typing import Any

from aiohttp import encode_basic_auth

from scripts.world.stored import stored_secrets
from scripts.world.world import World
from tests.simulators import FitbitSimulator, GoogleSimulator

# Errors of anybody, warnings of ours.
FAULT = re.compile(r" (ERROR|CRITICAL) | WARNING .*\[custom_components\.fitbit_cardiogram")
OURS = "custom_components/fitbit_cardiogram"
# Home Assistant logs this when a browser leaves while an answer is on its way to it.
BROWSER_LEFT = "ClientConnectionResetError: Cannot write to closing transport"


@dataclass
class Proof:
    """Observations, and the faults among them."""

    lines: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, seen: Any) -> None:
        """Note an observation."""
        self.lines[what] = str(seen)

    def check(self, what: str, holds: bool) -> None:
        """Note a condition, as a fault unless it holds."""
        self.lines[what] = "yes" if holds else "no"
        if not holds:
            self.faults.append(what)

    def conclude(self) -> int:
        """Print the observations and the faults, and return the exit code."""
        width = max(map(len, self.lines), default=0) + 2
        for what, seen in self.lines.items():
            print(f"{what:<{width}}{seen}")
        for fault in self.faults:
            print(f"Wrong: {fault}", file=sys.stderr)
        return 1 if self.faults else 0


def check_log(
    proof: Proof, world: World, *, made: str | None = None, hidden: Iterable[str] = frozenset()
) -> None:
    """Look for faults and secrets in Home Assistant's log, with our debug lines.

    `made` matches records of troubles that were made, `hidden` are secrets that are no longer good.
    """
    log = world.log
    records = [one for one in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log) if is_fault(one)]
    wrong = [record for record in records if not (made and re.search(made, record))]
    proof.check("Home Assistant log without errors", not wrong)
    secrets = secrets_of(world).union(hidden)
    proof.check("Home Assistant log without secrets", bool(log) and not any(one in log for one in secrets))
    proof.faults += wrong


def is_fault(record: str) -> bool:
    """Return whether a record is of a fault.

    Failures to read an account have tracebacks at debug level, and a browser may leave at any time.
    """
    if BROWSER_LEFT in record and OURS not in record:
        return False
    head = record.partition("\n")[0]
    return bool(FAULT.search(head)) or ("Traceback" in record and " DEBUG " not in head)


def secrets_of(world: World) -> set[str]:
    """Return every secret that Home Assistant and the first account's service hold now."""
    return {*stored_secrets(world.config), *service_secrets(world.source.service)}


def service_secrets(service: GoogleSimulator | FitbitSimulator) -> Iterator[str]:
    """Yield every valid token of a service, the ids of its people, and its client's credentials."""
    for grant in service.grants:
        yield from grant.access_tokens
        if grant.refresh_token:
            yield grant.refresh_token
    for person in service.people:
        yield from (person.health_user_id, person.legacy_user_id)
    yield encode_basic_auth(service.client_id, service.client_secret)
