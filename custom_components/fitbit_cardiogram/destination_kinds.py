"""The kinds of destinations that an account can have, by the type of their subentries."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .cardiogram_destination import CARDIOGRAM
from .destination_kind import DestinationKind
from .line_protocol_destination import LINE_PROTOCOL
from .webhook_destination import WEBHOOK

KINDS: Final = {kind.subentry_type: kind for kind in (CARDIOGRAM, WEBHOOK, LINE_PROTOCOL)}


def known_destinations(entry: ConfigEntry[Any]) -> dict[str, tuple[ConfigSubentry, DestinationKind]]:
    """Return the destinations of an account by their ids, without those of a newer version's kinds."""
    return {
        subentry_id: (subentry, KINDS[subentry.subentry_type])
        for subentry_id, subentry in entry.subentries.items()
        if subentry.subentry_type in KINDS
    }
