"""Time: through changes of the clock, of the zone and of the day, and with clocks that are wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
import time
from typing import Final, override
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant import SERVICE_UPDATE_ENTITY
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import DOMAIN as HOMEASSISTANT, HomeAssistant, State
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import NOW, SetUp, account_entry, advance, destination, gateway_entry, kept, state_of
from tests.helpers.recorder import recorded, recount, values, written
from tests.simulators import CardiogramSimulator, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import METRICS

MINUTE: Final = 60
NOW_S: Final = int(NOW.timestamp())

LATER: Final = 10 * MINUTE

type SignIn = Callable[..., MockConfigEntry]


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day on which, or around which, the clock changes: where, and its length in hours."""

    zone: str
    day: date
    start: datetime
    hours: float

    @override
    def __str__(self) -> str:
        """Name the test."""
        return f"{self.zone} {self.day}"

    @property
    def bounds(self) -> tuple[int, int]:
        """The moments at which the day begins and ends."""
        start = int(self.start.timestamp())
        return start, start + int(self.hours * HOUR)


# As the almanac has them, not as a program works them out.
DAYS: Final = (
    Day("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    Day("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC), 23),
    Day("Australia/Lord_Howe", date(2026, 10, 4), datetime(2026, 10, 3, 13, 30, tzinfo=UTC), 23.5),
    Day("Australia/Lord_Howe", date(2027, 4, 4), datetime(2027, 4, 3, 13, tzinfo=UTC), 24.5),
    # Midnight comes twice, and the first one counts; in spring the day begins at one.
    Day("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
    Day("America/Havana", date(2027, 3, 14), datetime(2027, 3, 14, 5, tzinfo=UTC), 23),
    # The hour before midnight comes twice; in spring the day begins at one.
    Day("Africa/Cairo", date(2026, 10, 29), datetime(2026, 10, 28, 21, tzinfo=UTC), 25),
    Day("Africa/Cairo", date(2027, 4, 30), datetime(2027, 4, 29, 22, tzinfo=UTC), 23),
)
EDGES: Final = (
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("America/Havana", datetime(2027, 3, 14, 5, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
)
GOOGLE: Final = "Google"
GATEWAY: Final = "gateway"
LOCAL_TIMES: Final = "gateway with local times"
LOCAL_DATES: Final = "gateway with local dates"


@dataclass
class Wearer(Recording):
    """A wearer whose device syncs each minute; its clock can be wrong by so many seconds, from then on."""

    error: int = 0
    wrong_from: int = 0

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the measurements so far, at the times that the device had for them."""
        told = [
            (moment + (self.error if moment >= self.wrong_from else 0), bpm)
            for moment, bpm in self.readings
            if moment <= now
        ]
        return [sample for sample in told if start <= sample[0] < end]

    @override
    def last_sync(self, now: float) -> int:
        """Return the full minute."""
        return int(now) // MINUTE * MINUTE


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Wearer:
    """Return a wearer whose life each test makes up."""
    return Wearer()


@pytest.fixture(params=[GOOGLE, GATEWAY, LOCAL_TIMES, LOCAL_DATES])
def sign_in(request: pytest.FixtureRequest, google: GoogleSimulator, gateway: FitbitSimulator) -> SignIn:
    """Return a function that makes an account, at each kind of service in turn."""
    gateway.timezone_honoured = request.param != LOCAL_TIMES
    gateway.utc_dates_local = request.param == LOCAL_DATES
    if request.param == GOOGLE:
        return partial(account_entry, google)
    return partial(gateway_entry, gateway)


def measured(start: int, end: int, step: int = MINUTE) -> list[Sample]:
    """Return made-up measurements that no two hours have in common."""
    return [(moment, 50 + moment * 7919 // step % 97) for moment in range(start, end, step)]


def shown(home: HomeAssistant, what: str) -> State:
    """Return the state of a sensor of the account."""
    return state_of(home, f"sensor.sam_sample_{what}")


def today(home: HomeAssistant) -> tuple[str, ...]:
    """Return lowest, mean and highest heart rate of today, as shown."""
    return tuple(shown(home, f"{which}_heart_rate_today").state for which in ("lowest", "mean", "highest"))


def range_of(samples: list[Sample]) -> tuple[str, ...]:
    """Return the lowest, mean and highest of today's samples."""
    bpm = [value for _, value in samples]
    return str(min(bpm)), str(round(sum(bpm) / len(bpm), 1)), str(max(bpm))


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


async def forward(home: HomeAssistant) -> None:
    """Forward all pending beats."""
    button = {"entity_id": "button.cardiogram_forward_now"}
    await home.services.async_call("button", "press", button, blocking=True)


async def advance_to(home: HomeAssistant, clock: FrozenDateTimeFactory, moment: int) -> None:
    await advance(home, clock, seconds=moment - time.time())


# Days


@pytest.mark.parametrize("sign_in", [GOOGLE, LOCAL_TIMES], indirect=True)
@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_today_is_the_accounts_own_day(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    day: Day,
) -> None:
    """From its own midnight, or what is in its place, to the next, however long; not by Home Assistant's."""
    start, end = day.bounds
    before, after = day.day - timedelta(days=1), day.day + timedelta(days=1)
    person.time_zone = day.zone
    person.readings = [
        *((moment, 190) for moment in range(start - 26 * HOUR + 300, start, 600)),
        *measured(start + 300, end, 600),
        *((moment, 40) for moment in range(end + 300, end + HOUR, 600)),
    ]
    person.resting = {before: 50, day.day: 55}
    person.zones = {before: {"LIGHT": 700.0}, day.day: {"LIGHT": 30.0}, after: {"LIGHT": 4.0}}
    # No poll, of those every five minutes, is at the midnight itself.
    clock.move_to(datetime.fromtimestamp(start - 1900, UTC))
    await set_up(sign_in())

    await advance_to(home, clock, start - 5)
    assert today(home) == ("190", "190.0", "190")
    assert shown(home, "light_zone_today").state == "700"
    assert shown(home, "resting_heart_rate").state == "50"

    await advance_to(home, clock, start + 2)
    assert today(home) == ("unknown", "unknown", "unknown")
    assert shown(home, "light_zone_today").state == "unknown"
    assert shown(home, "light_zone_today").attributes["last_reset"] == iso(start)

    await advance_to(home, clock, start + 720)
    assert today(home) == range_of(person.samples(start, end, start + 720))
    assert shown(home, "light_zone_today").state == "30"
    resting = shown(home, "resting_heart_rate")
    assert (resting.state, resting.attributes["date"]) == ("55", day.day.isoformat())

    for hours in (6, 12, 18):
        await advance_to(home, clock, start + hours * HOUR)
        assert shown(home, "light_zone_today").attributes["last_reset"] == iso(start)
    await advance_to(home, clock, end - 5)
    assert today(home) == range_of(person.samples(start, end, end))
    assert shown(home, "light_zone_today").attributes["last_reset"] == iso(start)

    await advance_to(home, clock, end + 2)
    assert today(home) == ("unknown", "unknown", "unknown")
    assert shown(home, "light_zone_today").attributes["last_reset"] == iso(end)
    await advance_to(home, clock, end + 720)
    assert today(home) == ("40", "40.0", "40")
    assert shown(home, "light_zone_today").state == "4"
    assert shown(home, "resting_heart_rate").attributes["date"] == day.day.isoformat()


async def test_without_the_accounts_zone_the_day_is_home_assistants(
    home: HomeAssistant,
    person: Wearer,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Those who do not let their settings be read get it so, even if Home Assistant moves."""
    await home.config.async_set_time_zone("Asia/Kathmandu")
    person.readings = measured(NOW_S - DAY, NOW_S)
    await set_up(account_entry(google, scopes=[METRICS]))
    light = shown(home, "light_zone_today")
    assert light.attributes["last_reset"] == "2026-11-21T18:15:00+00:00"
    assert today(home) == range_of(person.samples(NOW_S - int(3.75 * HOUR), NOW_S, NOW_S))
    await home.config.async_set_time_zone("Europe/Berlin")
    await advance(home, clock, minutes=5)
    assert shown(home, "light_zone_today").attributes["last_reset"] == "2026-11-20T23:00:00+00:00"


# Samples


@pytest.mark.parametrize(("zone", "edge"), EDGES, ids=str)
@pytest.mark.usefixtures("all_enabled")
async def test_polls_through_a_change_of_the_clock(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    zone: str,
    edge: datetime,
) -> None:
    """At each poll there is what was measured so far, at its true time; Cardiogram gets each beat once."""
    moment = int(edge.timestamp())
    person.time_zone = zone
    person.readings = measured(moment - 30 * HOUR, moment + 3 * HOUR, 150)
    clock.move_to(edge - timedelta(minutes=70))
    entry = await set_up(sign_in(subentries_data=[destination(cardiogram)]))
    first = int(time.time()) - DAY
    for _ in range(15):
        await advance(home, clock, minutes=10)
        now = int(time.time())
        assert kept(entry) == person.samples(first, now + 1, now)
        assert shown(home, "heart_rate_measured_at").state == iso(kept(entry)[-1][0])
    await forward(home)
    assert cardiogram.values() == dict(kept(entry))
    assert cardiogram.repeats() == 0


@pytest.mark.parametrize(
    ("zone", "charged"),
    [("Asia/Kolkata", (0, 5.5)), ("Europe/Berlin", (0, 1)), ("America/Los_Angeles", (16, 24))],
)
async def test_a_device_that_is_charged_for_some_hours_each_day(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    zone: str,
    charged: tuple[float, float],
) -> None:
    """Whatever hours those are: here all that a day there does not have in common with that day of UTC."""
    person.time_zone = zone
    start = midnight(zone)
    since, until = (hour * HOUR for hour in charged)
    person.readings = [
        sample
        for sample in measured(start - 3 * DAY, start + DAY)
        if not since <= (sample[0] - start) % DAY < until
    ]
    clock.move_to(datetime.fromtimestamp(start + 12 * HOUR, UTC))
    entry = await set_up(sign_in())
    for _ in range(12):
        await advance(home, clock, minutes=5)
        now = int(time.time())
        assert kept(entry) == person.samples(start - 12 * HOUR, now + 1, now)


@pytest.mark.parametrize(("zone", "edge"), EDGES, ids=str)
@pytest.mark.usefixtures("all_enabled")
async def test_the_last_sync_through_a_change_of_the_clock(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    zone: str,
    edge: datetime,
) -> None:
    """It is asked for at every other poll, since samples are read a second time after a sync."""
    person.time_zone = zone
    moment = int(edge.timestamp())
    person.readings = measured(moment - 30 * HOUR, moment, 600)
    clock.move_to(edge - timedelta(minutes=20))
    await set_up(sign_in())
    for _ in range(5):
        await advance(home, clock, minutes=10)
        syncs = [iso(person.last_sync(time.time() - ago)) for ago in (0, 600)]
        assert shown(home, "last_device_sync").state in syncs


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_statistics_through_a_change_of_the_clock(
    recorder_mock: Recorder,
    home: HomeAssistant,
    person: Wearer,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    day: Day,
) -> None:
    """Each hour is where it was, whatever the wall showed, and each day is there once and by itself."""
    await home.config.async_set_time_zone(day.zone)
    start, end = day.bounds
    midnights = (start - DAY, start, end)
    person.time_zone = day.zone
    person.readings = measured(start - DAY, end + DAY - 600, 600)
    person.resting = {day.day + timedelta(days=number): 60 + number for number in (-1, 0, 1)}
    person.zones = {day.day + timedelta(days=number): {"PEAK": 9.0 + number} for number in (-1, 0, 1)}
    clock.move_to(datetime.fromtimestamp(start - MINUTE, UTC))
    entry = await set_up(account_entry(google))
    for moment in (end - MINUTE, end + DAY - MINUTE):
        await advance_to(home, clock, moment)
        await advance_to(home, clock, moment + 1)
    await written(home)

    assert await recorded(home, entry) == recount(kept(entry))
    assert kept(entry) == [sample for sample in person.readings if sample[0] > start - DAY - MINUTE]
    assert [hour for hour, *_ in await recorded(home, entry)] == list(
        range((start - DAY) // HOUR * HOUR, end + DAY - 600, HOUR)
    )
    first_hours = [-(-midnight // HOUR) * HOUR for midnight in midnights]
    resting, peak = ([60 + number for number in (-1, 0, 1)], [9.0 + number for number in (-1, 0, 1)])
    assert await values(home, entry, "resting_heart_rate") == dict(zip(first_hours, resting, strict=True))
    for key, series in (("resting_heart_rate", resting), ("zone_peak", peak)):
        by_day = await recorded(home, entry, key, "day")
        assert [value for _, value, _, _ in by_day] == series


# Moves


async def ask_for_everything(home: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let the person ask for an update."""
    await async_setup_component(home, HOMEASSISTANT, {})
    asked = {"entity_id": ["sensor.sam_sample_heart_rate"]}
    await home.services.async_call(HOMEASSISTANT, SERVICE_UPDATE_ENTITY, asked, blocking=True)
    await advance(home, clock, seconds=11)  # requests are gathered for ten seconds


@pytest.mark.parametrize(
    ("here", "there", "asks"),
    [
        ("Europe/Berlin", "America/Los_Angeles", True),
        # The next day at the same time of day, and an hour.
        ("Pacific/Pago_Pago", "Pacific/Kiritimati", False),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", False),
    ],
)
async def test_moving_to_another_time_zone(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    here: str,
    there: str,
    asks: bool,
) -> None:
    """Each sample stays where it was; today is the one there, at once for who asks, else within a day."""
    person.time_zone = here
    person.readings = measured(NOW_S - 2 * DAY, NOW_S + 3 * DAY, 300)
    entry = await set_up(sign_in(subentries_data=[destination(cardiogram)]))
    assert shown(home, "light_zone_today").attributes["last_reset"] == iso(midnight(here))
    for moved in (False, False, True, True, True, True):
        person.time_zone = there if moved else here
        await advance(home, clock, minutes=10)
        now = int(time.time())
        assert kept(entry) == person.samples(NOW_S - DAY, now + 1, now)
    if asks:
        await ask_for_everything(home, clock)
    else:
        await advance(home, clock, days=1)
    for _ in range(2):
        now = int(time.time())
        start = midnight(there)
        assert shown(home, "light_zone_today").attributes["last_reset"] == iso(start)
        assert today(home) == range_of(person.samples(start, now + 1, now))
        assert kept(entry) == person.samples(NOW_S - DAY, now + 1, now)
        await advance(home, clock, hours=17)
    await forward(home)
    assert cardiogram.values() == dict(kept(entry))
    assert cardiogram.repeats() == 0


def midnight(zone: str) -> int:
    """Return the moment at which today began in a time zone."""
    now = datetime.now(ZoneInfo(zone))
    return int(now.replace(hour=0, minute=0, second=0, fold=0).timestamp())


@pytest.mark.parametrize("there", ["America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.usefixtures("all_enabled")
async def test_the_last_sync_after_a_move(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    there: str,
) -> None:
    """It is a moment, whatever the clocks there show."""
    person.readings = measured(NOW_S - 2 * DAY, NOW_S + HOUR)
    await set_up(sign_in())
    person.time_zone = there
    for _ in range(4):
        await advance(home, clock, minutes=5)
    now = int(time.time())
    assert shown(home, "last_device_sync").state in {iso(now), iso(now - 300)}


# Clocks that are wrong


@pytest.mark.parametrize(
    "error", [2 * HOUR, 20 * HOUR, 400 * DAY, -400 * DAY, MINUTE - NOW_S], ids=lambda error: f"{error} s"
)
@pytest.mark.usefixtures("all_enabled")
async def test_a_wearable_whose_clock_was_wrong(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    error: int,
) -> None:
    """What seems to be of the future, of last year or of 1970 waits, and is there once it is put right."""
    person.time_zone = "Asia/Kolkata"
    person.readings = measured(NOW_S - HOUR, NOW_S + 2 * HOUR)
    person.wrong_from, person.error = NOW_S + LATER, error
    entry = await set_up(sign_in(subentries_data=[destination(cardiogram)]))
    for _ in range(14):
        await advance(home, clock, minutes=5)
        now = int(time.time())
        right = [sample for sample in person.readings if sample[0] <= min(now, NOW_S + LATER - 1)]
        assert kept(entry) == right
        assert shown(home, "heart_rate_measured_at").state == iso(right[-1][0])
        assert today(home) == range_of(right)
    assert shown(home, "heart_rate").state == "unknown"

    person.error = 0
    await advance(home, clock, minutes=5)
    now = int(time.time())
    assert kept(entry) == person.samples(0, now + 1, now)
    assert shown(home, "heart_rate").state == str(kept(entry)[-1][1])
    await forward(home)
    assert cardiogram.values() == dict(kept(entry))
    assert cardiogram.repeats() == 0


@pytest.mark.parametrize("wrong", [-HOUR, HOUR])
@pytest.mark.usefixtures("all_enabled")
async def test_home_assistants_own_clock_is_wrong_for_a_while(
    home: HomeAssistant,
    person: Wearer,
    google: GoogleSimulator,
    fitbit: FitbitSimulator,
    sign_in: SignIn,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    wrong: int,
) -> None:
    """Nothing gets a wrong time by that, is lost or goes out twice; the rest of the world knows the time."""
    right = time.time
    google.clock = fitbit.clock = lambda: right()  # noqa: PLW0108
    person.readings = measured(NOW_S - 2 * DAY, NOW_S + 4 * HOUR)
    entry = await set_up(sign_in(subentries_data=[destination(cardiogram)]))
    monkeypatch.setattr(time, "time", lambda: right() + wrong)
    for _ in range(18):
        await advance(home, clock, minutes=5)
        assert set(kept(entry)) <= set(person.samples(NOW_S - DAY, 2**40, right()))
    monkeypatch.setattr(time, "time", right)
    for _ in range(2):
        await advance(home, clock, minutes=5)
    now = int(time.time())
    assert kept(entry) == person.samples(NOW_S - DAY, now + 1, now)
    assert shown(home, "heart_rate_measured_at").state == iso(kept(entry)[-1][0])
    await forward(home)
    assert cardiogram.values() == dict(kept(entry))
    assert cardiogram.repeats() == 0


# Two devices


async def test_two_devices_at_once(
    home: HomeAssistant,
    person: Wearer,
    sign_in: SignIn,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """What both have is there once, with the higher value, even where the second one syncs later."""
    watch = [(moment, 60 + moment // 20 % 5) for moment in range(NOW_S - 2 * DAY, NOW_S + HOUR, 20)]
    band = [(moment, 58 + moment // 30 % 9) for moment in range(NOW_S - 2 * DAY, NOW_S + HOUR, 30)]
    synced_late = [sample for sample in band if sample[0] % 600 >= 300]
    person.readings = sorted(watch + band)
    entry = await set_up(sign_in(subentries_data=[destination(cardiogram)]))
    for _ in range(6):
        person.readings = sorted({*watch, *band} - {one for one in synced_late if one[0] > time.time()})
        await advance(home, clock, minutes=5)
        await forward(home)
        person.readings = sorted(watch + band)
        await advance(home, clock, minutes=5)
        now = int(time.time())
        # In order of time, the highest value of each second is the last one.
        assert kept(entry) == sorted(dict(person.samples(NOW_S - DAY, now + 1, now)).items())
    await forward(home)
    assert cardiogram.values() == dict(kept(entry))
    assert cardiogram.repeats() == 0
