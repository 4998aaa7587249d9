"""The memory of an account: what it has told of its last sync, and of trouble with forwarding.

The archive keeps it, so that a restart tells nothing again. Home Assistant's own memory holds it too, for an
archive that begins afresh.
"""

from contextlib import suppress
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
import msgspec

from .archive.database import ArchiveError
from .archive.facts import Fact
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destinations.outcome import Problem


class Told(msgspec.Struct, frozen=True):
    """What an account has told.

    That there was no sync is told up to `sync_until`, in UNIX seconds. `troubles` has the problem of each
    destination, by its id, until it gets through again.
    """

    sync_until: int = 0
    troubles: dict[str, Problem] = {}


TOLD: Final = Fact("told", Told)
# By the id of the account's entry.
DATA_TOLD: Final[HassKey[dict[str, Told]]] = HassKey(f"{DOMAIN}_told")


class Memory:
    """Remembers what an account has told."""

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._held = hass.data.setdefault(DATA_TOLD, {})

    @property
    def told(self) -> Told:
        """What has been told, once it is recalled."""
        return self._held[self._entry.entry_id]

    async def async_recall(self) -> None:
        """Take up the memory of before a restart. Raises ArchiveError."""
        if self._entry.entry_id not in self._held:
            archive = self._entry.runtime_data.archive
            kept = await self._hass.async_add_executor_job(archive.recall, TOLD)
            self._held[self._entry.entry_id] = kept or Told()

    @callback
    def async_forget(self) -> None:
        """Forget an account that is removed; its archive is deleted too."""
        self._held.pop(self._entry.entry_id, None)

    @callback
    def async_note(self, **changes: Any) -> None:
        """Note news that are told. If the archive cannot be written, a restart tells them again."""
        self._held[self._entry.entry_id] = msgspec.structs.replace(self.told, **changes)
        supervisor = self._entry.runtime_data.coordinator.supervisor
        self._entry.async_create_task(self._hass, supervisor.once("memory", self._async_keep), "memory")

    async def _async_keep(self) -> None:
        with suppress(ArchiveError):
            await self._hass.async_add_executor_job(self._keep)

    def _keep(self) -> None:
        with self._entry.runtime_data.archive.writing() as connection:
            # Read now: of two that write at a time, the later one must not bring back the older.
            TOLD.set(connection, self.told)
