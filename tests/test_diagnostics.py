"""Diagnostics: they help to find a fault, and hold nothing of the person."""

from collections.abc import Iterator
import json
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_BASE_URL,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LENDER,
    CONF_RETENTION,
    CONF_SOURCE,
    CONF_USER_ID,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL
from custom_components.fitbit_cardiogram.google_provider import LENDER_DOMAIN, SOURCE_GOOGLE_HEALTH
from tests.helpers.home import (
    CARDIOGRAM_TOKEN,
    NOW,
    SUBENTRY_ID,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    gateway_entry,
    settle,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import METRICS
from tests.simulators.sleeping import Sleep

HEART_RATE = "/heart-rate/dataPoints:reconcile"
ZONES = "dailyRollUp"


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Recording:
    """Return a person of whom every value and every name can be told from anything else."""
    start = int(NOW.timestamp()) - 1800
    deep, up = at("02:41:30"), at("05:47:30")
    asleep = [(moment, 181) for moment in range(deep, up, 100)]
    return Recording(
        readings=asleep + [(start + step * 10, 173 + step % 2 * 14) for step in range(180)],
        synced_at=int(NOW.timestamp()) - 60,
        resting={TODAY: 157},
        zones={TODAY: {"LIGHT": 173.25, "VIGOROUS": 211.5}},
        slept=[Sleep("SENTINEL-night", deep - 3600, up, (("DEEP", deep, up),), is_main=True)],
        name="SENTINEL Sam",
        health_user_id="SENTINEL-health-id",
        legacy_user_id="SENTINELID",
    )


LIMITS = {CONF_HIGH: 177, CONF_DURATION: 10, CONF_HYSTERESIS: 5}
# The last are the heart rate asleep, and the time asleep in seconds, minutes and hours.
PERSONAL = {173, 187, 157, 173.25, 211.5, 181, 11_160, 186, 3.1}


@pytest.fixture
def account(google: GoogleSimulator, cardiogram: CardiogramSimulator) -> MockConfigEntry:
    """Return an account with Cardiogram, not yet set up."""
    return account_entry(
        google,
        options={CONF_FRESHNESS: 45, CONF_RETENTION: 30},
        subentries_data=[destination(cardiogram)],
    )


async def diagnostics(
    home: HomeAssistant, hass_client: ClientSessionGenerator, entry: ConfigEntry[Any]
) -> dict[str, Any]:
    """Return the file that a person downloads, having found nothing personal in it."""
    found = await get_diagnostics_for_config_entry(home, hass_client, entry)
    assert isinstance(found, dict)
    text = json.dumps(found)
    assert not re.search(r"SENTINEL|https?:|127\.0\.0\.1|localhost|/", text.replace("https", "", 1))
    secrets = [CARDIOGRAM_TOKEN, entry.entry_id, SUBENTRY_ID, entry.title, entry.unique_id or entry.title]
    token = entry.data.get("token", {})
    secrets += [value for value in token.values() if isinstance(value, str) and value != "Bearer"]
    secrets += [subentry.title for subentry in entry.subentries.values()]
    assert [secret for secret in secrets if secret in text] == []
    assert not PERSONAL.intersection(numbers(found))
    # No point in time: what is told is how long ago.
    assert max(map(abs, numbers(found)), default=0) < 10**8
    assert found.pop("versions") == {"home_assistant": __version__, "integration": "0.1.0"}
    return found


def numbers(node: Any) -> Iterator[float]:
    """Yield every number below a node."""
    match node:
        case bool():
            return
        case int() | float():
            yield node
        case dict():
            for child in node.values():
                yield from numbers(child)
        case list():
            for child in node:
                yield from numbers(child)


async def test_an_account(
    home: HomeAssistant,
    clock: FrozenDateTimeFactory,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    await set_up(account)
    job = account.runtime_data.coordinator.history_import
    await job.begin(int(NOW.timestamp()) - 86400, int(NOW.timestamp()))
    await until(lambda: not job.is_running)
    await account.runtime_data.forwarders[SUBENTRY_ID].forward()
    await advance(home, clock, minutes=5)
    found = await diagnostics(home, hass_client, account)
    assert found["archive"].pop("bytes") > 0
    assert found == snapshot


async def test_a_gateway(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    """Of its address only the kind is told, and of permissions only those that we know."""
    entry = gateway_entry(
        gateway,
        options={CONF_DETAIL_LEVEL: "1min", CONF_ALERTS: LIMITS},
        subentries_data=[destination(cardiogram, **{CONF_BASE_URL: "https://heart.SENTINEL.example"})],
    )
    token = {**entry.data["token"], "scope": "profile heartrate SENTINEL"}
    entry.add_to_hass(home)
    home.config_entries.async_update_entry(entry, data={**entry.data, "token": token})
    await set_up(entry)
    found = await diagnostics(home, hass_client, entry)
    assert found["entry"] == {
        "state": "loaded",
        "reason": None,
        "version": "1.1",
        "source": "fitbit",
        "address": "private_http",
        "import_days": None,
        "options": {"detail_level": "1min"},
        "limits": ["high"],
    }
    assert (found["sign_in"]["scopes"], found["sign_in"]["other_scopes"]) == (["heartrate", "profile"], 1)
    assert str(LIMITS[CONF_HIGH]) not in json.dumps(found)
    assert found["poll"]["requests_left"] < 150
    assert [there["address"] for there in found["destinations"]] == ["https"]


async def test_trouble(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    await set_up(account)
    google.faults = [
        Fault(HEART_RATE, 500, '{"error": "SENTINEL"}', times=-1),
        Fault(ZONES, 418, "SENTINEL 173", times=-1),
    ]
    cardiogram.faults = [Fault("beats", 401, '{"message": "SENTINEL"}')]
    await account.runtime_data.forwarders[SUBENTRY_ID].forward()
    await advance(home, clock, minutes=29)  # the client's own token is good for half an hour
    found = await diagnostics(home, hass_client, account)
    assert found["poll"]["success"] is False
    assert found["poll"]["error"] == "service_unavailable"
    assert found["kinds"]["samples"] == {"last_success_age": 1740, "error": "ServiceUnavailableError"}
    assert found["kinds"]["zones"]["error"] == "UnexpectedAnswerError"
    assert found["kinds"]["last_sync"] == {"last_success_age": 0, "error": None}
    (there,) = found["destinations"]
    assert (there["problem"], there["paused"], there["delivered"]) == ("token_refused", True, 0)
    assert there["pending"] == 287


async def test_an_account_that_was_never_read(
    home: HomeAssistant,
    google: GoogleSimulator,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    google.faults = [Fault(HEART_RATE, 503, "SENTINEL", times=-1)]
    entry = account_entry(google)
    await set_up(entry)
    found = await diagnostics(home, hass_client, entry)
    assert (found["entry"]["state"], found["poll"]["error"]) == ("loaded", "service_unavailable")
    assert found["kinds"]["samples"]["error"] == "ServiceUnavailableError"
    assert found["archive"]["samples"] == 0


async def test_an_account_that_is_not_loaded(
    home: HomeAssistant,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    await set_up(account)
    await home.config_entries.async_unload(account.entry_id)
    found = await diagnostics(home, hass_client, account)
    assert found["entry"]["state"] == "not_loaded"
    assert found["sign_in"]["refresh_token"] is True
    assert found["destinations"] == [{"kind": "cardiogram", "address": "default"}]
    assert not {"poll", "kinds", "archive", "import"} & set(found)


async def test_an_archive_that_cannot_be_used(
    home: HomeAssistant,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    await set_up(account)
    await home.async_add_executor_job(account.runtime_data.archive.close)
    await account.runtime_data.coordinator.async_refresh()
    found = await diagnostics(home, hass_client, account)
    assert found["archive"] == {"unusable": "closed"}
    assert found["poll"]["error"] == "archive_unusable"


async def test_an_archive_that_could_not_be_opened(
    home: HomeAssistant,
    account: MockConfigEntry,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was never read of a destination is left out: zeros would be wrong."""

    def fail(_: Archive) -> None:
        raise ArchiveError("disk full")

    await set_up(account)
    await home.config_entries.async_unload(account.entry_id)
    monkeypatch.setattr(Archive, "open", fail)
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    found = await diagnostics(home, hass_client, account)
    assert found["entry"]["reason"] == "archive_unusable"
    assert found["archive"] == {"unusable": "closed"}
    assert found["destinations"] == [{"kind": "cardiogram", "address": "default"}]


async def test_a_lent_sign_in(
    home: HomeAssistant, google: GoogleSimulator, hass_client: ClientSessionGenerator
) -> None:
    """Its permissions are those of the lender, of whom nothing else is told."""
    assert await async_setup_component(home, DOMAIN, {})
    lender = MockConfigEntry(domain=LENDER_DOMAIN, title="SENTINEL", data={"token": google.grant([METRICS])})
    lender.add_to_hass(home)
    data = {CONF_SOURCE: SOURCE_GOOGLE_HEALTH, CONF_LENDER: lender.entry_id}
    entry = MockConfigEntry(domain=DOMAIN, data=data)
    entry.add_to_hass(home)
    await settle(home)
    found = await diagnostics(home, hass_client, entry)
    assert found["sign_in"] == {
        "lent": True,
        "app_in_testing": False,
        "credential": False,
        "access_token": False,
        "refresh_token": False,
        "expires_in": None,
        "consent_age": None,
        "scopes": ["health_metrics_and_measurements.readonly"],
        "optional_scopes": {
            "activity_and_fitness.readonly": False,
            "settings.readonly": False,
            "sleep.readonly": False,
        },
        "other_scopes": 0,
    }
    assert "SENTINEL" not in str(found)


async def test_destinations_keep_apart(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    other = {
        **destination(cardiogram, **{CONF_USER_ID: "SENTINEL", CONF_BASE_URL: "http://127.0.0.1:9"}),
        "subentry_id": "01OTHER",
    }
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram), other]))
    await entry.runtime_data.forwarders[SUBENTRY_ID].forward()
    await entry.runtime_data.forwarders["01OTHER"].forward()
    found = (await diagnostics(home, hass_client, entry))["destinations"]
    assert [there["address"] for there in found] == ["default", "private_http"]
    assert [there["problem"] for there in found] == [None, "no_answer"]
    assert [there["pending"] for there in found] == [0, 287]
