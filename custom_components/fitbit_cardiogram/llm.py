"""The tool by which a language model reads heart rates that a person has exposed to its assistant.

What it answers goes to whatever model the person has chosen. Nothing is logged.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial
import time
from typing import Any, Final, override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import llm as ha_llm
from homeassistant.helpers.selector import DateSelector
import voluptuous as vol

from .action_errors import archive_errors_raised
from .archive.history import Bucket, TooManyError, at_most, buckets
from .const import DOMAIN
from .coordinator import Account, AccountConfigEntry
from .heart_rate.clock import DAY, MINUTE, civil_day, day_interval, utc
from .heart_rate.daily import HEART_RATE_VARIABILITY, RESTING_HEART_RATE, SLEEPING_HEART_RATE, TIME_ASLEEP
from .heart_rate.interval import Interval
from .heart_rate.usual import days_before, usual
from .permission import async_check_caller, heart_rate_entity
from .sessions import described, described_night

# No answer holds more rows.
ROWS_MAX: Final = 500
TOO_MANY: Final = f"That is more than {ROWS_MAX} rows. Ask for fewer days, or for longer steps in minutes."
EARLIEST: Final = date(2000, 1, 1)
UNITS: Final = {
    RESTING_HEART_RATE: "bpm",
    HEART_RATE_VARIABILITY.key: "ms",
    SLEEPING_HEART_RATE.key: "bpm",
    TIME_ASLEEP.key: "minutes",
}
"""The values that a trend can be asked of, and their units."""

PROMPT: Final = (
    "Heart rates, nights and workouts of a Fitbit are known by the tool fitbit_cardiogram__get_heart_rate."
    " They arrive minutes to hours late: say how old a current heart rate is. This is not a medical device."
)


class UnansweredError(Exception):
    """There is no answer, for a reason in plain words."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: of which day, of how many days, by what value, and in steps of how many minutes.

    `now` is when it was asked, in UNIX seconds.
    """

    now: int
    day: date | None
    days: int
    value: str
    minutes: int


def _now(account: Account, asked: Question) -> dict[str, Any]:
    """Return the newest heart rate with its age."""
    coordinator = account.coordinator
    if (latest := coordinator.data.latest) is None:
        raise UnansweredError("No heart rate is known yet.")
    measured_at, bpm = latest
    return {
        "bpm": bpm,
        "measured_at": _moment(account, measured_at),
        "age_minutes": max(0, round((asked.now - measured_at) / MINUTE)),
        "is_current": coordinator.fresh,
    }


def _day(account: Account, asked: Question) -> dict[str, Any]:
    """Return a civil day: its heart rate, and the minutes in its zones."""
    zone = account.coordinator.data.time_zone
    day = asked.day or civil_day(asked.now, zone)
    start, end = interval = _day_of(account, day)
    with account.archive.reading():
        found, summary = account.archive.day(day), account.archive.summary(start, end)
    resting = found.resting
    if summary is None and not found.zones:
        raise UnansweredError(f"Nothing is known of {day}.")
    return {
        "day": day.isoformat(),
        "lowest": summary.min if summary else None,
        "mean": round(summary.mean, 1) if summary else None,
        "highest": summary.max if summary else None,
        "resting": resting.bpm if resting and resting.day == day else None,
        "zone_minutes": {one.name: round(one.minutes, 1) for one in found.zones if one.minutes is not None},
        **_curves(account, [interval], asked.minutes)[0],
    }


def _night(account: Account, asked: Question) -> dict[str, Any]:
    """Return the night that ended on a day, or the last one."""
    if asked.day is None:
        night = account.archive.last_night(asked.now)
    else:
        nights = account.archive.nights(*_day_of(account, asked.day))
        night = next((one for one in nights if one.day == asked.day and not one.is_nap), None)
    if night is None:
        raise UnansweredError("No such night is known.")
    told = described_night(night, asked.now, partial(_moment, account), with_stages=False)
    return _without_id(told) | _curves(account, [(night.start, night.end)], asked.minutes)[0]


def _workouts(account: Account, asked: Question) -> dict[str, Any]:
    """Return the workouts of a day, or the last one."""
    if asked.day is None:
        last = account.archive.last_workout(asked.now)
        found = [last] if last else []
    else:
        found = account.archive.workouts(*_day_of(account, asked.day))
    if not found:
        raise UnansweredError("No such workout is known.")
    told = [_without_id(described(kept, asked.now, partial(_moment, account))) for kept in found]
    curves = _curves(account, [(kept.session.start, kept.session.end) for kept in found], asked.minutes)
    return {"workouts": [one | curve for one, curve in zip(told, curves, strict=True)]}


def _trend(account: Account, asked: Question) -> dict[str, Any]:
    """Return a daily value of the last days, with the usual for the newest of them."""
    last = asked.day or civil_day(asked.now, account.coordinator.data.time_zone)
    first = last - timedelta(days=asked.days - 1)
    read = account.archive.daily_values(asked.value, days_before(first)[0], last)
    shown = {day: value for day, value in read.items() if day >= first}
    if not shown:
        raise UnansweredError("No such value is known of these days.")
    if len(shown) > ROWS_MAX:
        raise UnansweredError(TOO_MANY)
    beside = usual(read, max(shown))
    return {
        "value": asked.value,
        "unit": UNITS[asked.value],
        "usual": round(beside.median, 1) if beside else None,
        "usual_range": [round(beside.low, 1), round(beside.high, 1)] if beside else None,
        "columns": ["day", "value"],
        "rows": [[day.isoformat(), round(value, 1)] for day, value in shown.items()],
    }


ABOUT: Final[Mapping[str, Callable[[Account, Question], dict[str, Any]]]] = {
    "now": _now,
    "day": _day,
    "night": _night,
    "workout": _workouts,
    "trend": _trend,
}


def _day_of(account: Account, day: date) -> Interval:
    return day_interval(day, account.coordinator.data.time_zone)


def _moment(account: Account, moment: int) -> str:
    """Return a moment as text, by the account's own clock."""
    return utc(moment).astimezone(account.coordinator.data.time_zone).isoformat(timespec="minutes")


