"""Heart rates as a file: a view for signed-in users, and signed links that need no sign-in for a while."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
import logging
from typing import Any, Final

from aiohttp import hdrs, web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView
from homeassistant.util import slugify
import voluptuous as vol
from yarl import URL

from .archive.archive import Archive
from .archive.database import ArchiveError
from .archive.history import ends, samples
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .heart_rate.clock import FOREVER, utc
from .permission import async_check_read

_LOGGER = logging.getLogger(__name__)

EXPORT_URL: Final = f"/api/{DOMAIN}/export/{{entry_id}}"
LINK_VALID_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its content type, its first line, and the line of a sample."""

    content_type: str
    head: str
    line: str


FORMATS: Final = {
    "csv": Format("text/csv", "time,bpm\n", "{},{}\n"),
    "jsonl": Format("application/x-ndjson", "", '{{"time": "{}", "bpm": {}}}\n'),
}

MOMENT: Final = vol.All(vol.Coerce(int), vol.Range(min=-FOREVER, max=FOREVER))


def in_order(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the request if its interval is not empty. Raises vol.Invalid."""
    if asked["start"] >= asked["end"]:
        raise vol.Invalid("the range is empty: its end must lie after its start")
    return asked


QUERY: Final = vol.All(
    vol.Schema(
        {
            vol.Optional("format", default="csv"): vol.In(FORMATS),
            vol.Optional("start", default=0): MOMENT,
            vol.Optional("end", default=FOREVER): MOMENT,
        },
        extra=vol.REMOVE_EXTRA,
    ),
    in_order,
)


class ExportView(HomeAssistantView):
    """An account's samples as a file: all, or those from `start` to before `end`, in UNIX seconds."""

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
        archive, start, end = entry.runtime_data.archive, asked["start"], asked["end"]
        try:
            held = await hass.async_add_executor_job(ends, archive, start, end)
        except ArchiveError:
            return self.json_message("The archive cannot be used now.", HTTPStatus.SERVICE_UNAVAILABLE)

        name = _file_name(entry, held, asked["format"])
        response = web.StreamResponse(
            headers={
                hdrs.CONTENT_TYPE: FORMATS[asked["format"]].content_type,
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
                hdrs.CACHE_CONTROL: "no-store",
            }
        )
        await response.prepare(request)
        chunks = _chunks(archive, start, end, FORMATS[asked["format"]])
        try:
            while chunk := await hass.async_add_executor_job(next, chunks, None):
                await response.write(chunk)
        except ArchiveError as error:
            _LOGGER.warning("An export from the archive of %s was broken off: %s", entry.title, error)
            if request.transport:
                request.transport.abort()
        return response


@callback
def async_export_link(
    hass: HomeAssistant, entry: AccountConfigEntry, start: int, end: int, file_format: str
) -> str:
    """Return a link to the file, without host; for LINK_VALID_FOR it needs no sign-in."""
    url = URL(EXPORT_URL.format(entry_id=entry.entry_id))
    url = url.with_query(format=file_format, start=start, end=end)
    return async_sign_path(hass, str(url), LINK_VALID_FOR)


def _chunks(archive: Archive, start: int, end: int, file_format: Format) -> Iterator[bytes]:
    if file_format.head:
        yield file_format.head.encode()
    for page in samples(archive, start, end):
        lines = (file_format.line.format(utc(time).isoformat(), bpm) for time, bpm in page)
        yield "".join(lines).encode()


def _file_name(entry: AccountConfigEntry, held: tuple[int, int] | None, suffix: str) -> str:
    """Return a file name with the account's title and, by its own clock, its first and last day."""
    zone = entry.runtime_data.coordinator.data.time_zone
    days = [utc(moment).astimezone(zone).date().isoformat() for moment in held or ()]
    return f"{'_'.join([slugify(entry.title), *days])}.{suffix}"
