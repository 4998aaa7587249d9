"""The demo: `scripts/demo` to look around, `scripts/demo --once` to prove a full pass and end."""

import argparse
import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
import signal
import sys
from typing import Any
from zoneinfo import ZoneInfo

from scripts.waiting import until
from scripts.world import journey
from scripts.world.client import Client
from scripts.world.journey import ZONES, Place
from scripts.world.proof import Proof, check_log
from scripts.world.stored import DOMAIN, archived
from scripts.world.world import PEOPLE, World, evening, world
from tests.simulators import FitbitSimulator, GoogleSimulator, Person
from tests.simulators.sleeping import NOTICED_AFTER, on_grid
from tests.simulators.training import merged

type Workouts = dict[tuple[int, int | None, str], int | None]
"""The recovery, in bpm, of each workout by its start, its end and its type."""
type Nights = set[tuple[int, int, int]]
"""The start and the end of nights, and the seconds asleep."""

WELCOME = """
  Home Assistant   {address}
  Sign in with     {user} / {password}
  Cardiogram       {ledger}  (simulated: its page shows the accepted beats)
{users}
{sources}
  Settings, log    {config}

  The watch syncs every minute, Home Assistant looks every five. Ctrl-C stops everything.
"""


async def once(source: str, port: int) -> int:
    """Prove one pass and print the observations."""
    async with world(source, port, evening()) as around:
        if isinstance(person := around.source.service.person, Person):
            person.dozed_off = on_grid(int(datetime.now(UTC).timestamp()) - 2 * NOTICED_AFTER)
        async with around.home_assistant() as client:
            proof = await prove(around, client, await journey.furnish(around, client))
        check_log(proof, around)
    return proof.conclude()


async def prove(around: World, client: Client, place: Place) -> Proof:
    """Forward until Cardiogram holds the whole archive, and compare every station on the way."""
    proof = Proof()
    samples, answer = await forward_everything(around, client, place)
    seen = {
        key: one["state"]
        for key, one in (await journey.states(client, place, ("heart_rate", *ZONES))).items()
    }
    person, now = around.source.service.person, datetime.now(UTC).timestamp()
    newest, receiver = max(samples, default=0), around.cardiogram
    truth = dict(person.samples(min(samples, default=0), newest + 1, now)) if samples else {}
    sessions = await sessions_shown(client, place, truth)
    workouts, nights = workouts_of(sessions), nights_of(sessions)
    slept = [one for one in sessions["nights"] if one["final"]]
    shown = seen.pop("heart_rate", "missing")
    minutes = [f"{key[5:]} {float(state):.0f}" for key, state in seen.items() if is_number(state)]

    actions = (await client.command("get_services")).get(DOMAIN, {})
    proof.note("Samples read", f"{len(samples):,}")
    proof.note("Newest value", f"{shown} bpm, {(now - newest) / 60:.0f} min old")
    proof.note("Zone minutes today", ", ".join(minutes))
    recoveries = [recovery for recovery in workouts.values() if recovery is not None]
    proof.note("Workouts", f"{len(workouts)}, {len(recoveries)} with their recovery")
    hearts = [one for one in slept if one["mean"] and one["lowest"]]
    proof.note("Nights and naps", f"{len(slept)}, {len(hearts)} with their heart rate")
    proof.note("The action's answer", json.dumps(answer))
    proof.note("Beats accepted", f"{len(receiver.ledger):,}, {receiver.repeats():,} repeated")
    proof.check("Archive equal to account", bool(samples) and samples == truth)
    proof.check("Sensor equal to archive", shown == str(samples.get(newest)))
    proof.check("Zone minutes known", len(minutes) == len(ZONES))
    proof.check("Workouts equal to account", workouts == true_workouts(around, truth, now))
    proof.check("Nights equal to account", nights == true_nights(around, truth, now))
    proof.check("Nights with their heart rate", hearts == slept)
    proof.check("Sleep in progress shown", (slept != sessions["nights"]) == is_google(around))
    proof.check("Ledger equal to archive", bool(samples) and receiver.values() == samples)
    proof.check("Action described", bool(actions.get("forward_beats", {}).get("fields")))
    check_service(proof, around)
    return proof


async def sessions_shown(
    client: Client, place: Place, truth: dict[int, int]
) -> dict[str, list[dict[str, Any]]]:
    """Return the workouts and the sleep of the chart that begin within the samples."""
    span = {"start": min(truth, default=0), "end": max(truth, default=0) + 1}
    found = await client.command(f"{DOMAIN}/annotations", entry_id=place.entry_id, **span)
    return {
        kind: [one for one in found[kind] if one["start"] >= span["start"]] for kind in ("workouts", "nights")
    }


def workouts_of(sessions: dict[str, list[dict[str, Any]]]) -> Workouts:
    """Return the workouts of the chart."""
    return {(one["start"], one["end"], one["type"]): one["recovery"] for one in sessions["workouts"]}


