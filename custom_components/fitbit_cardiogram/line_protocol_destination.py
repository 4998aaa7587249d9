"""A time-series database that takes InfluxDB's line protocol, as a kind of destination."""

from collections.abc import Mapping
import hashlib
from typing import Any, Final, override

from aiohttp import ClientSession
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_USERNAME
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, TextSelector

from .const import (
    CONF_BASE_URL,
    CONF_DATABASE,
    CONF_DIALECT,
    CONF_MEASUREMENT,
    CONF_ORGANIZATION,
    CONF_PERSON,
    SUBENTRY_LINE_PROTOCOL,
)
from .destination_flow import DestinationFlow
from .destination_kind import PASSWORD, SHORT, TOKEN, DestinationKind, Field
from .destinations.line_protocol import DIALECTS, Account, LineProtocol, is_name
from .destinations.outcome import Problem


class LineProtocolFlow(DestinationFlow):
    """Add a database as a destination, or change it."""

    @property
    @override
    def kind(self) -> DestinationKind:
        """The database."""
        return LINE_PROTOCOL


def _open(session: ClientSession, data: Mapping[str, Any]) -> LineProtocol:
    return LineProtocol(
        session,
        data[CONF_BASE_URL],
        DIALECTS[data[CONF_DIALECT]],
        Account(data[CONF_DATABASE], data[CONF_ORGANIZATION], data[CONF_USERNAME], data[CONF_ACCESS_TOKEN]),
        measurement=data[CONF_MEASUREMENT],
        person=data[CONF_PERSON],
    )


def _identity(data: Mapping[str, Any]) -> str:
    """Return the identity of a destination, the series in its database, which must not tell the person."""
    keys = (CONF_BASE_URL, CONF_DATABASE, CONF_MEASUREMENT, CONF_PERSON)
    return hashlib.sha256("\n".join(data[key] for key in keys).encode()).hexdigest()


LINE_PROTOCOL: Final = DestinationKind(
    subentry_type=SUBENTRY_LINE_PROTOCOL,
    flow=LineProtocolFlow,
    open=_open,
    identity=_identity,
    fields={
        CONF_DIALECT: Field(
            SelectSelector(SelectSelectorConfig(options=[*DIALECTS], translation_key=CONF_DIALECT)),
            DIALECTS.__contains__,
            "empty",
            SHORT,
            default=next(iter(DIALECTS)),
        ),
        CONF_DATABASE: Field(TextSelector(), str.isprintable, "invalid_text", SHORT),
        CONF_ORGANIZATION: Field(TextSelector(), str.isprintable, "invalid_text", SHORT, is_optional=True),
        CONF_USERNAME: Field(TextSelector(), str.isprintable, "invalid_text", SHORT, is_optional=True),
        CONF_ACCESS_TOKEN: Field(
            PASSWORD, str.isprintable, "invalid_token", TOKEN, is_secret=True, is_optional=True
        ),
        CONF_PERSON: Field(TextSelector(), is_name, "invalid_name", SHORT, is_fixed=True),
        CONF_MEASUREMENT: Field(
            TextSelector(), is_name, "invalid_name", SHORT, is_fixed=True, default="heart_rate"
        ),
    },
    steps={
        Problem.CREDENTIALS_REFUSED: ["reconfigure", "try_again"],
        Problem.DATABASE_MISSING: ["reconfigure", "try_again"],
        Problem.TYPE_CONFLICT: ["try_again"],
        Problem.WRONG_ADDRESS: ["reconfigure", "try_again"],
        Problem.UNEXPECTED_ANSWER: ["try_again", "reconfigure"],
        Problem.BEATS_REFUSED: ["try_again", "reconfigure"],
    },
    manufacturer="InfluxDB line protocol",
    default_name="InfluxDB",
)
