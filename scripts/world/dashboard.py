"""The demo's dashboard: the heart, the day and the forwarding."""

from collections.abc import Iterable, Mapping
from typing import Any

Card = dict[str, Any]

ZONES = {"zone_light": "Light", "zone_moderate": "Moderate", "zone_vigorous": "Vigorous", "zone_peak": "Peak"}
TODAY = {
    "heart_rate_min": "Lowest",
    "heart_rate_max": "Highest",
    "heart_rate_mean": "Mean",
    "resting_heart_rate": "Resting",
}
TIMES = {"heart_rate_measured_at": "Measured", "last_device_sync": "Last sync"}
FORWARDING = {
    "automatic_forwarding": "Automatic forwarding",
    "pending_beats": "Pending",
    "delivered_beats": "Delivered",
    "last_delivery": "Last delivery",
    "oldest_pending": "Oldest pending",
    "quarantined_beats": "Quarantined",
    "forwarding_problem": "Problem",
    "forward_now": "Forward now",
}


def statistic(entry_id: str) -> str:
    """Return the id of an account's hourly statistic."""
    return f"fitbit_cardiogram:{entry_id.lower()}_heart_rate"


def dashboard(entities: Mapping[str, str], hourly: str | None, ledger_url: str) -> Card:
    """One page of sections; entities that do not exist are left out."""

    def rows(names: Mapping[str, str]) -> list[Card]:
        return [{"entity": entities[key], "name": name} for key, name in names.items() if key in entities]

    heart: list[Card] = [
        *[{"type": "gauge", "min": 40, "max": 200, **row} for row in rows({"heart_rate": "Now"})],
        *[{"type": "tile", **row} for row in rows(TIMES)],
    ]
    by_the_hour: Card = {
        "type": "statistics-graph",
        "entities": [{"entity": hourly, "name": "Heart rate"}],
        "stat_types": ["mean", "min", "max"],
        "period": "hour",
        "days_to_show": 2,
        "hide_legend": True,
    }
    day: list[Card] = [
        *([by_the_hour] if hourly else []),
        *[{"type": "tile", **row} for row in rows(TODAY)],
        {"type": "distribution", "title": "Zones", "entities": rows(ZONES)},
    ]
    forwarding: list[Card] = [
        {"type": "entities", "entities": rows(FORWARDING)},
        {"type": "markdown", "content": f"[What Cardiogram has accepted]({ledger_url})"},
    ]
    sections = [section("Heart rate", heart), section("Today", day), section("Cardiogram", forwarding)]
    return {"views": [{"title": "Heart rate", "type": "sections", "max_columns": 3, "sections": sections}]}


def section(title: str, cards: Iterable[Card]) -> Card:
    """Cards under a heading."""
    return {"type": "grid", "cards": [{"type": "heading", "heading": title}, *cards]}
