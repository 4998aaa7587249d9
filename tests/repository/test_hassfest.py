"""What Home Assistant's hassfest and the HACS action demand of a custom integration, without the network."""

import ast
from importlib.util import find_spec
import json
import re
from typing import Any

from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv, selector
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from scripts.distribution.package import COMPONENT, NAME, ROOT
from tests.repository.files import REPOSITORY

COMPONENTS = "homeassistant.components"


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


def loaded(name: str) -> dict[str, Any]:
    """Return the parsed content of a file of the integration."""
    if name.endswith(".yaml"):
        return load_yaml_dict(str(COMPONENT / name))
    content: dict[str, Any] = json.loads((COMPONENT / name).read_text())
    return content


MANIFEST = loaded("manifest.json")


# The manifest


def in_order(manifest: dict[str, Any]) -> dict[str, Any]:
    """Insist on the order that Home Assistant gives to a manifest's keys."""
    keys = list(manifest)
    if keys != ["domain", "name", *sorted({*keys} - {"domain", "name"})]:
        raise vol.Invalid("The keys are not in order")
    return manifest


MANIFEST_SCHEMA = vol.All(
    in_order,
    vol.Schema(
        {
            "domain": COMPONENT.name,
            "name": str,
            "after_dependencies": [str],
            "codeowners": vol.All([vol.Match(r"@[\w-]+(/[\w-]+)?$")], vol.Length(min=1)),
            "config_flow": True,
            "dependencies": [str],
            "documentation": REPOSITORY,
            "integration_type": vol.In(["device", "hub", "service"]),
            "iot_class": vol.In(
                [f"{where}_{how}" for where in ("cloud", "local") for how in ("polling", "push")]
                + ["assumed_state", "calculated"]
            ),
            "issue_tracker": f"{REPOSITORY}/issues",
            "requirements": [vol.Match(r"[A-Za-z0-9][\w.-]*(==|>=)\d+(\.\d+)*$")],
            "version": vol.Match(r"\d+\.\d+\.\d+$"),
        },
        required=True,
    ),
)


def test_the_manifest_is_what_home_assistant_and_hacs_read() -> None:
    MANIFEST_SCHEMA(MANIFEST)


def test_no_integration_of_home_assistant_has_the_domain() -> None:
    assert find_spec(f"{COMPONENTS}.{COMPONENT.name}") is None


def imported() -> set[str]:
    """Return the integrations of Home Assistant from which the code imports."""
    found: set[str] = set()
    for path in COMPONENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.ImportFrom(level=0, module="homeassistant.components", names=names):
                    found |= {alias.name for alias in names}
                case ast.ImportFrom(level=0, module=str(name)) if name.startswith(
                    "homeassistant.components."
                ):
                    found.add(name.split(".")[2])
    return found


def test_what_is_imported_is_declared_and_what_is_declared_is_there() -> None:
    """What Home Assistant itself loads a module of ours for needs no declaration, nor does its own core."""
    dependencies, later = set(MANIFEST["dependencies"]), set(MANIFEST["after_dependencies"])
    assert not dependencies & later
    loaded_for = {path.stem for path in COMPONENT.glob("*.py")}
    assert imported() - set(Platform) - loaded_for - {"homeassistant"} <= dependencies | later
    assert dependencies | later <= imported() | loaded_for
    for name in dependencies | later:
        assert find_spec(f"{COMPONENTS}.{name}") is not None, name


@pytest.mark.parametrize(
    ("file", "holds"),
    [
        ("config_flow.py", "domain=DOMAIN"),
        ("application_credentials.py", "async def async_get_auth_implementation("),
        ("diagnostics.py", "async def async_get_config_entry_diagnostics("),
        ("__init__.py", "CONFIG_SCHEMA"),
    ],
)
def test_what_is_promised_is_there(file: str, holds: str) -> None:
    assert holds in (COMPONENT / file).read_text()


# Texts, icons, actions

SLUG = vol.Match(r"[a-z0-9]+(_[a-z0-9]+)*$")
KEY = vol.Match(r"[a-z0-9]+([_-][a-z0-9]+)*$")


def text(value: Any) -> str:
    """Take a text that can be translated as a whole."""
    checked = cv.string_with_no_html(value)
    if checked != checked.strip() or re.search(r"'\{\w+\}'|\[%|%\]", checked):
        raise vol.Invalid("A text has space around it, a placeholder in single quotes, or a reference")
    return checked


def icon(value: Any) -> str:
    """Take the name of an icon."""
    checked: str = vol.Match(r"mdi:[a-z0-9]+(-[a-z0-9]+)*$")(value)
    return checked


def needed(*keys: str) -> dict[Any, Any]:
    """Name texts that must be there."""
    return {vol.Required(key): text for key in keys}


