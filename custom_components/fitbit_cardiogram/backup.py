"""Home Assistant's own backup holds a consistent copy of every archive, while writing goes on."""

import logging

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .heart_rate.archive import ArchiveError

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Bring the main files up to date and leave them alone."""
    await _async_each_archive(hass, "pause_checkpoints")


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let SQLite tidy up again."""
    await _async_each_archive(hass, "resume_checkpoints")


async def _async_each_archive(hass: HomeAssistant, method: str) -> None:
    """Call a method of every open archive. An exception would abort everybody's backup."""
    entries: list[AccountConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        try:
            await hass.async_add_executor_job(getattr(entry.runtime_data.archive, method))
        except ArchiveError as error:
            _LOGGER.warning("The archive of %s may be missing from the backup: %s", entry.title, error)
