"""The modules of the integration, and what each of them imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import custom_components.fitbit_cardiogram as integration_package

ROOT = Path(integration_package.__file__).parent
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ROOT.rglob("*.py")}


def imports(module: str) -> Iterator[str]:
    """Yield the full name of each import of a module; the integration's own modules begin with a dot."""
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
