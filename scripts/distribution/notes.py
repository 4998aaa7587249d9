"""Prints the changelog of a version, if the manifest and the project name the same version."""

import json
import re
import sys
import tomllib

from scripts.distribution.package import COMPONENT, ROOT

HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}\n", re.MULTILINE)
ADDRESSES = re.compile(r"^\[.+\]: http.*\n", re.MULTILINE)
# GitHub shows a release's line breaks as they are, so an item is to be one line.
WRAPPED = re.compile(r"\n +")


def released(changelog: str) -> dict[str, str]:
    """Return the changelog of each released version, the newest first."""
    _, *parts = HEADING.split(ADDRESSES.sub("", changelog))
    texts = [WRAPPED.sub(" ", text).strip() for text in parts[1::2]]
    return dict(zip(parts[::2], texts, strict=True))


def notes(tag: str) -> str:
    """Return the notes of a release by its tag; raise ValueError where something names another version."""
    manifest = json.loads((COMPONENT / "manifest.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    changes = released((ROOT / "CHANGELOG.md").read_text())
    named = {
        "manifest.json": manifest["version"],
        "pyproject.toml": project["project"]["version"],
        "CHANGELOG.md": next(iter(changes), None),
    }
    others = {place: version for place, version in named.items() if f"v{version}" != tag}
    if others:
        raise ValueError(f"The tag is {tag}, but: {others}")
    return changes[tag.removeprefix("v")]


if __name__ == "__main__":
    try:
        print(notes(sys.argv[1]))
    except ValueError as error:
        sys.exit(str(error))
