"""Adding, changing and removing Cardiogram as a destination, always with the person's consent."""

from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.fitbit_cardiogram.archive.archive import REPLACED_AT
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    CONF_USER_ID,
    DOMAIN,
    SUBENTRY_CARDIOGRAM,
)
from tests.helpers.home import (
    CARDIOGRAM_TOKEN,
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    at,
    count_loads,
    destination,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

PENDING = "sensor.cardiogram_pending_beats"
SWITCH = "switch.cardiogram_automatic_forwarding"


@pytest.fixture
async def account(entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account, set up, without a destination."""
    return await set_up(entry)


@pytest.fixture
async def forwarding(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> MockConfigEntry:
    """Return an account, set up, with Cardiogram as a destination that waits to be asked."""
    return await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))


@pytest.fixture
async def receiver(clock: FrozenDateTimeFactory) -> AsyncGenerator[CardiogramSimulator]:
    """Yield a receiver of the person's own, in Cardiogram's place."""
    async with CardiogramSimulator() as simulator:
        yield simulator


def shown(cardiogram: CardiogramSimulator) -> dict[str, Any]:
    """Return the initial values of the section about the address."""
    return {CONF_BASE_URL: cardiogram.url, CONF_ALLOW_HTTP: True}


def filled(cardiogram: CardiogramSimulator, **changes: Any) -> dict[str, Any]:
    """Return the form as a person fills it in; a change to None leaves a field empty."""
    form = {
        CONF_NAME: "Cardiogram",
        CONF_USER_ID: "1",
        CONF_ACCESS_TOKEN: CARDIOGRAM_TOKEN,
        CONF_AUTOMATIC: False,
        "forward_from": "everything",
        "advanced": {
            CONF_BASE_URL: changes.pop(CONF_BASE_URL, cardiogram.url),
            CONF_ALLOW_HTTP: changes.pop(CONF_ALLOW_HTTP, True),
        },
    } | changes
    return {key: value for key, value in form.items() if value is not None}


def changed(cardiogram: CardiogramSimulator, **changes: Any) -> dict[str, Any]:
    """Return the form of a change, in which the token is left empty."""
    return filled(cardiogram, **{CONF_ACCESS_TOKEN: None, "forward_from": None} | changes)


async def open_form(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Begin to add a destination."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_CARDIOGRAM), context={"source": SOURCE_USER}
    )


async def add(hass: HomeAssistant, entry: MockConfigEntry, form: Mapping[str, Any]) -> SubentryFlowResult:
    """Begin to add a destination and submit the first form."""
    return await submit(hass, await open_form(hass, entry), form)


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, form: Mapping[str, Any], subentry_id: str = SUBENTRY_ID
) -> SubentryFlowResult:
    """Begin to change a destination and submit the first form."""
    return await submit(hass, await open_change(hass, entry, subentry_id), form)


async def open_change(
    hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str = SUBENTRY_ID
) -> SubentryFlowResult:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_CARDIOGRAM),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id},
    )


async def submit(
    hass: HomeAssistant, step: SubentryFlowResult, form: Mapping[str, Any]
) -> SubentryFlowResult:
    result = await hass.config_entries.subentries.async_configure(step["flow_id"], dict(form))
    await settle(hass)
    return result


async def agree(hass: HomeAssistant, step: SubentryFlowResult) -> SubentryFlowResult:
    assert await consent_text(hass, step)
    return await submit(hass, step, {"consent": True})


async def consent_text(hass: HomeAssistant, step: SubentryFlowResult) -> str:
    """Return the text that a person is asked to agree to."""
    assert (step["step_id"] or "").startswith("consent"), step["errors"]
    text = await text_of(hass, f"step.{step['step_id']}.description")
    return text.format(**(step["description_placeholders"] or {}))


async def text_of(hass: HomeAssistant, key: str) -> str:
    texts = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    return texts[f"component.{DOMAIN}.config_subentries.{SUBENTRY_CARDIOGRAM}.{key}"]


def suggested(step: SubentryFlowResult) -> dict[str, Any]:
    """Return the values in a form before anything is typed in."""
    assert step["data_schema"]
    return _suggested(step["data_schema"].schema)


def _suggested(schema: Mapping[vol.Marker, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for marker, field in schema.items():
        if section := getattr(field, "schema", None):
            shown[marker.schema] = _suggested(section.schema)
        elif (value := (marker.description or {}).get("suggested_value")) is not None:
            shown[marker.schema] = value
    return shown


def only_destination(entry: MockConfigEntry) -> ConfigSubentry:
    (subentry,) = entry.subentries.values()
    return subentry


# Adding


async def test_a_destination_is_added(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """Before it says yes, a person reads who gets what since when; nothing is sent before that."""
    step = await add(home, account, filled(cardiogram, automatic_forwarding=True))
    text = await consent_text(home, step)
    for what in ("**Sam Sample**", f"**{cardiogram.url}**, user ID **1**", "for all samples"):
        assert what in text
    assert not account.subentries
    assert not cardiogram.requests

    loads = count_loads(account)
    assert (await agree(home, step))["type"] is FlowResultType.CREATE_ENTRY
    subentry = only_destination(account)
    assert (subentry.title, subentry.unique_id) == ("Cardiogram", f"{cardiogram.url}#1")
    assert subentry.data == {
        CONF_USER_ID: "1",
        CONF_ACCESS_TOKEN: CARDIOGRAM_TOKEN,
        CONF_BASE_URL: cardiogram.url,
        CONF_COVERS_FROM: 0,
        CONF_AUTOMATIC: True,
    }
    assert len(loads) == 1
    await until(lambda: state_of(home, PENDING).state == "0")
    assert len(cardiogram.values()) == 175
    assert cardiogram.repeats() == 0


async def test_the_form_proposes_cardiogram(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    assert suggested(await open_form(home, account)) == {"name": "Cardiogram", "advanced": shown(cardiogram)}


async def test_with_several_accounts_the_proposed_name_tells_whose_it_is(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, set_up: SetUp
) -> None:
    assert suggested(await open_form(home, account))[CONF_NAME] == "Cardiogram"
    google.people.append(kim := Recording(name="Kim Other", health_user_id="200000000000000000002"))
    other = await set_up(account_entry(google, person=kim))
    assert suggested(await open_form(home, other))[CONF_NAME] == "Cardiogram (Kim Other)"


async def test_without_consent_nothing_is_added(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """One may still think better of it."""
    step = await add(home, account, filled(cardiogram, automatic_forwarding=True))
    step = await submit(home, step, {"consent": False})
    assert step["errors"] == {"consent": "consent_missing"}
    assert not account.subentries
    assert not cardiogram.requests
    assert (await agree(home, step))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({CONF_BASE_URL: "cardiogr.am"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "https://"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "ftp://cardiogr.am"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "https://cardiogr.am:99999"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "https://cardiogr.am/?to=me"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "https://cardiogr.am/#me"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "https://me:secret@cardiogr.am"}, {"advanced": "invalid_url"}),
        ({CONF_BASE_URL: "http://cardiogr.am"}, {"advanced": "insecure_url"}),
        ({CONF_BASE_URL: "http://8.8.8.8"}, {"advanced": "insecure_url"}),
        ({CONF_BASE_URL: "http://127.0.0.1", CONF_ALLOW_HTTP: False}, {"advanced": "http_unconfirmed"}),
        ({CONF_BASE_URL: "http://169.254.169.254"}, {"advanced": "refused_url"}),
        ({CONF_BASE_URL: "https://[fe80::1]"}, {"advanced": "refused_url"}),
        ({CONF_BASE_URL: "http://localhost.cardiogr.am"}, {"advanced": "insecure_url"}),
        ({CONF_ACCESS_TOKEN: "two words"}, {CONF_ACCESS_TOKEN: "invalid_token"}),
        ({CONF_ACCESS_TOKEN: "two\r\nLines: 1"}, {CONF_ACCESS_TOKEN: "invalid_token"}),
        ({CONF_ACCESS_TOKEN: "tökén"}, {CONF_ACCESS_TOKEN: "invalid_token"}),
        ({CONF_ACCESS_TOKEN: "  "}, {CONF_ACCESS_TOKEN: "empty"}),
        ({CONF_USER_ID: " "}, {CONF_USER_ID: "empty"}),
        ({CONF_NAME: ""}, {CONF_NAME: "empty"}),
        ({"forward_from": "date"}, {"start_date": "start_date_missing"}),
        ({"forward_from": "date", "start_date": "2026-11-23"}, {"start_date": "start_date_late"}),
        ({"forward_from": "date", "start_date": "2030-01-01"}, {"start_date": "start_date_late"}),
        (
            {CONF_NAME: "", CONF_BASE_URL: "http://cardiogr.am", "forward_from": "date"},
            {CONF_NAME: "empty", "advanced": "insecure_url", "start_date": "start_date_missing"},
        ),
    ],
)
async def test_what_is_wrong_with_the_form(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    changes: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Each mistake has a text, the rest need not be typed again, and the corrected form is taken."""
    wrong = filled(cardiogram, **changes)
    step = await add(home, account, wrong)
    assert (step["step_id"], step["errors"]) == ("user", errors)
    assert suggested(step) == wrong
    assert step["data_schema"]
    # A folded section would hide what is to be corrected.
    assert step["data_schema"].schema["advanced"].options["collapsed"] == ("advanced" not in errors)
    for error in errors.values():
        assert await text_of(home, f"error.{error}")
    assert await consent_text(home, await submit(home, step, filled(cardiogram)))


@pytest.mark.parametrize(
    ("typed", "receiver"),
    [
        ("https://cardiogr.am/", "https://cardiogr.am"),
        ("  https://CARDIOGR.am/base/ ", "https://cardiogr.am/base"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://192.168.1.5", "http://192.168.1.5"),
        ("http://10.1.2.3:8080/", "http://10.1.2.3:8080"),
        ("http://[fd00::5]", "http://[fd00::5]"),
    ],
)
async def test_addresses_that_may_receive(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, typed: str, receiver: str
) -> None:
    step = await add(home, account, filled(cardiogram, base_url=typed))
    assert f"**{receiver}**" in await consent_text(home, step)


async def test_stray_spaces_do_no_harm(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    form = filled(cardiogram, user_id=" 1 ", access_token=f" {CARDIOGRAM_TOKEN}\n", name=" Cardiogram ")
    await agree(home, await add(home, account, form))
    subentry = only_destination(account)
    assert subentry.title == "Cardiogram"
    assert (subentry.data[CONF_USER_ID], subentry.data[CONF_ACCESS_TOKEN]) == ("1", CARDIOGRAM_TOKEN)


async def test_a_token_must_be_given(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    with pytest.raises(InvalidData):
        await add(home, account, filled(cardiogram, access_token=None))


BERLIN_MIDNIGHT = int(datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("choice", "covers_from", "told", "pending"),
    [
        (("now", None), at("22:00:00"), "measured from **2026-11-21 23:00** on", 0),
        (("now", "2026-11-01"), at("22:00:00"), "measured from **2026-11-21 23:00** on", 0),
        (("everything", None), 0, "for all samples", 175),
        (("date", "2026-11-21"), BERLIN_MIDNIGHT, "measured from **2026-11-21 00:00** on", 175),
        (("date", "2026-11-22"), BERLIN_MIDNIGHT + 86400, "measured from **2026-11-22 00:00** on", 0),
    ],
    ids=["now", "now with a date left over", "everything", "from today", "from tomorrow"],
)
async def test_from_when_on(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    choice: tuple[str, str | None],
    covers_from: int,
    told: str,
    pending: int,
) -> None:
    """Days are those of the account, in Berlin, not of this Home Assistant in California."""
    forward_from, start_date = choice
    step = await add(home, account, filled(cardiogram, forward_from=forward_from, start_date=start_date))
    assert told in await consent_text(home, step)
    await agree(home, step)
    assert only_destination(account).data[CONF_COVERS_FROM] == covers_from
    assert state_of(home, PENDING).state == str(pending)


async def test_a_day_that_begins_late(
    home: HomeAssistant,
    person: Recording,
    google: GoogleSimulator,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
) -> None:
    """Where the clock leaps at midnight, the day begins an hour later."""
    person.time_zone = "Africa/Cairo"
    account = await set_up(account_entry(google))
    await agree(
        home,
        await add(home, account, filled(cardiogram, forward_from="date", start_date="2026-04-24")),
    )
    midnight = datetime(2026, 4, 23, 22, tzinfo=UTC).timestamp()
    assert only_destination(account).data[CONF_COVERS_FROM] == midnight


async def test_a_date_before_all_is_everything(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    step = await add(home, account, filled(cardiogram, forward_from="date", start_date="0001-01-01"))
    assert step["step_id"] == "consent_everything"
    await agree(home, step)
    assert only_destination(account).data[CONF_COVERS_FROM] == 0


async def test_added_while_nothing_is_known(
    home: HomeAssistant,
    person: Recording,
    google: GoogleSimulator,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
) -> None:
    """What comes to be known later is covered all the same."""
    readings, person.readings = person.readings, []
    account = await set_up(account_entry(google))
    await agree(home, await add(home, account, filled(cardiogram)))
    person.readings, person.synced_at = readings, None
    await account.runtime_data.coordinator.async_request_refresh()
    await until(lambda: state_of(home, PENDING).state == "180")


@pytest.mark.parametrize(
    ("choice", "covers_from"),
    [
        ({"forward_from": "everything"}, 0),
        ({"forward_from": "now"}, at("22:00:00")),
        ({"forward_from": "date", "start_date": "2026-11-21"}, at("08:00:00")),
    ],
    ids=["everything", "now", "date"],
)
async def test_added_while_the_account_is_not_loaded(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    choice: dict[str, str],
    covers_from: int,
) -> None:
    """The account's time zone is not known then, so Home Assistant's own counts (California)."""
    account = await set_up(account_entry(google))
    await home.config_entries.async_unload(account.entry_id)
    await agree(home, await add(home, account, filled(cardiogram, **choice)))
    assert only_destination(account).data[CONF_COVERS_FROM] == covers_from
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    assert account.state is ConfigEntryState.LOADED
    assert state_of(home, PENDING).state == ("0" if choice["forward_from"] == "now" else "175")


# Several destinations


@pytest.mark.parametrize("address", ["", "/"], ids=["the same", "with a slash"])
async def test_a_destination_is_added_once(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator, address: str
) -> None:
    form = filled(cardiogram, base_url=cardiogram.url + address)
    step = await add(home, forwarding, form)
    assert (step["step_id"], step["errors"]) == ("user", {"base": "already_configured"})
    assert await consent_text(home, await submit(home, step, filled(cardiogram, user_id="2")))


async def test_each_destination_gets_every_beat_once(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.users["2"] = "second-token"
    form = filled(cardiogram, user_id="2", access_token="second-token", name="Clinic")
    await agree(home, await add(home, forwarding, form))
    for name in ("cardiogram", "clinic"):
        await home.services.async_call(
            "button", "press", {"entity_id": f"button.{name}_forward_now"}, blocking=True
        )
    assert len(cardiogram.values("1")) == 175
    assert cardiogram.values("1") == cardiogram.values("2")
    assert cardiogram.repeats() == 0


# Changing


async def test_the_change_form_shows_what_is(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """The switch as it stands now, and no token."""
    await home.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
    assert suggested(await open_change(home, forwarding)) == {
        CONF_NAME: "Cardiogram",
        CONF_USER_ID: "1",
        CONF_AUTOMATIC: True,
        "advanced": shown(cardiogram),
    }


@pytest.mark.parametrize(("before", "after"), [(STATE_ON, STATE_OFF), (STATE_OFF, STATE_ON)])
async def test_the_switch_is_changed_at_once(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator, before: str, after: str
) -> None:
    """Whatever it was set to at first, and without consent being asked again."""
    await home.services.async_call("switch", f"turn_{before}", {"entity_id": SWITCH}, blocking=True)
    result = await change(
        home, forwarding, changed(cardiogram, automatic_forwarding=after == STATE_ON, user_id="1")
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert state_of(home, SWITCH).state == after
    await until(lambda: (state_of(home, PENDING).state == "0") or after == STATE_OFF)


async def test_name_and_token_are_changed(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """Once, at once, and with the same beats pending as before."""
    cardiogram.users["1"] = "new-token"
    loads = count_loads(forwarding)
    form = changed(cardiogram, name="Heart study", access_token="new-token", automatic_forwarding=True)
    assert (await change(home, forwarding, form))["reason"] == "reconfigure_successful"
    assert len(loads) == 1
    subentry = only_destination(forwarding)
    assert (subentry.title, subentry.data[CONF_ACCESS_TOKEN]) == ("Heart study", "new-token")
    device = dr.async_get(home).async_get_device_by_identifier((DOMAIN, SUBENTRY_ID), forwarding.entry_id)
    assert device
    assert device.name == "Heart study"
    await until(lambda: state_of(home, PENDING).state == "0")
    assert len(cardiogram.values()) == 175


async def test_an_empty_token_keeps_the_present_one(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    before = only_destination(forwarding).data
    await change(home, forwarding, changed(cardiogram, name="Other"))
    assert only_destination(forwarding).data == before


async def test_nothing_changed_reloads_nothing(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    loads = count_loads(forwarding)
    assert (await change(home, forwarding, changed(cardiogram)))["reason"] == "reconfigure_successful"
    assert not loads


async def test_a_new_address_needs_consent_again(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    receiver: CardiogramSimulator,
) -> None:
    """Until then nothing changes; afterwards the old receiver hears nothing any more."""
    before = only_destination(forwarding).data
    step = await change(home, forwarding, changed(receiver, automatic_forwarding=True))
    assert f"**{receiver.url}**, user ID **1**" in await consent_text(home, step)
    assert (await submit(home, step, {"consent": False}))["errors"] == {"consent": "consent_missing"}
    assert only_destination(forwarding).data == before
    assert state_of(home, SWITCH).state == STATE_OFF

    assert (await agree(home, step))["reason"] == "reconfigure_successful"
    assert only_destination(forwarding).unique_id == f"{receiver.url}#1"
    await until(lambda: state_of(home, PENDING).state == "0")
    assert len(receiver.values()) == 175
    assert not cardiogram.requests


async def test_another_user_needs_consent_again(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    step = await change(home, forwarding, changed(cardiogram, user_id="2"))
    assert "user ID **2**" in await consent_text(home, step)


async def test_a_destination_cannot_become_another(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await agree(home, await add(home, forwarding, filled(cardiogram, user_id="2", name="Second")))
    step = await change(home, forwarding, changed(cardiogram, user_id="2"))
    assert (step["step_id"], step["errors"]) == ("reconfigure", {"base": "already_configured"})
    assert suggested(step)[CONF_USER_ID] == "2"
    result = await submit(home, step, changed(cardiogram, name="First"))
    assert result["reason"] == "reconfigure_successful"
    assert forwarding.subentries[SUBENTRY_ID].title == "First"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({CONF_ACCESS_TOKEN: "two words"}, {CONF_ACCESS_TOKEN: "invalid_token"}),
        ({CONF_BASE_URL: "http://cardiogr.am"}, {"advanced": "insecure_url"}),
        ({CONF_USER_ID: ""}, {CONF_USER_ID: "empty"}),
    ],
)
async def test_what_is_wrong_with_the_change(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    changes: dict[str, Any],
    errors: dict[str, str],
) -> None:
    before = only_destination(forwarding).data
    step = await change(home, forwarding, changed(cardiogram, **changes))
    assert (step["step_id"], step["errors"]) == ("reconfigure", errors)
    assert only_destination(forwarding).data == before


async def test_not_changed_while_the_account_is_not_loaded(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    """The switch lives in the archive, which is closed then."""
    account = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    await home.config_entries.async_unload(account.entry_id)
    flow = await account.start_subentry_reconfigure_flow(home, SUBENTRY_ID)
    assert (flow["type"], flow["reason"]) == ("abort", "account_not_loaded")


# Removing


async def test_a_removed_destination_gets_nothing_any_more(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
) -> None:
    """Its entities and what waited for it go at once; the account itself goes on."""
    cardiogram.faults = [Fault("POST", 503, "{}", times=-1)]
    account = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, automatic_forwarding=True)])
    )
    await until(lambda: cardiogram.requests)
    cardiogram.requests.clear()
    cardiogram.faults.clear()

    loads = count_loads(account)
    assert home.config_entries.async_remove_subentry(account, SUBENTRY_ID)
    await settle(home)
    assert len(loads) == 1
    assert home.states.get(PENDING) is None
    devices = dr.async_get(home)
    assert devices.async_get_device_by_identifier((DOMAIN, SUBENTRY_ID), account.entry_id) is None
    with account.runtime_data.archive.writing() as connection:
        for table in ("destinations", "coverage", "outbox", "batches", "quarantine"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table

    person.synced_at = None
    await account.runtime_data.coordinator.async_request_refresh()
    await settle(home)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"
    assert account.runtime_data.archive.count() == 180
    assert not cardiogram.requests


async def test_a_destination_added_again_starts_anew(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    assert home.config_entries.async_remove_subentry(forwarding, SUBENTRY_ID)
    await settle(home)
    await agree(home, await add(home, forwarding, filled(cardiogram, forward_from="now")))
    assert state_of(home, PENDING).state == "0"


async def test_others_are_untouched_by_a_removal(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await agree(home, await add(home, forwarding, filled(cardiogram, user_id="2", name="Second")))
    assert home.config_entries.async_remove_subentry(forwarding, SUBENTRY_ID)
    await settle(home)
    assert only_destination(forwarding).title == "Second"
    assert state_of(home, "sensor.second_pending_beats").state == "175"


async def test_one_is_removed_while_the_account_is_set_up_without_another(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await agree(home, await add(home, forwarding, filled(cardiogram, user_id="2", name="Second")))
    first, second = forwarding.subentries
    assert home.config_entries.async_remove_subentry(forwarding, first)
    await until(lambda: forwarding.state is ConfigEntryState.SETUP_IN_PROGRESS)
    assert home.config_entries.async_remove_subentry(forwarding, second)
    await settle(home)
    assert forwarding.state is ConfigEntryState.LOADED
    assert not forwarding.runtime_data.forwarders
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_it_is_forwarded_since_the_consent(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, person: Recording
) -> None:
    """From now on: what was measured before stays here, though it arrives later."""
    await agree(home, await add(home, account, filled(cardiogram, forward_from="now")))
    person.synced_at = None
    person.readings.append((int(NOW.timestamp()), 90))
    await account.runtime_data.coordinator.async_request_refresh()
    await settle(home)
    assert state_of(home, PENDING).state == "1"


@pytest.mark.parametrize("failing_from", [1, 2], ids=["before it is stopped", "after"])
async def test_a_change_while_the_archive_fails_stops_nothing(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    receiver: CardiogramSimulator,
    monkeypatch: pytest.MonkeyPatch,
    failing_from: int,
) -> None:
    """The destination stays as it was, and goes on."""
    calls = 0
    set_automatic = Outbox.set_automatic

    def fail(outbox: Outbox, automatic: bool) -> None:
        nonlocal calls
        calls += 1
        if calls >= failing_from:
            raise ArchiveError("SQLITE_FULL")
        set_automatic(outbox, automatic)

    before = only_destination(forwarding)
    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "set_automatic", fail)
        step = await change(home, forwarding, changed(receiver, automatic_forwarding=True))
        step = await agree(home, step)
    assert (step["type"], step["reason"]) == ("abort", "archive_unusable")
    await settle(home)
    assert only_destination(forwarding) == before
    forwarder = forwarding.runtime_data.forwarders[before.subentry_id]
    assert (await forwarder.forward()).problem is None
    assert cardiogram.values()
    assert not receiver.requests


# What the receiver may hold already


async def remove(home: HomeAssistant, account: MockConfigEntry, subentry_id: str = SUBENTRY_ID) -> None:
    assert home.config_entries.async_remove_subentry(account, subentry_id)
    await settle(home)


def ticks(step: SubentryFlowResult) -> list[str]:
    """Return the ticks that a person is asked for."""
    assert (step["step_id"] or "").startswith("consent")
    assert step["data_schema"]
    return [str(tick) for tick in step["data_schema"].schema]


async def doubt_text(hass: HomeAssistant, step: SubentryFlowResult, tick: str) -> str:
    """Return the text beside a tick."""
    assert await text_of(hass, f"step.{step['step_id']}.data.{tick}")
    text = await text_of(hass, f"step.{step['step_id']}.data_description.{tick}")
    return text.format(**(step["description_placeholders"] or {}))


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        ({"forward_from": "everything"}, 175),
        ({"forward_from": "date", "start_date": "2026-11-21"}, 175),
        ({"forward_from": "date", "start_date": "2026-11-22"}, None),
        ({"forward_from": "now"}, None),
        ({"forward_from": "everything", CONF_USER_ID: "2"}, None),
    ],
    ids=["everything", "from today", "from tomorrow", "now", "another user"],
)
async def test_a_receiver_that_had_beats_is_asked_for_twice(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    choice: dict[str, str],
    count: int | None,
) -> None:
    """Nobody sees any more what was delivered, so the same beats would go there again without a word."""
    await forwarding.runtime_data.forwarders[SUBENTRY_ID].forward()
    await remove(home, forwarding)
    step = await add(home, forwarding, filled(cardiogram, **choice))
    if count is None:
        assert ticks(step) == ["consent"]
        return
    assert ticks(step) == ["repeated", "consent"]
    assert f"{count} beats" in await doubt_text(home, step, "repeated")
    step = await submit(home, step, {"repeated": False, "consent": True})
    assert step["errors"] == {"repeated": "consent_missing"}
    step = await submit(home, step, {"repeated": True, "consent": False})
    assert step["errors"] == {"consent": "consent_missing"}
    assert not forwarding.subentries
    step = await submit(home, step, {"repeated": True, "consent": True})
    assert step["type"] is FlowResultType.CREATE_ENTRY


async def test_a_receiver_that_got_nothing_may_be_added_again(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await remove(home, forwarding)
    assert ticks(await add(home, forwarding, filled(cardiogram))) == ["consent"]


async def test_a_lost_answer_counts_as_beats(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.faults = [Fault("POST", kind="reset_after")]
    await forwarding.runtime_data.forwarders[SUBENTRY_ID].forward()
    await remove(home, forwarding)
    assert ticks(await add(home, forwarding, filled(cardiogram))) == ["repeated", "consent"]


async def test_a_receiver_that_was_left_is_remembered(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    receiver: CardiogramSimulator,
) -> None:
    """The destination went on to another receiver, before it was removed."""
    await forwarding.runtime_data.forwarders[SUBENTRY_ID].forward()
    await agree(home, await change(home, forwarding, changed(receiver)))
    for simulator in (cardiogram, receiver):
        step = await add(home, forwarding, filled(simulator, user_id="1" if simulator is cardiogram else "2"))
        assert ("repeated" in ticks(step)) == (simulator is cardiogram)


async def test_an_archive_that_was_lost_knows_nothing(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """So whoever sends the past is asked, and whoever does not is not."""
    archive = account.runtime_data.archive
    await home.async_add_executor_job(archive.remember, REPLACED_AT, at("21:00:00"))
    assert ticks(await add(home, account, filled(cardiogram))) == ["repeated", "consent"]
    assert ticks(await add(home, account, filled(cardiogram, forward_from="now"))) == ["consent"]


async def test_the_archive_tells_no_address(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await forwarding.runtime_data.forwarders[SUBENTRY_ID].forward()
    await remove(home, forwarding)
    with forwarding.runtime_data.archive.reading() as connection:
        facts = connection.execute("SELECT * FROM facts").fetchall()
    assert "left_receivers" in str(facts)
    assert cardiogram.url not in str(facts)


async def test_two_people_at_one_user_are_asked_for(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    google: GoogleSimulator,
    set_up: SetUp,
) -> None:
    """Their beats would be mixed for good; also where an account comes to another's user by a change."""
    google.people.append(kim := Recording(name="Kim Other", health_user_id="200000000000000000002"))
    other = await set_up(account_entry(google, person=kim))
    step = await add(home, other, filled(cardiogram, forward_from="now"))
    assert ticks(step) == ["shared", "consent"]
    assert "**Sam Sample**" in await doubt_text(home, step, "shared")
    step = await submit(home, step, {"shared": False, "consent": True})
    assert step["errors"] == {"shared": "consent_missing"}
    assert not other.subentries

    await agree(home, await add(home, other, filled(cardiogram, user_id="2", forward_from="now")))
    subentry_id = only_destination(other).subentry_id
    step = await change(home, other, changed(cardiogram, user_id="1"), subentry_id)
    assert ticks(step) == ["shared", "consent"]
    await submit(home, step, {"shared": True, "consent": True})
    assert only_destination(other).data[CONF_USER_ID] == "1"
    # Whoever has agreed is not asked again for a new token.
    step = await change(home, other, changed(cardiogram, access_token="another"), subentry_id)
    assert step["type"] is FlowResultType.ABORT


async def test_an_archive_that_cannot_be_read_asks_nothing(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """What it would say is not known, and a person who adds a destination need not wait for it."""
    await forwarding.runtime_data.forwarders[SUBENTRY_ID].forward()
    await remove(home, forwarding)
    archive = forwarding.runtime_data.archive
    await home.async_add_executor_job(archive.close)
    assert ticks(await add(home, forwarding, filled(cardiogram))) == ["consent"]
    await home.async_add_executor_job(archive.open)
