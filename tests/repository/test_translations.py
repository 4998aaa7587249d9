"""The texts in the other languages: complete, true to the English ones, and what Home Assistant shows."""

from collections import Counter, defaultdict
from itertools import zip_longest
import json
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations, recursive_flatten
import pytest

from custom_components.fitbit_cardiogram.const import DOMAIN
from tests.repository.files import COMPONENT, ENGLISH

LANGUAGES: dict[str, dict[str, Any]] = {
    file.stem: json.loads(file.read_text())
    for file in sorted((COMPONENT / "translations").glob("*.json"))
    if file.stem != "en"
}
TEXTS = recursive_flatten("", ENGLISH)
CARDS = json.loads((COMPONENT / "frontend" / "src" / "translations" / "en.json").read_text())

# What a text has as often in each language: placeholders, code, targets of links, emphasis, steps of a path,
# items of lists with their numbers, and lines.
KEPT = re.compile(r"\{\w+\}|`[^`]*`|\]\([^)]*\)|\*+|>|^(?:\d+\.|-) |\n", re.MULTILINE)
# How a text names another one: emphasised, quoted, or at the end of a path.
QUOTED = re.compile(r"\*[^*]+\*|“[^”]+”|> [^>.*]+\.")
# A name in single stars or in quotation marks, and those that are not ours.
NAMED = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)|“([^”]+)”")
OF_OTHERS = {"Activity", "Calendar", "Reconfigure", "Show ignored repairs", "Testing"}
# Names of products, and words that another language has too.
ALIKE = {
    "Fitbit to Cardiogram",
    "Cardiogram",
    "Google Health",
    "Account",
    "Accounts",
    "Calories",
    "Date",
    "Destination",
    "Dialect",
    "Format",
    "Label",
    "Name",
    "Normal",
    "Options",
    "Person",
    "Secret",
    "Start",
    "Type",
    *("April", "August", "September", "November"),
    "Version 1 (/write)",
    "Version 2 (/api/v2/write)",
    "1 minute",
    "5 minutes",
    "15 minutes",
}

# Words for a box to tick, and for the permissions of a service.
BOX = re.compile(
    r"\b(?:un)?tick|\bbox\b|Häkchen|ankreuz|casilla|\bmarca\b|\bmarcad|desmarca|coch|\bcase\b|vink",
    re.IGNORECASE,
)
SCOPE = re.compile(r"permission|Berechtigung|permiso|autorisation|machtiging", re.IGNORECASE)

each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
def test_each_text_is_there_in_the_order_of_the_english_ones(language: str) -> None:
    pairs = zip_longest(recursive_flatten("", LANGUAGES[language]), TEXTS)
    assert next((pair for pair in pairs if pair[0] != pair[1]), None) is None
    assert LANGUAGES[language]["title"] == ENGLISH["title"]


@each_language
def test_each_text_keeps_what_is_filled_in_linked_and_listed(language: str) -> None:
    for key, text in recursive_flatten("", LANGUAGES[language]).items():
        assert (key, Counter(KEPT.findall(text))) == (key, Counter(KEPT.findall(TEXTS[key])))


@each_language
def test_each_text_is_translated_and_tidy(language: str) -> None:
    for key, text in recursive_flatten("", LANGUAGES[language]).items():
        assert text != TEXTS[key] or text in ALIKE, key
        assert text.strip() == text != "", key
        assert not re.search(r"  | \n|\n |https?://\w", text), key


def test_what_is_quoted_exists() -> None:
    """A new name is in every text that leads there."""
    names = {*TEXTS.values(), *OF_OTHERS, CARDS["dashboard_name"]}
    for key, text in TEXTS.items():
        assert {name for pair in NAMED.findall(text) for name in pair if name} <= names, key


@each_language
def test_what_is_quoted_has_its_own_name(language: str) -> None:
    """A text that names an entity, an action or a choice names it as it is called in that language."""
    texts = recursive_flatten("", LANGUAGES[language])
    names: dict[str, set[str]] = defaultdict(set)
    for key, text in texts.items():
        names[TEXTS[key]].add(text)
    for key, english in TEXTS.items():
        for quoted in QUOTED.findall(english):
            mark = "*" if quoted.startswith("*") else ""
            called = [f"{mark}{name}{mark}" for name in names.get(quoted.strip("*“”>. "), ())]
            assert not called or any(name in texts[key] for name in called), (key, quoted)


def shown(language: str, *beginnings: str) -> dict[str, str]:
    """Return the texts below these keys, in a language."""
    texts = recursive_flatten("", LANGUAGES.get(language, ENGLISH))
    return {key: text for key, text in texts.items() if key.startswith(beginnings)}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_texts_without_markdown_have_no_signs_of_it(language: str) -> None:
    """Home Assistant shows actions, and the errors of actions and forms, as they are."""
    plain = shown(language, "services.", "exceptions.", "entity.", "selector.")
    errors = {
        key: text
        for key, text in shown(language, "").items()
        if ".error." in key or key[:7] == "options.error"
    }
    assert {key: text for key, text in (plain | errors).items() if re.search(r"[*`]|\]\(", text)} == {}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_texts_for_people_name_no_keys(language: str) -> None:
    """A field is called as the form calls it."""
    texts = shown(language, "services.", "exceptions.", "config.error", "options.error", "config_subentries.")
    named = {key: re.search(r"(?<![{\w/.])[a-z]+_[a-z_]+(?![\w}])", text) for key, text in texts.items()}
    assert {key: found[0] for key, found in named.items() if found} == {}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_switch_is_no_box_to_tick(language: str) -> None:
    """Forms and actions have switches; only a service's page of permissions has boxes."""
    texts = shown(
        language, "services.", "exceptions.", "config.", "options.", "config_subentries.", "issues."
    )
    ticked = {key for key, text in texts.items() if BOX.search(text)}
    permission = {key for key in ticked if SCOPE.search(texts[key])}
    assert ticked - permission == set()


@each_language
def test_no_two_entities_of_a_platform_share_a_name(language: str) -> None:
    for platform, entities in LANGUAGES[language]["entity"].items():
        names = Counter(texts["name"] for texts in entities.values())
        assert (platform, names.most_common(1)[0][1]) == (platform, 1)


@each_language
async def test_home_assistant_shows_every_text(hass: HomeAssistant, language: str) -> None:
    """Home Assistant falls back to English for what it cannot take."""
    for category, texts in LANGUAGES[language].items():
        name = f"component.{DOMAIN}.{category}"
        expected = {name: texts} if category == "title" else recursive_flatten(f"{name}.", texts)
        shown = await async_get_translations(hass, language, category, {DOMAIN})
        assert [key for key in expected if shown[key] != expected[key]] == []