TEXTS = {str: text}
STATES = {KEY: text}
FIELDS = {"description": text, "data": TEXTS, "data_description": TEXTS}
STEP = {
    **FIELDS,
    "title": text,
    "menu_options": TEXTS,
    "menu_option_descriptions": TEXTS,
    "submit": text,
    "sections": {str: {**FIELDS, "name": text}},
}
ENDS = {"error": TEXTS, "abort": TEXTS, "progress": TEXTS, "create_entry": TEXTS}
FLOW: dict[Any, Any] = {vol.Required("step"): {str: STEP}, "flow_title": text, **ENDS}
START = {vol.Required("user"): text, str: text}
SUBENTRY = {**FLOW, **needed("entry_type"), vol.Required("initiate_flow"): START}
ISSUE = vol.Any(needed("title", "description"), {**needed("title"), vol.Required("fix_flow"): FLOW})
ATTRIBUTES = {KEY: {"name": text, "state": STATES}}
ENTITY = {"name": text, "state": STATES, "state_attributes": ATTRIBUTES, "unit_of_measurement": text}
ACTION_FIELD = {**needed("name", "description"), "example": text}
ACTION = {**needed("name", "description"), "fields": {KEY: ACTION_FIELD}}
ENTITY_ICONS = {"default": icon, "state": {KEY: icon}}


def there(value: Any) -> Any:
    """Take anything but nothing."""
    if value is None:
        raise vol.Invalid("Nothing is there")
    return value


FIELD = {
    "required": bool,
    "default": there,
    "example": there,
    vol.Required("selector"): selector.validate_selector,
}
# What begins with a dot is only referred to.
OF_TARGETS = vol.Schema(
    {
        vol.Remove(vol.Match(r"\.")): object,
        SLUG: {vol.Required("target"): selector.TargetSelector.CONFIG_SCHEMA, "fields": {KEY: FIELD}},
    }
)
SCHEMAS = {
    "translations/en.json": vol.Schema(
        {
            "title": text,
            "common": {SLUG: text},
            "application_credentials": {"description": text},
            "config": FLOW,
            "config_subentries": {SLUG: SUBENTRY},
            "options": FLOW,
            "selector": {SLUG: {vol.Required("options"): STATES}},
            "entity": {vol.In(set(Platform)): {KEY: ENTITY}},
            "services": {KEY: ACTION},
            "triggers": {KEY: ACTION},
            "conditions": {KEY: ACTION},
            "exceptions": {SLUG: needed("message")},
            "issues": {str: ISSUE},
            "system_health": {"info": STATES},
        }
    ),
    "icons.json": vol.Schema(
        {
            "entity": {vol.In(set(Platform)): {KEY: ENTITY_ICONS}},
            "services": {KEY: {"service": icon}},
            "triggers": {KEY: {vol.Required("trigger"): icon}},
            "conditions": {KEY: {vol.Required("condition"): icon}},
        }
    ),
    "services.yaml": vol.Schema(
        {SLUG: {vol.Required("target"): selector.TargetSelector.CONFIG_SCHEMA, "fields": {KEY: FIELD}}}
    ),
    "triggers.yaml": OF_TARGETS,
    "conditions.yaml": OF_TARGETS,
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_files_beside_the_code_have_the_form_that_home_assistant_knows(name: str) -> None:
    SCHEMAS[name](loaded(name))


def test_a_state_has_another_icon_than_the_entity_has_otherwise() -> None:
    for icons in loaded("icons.json")["entity"].values():
        for kinds in icons.values():
            assert kinds["default"] not in kinds.get("state", {}).values()


# The quality scale

RULES = """
bronze: action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage
    dependency-transparency docs-actions docs-conditions docs-high-level-description
    docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
    has-entity-name runtime-data test-before-configure test-before-setup unique-config-entry
silver: action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters
    entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow
    test-coverage
gold: devices diagnostics discovery discovery-update-info docs-data-update docs-examples
    docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases
    dynamic-devices entity-category entity-device-class entity-disabled-by-default entity-translations
    exception-translations icon-translations reconfiguration-flow repair-issues stale-devices
platinum: async-dependency inject-websession strict-typing
"""


def test_the_quality_scale_has_each_rule_of_home_assistant_and_no_other() -> None:
    assert set(loaded("quality_scale.yaml")["rules"]) == set(re.findall(r"[a-z-]+(?![a-z:-])", RULES))


# HACS


def test_hacs_knows_what_to_install() -> None:
    assert json.loads((ROOT / "hacs.json").read_text()) == {
        "name": MANIFEST["name"],
        "filename": NAME,
        "hide_default_branch": True,
        "homeassistant": "2026.10.0",
        "zip_release": True,
    }


def test_hacs_finds_one_integration_its_licence_and_its_words() -> None:
    assert [path.parent for path in (ROOT / "custom_components").glob("*/manifest.json")] == [COMPONENT]
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert (ROOT / "README.md").read_text().startswith("# ")


@pytest.mark.parametrize("size", [256, 512])
@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_the_brand_has_its_images(prefix: str, size: int) -> None:
    for name in ("icon", "logo"):
        header = (COMPONENT / "brand" / f"{prefix}{name}{'@2x' * (size > 256)}.png").read_bytes()[:24]
        assert header.startswith(b"\x89PNG")
        width, height = int.from_bytes(header[16:20]), int.from_bytes(header[20:24])
        assert height == size
        assert (width == size) == (name == "icon")
