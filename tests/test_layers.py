"""The packages keep to their layers: imports point inwards, and addresses have one home."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
import re
import sys

import pytest

import custom_components.fitbit_cardiogram as integration_package

ROOT = Path(integration_package.__file__).parent
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ROOT.rglob("*.py")}

INWARDS = {
    "heart_rate": {"heart_rate"},
    "net": {"net"},
    "archive": {"archive", "heart_rate"},
    "sources": {"sources", "archive", "heart_rate", "net"},
    "destinations": {"destinations", "archive", "heart_rate", "net"},
}
"""What each of the inner rooms may import of this integration; the root may import everything."""

LIBRARIES = {"aiohttp", "msgspec", "yarl"}
"""What the inner rooms may import beside the standard library: nothing that brings Home Assistant along."""

# Names of permissions, which Google writes as addresses.
NOT_ADDRESSES = {"https://www.googleapis.com/auth/googlehealth."}


@pytest.fixture(autouse=True)
def integration() -> None:
    """No Home Assistant is needed here."""


def imports(module: str) -> Iterator[str]:
    """Yield what a module imports, by its full name; the integration's own modules begin with a dot."""
    package = [] if module == "__init__" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(level=0, module=str(name)):
                yield name
            case ast.ImportFrom(level=level, module=name, names=names):
                home = package[: len(package) - level + 1] + (name.split(".") if name else [])
                shorter = ".".join(home)
                if shorter not in MODULES:
                    shorter = ".".join([*home, "__init__"])
                for alias in names:
                    longer = ".".join([*home, alias.name])
                    yield "." + (longer if longer in MODULES else shorter)


def own(module: str) -> set[str]:
    """Return the integration's modules that a module imports."""
    return {name[1:] for name in imports(module) if name.startswith(".")}


def room(module: str) -> str:
    return module.partition(".")[0]


INNER = sorted(module for module in MODULES if room(module) in INWARDS)


def test_the_layers_are_all_there() -> None:
    assert {room(module) for module in INNER} == set(INWARDS)
    assert "destinations.forwarder" in own("coordinator")
    assert "archive.outbox" in own("destinations.forwarder")


@pytest.mark.parametrize("module", INNER)
def test_inner_rooms_know_nothing_of_home_assistant(module: str) -> None:
    assert {
        room(name) for name in imports(module) if not name.startswith(".")
    } <= LIBRARIES | sys.stdlib_module_names


@pytest.mark.parametrize("module", INNER)
def test_imports_point_inwards(module: str) -> None:
    assert {room(name) for name in own(module)} <= INWARDS[room(module)]


def test_there_are_no_circles() -> None:
    """Raises CycleError with the circle otherwise."""
    order = list(TopologicalSorter({module: own(module) for module in MODULES}).static_order())
    assert sorted(order) == sorted(MODULES)


def test_every_address_is_in_one_place() -> None:
    strings = {
        node.value
        for module, path in MODULES.items()
        if module != "const"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {text for text in strings if re.search(r"https?://\w", text)} == NOT_ADDRESSES
