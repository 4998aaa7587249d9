"""Destinations of different kinds at one account: the trouble of one delays no other."""

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_USERNAME
from homeassistant.core import HomeAssistant
import pytest

from custom_components.fitbit_cardiogram.const import (
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    CONF_DATABASE,
    CONF_DIALECT,
    CONF_LABEL,
    CONF_MEASUREMENT,
    CONF_OLD_SECRETS,
    CONF_ORGANIZATION,
    CONF_PERSON,
    CONF_SECRET,
)
from tests.helpers.home import SetUp, account_entry, destination, until
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, InfluxSimulator, WebhookSimulator
from tests.simulators.webhook import SECRET

COVERED = {CONF_COVERS_FROM: 0, CONF_AUTOMATIC: True}


@pytest.mark.parametrize(
    "fault", [Fault("POST", kind="hang"), Fault("POST", 429, times=-1)], ids=["hangs", "is throttled"]
)
async def test_one_that_hangs_or_is_throttled_delays_no_other(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    webhook: WebhookSimulator,
    influx: InfluxSimulator,
    set_up: SetUp,
    fault: Fault,
) -> None:
    webhook.faults = [fault]
    to_webhook = ConfigSubentryData(
        data={
            CONF_LABEL: "Anna",
            CONF_SECRET: SECRET,
            CONF_OLD_SECRETS: [],
            CONF_ACCESS_TOKEN: "",
            CONF_BASE_URL: webhook.url,
            **COVERED,
        },
        subentry_type="webhook",
        title="Web address",
        unique_id="webhook",
    )
    to_influx = ConfigSubentryData(
        data={
            CONF_DIALECT: "api_v2_write",
            CONF_DATABASE: influx.database,
            CONF_ORGANIZATION: influx.organization,
            CONF_USERNAME: "",
            CONF_ACCESS_TOKEN: influx.token,
            CONF_PERSON: "Anna",
            CONF_MEASUREMENT: "heart_rate",
            CONF_BASE_URL: influx.url,
            **COVERED,
        },
        subentry_type="line_protocol",
        title="InfluxDB",
        unique_id="influx",
    )
    to_cardiogram = destination(cardiogram, **COVERED)
    await set_up(account_entry(google, subentries_data=[to_webhook, to_cardiogram, to_influx]))
    await until(lambda: len(cardiogram.ledger) == len(influx.ledger) == 175)
    await until(lambda: webhook.requests)
    assert webhook.ledger == []
