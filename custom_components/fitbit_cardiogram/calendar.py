"""A calendar of past workouts, for those who want one: it brings *Calendar* to everybody's sidebar."""

from datetime import datetime
import time
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .action_errors import archive_errors_raised
from .archive.workouts import Kept
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .entity import AccountEntity
from .heart_rate.clock import utc

PARALLEL_UPDATES = 0

WORKOUT_CALENDAR = CalendarEntityDescription(key="workouts", translation_key="workouts")


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar of the account."""
    async_add_entities([WorkoutCalendar(entry.runtime_data.coordinator)])


class WorkoutCalendar(AccountEntity, CalendarEntity):
    """The finished workouts of the archive."""

    def __init__(self, coordinator: HeartRateCoordinator) -> None:
        super().__init__(coordinator, WORKOUT_CALENDAR, None)
        self._shown = coordinator.data.workouts_version

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """None: no workout is to come."""
        return None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Let open calendars ask again if a workout has changed."""
        if (version := self.coordinator.data.workouts_version) != self._shown:
            self._shown = version
            super()._handle_coordinator_update()

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the finished workouts that touch an interval. Raises HomeAssistantError."""
        now, archive = int(time.time()), self.coordinator.config_entry.runtime_data.archive
        start, end = int(start_date.timestamp()), int(end_date.timestamp())
        with archive_errors_raised():
            found = await hass.async_add_executor_job(archive.workouts, start, end)
        return [_event(kept) for kept in found if kept.session.is_final(now)]


def _event(kept: Kept) -> CalendarEvent:
    workout, figures = kept.session, kept.figures
    return CalendarEvent(
        start=dt_util.as_local(utc(workout.start)),
        end=dt_util.as_local(utc(workout.end)),
        summary=workout.label.capitalize(),
        description=f"{figures.lowest}-{figures.highest} bpm" if figures and figures.count else None,
        uid=workout.id,
    )
