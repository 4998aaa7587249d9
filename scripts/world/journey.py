"""The way from an empty Home Assistant to beats at Cardiogram, as a person walks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scripts.waiting import until
from scripts.world.client import Client
from scripts.world.stored import DOMAIN
from scripts.world.world import Source, World

USER = PASSWORD = "demo"  # noqa: S105
FLOW = "/api/config/config_entries/flow"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
DASHBOARD = "/heart-rate"
ZONES = ("zone_light", "zone_moderate", "zone_vigorous", "zone_peak")


@dataclass(frozen=True)
class Place:
    """Where to look in Home Assistant: the account, its destination and their entities by key."""

    entry_id: str
    account_device: str
    destination_device: str
    entities: dict[str, str]

    @property
    def view(self) -> str:
        """Path of the account's view of the ready dashboard."""
        return f"{DASHBOARD}/{self.entry_id.lower()}"


async def furnish(around: World, client: Client) -> Place:
    """Set up the first account and its destination."""
    user_id, token = next(iter(around.cardiogram.users.items()))
    await sign_up(client)
    for source in around.sources.values():
        await add_credential(client, source)
    entry_id = await add_account(client, around.source)
    await add_cardiogram(client, entry_id, around.cardiogram.url, user_id, token)
    return await look_around(client, entry_id)


async def sign_up(client: Client) -> None:
    """Create Home Assistant's owner as soon as it answers, and wait until it has started."""
    await until(client.is_up)
    await client.create_owner(USER, PASSWORD)
    await until(lambda: client.get("/api/config"), met=lambda config: config["state"] == "RUNNING")


async def add_credential(client: Client, source: Source) -> None:
    """Enter the client id and secret of a service."""
    known_by = {"client_id": source.service.client_id, "client_secret": source.service.client_secret}
    await client.command("application_credentials/create", domain=DOMAIN, name=source.name, **known_by)


async def add_account(client: Client, source: Source) -> str:
    """Sign the first person in, and return the entry's id."""
    answers = {
        "menu": source.menu,
        "base_url": source.service.url,
        "allow_http": True,
        "name": source.service.person.name,
    }
    return str((await client.walk(FLOW, DOMAIN, answers))["result"]["entry_id"])


async def add_cardiogram(client: Client, entry_id: str, base_url: str, user_id: str, token: str) -> None:
    """Agree to forward everything known to Cardiogram, for now only when asked to."""
    answers = {
        "name": "Cardiogram",
        "user_id": user_id,
        "access_token": token,
        "base_url": base_url,
        "allow_http": True,
        "forward_from": "everything",
        "automatic_forwarding": False,
        "consent": True,
    }
    await client.walk(SUBENTRY_FLOW, [entry_id, "cardiogram"], answers)


async def look_around(client: Client, entry_id: str) -> Place:
    """Find the account's entities once the destination has its own."""

    async def ours() -> dict[str, Any]:
        registry = await client.command("config/entity_registry/list")
        return {one["translation_key"]: one for one in registry if one["config_entry_id"] == entry_id}

    entities = await until(ours, met=lambda found: {"heart_rate", "pending_beats"} <= found.keys())
    ids = {key: str(entity["entity_id"]) for key, entity in entities.items()}
    account, destination = (str(entities[key]["device_id"]) for key in ("heart_rate", "pending_beats"))
    return Place(entry_id, account, destination, ids)


async def forward(client: Client, place: Place) -> dict[str, Any]:
    """Forward the pending beats now, and return the action's response."""
    path = f"/api/services/{DOMAIN}/forward_beats?return_response"
    answer = await client.post(path, {"device_id": place.destination_device})
    return dict(answer["service_response"])


async def forward_automatically(client: Client, place: Place) -> None:
    """Turn on automatic forwarding."""
    await client.post("/api/services/switch/turn_on", {"entity_id": place.entities["automatic_forwarding"]})


async def set_limit(client: Client, place: Place, high: int) -> None:
    """Set the limit for a high heart rate."""
    await client.walk(OPTIONS_FLOW, place.entry_id, {"high_bpm": high})


async def states(client: Client, place: Place, keys: Iterable[str]) -> dict[str, Any]:
    """Return the state objects of some entities by key, as far as they exist."""
    return {
        key: await client.get(f"/api/states/{place.entities[key]}") for key in keys if key in place.entities
    }


async def add_dashboard(client: Client) -> str:
    """Put the ready dashboard into the side bar, and return its path."""
    settings = {"url_path": "heart-rate", "title": "Heart rate", "icon": "mdi:heart-pulse"}
    await client.command("lovelace/dashboards/create", **settings, mode="storage")
    config = {"strategy": {"type": "custom:fitbit-cardiogram"}}
    await client.command("lovelace/config/save", url_path="heart-rate", config=config)
    return DASHBOARD
