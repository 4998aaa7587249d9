"""Home Assistant's own integration of Google Health, which lends its sign-in."""

from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigFlow
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import CONF_LENDER, CONF_SOURCE, DOMAIN
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH

LENDING_CREDENTIAL = "lending"
type Lend = Callable[..., Awaitable[MockConfigEntry]]


class LenderFlow(ConfigFlow):
    """What Home Assistant wants of every integration that has accounts."""


def borrowing(lender: MockConfigEntry) -> MockConfigEntry:
    """Return an account that uses the sign-in of the lender."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Sam",
        unique_id=lender.unique_id,
        data={CONF_SOURCE: SOURCE_GOOGLE_HEALTH, CONF_LENDER: lender.entry_id},
    )
