"""What Home Assistant and HACS read beside the code: complete, consistent, and nothing unused.

What form they must have is in test_hassfest.py.
"""

import ast
from collections.abc import Iterator
import json
import re
from typing import Any

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.fitbit_cardiogram import condition, trigger
from custom_components.fitbit_cardiogram.account_sensors import ACCOUNT_SENSORS
from custom_components.fitbit_cardiogram.binary_sensor import BEYOND_LIMITS, FORWARDING_PROBLEM
from custom_components.fitbit_cardiogram.button import CANCEL_IMPORT, FORWARD_NOW, SEND_TEST
from custom_components.fitbit_cardiogram.calendar import WORKOUT_CALENDAR
from custom_components.fitbit_cardiogram.config_flow import LENT
from custom_components.fitbit_cardiogram.const import (
    CONF_BASE_URL,
    CONF_DIALECT,
    CONF_DURATION,
    CONF_HYSTERESIS,
    DOMAIN,
    Endpoints,
)
from custom_components.fitbit_cardiogram.destination_flow import (
    CONF_FORWARD_FROM,
    FROM_DATE,
    FROM_EVERYTHING,
    FROM_NOW,
    NAME_FIELD,
)
from custom_components.fitbit_cardiogram.destination_kind import BEATS_QUARANTINED, REACH_RECEIVER
from custom_components.fitbit_cardiogram.destination_kinds import KINDS
from custom_components.fitbit_cardiogram.destinations.line_protocol import DIALECTS
from custom_components.fitbit_cardiogram.destinations.outcome import CONSEQUENCES, Problem
from custom_components.fitbit_cardiogram.event import FORWARDING, HEART_RATE_ALERT, SAMPLES_RECEIVED, SESSIONS
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL
from custom_components.fitbit_cardiogram.image import HEART_RATE_CURVES
from custom_components.fitbit_cardiogram.issues import ACCOUNT_ISSUES, FIXES
from custom_components.fitbit_cardiogram.limits import LIMITS
from custom_components.fitbit_cardiogram.number import DESCRIPTIONS as LIMIT_NUMBERS
from custom_components.fitbit_cardiogram.providers import PROVIDERS
from custom_components.fitbit_cardiogram.repairs import FORMS, AccountRepair, DestinationRepair, IssueFlow
from custom_components.fitbit_cardiogram.sensor import DESTINATION_SENSORS
from custom_components.fitbit_cardiogram.services import ACTIONS
from custom_components.fitbit_cardiogram.sources.consequences import TABLE
from custom_components.fitbit_cardiogram.sources.errors import Denial
from custom_components.fitbit_cardiogram.sources.fitbit import DETAIL_LEVELS
from custom_components.fitbit_cardiogram.switch import AUTOMATIC_FORWARDING
from custom_components.fitbit_cardiogram.whole_number import OUT_OF_BOUNDS
from tests.repository.files import COMPONENT, ENGLISH

ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())
TRIGGERS, CONDITIONS = (
    {key: one for key, one in load_yaml_dict(str(COMPONENT / name)).items() if not key.startswith(".")}
    for name in ("triggers.yaml", "conditions.yaml")
)
SERVICES: dict[str, Any] = load_yaml_dict(str(COMPONENT / "services.yaml"))

ENTITIES = {
    "sensor": (*ACCOUNT_SENSORS, *DESTINATION_SENSORS),
    "binary_sensor": (*BEYOND_LIMITS.values(), FORWARDING_PROBLEM),
    "button": (CANCEL_IMPORT, FORWARD_NOW, SEND_TEST),
    "calendar": (WORKOUT_CALENDAR,),
    "event": (SAMPLES_RECEIVED, HEART_RATE_ALERT, *SESSIONS, FORWARDING),
    "image": (*HEART_RATE_CURVES.values(),),
    "number": LIMIT_NUMBERS,
    "switch": (AUTOMATIC_FORWARDING,),
}
FOLLOWING = [found.heart_rate for row in TABLE.values() for found in (row, row.borrowed) if found]
# Rules of the quality scale, bronze to platinum.
RULES = 54
# Entities that come up with what the person set up.
CUSTOM = {"sensor": {"zone_custom"}}


def texts(node: Any) -> Iterator[str]:
    """Yield every text below a node of the translations."""
    if isinstance(node, str):
        yield node
    else:
        for child in node.values():
            yield from texts(child)


