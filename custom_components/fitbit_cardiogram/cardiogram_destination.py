"""Cardiogram, or a compatible receiver at another address, as a kind of destination."""

from collections.abc import Mapping
from typing import Any, Final, override

from aiohttp import ClientSession
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.helpers.selector import TextSelector

from .const import CONF_BASE_URL, CONF_USER_ID, SUBENTRY_CARDIOGRAM
from .destination_flow import DestinationFlow
from .destination_kind import PASSWORD, SHORT, TOKEN, DestinationKind, Field, is_one_word
from .destinations.cardiogram import Cardiogram
from .destinations.outcome import Problem


class CardiogramFlow(DestinationFlow):
    """Add Cardiogram as a destination, or change it."""

    @property
    @override
    def kind(self) -> DestinationKind:
        """Cardiogram."""
        return CARDIOGRAM


def _open(session: ClientSession, data: Mapping[str, Any]) -> Cardiogram:
    return Cardiogram(session, data[CONF_BASE_URL], data[CONF_USER_ID], data[CONF_ACCESS_TOKEN])


def _identity(data: Mapping[str, Any]) -> str:
    """Return the identity of a destination: its address and the user there."""
    return f"{data[CONF_BASE_URL]}#{data[CONF_USER_ID]}"


CARDIOGRAM: Final = DestinationKind(
    subentry_type=SUBENTRY_CARDIOGRAM,
    flow=CardiogramFlow,
    open=_open,
    identity=_identity,
    fields={
        CONF_USER_ID: Field(TextSelector(), is_one_word, "invalid_user_id", SHORT),
        CONF_ACCESS_TOKEN: Field(PASSWORD, is_one_word, "invalid_token", TOKEN, is_secret=True),
    },
    steps={
        Problem.TOKEN_REFUSED: ["token"],
        Problem.USER_MISMATCH: ["token", "reconfigure"],
        Problem.WRONG_ADDRESS: ["reconfigure", "try_again"],
        Problem.UNEXPECTED_ANSWER: ["try_again", "reconfigure"],
        Problem.BEATS_REFUSED: ["try_again", "reconfigure"],
    },
    manufacturer="Cardiogram",
    default_name="Cardiogram",
    default_address=lambda endpoints: endpoints.cardiogram,
    reach="can_reach_cardiogram",
)
