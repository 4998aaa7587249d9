"""Actions of the integration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .forwarding.forwarder import Forwarder
from .forwarding.outcome import Problem
from .heart_rate.archive import ArchiveError

SERVICE_FORWARD_BEATS: Final = "forward_beats"

ATTR_START: Final = "start"
ATTR_END: Final = "end"
ATTR_RESEND: Final = "resend"

FORWARD_BEATS_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Inclusive(ATTR_START, "range"): cv.datetime,
        vol.Inclusive(ATTR_END, "range"): cv.datetime,
        vol.Optional(ATTR_RESEND, default=False): cv.boolean,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_FORWARD_BEATS,
        _async_forward_beats,
        FORWARD_BEATS_SCHEMA,
        SupportsResponse.OPTIONAL,
    )


def forwarding_failed(problem: Problem) -> HomeAssistantError:
    """Return the exception that tells a person why beats did not get through."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=f"forwarding_{problem}")


@contextmanager
def archive_in_use() -> Iterator[None]:
    """Tell a person when what they asked for fails because the archive cannot be used."""
    try:
        yield
    except ArchiveError:
        raise forwarding_failed(Problem.ARCHIVE_UNUSABLE) from None


async def _async_forward_beats(call: ServiceCall) -> ServiceResponse:
    """Forward what is pending for a destination, after adding what a range holds that was never sent.

    A caller who does not look at the response learns of a failure by an exception.
    """
    forwarder = _async_get_forwarder(call.hass, call.data[ATTR_DEVICE_ID])
    if ATTR_START in call.data:
        start, end = _timestamp(call.data[ATTR_START]), _timestamp(call.data[ATTR_END])
        if start >= end:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="range_empty")
        with archive_in_use():
            await forwarder.cover(start, end, resend=call.data[ATTR_RESEND])
    elif call.data[ATTR_RESEND]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="resend_without_range")
    result = await forwarder.forward()
    if result.problem and not call.return_response:
        raise forwarding_failed(result.problem)
    response: dict[str, Any] = {
        "delivered": result.delivered,
        "pending": result.pending,
        "last_error": str(result.problem) if result.problem else None,
    }
    return response


@callback
def _async_get_forwarder(hass: HomeAssistant, device_id: str) -> Forwarder:
    device, entry = service.async_get_device_and_config_entry(
        hass, DOMAIN, device_id, include_child_devices=False
    )
    account: AccountConfigEntry = entry
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and (forwarder := account.runtime_data.forwarders.get(identifier)):
            return forwarder
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_destination")


def _timestamp(moment: datetime) -> int:
    """Return UNIX seconds; a moment without a time zone is in Home Assistant's own."""
    return int(dt_util.as_timestamp(dt_util.as_utc(moment)))