def used(keyword: str, files: str = "*.py") -> set[str]:
    """Return every constant that the code gives to an argument of this name."""
    found: set[str] = set()
    for file in COMPONENT.glob(files):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.keyword(arg=name, value=ast.Constant(value=str(value))) if name == keyword:
                    found.add(value)
    return found


@pytest.mark.parametrize("platform", ENTITIES)
def test_each_entity_has_its_name_and_icon_and_no_name_is_left_over(platform: str) -> None:
    descriptions = ENTITIES[platform]
    assert all(description.translation_key == description.key for description in descriptions)
    keys = {description.key for description in descriptions} | CUSTOM.get(platform, set())
    assert set(ENGLISH["entity"][platform]) == keys
    with_icon = keys - {"forwarding_problem"}  # its device class has one
    assert set(ICONS["entity"].get(platform, {})) == with_icon


def test_each_exception_has_its_text_and_no_text_is_left_over() -> None:
    named = {description.key for descriptions in ENTITIES.values() for description in descriptions}
    raised = used("translation_key") - used("translation_key", "issues.py") - named - set(ENGLISH["selector"])
    shared = {found.text for found in FOLLOWING} | {CONSEQUENCES[problem].text for problem in Problem}
    assert set(ENGLISH["exceptions"]) == raised | shared


def test_each_reason_to_abort_has_its_text_and_no_text_is_left_over() -> None:
    of_home_assistant = {"missing_configuration", "already_configured"}
    # An account is identified without asking for single measurements, or for an archive.
    troubles = {found.abort for found in FOLLOWING} - {"", Denial.INTRADAY}
    missing = {provider.no_credential for provider in PROVIDERS.values()}
    reasons = used("reason", "config_flow.py") | troubles | of_home_assistant | missing
    assert set(ENGLISH["config"]["abort"]) == reasons
    reasons = used("reason", "destination_flow.py") | {"already_configured"}
    assert set(ENGLISH["config_subentries"]) == set(KINDS)
    for kind in KINDS:
        assert set(ENGLISH["config_subentries"][kind]["abort"]) == reasons


def test_each_step_of_a_flow_has_its_text() -> None:
    options = set(ENGLISH["options"]["step"])
    forms = {provider.key for provider in PROVIDERS.values() if provider.address}
    assert used("step_id", "config_flow.py") | forms == set(ENGLISH["config"]["step"]) | options
    for key, kind in KINDS.items():
        own = f"{kind.flow.__module__.rpartition('.')[2]}.py"
        steps = used("step_id", "destination_flow.py") | used("step_id", own)
        assert steps == set(ENGLISH["config_subentries"][key]["step"])


def test_each_error_of_a_form_has_its_text_and_no_text_is_left_over() -> None:
    refused = raised("net/address.py", "UnsafeUrlError")
    assert set(ENGLISH["config"]["error"]) == refused | {"empty", NAME_FIELD.error, OUT_OF_BOUNDS}
    assigned = assigned_errors("destination_flow.py")
    written = strings("destination_flow.py") | {"empty"}
    for kind in KINDS.values():
        texts = set(ENGLISH["config_subentries"][kind.subentry_type]["error"])
        told = refused | assigned | {field.error for field in kind.fields.values()}
        assert told <= texts <= told | written
    alerts = ENGLISH["options"]["step"]["init"]["sections"]["alerts"]["data"]
    numbers = {
        f"{key}_{OUT_OF_BOUNDS}"
        for key in (*(limit.key for limit in LIMITS.values()), CONF_DURATION, CONF_HYSTERESIS)
    }
    assert set(ENGLISH["options"]["error"]) == {"limits_crossed", OUT_OF_BOUNDS} | numbers
    for key in numbers:
        field = alerts[key.removesuffix(f"_{OUT_OF_BOUNDS}")]
        assert ENGLISH["options"]["error"][key].startswith(f"{field}: ")


