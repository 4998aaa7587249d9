"""The file of the cards: served, kept by browsers, and named by every page."""

from hashlib import sha256
import json
from pathlib import Path
from typing import Any

from homeassistant.components.onboarding.const import STEPS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components import fitbit_cardiogram
from custom_components.fitbit_cardiogram.const import DOMAIN

PATH = "/fitbit_cardiogram/fitbit-cardiogram.js"
PAGE = "{%- for module in extra_modules -%}{{ module }} {% endfor -%}"


async def set_up_frontend(hass: HomeAssistant, folder: Path) -> None:
    """Set up Home Assistant's frontend with a page that only names what it loads."""
    (folder / "hass_frontend" / "static").mkdir(parents=True)
    for part in ("frontend_latest", "frontend_es5"):
        (folder / "hass_frontend" / part).mkdir()
    for page in ("index.html", "onboarding.html", "authorize.html", "robots.txt"):
        (folder / "hass_frontend" / page).write_text(PAGE)
    for worker in ("service_worker.js", "sw-modern.js", "sw-legacy.js"):
        (folder / "hass_frontend" / worker).touch()
        (folder / "hass_frontend" / f"{worker}.map").touch()
    assert await async_setup_component(
        hass, "frontend", {"frontend": {"development_repo": str(folder)}, "http": {}}
    )


async def test_every_page_loads_the_cards(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    tmp_path: Path,
) -> None:
    hass_storage["onboarding"] = {
        "version": 4,
        "minor_version": 1,
        "key": "onboarding",
        "data": {"done": STEPS},
    }
    await set_up_frontend(hass, tmp_path)
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    page = await client.get("/")
    [url] = [each for each in (await page.text()).split() if DOMAIN in each]

    served = await client.get(url)
    content = await served.read()
    assert served.status == 200
    assert served.content_type == "text/javascript"
    assert served.headers["Cache-Control"] == "public, max-age=2678400"
    file = Path(fitbit_cardiogram.__file__).parent / "frontend" / "fitbit-cardiogram.js"
    assert content == file.read_bytes()
    manifest = json.loads((Path(fitbit_cardiogram.__file__).parent / "manifest.json").read_text())
    assert url == f"{PATH}?v={manifest['version']}-{sha256(content).hexdigest()[:8]}"


async def test_the_sources_are_not_served(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, tmp_path: Path
) -> None:
    await set_up_frontend(hass, tmp_path)
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    assert (await client.get(PATH)).status == 200
    for path in ("", "/", "/src/main.ts", "/__init__.py"):
        assert (await client.get(f"/{DOMAIN}{path}")).status == 404


async def test_without_pages_there_are_no_cards(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert "frontend" not in hass.config.components
    client = await hass_client_no_auth()
    assert (await client.get(PATH)).status == 404
