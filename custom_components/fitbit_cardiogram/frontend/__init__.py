"""The cards: one file of JavaScript, loaded with every page of Home Assistant."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from ..const import DOMAIN

FILE: Final = Path(__file__).parent / "fitbit-cardiogram.js"
URL: Final = f"/{DOMAIN}/{FILE.name}"


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the cards and let every page load them, if the frontend is set up.

    Browsers cache the file for long, so its URL changes with its content.
    """
    if "frontend" not in hass.config.components:
        return
    await hass.http.async_register_static_paths([StaticPathConfig(URL, str(FILE), cache_headers=True)])
    integration = await async_get_integration(hass, DOMAIN)
    content = await hass.async_add_executor_job(FILE.read_bytes)
    add_extra_js_url(hass, f"{URL}?v={integration.version}-{sha256(content).hexdigest()[:8]}")
