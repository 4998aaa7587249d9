"""Home Assistant's dialogs, gone through as a person does."""

from collections.abc import Callable, Coroutine
from html import unescape
import re
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from tests.helpers.home import settle

type Consent = Callable[..., Coroutine[Any, Any, ConfigFlowResult]]


def form(page: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the address of a page's form, and its fields as they stand."""
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action, page
    inputs = re.findall(r'<input type="(\w+)" name="(\w+)" value="([^"]*)"( checked)?>', page)
    return unescape(action[1]), [
        (name, unescape(value)) for kind, name, value, checked in inputs if kind == "hidden" or checked
    ]


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Begin to add an account that is read from Google Health."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (menu["type"], menu["step_id"]) == (FlowResultType.MENU, "user")
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": SOURCE_GOOGLE_HEALTH}
    )


async def name_it(hass: HomeAssistant, step: ConfigFlowResult, name: str) -> ConfigEntry[Any]:
    """Give the account its name, which ends the flow."""
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "account")
    result = await hass.config_entries.flow.async_configure(step["flow_id"], {"name": name})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    return result["result"]


async def reason_of(hass: HomeAssistant, result: ConfigFlowResult) -> str:
    """Return why a flow was aborted, having made sure that there is a complete text about it."""
    assert result["type"] is FlowResultType.ABORT
    domain, reason = result.get("translation_domain") or DOMAIN, result["reason"]
    texts = await async_get_translations(hass, "en", "config", [domain])
    text = texts[f"component.{domain}.config.abort.{reason}"]
    assert text.format(**(result["description_placeholders"] or {}))
    return reason


async def reconfigure(home: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Sign in anew at Google."""
    menu = await entry.start_reconfigure_flow(home)
    assert menu["menu_options"] == [SOURCE_GOOGLE_HEALTH]
    return await home.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": SOURCE_GOOGLE_HEALTH}
    )


class Dialogs:
    """The dialogs of the repairs page, through Home Assistant's HTTP API."""

    def __init__(self, home: HomeAssistant, client: ClientSessionGenerator, person: User) -> None:
        self._home = home
        self._client = client
        self._person = person

    async def open(self, issue_id: str) -> dict[str, Any]:
        """Open the dialog of an issue; returns its first step."""
        return await self._post("", handler=DOMAIN, issue_id=issue_id)

    async def choose(self, step: dict[str, Any], option: str) -> dict[str, Any]:
        """Choose from a menu; returns the next step."""
        assert option in step["menu_options"]
        return await self.submit(step, next_step_id=option)

    async def submit(self, step: dict[str, Any], **answers: Any) -> dict[str, Any]:
        """Submit a form; returns the next step."""
        return await self._post(f"/{step['flow_id']}", **answers)

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        # The clock of a test may have left the last sign-in far behind.
        (signed_in,) = self._person.refresh_tokens.values()
        client = await self._client(self._home.auth.async_create_access_token(signed_in))
        answer = await client.post(f"/api/repairs/issues/fix{path}", json=body)
        assert answer.status == 200, await answer.text()
        step: dict[str, Any] = await answer.json()
        await settle(self._home)
        return step
