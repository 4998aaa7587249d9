"""The files of a Home Assistant, read back: the archives, its config entries and their secrets."""

from collections.abc import Iterator
from contextlib import closing
import json
from pathlib import Path
import sqlite3
from typing import Any

DOMAIN = "fitbit_cardiogram"
SECRETS = ("access_token", "refresh_token", "client_secret")


def archive_path(config: Path, entry_id: str) -> Path:
    """Return the file of an account's archive."""
    return config / ".storage" / DOMAIN / f"{entry_id}.db"


def execute(path: Path, statement: str, mode: str = "ro") -> list[tuple[Any, ...]]:
    """Run a statement on an archive, by default only to read, and return its rows."""
    with closing(sqlite3.connect(f"file:{path}?mode={mode}", uri=True)) as connection, connection:
        return connection.execute(statement).fetchall()


def archived(config: Path, entry_id: str) -> dict[int, int]:
    """Return every sample of the account's archive."""
    return dict(execute(archive_path(config, entry_id), "SELECT time, bpm FROM samples"))


def read_store(config: Path, key: str) -> dict[str, Any]:
    """Return the content of one of Home Assistant's stores."""
    store: dict[str, Any] = json.loads((config / ".storage" / key).read_text())["data"]
    return store


def write_store(config: Path, key: str, data: dict[str, Any]) -> None:
    """Write one of Home Assistant's stores in its first form, which every release updates itself."""
    path = config / ".storage" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "minor_version": 1, "key": key, "data": data}))


def stored_secrets(config: Path) -> Iterator[str]:
    """Yield every token and client secret of the config entries and the credentials."""
    for key in ("core.config_entries", "application_credentials"):
        yield from secret_values(read_store(config, key))


def secret_values(value: Any) -> Iterator[str]:
    """Yield the values of the keys that name a secret, however deep."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, item in value.items():
            if key in SECRETS and isinstance(item, str) and item:
                yield item
            else:
                yield from secret_values(item)