def strings(file: str) -> set[str]:
    """Return the texts that a module writes."""
    return {
        node.value
        for node in ast.walk(ast.parse((COMPONENT / file).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def raised(file: str, name: str) -> set[str]:
    """Return the texts that a module gives to an exception of its own."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((COMPONENT / file).read_text())):
        match node:
            case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(value))]) if called == name:
                found.add(value)
    return found


def assigned_errors(file: str) -> set[str]:
    """Return the texts that a module puts into the errors of a form."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((COMPONENT / file).read_text())):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="errors"))], value=ast.Constant(value=str(value))
            ):
                found.add(value)
    return found


def test_each_menu_has_its_texts() -> None:
    steps = ENGLISH["config"]["step"]
    for name in ("user", "reconfigure"):
        assert set(steps[name]["menu_options"]) == {LENT, *PROVIDERS}
        assert set(steps[name]["menu_option_descriptions"]) == set(steps[name]["menu_options"])


def test_each_selector_has_its_texts_and_no_text_is_left_over() -> None:
    described = (*SERVICES.values(), *TRIGGERS.values(), *CONDITIONS.values())
    fields = [field for one in described for field in one.get("fields", {}).values()]
    selects = [field["selector"]["select"] for field in fields if "select" in field["selector"]]
    offered = {select["translation_key"]: set(select["options"]) for select in selects}
    offered |= {
        CONF_FORWARD_FROM: {FROM_NOW, FROM_EVERYTHING, FROM_DATE},
        CONF_DETAIL_LEVEL: set(DETAIL_LEVELS),
        CONF_DIALECT: set(DIALECTS),
    }
    assert {key: set(texts["options"]) for key, texts in ENGLISH["selector"].items()} == offered


@pytest.mark.parametrize(
    ("described", "category", "made"),
    [(TRIGGERS, "triggers", trigger.TRIGGERS), (CONDITIONS, "conditions", condition.CONDITIONS)],
    ids=["triggers", "conditions"],
)
def test_each_trigger_and_condition_is_described(
    described: dict[str, Any], category: str, made: dict[str, Any]
) -> None:
    """With all its fields; who types "heart" finds nearly all by the name, and each by the text."""
    assert described.keys() == ENGLISH[category].keys() == ICONS[category].keys() == made.keys()
    for key, one in described.items():
        texts = ENGLISH[category][key]
        assert "heart" in f"{texts['name']} {texts['description']}".lower()
        fields = one.get("fields", {})
        assert fields.keys() == texts.get("fields", {}).keys()
        options = made[key]._schema.schema["options"]  # noqa: SLF001 - Home Assistant's own tests ask it
        assert fields.keys() == {str(option) for option in options}
        # Accepted as the editor fills it in.
        filled = {name: field["default"] for name, field in fields.items() if "default" in field}
        made[key]._schema({"target": {"device_id": "any"}, "options": filled})  # noqa: SLF001


@pytest.mark.parametrize("platform", ENTITIES)
def test_no_state_or_unit_goes_without_a_text(platform: str) -> None:
    """A state that is one of a few words has a text for each; a number that is no measure, a unit."""
    for description in ENTITIES[platform]:
        texts = ENGLISH["entity"][platform][description.key]
        words = {"on", "off"} if description in BEYOND_LIMITS.values() else set()
        assert set(getattr(description, "options", None) or words) == set(texts.get("state", {}))
        types = set(getattr(description, "event_types", None) or ())
        attributes = texts.get("state_attributes", {})
        assert types == set(attributes.get("event_type", {}).get("state", {}))
        is_count = (
            isinstance(description, SensorEntityDescription)
            and description.device_class is None
            and description.native_unit_of_measurement is None
        )
        assert ("unit_of_measurement" in texts) == is_count


def test_the_system_page_has_its_texts_and_no_text_is_left_over() -> None:
    told = strings("system_health.py")
    told |= {REACH_RECEIVER, *(kind.reach for kind in KINDS.values())}
    for provider in PROVIDERS.values():
        told |= provider.services(Endpoints(), {CONF_BASE_URL: ""}).keys()
    # That of an address that cannot be reached is Home Assistant's own.
    told.remove("unreachable")
    assert set(ENGLISH["system_health"]["info"]) == {key for key in told if re.fullmatch(r"[a-z_]{8,}", key)}


def test_the_quality_scale_is_kept_rule_by_rule() -> None:
    """All rules of all tiers, each done, or exempt with a reason."""
    rules = load_yaml_dict(str(COMPONENT / "quality_scale.yaml"))["rules"]
    assert len(rules) == RULES
    for rule, standing in rules.items():
        assert standing == "done" or (standing["status"] in ("done", "exempt") and standing["comment"]), rule


def test_each_field_of_a_form_is_explained() -> None:
    def check(step: dict[str, Any]) -> None:
        assert set(step.get("data", {})) == set(step.get("data_description", {}))
        for part in step.get("sections", {}).values():
            check(part)

    flows = [ENGLISH["config"], *ENGLISH["config_subentries"].values(), ENGLISH["options"]]
    flows += [issue["fix_flow"] for issue in ENGLISH["issues"].values() if "fix_flow" in issue]
    for flow in flows:
        for step in flow["step"].values():
            check(step)


def test_actions_agree_in_schema_fields_texts_and_icons() -> None:
    assert set(SERVICES) == set(ENGLISH["services"]) == set(ICONS["services"]) == set(ACTIONS)
    for name, action in ACTIONS.items():
        fields = set(map(str, action.fields))
        assert set(SERVICES[name].get("fields", {})) == fields
        assert set(ENGLISH["services"][name].get("fields", {})) == fields
        assert [one["integration"] for one in SERVICES[name]["target"]["entity"]] == [DOMAIN]


def test_each_issue_has_its_texts_and_no_text_is_left_over() -> None:
    troubles = {row.text for row in CONSEQUENCES.values() if row.raised_after is not None}
    of_destinations = troubles | {BEATS_QUARANTINED, "beats_expiring"}
    assert set(ENGLISH["issues"]) == of_destinations | set(ACCOUNT_ISSUES)
    assert set(FIXES) <= set(ACCOUNT_ISSUES)
    dialogs: list[tuple[str, type[IssueFlow], list[str]]] = [
        (key, AccountRepair, FIXES.get(key, [])) for key in ACCOUNT_ISSUES
    ]
    dialogs += [
        (key, DestinationRepair, steps)
        for key in of_destinations
        for steps in [kind.steps_of(key) for kind in KINDS.values() if kind.steps_of(key)] or [[]]
    ]
    for key, flow, steps in dialogs:
        issue = ENGLISH["issues"][key]
        assert set(issue) == {"title", "fix_flow" if steps else "description"}
        if steps:
            check_dialog(flow, steps, issue["fix_flow"])


def test_what_waits_for_a_person_can_be_mended_in_a_dialog() -> None:
    waiting = {row.text for row in CONSEQUENCES.values() if not row.passes}
    mended = [{text for text in waiting if kind.steps_of(text)} for kind in KINDS.values()]
    assert set.union(*mended) == waiting


# Why a step of a repair can end without having mended anything.
REASONS = {
    "try_again": {"still_failing"},
    "sign_in": {"sign_in"},
    "confirm": {"account_not_loaded"},
    "ignore": {"ignored"},
    "token": {"still_failing", "not_tried"},
    "reconfigure": {"reconfigure"},
}


def check_dialog(flow: type[IssueFlow], steps: list[str], texts: dict[str, Any]) -> None:
    """Check a dialog for the texts of the steps that it can come to, and no others."""
    forms = FORMS & set(steps)
    has_menu = len(steps) > 1 or not forms
    assert set(texts["step"]) == forms | ({"init"} if has_menu else set())
    if has_menu:
        assert list(texts["step"]["init"]["menu_options"]) == steps
    refused = {str(problem) for kind in KINDS.values() for problem, by in kind.steps.items() if "token" in by}
    assert set(texts.get("error", {})) == (
        refused | {"empty", "invalid_token"} if "token" in forms else set()
    )
    reasons = {"already_mended"} | ({"account_not_loaded"} if flow is DestinationRepair else set())
    for step in steps:
        reasons |= REASONS.get(step, {"archive_unusable"})
        assert hasattr(flow, f"async_step_{step}")
    assert set(texts["abort"]) == reasons


def test_texts_name_no_address() -> None:
    """Addresses come in by placeholders, so that translators cannot break them."""
    for text in texts({key: value for key, value in ENGLISH.items() if key != "title"}):
        assert not re.search(r"https?://\w", text), text


def test_destinations_are_chosen_by_their_switch() -> None:
    """Every kind of destination has one, and an account has none."""
    by_switch = [name for name, action in SERVICES.items() if "domain" in action["target"]["entity"][0]]
    assert by_switch == ["forward_beats", "get_quarantine", "release_quarantine", "drop_quarantine"]
    assert {SERVICES[name]["target"]["entity"][0]["domain"] for name in by_switch} == {"switch"}
