"""Images: the heart rate of the account's civil day as a picture, in light and in dark colours."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Final, override

from homeassistant.components.image import Image, ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .archive.archive import Archive
from .archive.database import ArchiveError
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .entity import AccountEntity
from .picture import CONTENT_TYPE, PALETTES, curve_of, draw, outline_of
from .picture_words import Words, async_words
from .run_again import RunAgain
from .sources.kinds import SAMPLES

PARALLEL_UPDATES = 0

# By the theme whose palette each is drawn with: an image cannot know who looks at it.
HEART_RATE_CURVES: Final = {
    "light": ImageEntityDescription(key="heart_rate_curve", translation_key="heart_rate_curve"),
    "dark": ImageEntityDescription(
        key="heart_rate_curve_dark",
        translation_key="heart_rate_curve_dark",
        entity_registry_enabled_default=False,
    ),
}


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the pictures of the account's day."""
    account = entry.runtime_data
    async_add_entities(
        HeartRateCurve(account.coordinator, account.archive, theme) for theme in HEART_RATE_CURVES
    )


class HeartRateCurve(AccountEntity, ImageEntity):
    """The heart rate of today; its state is the time of the picture's last change."""

    _attr_content_type = CONTENT_TYPE

    def __init__(self, coordinator: HeartRateCoordinator, archive: Archive, theme: str) -> None:
        self._changed: datetime | None = None
        AccountEntity.__init__(self, coordinator, HEART_RATE_CURVES[theme], SAMPLES)
        ImageEntity.__init__(self, coordinator.hass)
        self._archive = archive
        self._palette = PALETTES[theme]
        self._outline: tuple[object, ...] | None = None
        self._known: tuple[object, ...] = ()
        once = coordinator.supervisor.once
        self._refreshing = RunAgain(lambda: once("picture", self._async_refresh_outline), self._start)
        self._drawing = asyncio.Lock()

    @override
    async def async_added_to_hass(self) -> None:
        """Show the result of the first poll, which ran before there was an entity."""
        await super().async_added_to_hass()
        await self._async_refresh_outline()
        self._attr_image_last_updated = self._changed

    @callback
    @override
    def async_update_token(self) -> None:
        """Tell of another picture together with the token, which makes a row of its own every few minutes."""
        super().async_update_token()
        self._attr_image_last_updated = self._changed

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        data = self.coordinator.data
        sessions = (data.workouts_version, data.sleep_version)
        known = (data.today, data.time_zone, data.summary, data.received, sessions)
        # Without a sample of today, yesterday is shown, whose summary is not part of the snapshot.
        if data.summary and known == self._known:
            return
        self._known = known
        self._refreshing.want()

    def _start(self, refresh: Coroutine[None, None, None]) -> asyncio.Task[None]:
        entry = self.coordinator.config_entry
        return entry.async_create_task(self.hass, refresh, "heart rate curve")

    async def _async_refresh_outline(self) -> None:
        """Read the outline; where it has changed, the picture is drawn anew on the next request."""
        data = self.coordinator.data
        try:
            outline = await self.hass.async_add_executor_job(
                outline_of, self._archive, data.today.day, data.time_zone
            )
        except ArchiveError:
            self._known = ()  # the poll reports it
            return
        if outline != self._outline:
            self._outline, self._cached_image = outline, None
            self._changed = dt_util.utcnow()

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture, drawn anew if its outline has changed."""
        async with self._drawing:
            if self._cached_image is None:
                outline = self._outline
                try:
                    words = await async_words(self.hass)
                    content = await self.hass.async_add_executor_job(self._draw, words)
                except ArchiveError:
                    return None
                if outline is not self._outline:
                    return content
                self._cached_image = Image(CONTENT_TYPE, content)
            return self._cached_image.content

    def _draw(self, words: Words) -> bytes:
        data, gap = self.coordinator.data, self.coordinator.account_alerts.gap
        return draw(curve_of(self._archive, data.today.day, data.time_zone, gap), self._palette, words)
