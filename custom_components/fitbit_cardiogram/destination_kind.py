"""The kind of a destination: all differences between one kind and the others, in one value.

Every kind has an address, covers the samples from some moment on, and can forward by itself.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from yarl import URL

from .const import CONF_BASE_URL, Endpoints, endpoints_of
from .destinations.forwarder import Destination
from .destinations.outcome import CONSEQUENCES, Outcome, Problem
from .net.address import safe_base_url

PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

# Characters, at most: of a name or another short text, and of a token. No server wants more.
SHORT: Final = 128
TOKEN: Final = 4096
# They join letters and emoji of a name, and are not seen themselves.
_JOINERS: Final = {0x200C: None, 0x200D: None}

BEATS_QUARANTINED: Final = "beats_quarantined"
# The steps of a repair that mend an issue of any destination, by the issue's translation key.
_STEPS_OF_ALL: Final = {
    CONSEQUENCES[Problem.ARCHIVE_REPLACED].text: ["from_now", "again"],
    BEATS_QUARANTINED: ["release", "drop"],
}
# System health's key for an address that a person has put in the place of the kind's own.
REACH_RECEIVER: Final = "can_reach_receiver"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: its selector, its longest value in characters, and which of these are valid.

    `error` is the text of the error that says what is allowed. An `is_optional` one may be left empty, and
    emptied where it `is_removable`. An `is_fixed` one is asked for once, and not when the destination is
    changed. A secret is never shown again.
    """

    selector: TextSelector | SelectSelector
    is_valid: Callable[[str], bool]
    error: str
    longest: int
    is_secret: bool = False
    is_optional: bool = False
    is_fixed: bool = False
    default: str = ""

    @property
    def is_removable(self) -> bool:
        """Whether a person needs a tick to empty it: left empty, a secret stays as it is."""
        return self.is_secret and self.is_optional and not self.is_fixed

    def error_in(self, value: str) -> str | None:
        """Return the text of the error in a value, or None."""
        if not value:
            return None if self.is_optional else "empty"
        return None if len(value) <= self.longest and self.is_valid(value) else self.error


class SafeAddress(Protocol):
    """Makes an address safe."""

    def __call__(self, text: str, *, allow_http: bool) -> str:
        """Return the safe address; raises UnsafeUrlError."""
        ...


type Test = Callable[[ClientSession, Mapping[str, Any]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationKind:
    """One kind of destination, by the type of its subentries.

    `fields` are those of its form beside the ones of every kind, `kept` what it keeps without a field.
    `steps` are those of a repair that mend a problem; a problem that is not named, and does not pass, never
    occurs. `reach` is system health's key for its own address, where it has one. An address that
    `is_address_secret` is shown by its host alone. `test` sends a message without a heart rate. `series`
    tells where the beats end up; without it, the identity does. Beats of two destinations with the same one
    are mixed at the receiver.
    """

    subentry_type: str
    flow: type[ConfigSubentryFlow]
    open: Callable[[ClientSession, Mapping[str, Any]], Destination]
    identity: Callable[[Mapping[str, Any]], str]
    fields: Mapping[str, Field]
    steps: Mapping[Problem, list[str]]
    manufacturer: str
    default_name: str
    default_address: Callable[[Endpoints], str] = lambda _: ""
    reach: str = REACH_RECEIVER
    kept: Sequence[str] = ()
    safe_address: SafeAddress = safe_base_url
    is_address_secret: bool = False
    test: Test | None = None
    series: Callable[[Mapping[str, Any]], str] | None = None

    @property
    def secrets(self) -> dict[str, Field]:
        """The fields that are never shown again."""
        return {key: field for key, field in self.fields.items() if field.is_secret}

    @property
    def removable(self) -> dict[str, str]:
        """The ticks that empty a secret, with the key of the secret that each empties."""
        return {f"remove_{key}": key for key, field in self.fields.items() if field.is_removable}

    @property
    def fixed(self) -> dict[str, Field]:
        """The fields that are asked for once."""
        return {key: field for key, field in self.fields.items() if field.is_fixed}

    def errors(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the texts of the errors in these values of fields, by field."""
        found = {key: field.error_in(values[key]) for key, field in self.fields.items() if key in values}
        return {key: error for key, error in found.items() if error}

    def receiver(self, data: Mapping[str, Any]) -> str:
        """Return the place at which the beats of a destination end up; other kinds have others."""
        return f"{self.subentry_type}#{(self.series or self.identity)(data)}"

    def shown_address(self, data: Mapping[str, Any]) -> str:
        """Return the address of a destination, as far as it may be shown."""
        url: str = data[CONF_BASE_URL]
        return str(URL(url).origin()) if self.is_address_secret else url

    def has_own_address(self, hass: HomeAssistant, data: Mapping[str, Any]) -> bool:
        """Return whether a destination is at the kind's own address, not at another receiver."""
        return bool(data[CONF_BASE_URL] == self.default_address(endpoints_of(hass)))

    def reach_key(self, hass: HomeAssistant, data: Mapping[str, Any]) -> str:
        """Return system health's key for the address of a destination."""
        return self.reach if self.has_own_address(hass, data) else REACH_RECEIVER

    def steps_of(self, issue: str) -> list[str]:
        """Return the steps of a repair that mend the issue with this translation key, or none."""
        own = {CONSEQUENCES[problem].text: steps for problem, steps in self.steps.items()}
        return (_STEPS_OF_ALL | own).get(issue, [])


def is_line(text: str) -> bool:
    """Return whether a text is one line of letters, digits and signs, which may be joined."""
    seen = text.translate(_JOINERS)
    return seen != "" and seen.isprintable()


def is_one_word(text: str) -> bool:
    """Return whether a text can be sent as an access token: one word of plain characters."""
    return text != "" and text.isascii() and text.isprintable() and " " not in text
