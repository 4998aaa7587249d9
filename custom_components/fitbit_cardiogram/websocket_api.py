"""What a card asks for: heart rates as columns, to be drawn as they are."""

from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service
import voluptuous as vol

from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .export import MOMENT, in_order
from .heart_rate.archive import Archive
from .heart_rate.history import at_most, buckets, samples
from .heart_rate.outbox import FOREVER
from .services import VALUES_MAX, archive_in_use

ERR_TOO_MANY_VALUES: Final = "too_many_values"


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the command."""
    async_register_command(hass, _async_heart_rate)


@websocket_command(
    vol.All(
        vol.Schema(
            {
                vol.Required("type"): f"{DOMAIN}/heart_rate",
                vol.Required("entry_id"): str,
                vol.Required("start"): MOMENT,
                vol.Required("end"): MOMENT,
                vol.Optional("width"): vol.All(vol.Coerce(int), vol.Range(min=1, max=FOREVER)),
            }
        ),
        in_order,
    )
)
@async_response
async def _async_heart_rate(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Answer with an account's samples of a half-open range, or buckets of them that are `width` wide.

    All times are whole UNIX seconds.
    """
    try:
        entry: AccountConfigEntry = service.async_get_config_entry(hass, DOMAIN, message["entry_id"])
    except ServiceValidationError as error:
        connection.send_error(message["id"], ERR_NOT_FOUND, str(error))
        return
    try:
        with archive_in_use():
            columns = await hass.async_add_executor_job(
                _columns, entry.runtime_data.archive, message["start"], message["end"], message.get("width")
            )
    except ServiceValidationError as error:
        connection.send_error(message["id"], ERR_TOO_MANY_VALUES, str(error))
        return
    connection.send_result(message["id"], columns)


def _columns(archive: Archive, start: int, end: int, width: int | None) -> dict[str, list[Any]]:
    if width is None:
        found = at_most(VALUES_MAX, samples(archive, start, end))
        return {"time": [time for time, _ in found], "value": [bpm for _, bpm in found]}
    counted = at_most(VALUES_MAX, buckets(archive, start, end, width))
    return {
        "time": [bucket.time for bucket in counted],
        "min": [bucket.min for bucket in counted],
        "mean": [round(bucket.mean, 1) for bucket in counted],
        "max": [bucket.max for bucket in counted],
        "count": [bucket.count for bucket in counted],
    }
