"""Refuses docstrings that begin with a riddle: "Return what …" instead of "Return the newest sample".

Functions and methods are looked at, properties, classes and modules are not: those may say what something is.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
import re
import sys

FOLDERS = ("custom_components", "tests", "scripts")
RIDDLE = re.compile(r"\w+ (what|which|that|where|when|how)\b", re.IGNORECASE)
PROPERTIES = {"property", "cached_property"}


def riddles(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the first sentence of each riddle."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if not _names(node.decorator_list) & PROPERTIES:
                sentence = (ast.get_docstring(node) or "").partition("\n")[0]
                if RIDDLE.match(sentence):
                    yield node.lineno, sentence


def _names(decorators: list[ast.expr]) -> set[str]:
    return {ast.unparse(decorator).rpartition(".")[2] for decorator in decorators}


def main() -> int:
    """Print each riddle; returns 1 if there is any."""
    found = [
        f"{path}:{line}: {sentence}"
        for folder in FOLDERS
        for path in sorted(Path(folder).rglob("*.py"))
        for line, sentence in riddles(path.read_text())
    ]
    for line in found:
        print(line)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
