"""The demo's dashboard: the heart, the day and the forwarding."""

from collections.abc import Iterable, Mapping
from typing import Any

Card = dict[str, Any]

ZONES = {"zone_light": "Light", "zone_moderate": "Moderate", "zone_vigorous": "Vigorous", "zone_peak": "Peak"}
TODAY = {"heart_rate_min": "Lowest", "heart_rate_mean": "Mean", "heart_rate_max": "Highest"}
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

    def tile(key: str, name: str, **more: Any) -> list[Card]:
        return [{"type": "tile", "entity": entities[key], "name": name, **more}] if key in entities else []

    trend = {"features": [{"type": "trend-graph", "hours_to_show": 3}], "grid_options": {"columns": "full"}}
    heart: list[Card] = [
        *tile("heart_rate", "Heart rate", color="red", **trend),
        *tile("resting_heart_rate", "Resting"),
        *tile("heart_rate_measured_at", "Measured"),
        *[card for key, name in TODAY.items() for card in tile(key, name)],
        *tile("last_device_sync", "Last sync"),
    ]
    by_the_hour: Card = {
        "type": "statistics-graph",
        "entities": [{"entity": hourly, "name": "Heart rate"}],
        "stat_types": ["mean", "min", "max"],
        "period": "hour",
        "days_to_show": 2,
        "hide_legend": True,
    }
    since_now: Card = {
        "type": "history-graph",
        "hours_to_show": 3,
        "entities": rows({"heart_rate": "Heart rate"}),
    }
    day: list[Card] = [
        by_the_hour if hourly else since_now,
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