def nights_of(sessions: dict[str, list[dict[str, Any]]]) -> Nights:
    """Return the nights of the chart."""
    return {(one["start"], one["end"], one["asleep"]) for one in sessions["nights"] if one["type"] == "night"}


def is_google(around: World) -> bool:
    """Return whether the first account's service tells of workouts and sleep."""
    return isinstance(around.source.service, GoogleSimulator)


def true_workouts(around: World, truth: dict[int, int], now: float) -> Workouts:
    """Return the person's workouts within the samples, each once, if the service tells of any."""

    def bpm_at(moment: int) -> int | None:
        nearest = sorted(range(moment - 10, moment + 11), key=lambda time: abs(time - moment))
        return next((truth[time] for time in nearest if time in truth), None)

    def recovery(end: int | None) -> int | None:
        at_end, later = (None, None) if end is None else (bpm_at(end), bpm_at(end + 60))
        return None if at_end is None or later is None else at_end - later

    person, start, end = around.source.service.person, min(truth, default=0), max(truth, default=0) + 1
    trainings = person.trainings(start, end, now) if is_google(around) else []
    return {(one.start, one.end, one.type): recovery(one.end) for one in merged(trainings)}


def true_nights(around: World, truth: dict[int, int], now: float) -> Nights:
    """Return the person's nights within the samples, if the service tells of any."""
    person, start = around.source.service.person, min(truth, default=int(now))
    if not (is_google(around) and isinstance(person, Person)):
        return set()
    first, last = (datetime.fromtimestamp(when, ZoneInfo(person.time_zone)).date() for when in (start, now))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    slept = [night for day in days if (night := person.true_night(day))]
    return {(one.start, one.end, one.asleep) for one in slept if one.start >= start}


def check_service(proof: Proof, around: World) -> None:
    """Check the record of the first account's service."""
    match around.source.service:
        case GoogleSimulator() as google:
            proof.check("Answers as Google's schema says", not google.schema_violations)
        case FitbitSimulator() as gateway:
            calls = gateway.calls_by_hour()
            this_hour = int(datetime.now(UTC).replace(minute=0, second=0).timestamp())
            proof.note("Requests this hour", f"{calls.get(this_hour, 0)} of {gateway.limit}")
            proof.check("No 429 answered", 0 < max(calls.values(), default=0) <= gateway.limit)
    proof.check("Fitbit's own address left alone", not around.ended.requests)


async def forward_everything(
    around: World, client: Client, place: Place
) -> tuple[dict[int, int], dict[str, Any]]:
    """Forward once the heart rate is shown, and again while a poll in between brings more."""
    answer: dict[str, Any] = {}
    samples: dict[int, int] = {}

    async def is_forwarded() -> bool:
        answer.update(await journey.forward(client, place))
        samples.update(archived(around.config, place.entry_id))
        return around.cardiogram.values() == samples

    with suppress(TimeoutError):
        shown = lambda: journey.states(client, place, ("heart_rate",))  # noqa: E731
        await until(shown, met=lambda seen: is_number(seen["heart_rate"]["state"]))
        await until(is_forwarded)
    return samples, answer


def is_number(state: str) -> bool:
    """Return whether a state is a number."""
    try:
        float(state)
    except ValueError:
        return False
    return True


async def look(source: str, port: int) -> int:
    """Run until told to stop."""
    print("Starting Home Assistant and signing in, half a minute …", flush=True)
    async with world(source, port) as around, around.home_assistant() as client:
        place = await journey.furnish(around, client)
        await journey.forward(client, place)
        await journey.forward_automatically(client, place)
        print(
            WELCOME.format(
                address=client.url + await journey.add_dashboard(client),
                user=journey.USER,
                password=journey.PASSWORD,
                ledger=around.cardiogram.url,
                users="\n".join(
                    f"    for {name:<13}user ID {user_id}, access token {token}"
                    for name, (user_id, token) in zip(PEOPLE, around.cardiogram.users.items(), strict=False)
                ),
                sources="\n".join(
                    f"  {one.name:<17}{one.service.url}  (simulated; client id {one.service.client_id},"
                    f" secret {one.service.client_secret})"
                    for one in around.sources.values()
                ),
                config=around.config,
            ),
            flush=True,
        )
        await asyncio.Event().wait()
    return 0


async def main() -> int:
    """Run the demo, and end in order when told to stop."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="prove one full pass, print a summary and end")
    parser.add_argument(
        "--source", choices=("google", "fitbit"), default="google", help="where the first account signs in"
    )
    parser.add_argument(
        "--port", type=int, default=8123, help="Home Assistant's port, another if that is taken"
    )
    options = parser.parse_args()
    work = asyncio.create_task((once if options.once else look)(options.source, options.port))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, lambda: work.cancelling() or work.cancel())
    try:
        return await work
    except asyncio.CancelledError:
        print("Stopped.")
        return 1 if options.once else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
