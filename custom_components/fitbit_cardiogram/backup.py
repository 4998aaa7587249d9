"""Home Assistant's own backup holds a consistent copy of every archive, while writing goes on."""

from collections.abc import Callable
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from .archive.archive import Archive
from .archive.database import ArchiveError, protect, unprotect
from .const import DOMAIN
from .coordinator import AccountConfigEntry

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Bring the main files up to date, and keep them as they are during the backup."""
    # An account that is set up or reloaded during the backup must leave its file alone, too.
    await hass.async_add_executor_job(protect, Path(hass.config.path(STORAGE_DIR, DOMAIN)))
    await _async_each_archive(hass, Archive.pause_checkpoints)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let SQLite change the main files again."""
    unprotect()
    await _async_each_archive(hass, Archive.resume_checkpoints)


async def _async_each_archive(hass: HomeAssistant, act: Callable[[Archive], None]) -> None:
    """Call a method of every open archive. An exception would abort the backup of all of Home Assistant."""
    entries: list[AccountConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        try:
            await hass.async_add_executor_job(act, entry.runtime_data.archive)
        except ArchiveError as error:
            _LOGGER.warning("The archive of %s may be missing from the backup: %s", entry.title, error)
