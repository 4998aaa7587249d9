"""The packages keep to their layers: imports point inwards, and addresses have one home."""

import ast
from graphlib import TopologicalSorter
import re
import sys

import pytest

from tests.repository.modules import MODULES, imports, own

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
    """Do without Home Assistant."""


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
