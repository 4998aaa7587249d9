"""What strangers meet before the code: the releases, the workflows and the forms for issues."""

from collections.abc import Iterator
from fnmatch import fnmatch
import json
from pathlib import Path
import re
import subprocess
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from scripts.distribution.notes import notes, released
from scripts.distribution.package import COMPONENT, ROOT
from tests.repository.files import REPOSITORY

VERSION = json.loads((COMPONENT / "manifest.json").read_text())["version"]


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


# A release


def test_the_changelog_tells_of_the_version() -> None:
    changes = released((ROOT / "CHANGELOG.md").read_text())
    assert notes(f"v{VERSION}") == changes[VERSION]
    assert "### " in changes[VERSION]
    assert f"[{VERSION}]: {REPOSITORY}/" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("tag", ["v0.0.9", VERSION, f"v{VERSION}-rc1", ""])
def test_no_other_tag_is_released(tag: str) -> None:
    with pytest.raises(ValueError, match="The tag is"):
        notes(tag)


# The workflows

WORKFLOWS = {path.name: path.read_text() for path in (ROOT / ".github" / "workflows").iterdir()}
PINNED = re.compile(r"[\w-]+(/[\w-]+)+@[0-9a-f]{40} # (v?\d+\.\d+(\.\d+)?|master)")
HERE = re.compile(r"\./\.github/workflows/([\w-]+\.yml)")


def parsed(name: str) -> dict[Any, Any]:
    return load_yaml_dict(str(ROOT / ".github" / "workflows" / name))


def steps(name: str) -> Iterator[dict[str, Any]]:
    """Yield each step of a workflow."""
    for job in parsed(name)["jobs"].values():
        yield from job.get("steps", [])


def test_the_workflows_are_all_there() -> None:
    assert set(WORKFLOWS) == {"ci.yml", "codeql.yml", "release.yml", "update.yml", "validate.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_uses_nothing_that_can_change(name: str) -> None:
    for used in re.findall(r"uses: (.+)", WORKFLOWS[name]):
        if here := HERE.fullmatch(used):
            assert here[1] in WORKFLOWS
        else:
            assert PINNED.fullmatch(used), used


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_no_more_than_it_says(name: str) -> None:
    workflow = parsed(name)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert job["permissions"]["contents"] in {"read", "write"}
        assert "uses" in job or job["timeout-minutes"] <= 60
    for step in steps(name):
        if "checkout" in step.get("uses", ""):
            assert step["with"] == {"persist-credentials": False}
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_runs_scripts_that_exist(name: str) -> None:
    for script in re.findall(r"scripts/[\w-]+", "\n".join(step.get("run", "") for step in steps(name))):
        assert (ROOT / script).stat().st_mode & 0o111, script


def test_dependabot_looks_after_what_it_can() -> None:
    updates = load_yaml_dict(str(ROOT / ".github" / "dependabot.yml"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"docker", "github-actions", "npm"}


def test_the_dev_container_has_what_it_names() -> None:
    folder = ROOT / ".devcontainer"
    container = json.loads((folder / "devcontainer.json").read_text())
    assert (folder / container["build"]["dockerfile"]).exists()
    for script in re.findall(r"scripts/[\w-]+", container["postCreateCommand"]):
        assert (ROOT / script).exists()


# The paths that people are told

# Folders with or without a file, and files by an ending of ours.
A_PATH = re.compile(r"(?:[\w.*-]+/)+[\w.*-]*|[\w*-]+\.(?:py|md|json|yaml|yml|toml|ts|txt)")
# What stands in a path for many: the language of a text, the version of an archive.
FOR_MANY = re.compile(r"XX(?=\.json$)|N(?=\.sql$)")
# Folders in somebody's configuration, commands of the websocket, repositories.
ELSEWHERE = ".storage/", ".../auth/", "fitbit_cardiogram/", "fitbit-cardiogram/"


def paths(page: Path) -> Iterator[str]:
    """Yield each path in the code of a page."""
    for fence, code in re.findall(
        r"^```\w*\n(.*?)^```$|`([^`\n]+)`", page.read_text(), re.MULTILINE | re.DOTALL
    ):
        for word in (fence or code).split():
            path = word.removeprefix("…/")
            if A_PATH.fullmatch(path) and not path.startswith(ELSEWHERE):
                yield FOR_MANY.sub("*", path)


@pytest.mark.parametrize(
    "page", [ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda page: page.name
)
def test_a_path_that_a_page_names_exists(page: Path) -> None:
    """In the repository, whole or the end of a path; or as a folder that git ignores."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    files = [f"/{name}" for name in listed.split("\0") if (ROOT / name).is_file()]
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for path in paths(page):
        ends = f"*/{path}*" if path.endswith("/") else f"*/{path}", f"*/{path}/*"
        assert path in ignored or any(fnmatch(name, end) for name in files for end in ends), path


# The forms for issues

WORDS = vol.All(str, vol.Length(min=1))
TEXT_FIELD = {vol.Required("label"): WORDS, "description": WORDS, "placeholder": WORDS, "value": WORDS}
CHECKED = {vol.Required("label"): WORDS, "required": bool}
FIELDS = {
    "markdown": {vol.Required("value"): WORDS},
    "input": TEXT_FIELD,
    "textarea": {**TEXT_FIELD, "render": WORDS},
    "dropdown": {
        vol.Required("label"): WORDS,
        "description": WORDS,
        vol.Required("options"): vol.All([WORDS], vol.Unique()),
    },
    "checkboxes": {vol.Required("label"): WORDS, "description": WORDS, vol.Required("options"): [CHECKED]},
}
FIELD = vol.Any(
    *(
        {
            vol.Required("type"): kind,
            **({} if kind == "markdown" else {vol.Required("id"): vol.Match(r"[a-z-]+$")}),
            vol.Required("attributes"): attributes,
            "validations": {"required": bool},
        }
        for kind, attributes in FIELDS.items()
    )
)
FORM = vol.Schema(
    {
        vol.Required("name"): WORDS,
        vol.Required("description"): WORDS,
        "labels": [WORDS],
        vol.Required("body"): [FIELD],
    }
)
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"


@pytest.mark.parametrize("name", ["bug.yml", "feature.yml"])
def test_a_form_is_one_that_github_takes_and_warns_of_what_is_private(name: str) -> None:
    form = FORM(load_yaml_dict(str(FORMS / name)))
    for key in ("id", "label"):
        given = [field.get(key, field["attributes"].get(key)) for field in form["body"]]
        named = [value for value in given if value]
        assert len(named) == len(set(named))
    assert re.search(r"Never paste .*tokens?\b.*heart rates", (FORMS / name).read_text(), re.IGNORECASE)


def test_there_are_ways_to_help_and_to_report_in_private() -> None:
    config = load_yaml_dict(str(FORMS / "config.yml"))
    assert not config["blank_issues_enabled"]
    links = [link["url"] for link in config["contact_links"]]
    help_page, advisories = links
    page = help_page.removeprefix(f"{REPOSITORY}/blob/main/")
    assert (ROOT / page).read_text().startswith("# When something is wrong\n")
    assert advisories == f"{REPOSITORY}/security/advisories/new"
