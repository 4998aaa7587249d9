"""The words of the picture of the day, in Home Assistant's language and by its clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

_CATEGORY: Final = "common"
# Where people who read English count the hours to twelve. Home Assistant has a clock for each user only.
_TWELVE_HOURS: Final = frozenset({None, "AU", "BD", "CA", "CO", "EG", "IN", "MY", "NZ", "PH", "PK", "US"})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a picture: texts by their keys, and whether the clock has twelve hours."""

    texts: Mapping[str, str]
    twelve_hours: bool

    def date(self, day: date) -> str:
        """Return a day with its weekday and month."""
        return self._filled(
            "picture_date",
            weekday=self.texts[f"weekday_{day.isoweekday()}"],
            day=day.day,
            month=self.texts[f"month_{day.month}"],
        )

    def figures(self, lowest: int, highest: int, mean: float, until: datetime) -> str:
        """Return the figures of a day, and the time up to which they are known."""
        return self._filled(
            "picture_figures", lowest=lowest, highest=highest, mean=round(mean), time=self.time(until)
        )

    def resting(self, bpm: int) -> str:
        """Return the name of the line of the resting heart rate."""
        return self._filled("picture_resting", bpm=bpm)

    @property
    def nothing(self) -> str:
        """What is said instead of a curve."""
        return self.texts["picture_nothing"]

    def time(self, moment: datetime) -> str:
        """Return a time of day."""
        if self.twelve_hours:
            return f"{moment.hour % 12 or 12}:{moment.minute:02} {_half(moment.hour)}"
        return f"{moment.hour}:{moment.minute:02}"

    def hour(self, hour: int) -> str:
        """Return a full hour, of which the last one is 24."""
        return f"{hour % 12 or 12} {_half(hour)}" if self.twelve_hours else f"{hour}:00"

    def _filled(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)


def _half(hour: int) -> str:
    return "AM" if hour % 24 < 12 else "PM"


async def async_words(hass: HomeAssistant) -> Words:
    """Return the words in Home Assistant's language, or in English where it is another one."""
    language = hass.config.language
    found = await async_get_translations(hass, language, _CATEGORY, [DOMAIN])
    prefix = f"component.{DOMAIN}.{_CATEGORY}."
    texts = {key.removeprefix(prefix): text for key, text in found.items()}
    return Words(texts, language == "en" and hass.config.country in _TWELVE_HOURS)
