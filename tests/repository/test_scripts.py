"""The checks of scripts/ that are our own: sentences that name things, and the coverage of each module."""

from typing import Any

import pytest

from scripts.covered import short
from scripts.sentences import riddles


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


@pytest.mark.parametrize(
    "sentence",
    [
        "Return what was found.",
        "Tell that it is over.",
        "Note when it began.\n\n    Further down all is allowed.",
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def", "@override\ndef"])
def test_a_sentence_that_names_nothing_is_refused(kind: str, sentence: str) -> None:
    source = f'{kind} found():\n    """{sentence}"""\n'
    assert list(riddles(source)) == [
        (source.count("\n", 0, source.index("def")) + 1, sentence.split("\n", maxsplit=1)[0])
    ]


@pytest.mark.parametrize(
    "source",
    [
        'def found():\n    """Return whether it is there, and what it is."""',
        'def found():\n    """Return the newest.\n\n    Return what was found.\n    """',
        "def found():\n    return 1",
        '@property\ndef found():\n    """Say what it is."""',
        '@functools.cached_property\ndef found():\n    """Say what it is."""',
        'class Found:\n    """Says what it is."""',
        '"""Says what it is."""',
    ],
)
def test_other_sentences_may_be(source: str) -> None:
    assert list(riddles(source)) == []


def report(**covered: float) -> dict[str, Any]:
    """Return the coverage of modules as the tool writes it."""
    return {
        "files": {
            f"custom_components/fitbit_cardiogram/{name}.py": {
                "summary": {"percent_covered": percent},
                "missing_lines": [7],
            }
            for name, percent in covered.items()
        }
    }


def test_each_module_is_covered() -> None:
    assert short(report(sensor=95.0, config_flow=100.0)) == []
    (line,) = short(report(sensor=94.9, poll=99.0))
    assert "sensor.py: 94.9 % instead of 95 %; lines [7]" in line


@pytest.mark.parametrize("name", ["config_flow", "destination_flow", "repairs"])
def test_dialogs_are_covered_wholly(name: str) -> None:
    assert len(short(report(**{name: 99.9}))) == 1
