"""Prints the table of the kinds of data, as `docs/requests.md` has it."""

from custom_components.fitbit_cardiogram.fitbit_provider import FITBIT
from custom_components.fitbit_cardiogram.google_provider import GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, MINUTE
from custom_components.fitbit_cardiogram.sources.consequences import consequence
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    ServiceUnavailableError,
)
from custom_components.fitbit_cardiogram.sources.kinds import DATA_KINDS, Kind

PROVIDERS = (GOOGLE_HEALTH, FITBIT)
HEAD = ("kind", "is asked for", "after a failure", "if it is denied", *(found.model for found in PROVIDERS))


def table() -> str:
    """Return the table in Markdown."""
    sums = (_number(sum(found.requests.values())) for found in PROVIDERS)
    lines = [HEAD, ("---",) * len(HEAD), *map(_line, DATA_KINDS), ("all", "", "", "", *sums)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _line(kind: Kind) -> tuple[str, ...]:
    pauses = (
        _pause(consequence(error, kind.importance).again_after)
        for error in (ServiceUnavailableError("", None), PermissionMissingError(Denial.OTHER))
    )
    return (
        kind.key.replace("_", " "),
        kind.when,
        *pauses,
        *(_number(found.requests.get(kind, 0)) for found in PROVIDERS),
    )


def _pause(seconds: float) -> str:
    """Return the words for a pause, which is a whole number of minutes, or 0 until the next poll."""
    if seconds in (0, DAY):
        return "after a day" if seconds else "with the next poll"
    return f"after {seconds / MINUTE:.0f} minutes"


def _number(requests: float) -> str:
    return f"{requests:.1f}".removesuffix(".0")


if __name__ == "__main__":
    print(table(), end="")
