"""The archive as a file: a view for signed-in users, and signed links that need no sign-in for a while."""

from collections.abc import Callable, Iterable, Iterator
from csv import writer
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from http import HTTPStatus
from io import StringIO
import json
import logging
from operator import itemgetter
import time
from typing import Any, Final

from aiohttp import hdrs, web
from homeassistant.components import persistent_notification
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.json import JsonValueType
import voluptuous as vol
from yarl import URL

from .archive.archive import Archive
from .archive.database import ArchiveError
from .archive.history import day_values, ends, nights_between, samples, workouts_between
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .heart_rate.clock import FOREVER, civil_day, midnight, written
from .heart_rate.interval import Interval
from .permission import async_check_read
from .sessions import described, described_night

_LOGGER = logging.getLogger(__name__)

EXPORT_URL: Final = f"/api/{DOMAIN}/export/{{entry_id}}"
LINK_VALID_FOR: Final = timedelta(minutes=15)
# A notification is read later.
NOTIFIED_VALID_FOR: Final = timedelta(days=1)
# Between these moments, every time zone has civil days.
CALENDAR: Final[Interval] = (0, midnight(date(9998, 1, 1), UTC))

type Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """What a file can hold: its columns, and how the rows of an interval are read, page by page."""

    columns: Row
    pages: Callable[[Archive, Interval, tzinfo], Iterator[Iterable[Row]]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its content type, its first line, and the lines of rows."""

    content_type: str
    head: Callable[[Row], str]
    lines: Callable[[Row, Iterable[Row]], str]


def _samples(archive: Archive, interval: Interval, _zone: tzinfo) -> Iterator[Iterable[Row]]:
    for page in samples(archive, *interval):
        yield ((written(time), bpm) for time, bpm in page)


def _workouts(archive: Archive, interval: Interval, _zone: tzinfo) -> Iterator[Iterable[Row]]:
    """Yield the workouts that touch the interval."""
    now, row = int(time.time()), itemgetter(*DATA["workouts"].columns)
    for page in workouts_between(archive, *interval):
        yield (row(described(kept, now, written)) for kept in page)


def _nights(archive: Archive, interval: Interval, _zone: tzinfo) -> Iterator[Iterable[Row]]:
    """Yield the nights and naps of which a part touches the interval."""
    now, row = int(time.time()), itemgetter(*DATA["nights"].columns)
    for page in nights_between(archive, *interval):
        yield (row(described_night(night, now, written)) for night in page)


def _days(archive: Archive, interval: Interval, zone: tzinfo) -> Iterator[Iterable[Row]]:
    """Yield the values of the civil days that the interval touches."""
    (start, end), (earliest, latest) = interval, CALENDAR
    first, last = (civil_day(min(max(moment, earliest), latest), zone) for moment in (start, end - 1))
    for page in day_values(archive, first, last):
        yield map(astuple, page)


def _table(rows: Iterable[Row]) -> str:
    """Return rows as lines of CSV; a value that is an object or a list is JSON in its cell."""
    text = StringIO()
    writer(text, lineterminator="\n").writerows(
        [json.dumps(value) if isinstance(value, dict | list) else value for value in row] for row in rows
    )
    return text.getvalue()


def _objects(columns: Row, rows: Iterable[Row]) -> str:
    return "".join(f"{json.dumps(dict(zip(columns, row, strict=True)))}\n" for row in rows)


FIGURES: Final = ("lowest", "mean", "highest", "zones", "recovery", "recovery_120")
NIGHT: Final = ("asleep", "mean", "lowest", "lowest_at", "dip", "stages")
DATA: Final = {
    "samples": Data(("time", "bpm"), _samples),
    "workouts": Data(("id", "type", "start", "end", *FIGURES), _workouts),
    "nights": Data(("id", "type", "day", "start", "end", *NIGHT), _nights),
    "days": Data(("day", "kind", "value"), _days),
}
FORMATS: Final = {
    "csv": Format("text/csv", lambda columns: _table([columns]), lambda _, rows: _table(rows)),
    "jsonl": Format("application/x-ndjson", lambda _: "", _objects),
}

MOMENT: Final = vol.All(vol.Coerce(int), vol.Range(min=-FOREVER, max=FOREVER))


def in_order(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the request if its interval is not empty. Raises vol.Invalid."""
    if asked["start"] >= asked["end"]:
        raise vol.Invalid("the end must lie after the start")
    return asked


QUERY: Final = vol.All(
    vol.Schema(
        {
            vol.Optional("data", default="samples"): vol.In(DATA),
            vol.Optional("format", default="csv"): vol.In(FORMATS),
            vol.Optional("start", default=0): MOMENT,
            vol.Optional("end", default=FOREVER): MOMENT,
        },
        extra=vol.REMOVE_EXTRA,
    ),
    in_order,
)


class ExportView(HomeAssistantView):
    """What an account holds as a file: all, or that from `start` to before `end`, in UNIX seconds."""

    url = EXPORT_URL
    name = f"api:{DOMAIN}:export"

    async def get(self, request: web.Request, entry_id: str) -> web.StreamResponse:
        """Send the file page by page, so that it takes no more memory than a page.

        A file that cannot be finished breaks the connection off: nobody takes it for a whole one.
        """
        hass = request.app[KEY_HASS]
        asked = vol.Schema(QUERY)(dict(request.query))
        entry: AccountConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain != DOMAIN:
            return self.json_message("There is no such account.", HTTPStatus.NOT_FOUND)
        async_check_read(hass, entry_id, request[KEY_HASS_USER])
        if entry.state is not ConfigEntryState.LOADED:
            return self.json_message("The account is not loaded now.", HTTPStatus.SERVICE_UNAVAILABLE)
        archive, interval = entry.runtime_data.archive, (asked["start"], asked["end"])
        try:
            held = await hass.async_add_executor_job(ends, archive, *interval)
        except ArchiveError:
            return self.json_message("The archive cannot be used now.", HTTPStatus.SERVICE_UNAVAILABLE)

        zone = entry.runtime_data.coordinator.data.time_zone
        name = _file_name(entry, asked, held, zone)
        response = web.StreamResponse(
            headers={
                hdrs.CONTENT_TYPE: FORMATS[asked["format"]].content_type,
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
                hdrs.CACHE_CONTROL: "no-store",
            }
        )
        await response.prepare(request)
        data = DATA[asked["data"]]
        chunks = _chunks(data, FORMATS[asked["format"]], data.pages(archive, interval, zone))
        try:
            while chunk := await hass.async_add_executor_job(next, chunks, None):
                await response.write(chunk)
        except ArchiveError as error:
            _LOGGER.warning("An export from the archive of %s was broken off: %s", entry.title, error)
            if request.transport:
                request.transport.abort()
        return response


async def async_export_link(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    interval: Interval,
    query: dict[str, str],
    *,
    notify: bool,
) -> dict[str, JsonValueType]:
    """Return a link to the file that needs no sign-in for a while; notify of it if asked to.

    `query` holds its `data` and `format`. Where no address of Home Assistant is known, the link is the path
    alone, and an explanation says so.
    """
    valid_for = NOTIFIED_VALID_FOR if notify else LINK_VALID_FOR
    start, end = interval
    url = URL(EXPORT_URL.format(entry_id=entry.entry_id)).with_query(start=start, end=end, **query)
    path = async_sign_path(hass, str(url), valid_for)
    until = (dt_util.now() + valid_for).replace(microsecond=0)
    if notify:
        await _async_notify(hass, entry, path, until, query["format"])
    answer: dict[str, JsonValueType] = {"path": path, "valid_until": until.isoformat()}
    try:
        return {"url": f"{get_url(hass, prefer_external=True)}{path}", **answer}
    except NoURLAvailableError:
        text = await _async_text(hass, translation_key="export_without_address")
        return {"url": path, **answer, "explanation": text}


async def _async_notify(
    hass: HomeAssistant, entry: AccountConfigEntry, path: str, until: datetime, suffix: str
) -> None:
    """Show a notification with the link, at whatever address the person has Home Assistant open."""
    # Without a target, the browser would look for a page of Home Assistant's own there.
    link = f'<a href="{path}" target="_blank">{slugify(entry.title)}.{suffix}</a>'
    said = {"account": entry.title, "link": link, "until": f"{until:%Y-%m-%d %H:%M}"}
    title = await _async_text(hass, translation_key="export_title", **said)
    message = await _async_text(hass, translation_key="export_ready", **said)
    persistent_notification.async_create(hass, message, title, f"{DOMAIN}_export_{entry.entry_id}")


async def _async_text(hass: HomeAssistant, *, translation_key: str, **placeholders: str) -> str:
    """Return a text in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "exceptions", [DOMAIN])
    return texts[f"component.{DOMAIN}.exceptions.{translation_key}.message"].format(**placeholders)


def _chunks(data: Data, file_format: Format, pages: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    if head := file_format.head(data.columns):
        yield head.encode()
    for rows in pages:
        yield file_format.lines(data.columns, rows).encode()


def _file_name(entry: AccountConfigEntry, asked: dict[str, Any], held: Interval | None, zone: tzinfo) -> str:
    """Return a name with the account's title and, of samples, the first and the last day by its own clock."""
    days = [civil_day(moment, zone).isoformat() for moment in held or ()]
    said = days if asked["data"] == "samples" else [asked["data"]]
    return f"{'_'.join([slugify(entry.title), *said])}.{asked['format']}"