def _without_id(described: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if key not in {"id", "stages"}}


def _curves(account: Account, intervals: Iterable[Interval], minutes: int) -> list[dict[str, Any]]:
    """Return the curve of each interval in steps. Raises UnansweredError if they are too long together."""
    curves: list[list[Bucket]] = []
    for start, end in intervals:
        left = ROWS_MAX - sum(map(len, curves))
        try:
            curves.append(at_most(left, buckets(account.archive, start, end, minutes * MINUTE)))
        except TooManyError:
            raise UnansweredError(TOO_MANY) from None
    return [
        {
            "columns": ["time", "lowest", "mean", "highest"],
            "rows": [[_moment(account, one.time), one.min, round(one.mean, 1), one.max] for one in curve],
        }
        for curve in curves
    ]


def _date(asked: Mapping[str, Any]) -> date | None:
    """Return the day that is asked for, if one is. Raises UnansweredError for one that no clock has shown."""
    if "date" not in asked:
        return None
    day = date.fromisoformat(asked["date"])
    # In some zone it is tomorrow already.
    if not EARLIEST <= day <= civil_day(time.time() + DAY, UTC):
        raise UnansweredError(f"{day} lies in the future, or before there were such devices.")
    return day


class HeartRateTool(ha_llm.Tool):
    """Answers what an account knows, to those who may read it."""

    name = f"{DOMAIN}__get_heart_rate"
    title = "Get heart rate"
    description = (
        "Get heart rates of a Fitbit: the current one with its age, those of a day, a night or a workout,"
        " or a trend over days. Heart rates are in bpm; the time in zones of a workout and the time asleep"
        " of a night are in seconds; the dip of a night is in per cent."
    )
    parameters = vol.Schema(
        {
            vol.Required("about", description="What to get."): vol.In([*ABOUT]),
            vol.Optional("person", description="Whose; needed only if there are several."): str,
            vol.Optional(
                "date",
                description="The day, the day on which the night ended, the day of the workout,"
                " or the last day of the trend. Without it the newest is meant.",
            ): DateSelector(),
            vol.Optional("value", default=RESTING_HEART_RATE, description="The value of a trend."): vol.In(
                [*UNITS]
            ),
            vol.Optional("days", default=14, description="The days of a trend."): vol.All(
                vol.Coerce(int), vol.Range(min=2, max=3650)
            ),
            vol.Optional("minutes", default=30, description="The steps of a curve."): vol.All(
                vol.Coerce(int), vol.Range(min=1, max=1440)
            ),
        }
    )
    annotations = ha_llm.ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
    integration = DOMAIN

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ha_llm.ToolInput, llm_context: ha_llm.LLMContext
    ) -> ha_llm.ToolResult:
        """Answer, or say in plain words why not."""
        try:
            return ha_llm.ToolResult(data=await self._async_answer(hass, tool_input.tool_args, llm_context))
        except (UnansweredError, HomeAssistantError, vol.Invalid) as error:
            told = str(error)
        return ha_llm.ToolResult(data={"error": told}, error=True)

    async def _async_answer(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: ha_llm.LLMContext
    ) -> dict[str, Any]:
        # Some models fill in null or nothing where they have nothing to say.
        asked = self.parameters({key: value for key, value in args.items() if value not in (None, "")})
        exposed = _async_exposed(hass, llm_context.assistant)
        entry = _chosen(await _async_readable(hass, exposed, llm_context.context), asked.get("person"))
        if entry.state is not ConfigEntryState.LOADED:
            raise UnansweredError(f"The account of {entry.title} is not loaded now. Try again later.")
        question = Question(int(time.time()), _date(asked), asked["days"], asked["value"], asked["minutes"])
        read = ABOUT[asked["about"]]
        with archive_errors_raised():
            answer = await hass.async_add_executor_job(read, entry.runtime_data, question)
        return {"person": entry.title, **answer}


