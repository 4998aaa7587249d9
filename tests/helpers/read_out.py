"""Reading the archive out, by each of its ways."""

from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, Stage
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.services import VALUES_MAX
from tests.helpers.home import NOW, at

NOW_S = int(NOW.timestamp())
FIRST, LAST = at("21:40:00"), at("21:45:00")
A_STRETCH = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:45:00+00:00"}
BED = at("10:00:00")
A_NIGHT = SleepSession(
    *("night", BED, BED + 4 * HOUR, 3600, 3600),
    (Stage("AWAKE", BED, BED + HOUR), Stage("DEEP", BED + HOUR, BED + 4 * HOUR)),
    is_main=True,
)
A_NAP = SleepSession("nap", BED + 8 * HOUR, BED + 9 * HOUR, 3600, 3600, is_nap=True)
GET_HEART_RATE = "get_heart_rate"
GET_SESSIONS = "get_sessions"
EXPORT = "export"
type Row = tuple[int, int, int, float, int]


async def call(home: HomeAssistant, entry: MockConfigEntry, action: str, **asked: Any) -> Any:
    """Call an action for the account and return what it answers."""
    data = {ATTR_CONFIG_ENTRY_ID: entry.entry_id} | asked
    return await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def store(home: HomeAssistant, entry: MockConfigEntry, samples: list[Sample]) -> None:
    await home.async_add_executor_job(entry.runtime_data.archive.store, samples, NOW_S)


def beats(bpm: int, start: int) -> list[Sample]:
    """Return a heart rate of four hours, once a minute."""
    return [(time, bpm) for time in range(start, start + 4 * HOUR, 60)]


async def store_workouts(home: HomeAssistant, entry: MockConfigEntry, *workouts: Workout) -> None:
    """Store workouts of the last day as all that there are, and count their figures an hour later."""

    def store_and_count() -> None:
        archive = entry.runtime_data.archive
        archive.store_workouts(workouts, NOW_S - DAY, NOW_S + DAY, NOW_S)
        archive.count_figures(NOW_S + HOUR)

    await home.async_add_executor_job(store_and_count)


async def store_sleep(home: HomeAssistant, entry: MockConfigEntry, *found: SleepSession) -> None:
    """Store sleep sessions of the last days as all that there are, and count their figures an hour later."""

    def store_and_count() -> None:
        archive = entry.runtime_data.archive
        archive.store_sleep(found, NOW_S - 3 * DAY, NOW_S + DAY, NOW_S)
        archive.count_figures(NOW_S + HOUR)

    await home.async_add_executor_job(store_and_count)


async def store_too_many(home: HomeAssistant, entry: MockConfigEntry) -> int:
    """Store one sample more than an answer may hold, each in a second of its own, and return the first."""
    first = NOW_S - 10**6
    await store(home, entry, [(first + second, 60) for second in range(VALUES_MAX + 1)])
    return first


def within(samples: list[Sample], start: int = FIRST, end: int = LAST) -> list[Sample]:
    return [sample for sample in samples if start <= sample[0] < end]


def recount(samples: list[Sample], width: int) -> list[Row]:
    """Return time, count, lowest, mean and highest of what each bucket holds."""
    values: dict[int, list[int]] = {}
    for time, bpm in samples:
        values.setdefault(time - time % width, []).append(bpm)
    return [
        (time, len(bpms), min(bpms), round(sum(bpms) / len(bpms), 1), max(bpms))
        for time, bpms in values.items()
    ]


async def ask(home: HomeAssistant, websocket: Any, entry: MockConfigEntry, **asked: Any) -> Any:
    """Send the command for an interval of the account and return the answer."""
    command = {"type": "fitbit_cardiogram/heart_rate", "entry_id": entry.entry_id}
    await websocket.send_json_auto_id(command | {"start": FIRST, "end": LAST} | asked)
    return await websocket.receive_json()


def path(entry: MockConfigEntry, **query: Any) -> str:
    """Return the address of the account's file."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/api/fitbit_cardiogram/export/{entry.entry_id}?{asked}"


def csv(samples: list[Sample]) -> str:
    return "time,bpm\n" + "".join(f"{utc(time).isoformat()},{bpm}\n" for time, bpm in samples)
