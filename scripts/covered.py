"""Holds each module against the coverage that is promised, from the data of the run before."""

import json
import subprocess
import sys
from typing import Any

LEAST = 95.0
WHOLE = {"config_flow.py", "destination_flow.py", "repairs.py"}
"""The dialogs: a person may go any way through them."""


def short(report: dict[str, Any]) -> list[str]:
    """Return a line for each module of a JSON report that has less than it must."""
    found = []
    for name, module in report["files"].items():
        covered = module["summary"]["percent_covered"]
        least = 100.0 if name.rpartition("/")[2] in WHOLE else LEAST
        if covered < least:
            found.append(f"{name}: {covered:.1f} % instead of {least:.0f} %; lines {module['missing_lines']}")
    return found


def main() -> int:
    """Print the modules that fall short; returns 1 if there is any."""
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "--fail-under=0", "-o", "-"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = short(json.loads(answer.stdout))
    for line in found:
        print(line)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