@callback
def async_get_tools(hass: HomeAssistant, llm_context: ha_llm.LLMContext, api_id: str) -> LLMTools | None:
    """Return the tool if a heart rate is exposed to the assistant."""
    if api_id != ha_llm.LLM_API_ASSIST or not _async_exposed(hass, llm_context.assistant):
        return None
    return LLMTools(tools=[HeartRateTool()], prompt=PROMPT)


@callback
def _async_exposed(hass: HomeAssistant, assistant: str) -> list[AccountConfigEntry]:
    """Return the accounts whose heart rate entity is there and exposed to an assistant."""
    return [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if (entity_id := heart_rate_entity(hass, entry.entry_id))
        and hass.states.get(entity_id)
        and async_should_expose(hass, assistant, entity_id)
    ]


async def _async_readable(
    hass: HomeAssistant, entries: Iterable[AccountConfigEntry], context: Context | None
) -> list[AccountConfigEntry]:
    """Return the accounts that the person who asks may read; a voice satellite is nobody and may read all."""
    readable: list[AccountConfigEntry] = []
    for entry in entries:
        with suppress(Unauthorized):
            await async_check_caller(hass, entry.entry_id, context)
            readable.append(entry)
    return readable


def _chosen(entries: list[AccountConfigEntry], person: str | None) -> AccountConfigEntry:
    """Return the account of a person, by its name or a word of it. Raises UnansweredError."""
    if not entries:
        raise UnansweredError("There is no heart rate that may be read here.")
    asked = (person or "").casefold().strip()
    titles = {entry.entry_id: entry.title.casefold() for entry in entries}
    named = [entry for entry in entries if titles[entry.entry_id] == asked] or [
        entry for entry in entries if not asked or asked in titles[entry.entry_id].split()
    ]
    if len(named) != 1:
        if len({titles[entry.entry_id] for entry in named}) == 1:
            raise UnansweredError(f"Several accounts are called {named[0].title}. Rename one of them first.")
        names = ", ".join(sorted(entry.title for entry in entries))
        raise UnansweredError(f"Say whose heart rate is meant. Known are: {names}.")
    return named[0]
