"""The demo: `scripts/demo` to look around, `scripts/demo --once` to prove a full pass and end."""

import argparse
import asyncio
import signal
import sys

from scripts.world.journey import (
    PASSWORD,
    USER,
    add_dashboard,
    forward,
    forward_automatically,
    furnish,
)
from scripts.world.proof import check_log, prove
from scripts.world.world import PEOPLE, Source, evening, world

WELCOME = """
  Home Assistant   {address}
  Sign in with     {user} / {password}
  Cardiogram       {ledger}  (simulated: what it has accepted so far)
{users}
{sources}
  Settings, log    {config}

  The watch syncs every minute, Home Assistant looks every five. Ctrl-C stops everything.
"""
RECEIVER = "  {name:<17}user ID {user_id}, access token {token}"
SOURCE = "  {name:<17}{url}  (simulated; client id {client_id}, secret {client_secret})"


async def once(source: str, port: int) -> int:
    """Prove one pass and print what was seen."""
    async with world(source, port, evening()) as around:
        async with around.home_assistant() as client:
            proof = await prove(around, client, await furnish(around, client))
        check_log(proof, around)
    print(proof)
    for fault in proof.faults:
        print(f"Wrong: {fault}", file=sys.stderr)
    return 1 if proof.faults else 0


async def look(source: str, port: int) -> int:
    """Run until told to stop."""
    print("Starting Home Assistant and signing in, half a minute …", flush=True)
    async with world(source, port) as around, around.home_assistant() as client:
        place = await furnish(around, client)
        await forward(client, place)
        await forward_automatically(client, place)
        path = await add_dashboard(client)
        print(
            WELCOME.format(
                address=client.url + path,
                user=USER,
                password=PASSWORD,
                ledger=around.cardiogram.url,
                users="\n".join(
                    RECEIVER.format(name=f"  for {name}", user_id=user_id, token=token)
                    for name, (user_id, token) in zip(PEOPLE, around.cardiogram.users.items(), strict=False)
                ),
                sources="\n".join(map(introduce, around.sources.values())),
                config=around.config,
            ),
            flush=True,
        )
        await asyncio.Event().wait()
    return 0


def introduce(source: Source) -> str:
    """Say where a service is and what it knows Home Assistant by."""
    service = source.service
    return SOURCE.format(
        name=source.name,
        url=service.url,
        client_id=service.client_id,
        client_secret=service.client_secret,
    )


async def main() -> int:
    """Do what the command line says, and end in order when told to stop."""
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

    def stop() -> None:
        if not work.cancelling():
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        return await work
    except asyncio.CancelledError:
        print("Stopped.")
        return 1 if options.once else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
