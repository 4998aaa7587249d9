"""The picture in docs/architecture.md is that of the code, and each question has one owner."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import product
import re

from custom_components.fitbit_cardiogram.archive.schema import SCHEMA
from custom_components.fitbit_cardiogram.providers import PROVIDERS
from custom_components.fitbit_cardiogram.sources.errors import SourceError
from tests.repository.files import ROOT
from tests.repository.modules import MODULES, own

PAGE = (ROOT / "docs" / "architecture.md").read_text()
# Used by everything, and left out of the picture.
EVERYWHERE = {"const"}


def nodes() -> dict[str, str]:
    """Return the node of the picture that each module is in."""
    found: dict[str, str] = {}
    for node, title, names in re.findall(r'^ +(\w+)\["<b>(.*?)</b><br>(.*)"\]$', PAGE, re.MULTILINE):
        package = f"{title[:-1]}." if title.endswith("/") else ""
        for name in re.split(r"<br>| · ", names):
            found |= {
                module: node
                for module in (f"{package}{name}", f"{package}{name}.__init__")
                if module in MODULES
            }
            assert f"{package}{name}" in MODULES or f"{name}.__init__" in MODULES, name
        if package:
            found[f"{package}__init__"] = node
    return found


def arrows() -> set[tuple[str, str]]:
    """Return the arrows of the picture."""
    found: set[tuple[str, str]] = set()
    for left, right in re.findall(r"^ +([\w &]+?) --> ([\w &]+)$", PAGE, re.MULTILINE):
        found |= set(product(left.split(" & "), right.split(" & ")))
    return found


NODES = nodes()
USES = {
    (NODES[module], NODES[used])
    for module in MODULES
    for used in own(module)
    if not {module, used} & EVERYWHERE and NODES[module] != NODES[used]
}


def test_every_module_is_in_the_picture() -> None:
    assert set(NODES) == set(MODULES) - EVERYWHERE


def test_every_arrow_is_real() -> None:
    assert arrows() <= USES


def test_no_import_goes_against_the_arrows() -> None:
    below: dict[str, set[str]] = {node: set() for node in NODES.values()}
    for user, used in arrows():
        below[user].add(used)
    for node in TopologicalSorter(below).static_order():
        below[node] |= {further for used in below[node] for further in below[used]}
    assert {use for use in USES if use[1] not in below[use[0]]} == set()


# Tables


WRITES = re.compile(r"\b(?:INSERT (?:OR \w+ )?INTO|UPDATE(?! SET)|DELETE FROM) (\w+|\{\})")
OWNERS = {
    "facts": "archive.facts",
    "samples": "archive.samples",
    "hours": "archive.samples",
    "days": "archive.days",
    "workouts": "archive.workouts",
    "sleep": "archive.sleep",
    "daily_values": "archive.daily_values",
    "purged": "archive.purged",
    "fingerprints": "archive.late",
    "suspects": "archive.late",
    "destinations": "archive.outbox",
    "coverage": "archive.outbox",
    "outbox": "archive.outbox",
    "batches": "archive.outbox",
    "quarantine": "archive.outbox",
    "delivered": "archive.outbox",
    "delivered_hours": "archive.outbox",
}


def text_of(node: ast.AST) -> str | None:
    """Return a text, with {} for what is put into it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(value) or "{}" for value in values)
    return None


