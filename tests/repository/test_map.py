"""The tests are a map of the code: a test of a module is found by the module's name, and stands by itself."""

import ast

import pytest

from tests.repository.files import ROOT
from tests.repository.modules import MODULES

TESTS = ROOT / "tests"
FILES = {str(path.relative_to(TESTS)): path for path in sorted(TESTS.rglob("test_*.py"))}
# Tests across modules, tests of what lies beside the code, and those of the simulators beside these.
ELSEWHERE = {"behaviour", "repository", "simulators"}


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


def module_of(name: str) -> str:
    """Return the module that a file of tests is named after."""
    module = name.removesuffix(".py").replace("/", ".").replace("test_", "")
    return "__init__" if module == "init" else module


@pytest.mark.parametrize("name", FILES)
def test_tests_stand_where_their_module_does(name: str) -> None:
    assert name.partition("/")[0] in ELSEWHERE or module_of(name) in MODULES


@pytest.mark.parametrize("name", FILES)
def test_no_tests_import_other_tests(name: str) -> None:
    for node in ast.walk(ast.parse(FILES[name].read_text())):
        if isinstance(node, ast.ImportFrom):
            imported = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            assert not any(f"{part}.py" in {path.name for path in FILES.values()} for part in imported)
