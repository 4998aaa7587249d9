"""A PostgreSQL of its own for one command: `scripts/postgres COMMAND …` adds its URL as the last argument.

The server lives in a temporary folder, on a free port of this machine alone, and ends with us.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Final

from scripts.world.world import free_port

USER: Final = "postgres"
HOST: Final = "127.0.0.1"
PATIENCE: Final = 60.0
INITDB: Final = (f"--username={USER}", "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync")
# Nobody needs the data after a crash, so nothing has to wait for the disk.
SETTINGS: Final = (f"--listen_addresses={HOST}", "--fsync=off", "--full_page_writes=off")


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give the URL of a database that it does not hold yet."""
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as name:
        folder, port = Path(name), free_port(5432)
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        with running(folder, "initdb", *INITDB) as process:
            check(process.wait() == 0, folder)
        here = (f"--port={port}", f"--unix_socket_directories={folder}")
        with running(folder, "postgres", *SETTINGS, *here) as process:
            check(is_up(process, port), folder)
            yield f"postgresql://{USER}@{HOST}:{port}/homeassistant"


@contextmanager
def running(folder: Path, program: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the server's programs on the folder's data until the block ends, but never after we have.

    They refuse to be root's.
    """
    command = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        command += [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    command += [str(programs() / program), "-D", str(folder / "data"), *options]
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        # For the server that means: without waiting for whoever is still connected.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def programs() -> Path:
    """Return the folder with the newest server's programs, where Debian has them."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


def is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Return whether the server takes connections, as soon as it does."""
    ask = [str(programs() / "pg_isready"), "--quiet", f"--host={HOST}", f"--port={port}"]
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if subprocess.run(ask, check=False).returncode == 0:
            return True
        time.sleep(0.1)
    return False


def check(went_well: bool, folder: Path) -> None:
    """Show the log where something went wrong."""
    if not went_well:
        raise RuntimeError((folder / "log").read_text())


def leave(number: int, _frame: object) -> None:
    """End in order, with nothing left behind."""
    sys.exit(128 + number)


def main() -> int:
    """Run the command and end as it does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with server() as url:
        return subprocess.run([*sys.argv[1:], url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