def written(module: str) -> set[str]:
    """Return the tables that a module writes; a name that is put in is one of the function's texts.

    A kind of sessions is a way to write its table.
    """
    tree = ast.parse(MODULES[module].read_text())
    found = {
        table
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SessionKind"
        for keyword in node.keywords
        if keyword.arg == "table" and (table := text_of(keyword.value)) is not None
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            texts = [text for node in ast.walk(function) if (text := text_of(node)) is not None]
            tables = {table for text in texts for table in WRITES.findall(text)}
            found |= tables & OWNERS.keys()
            if "{}" in tables:
                found |= OWNERS.keys() & set(texts)
    return found


def test_each_table_is_written_by_its_owner_alone() -> None:
    """The schema makes and migrates them."""
    writers = {
        (table, module) for module in MODULES if module != "archive.schema" for table in written(module)
    }
    assert writers == set(OWNERS.items())


def test_every_table_has_an_owner() -> None:
    tables = set(re.findall(r"CREATE TABLE (\w+)", SCHEMA))
    assert tables == OWNERS.keys()


def test_every_fact_is_declared_once() -> None:
    names = [
        node.args[0].value
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Fact", "Counter"}
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(names) == len(set(names)) >= 18


# The one place of each kind of destination, its wire contract, its row in the table, and its address.
NAME_CARDIOGRAM = {"cardiogram_destination", "destinations.cardiogram", "destination_kinds", "const"}


def words(module: str) -> Iterator[str]:
    """Yield the names and the strings in a module, without its docstrings."""
    tree = ast.parse(MODULES[module].read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.ImportFrom(module=str(name)):
                yield name


def test_a_concrete_destination_is_named_in_its_own_modules_only() -> None:
    """The integration itself is called fitbit_cardiogram."""
    found = {
        module
        for module in MODULES
        for word in words(module)
        if "cardiogram" in re.sub("fitbit.cardiogram", "", word.lower())
    }
    assert found == NAME_CARDIOGRAM


# Who may tell errors and providers apart


def subclasses(kind: type) -> set[type]:
    """Return the kinds of an error, however far down."""
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


ERRORS = {kind.__name__ for kind in subclasses(SourceError) - {SourceError}}
TOLD_APART_IN = {"sources.consequences"}
# A request that is made again in another way, as the protocol of a service has it.
RETRIES = {
    ("sources.google_health", "GatewayTimeoutError"),
    ("sources.google_health", "RequestRefusedError"),
    ("sources.google_api", "RequestRefusedError"),
}
TOKENS = {"account_token", "borrowed_token"}


def named(node: ast.AST | None) -> set[str]:
    """Return the errors that are named below a node."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node else set()
    return names & ERRORS


def told_apart(tree: ast.Module) -> set[str]:
    """Return the errors that a module tells from others."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=kind) | ast.MatchClass(cls=kind):
                found |= named(kind)
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass" | "suppress"), args=args):
                found = found.union(*map(named, args))
            case ast.Call(func=ast.Attribute(attr="suppress"), args=args):
                found = found.union(*map(named, args))
    return found


def made(tree: ast.Module) -> set[str]:
    """Return the errors that a module makes, or chooses one of to make."""
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return (loaded & ERRORS) - told_apart(tree)


TREES = {module: ast.parse(path.read_text()) for module, path in MODULES.items()}


def test_errors_of_a_source_are_told_apart_in_one_module() -> None:
    found = {(module, name) for module, tree in TREES.items() for name in told_apart(tree)}
    assert {pair for pair in found if pair[0] not in TOLD_APART_IN} == RETRIES
    assert {module for module, _ in found} >= TOLD_APART_IN


def test_errors_of_the_archive_are_told_apart_there_too() -> None:
    kinds = {"ArchiveTooNewError", "ArchiveDamagedError"}
    naming = {module for module, tree in TREES.items() if kinds & identifiers(tree)}
    assert {module for module in naming if not module.startswith("archive.")} == TOLD_APART_IN


def test_errors_of_a_source_are_made_by_sources_and_tokens_only() -> None:
    makers = {module for module, tree in TREES.items() if made(tree)}
    assert {module for module in makers if not module.startswith("sources.")} == TOKENS


# Modules that are about one provider; and the table, which lists them.
OF_GOOGLE = {
    f"sources.google_{part}" for part in ("health", "api", "days", "daily", "sessions", "workouts", "sleep")
}
OF_A_PROVIDER = {"google_provider", "fitbit_provider", "sources.fitbit"} | OF_GOOGLE
PROVIDER_NAMES = {"providers"} | OF_A_PROVIDER


def identifiers(tree: ast.Module) -> set[str]:
    """Return the names in a module's code, and the keys of providers that it writes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str(value)) if value in PROVIDERS:
                found.add(value)
    return found


def test_providers_are_named_in_their_own_modules_and_the_table() -> None:
    assert {module for module in MODULES if own(module) & OF_A_PROVIDER} <= PROVIDER_NAMES
    naming = {
        module
        for module, tree in TREES.items()
        if any(re.search("google|fitbit", name, re.IGNORECASE) for name in identifiers(tree))
    }
    assert naming - EVERYWHERE <= PROVIDER_NAMES


# Unexpected errors


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler takes any error, and does not raise it again."""
    caught = ast.walk(handler.type or ast.Name("Exception"))
    names = {node.id for node in caught if isinstance(node, ast.Name)}
    is_raised_again = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return bool(names & {"Exception", "BaseException"}) and not is_raised_again


def test_only_the_supervisor_and_the_revocation_take_any_error() -> None:
    taking = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert taking == {"supervisor", "revocation"}
