"""The outcome of posting a batch, and its consequences: the same for every destination."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..heart_rate.clock import HOUR


class Verdict(StrEnum):
    """The next step after an answer."""

    DELIVERED = "delivered"
    RETRY = "retry"  # trouble that passes by itself
    REFUSED = "refused"  # the batch is cut smaller, a single beat is quarantined
    PAUSE = "pause"  # forwarding waits for a person


class Problem(StrEnum):
    """The reasons for which beats do not get through."""

    NO_ANSWER = "no_answer"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    USER_MISMATCH = "user_mismatch"
    WRONG_ADDRESS = "wrong_address"
    BEATS_REFUSED = "beats_refused"
    UNEXPECTED_ANSWER = "unexpected_answer"
    ARCHIVE_UNUSABLE = "archive_unusable"
    ARCHIVE_REPLACED = "archive_replaced"


@dataclass(frozen=True, slots=True)
class Consequence:
    """The consequence of a problem.

    `text` is the translation key of its issue and of its exception. The issue is raised when the trouble has
    lasted for `raised_after` seconds, or never where that is None. A problem `of_the_archive` has passed as
    soon as the archive can be read.
    """

    verdict: Verdict
    text: str
    raised_after: float | None
    of_the_archive: bool = False

    @property
    def passes(self) -> bool:
        """Whether it is tried again by itself; if not, forwarding pauses until a person acts."""
        return self.verdict is Verdict.RETRY


CONSEQUENCES: Final = {
    Problem.NO_ANSWER: Consequence(Verdict.RETRY, "forwarding_no_answer", HOUR),
    Problem.RATE_LIMITED: Consequence(Verdict.RETRY, "forwarding_rate_limited", HOUR),
    Problem.SERVER_ERROR: Consequence(Verdict.RETRY, "forwarding_server_error", HOUR),
    Problem.TOKEN_REFUSED: Consequence(Verdict.PAUSE, "forwarding_token_refused", 0),
    Problem.USER_MISMATCH: Consequence(Verdict.PAUSE, "forwarding_user_mismatch", 0),
    Problem.WRONG_ADDRESS: Consequence(Verdict.PAUSE, "forwarding_wrong_address", 0),
    Problem.BEATS_REFUSED: Consequence(Verdict.REFUSED, "forwarding_beats_refused", 0),
    Problem.UNEXPECTED_ANSWER: Consequence(Verdict.PAUSE, "forwarding_unexpected_answer", 0),
    # The account raises an issue of its own, once for all its destinations.
    Problem.ARCHIVE_UNUSABLE: Consequence(
        Verdict.RETRY, "forwarding_archive_unusable", None, of_the_archive=True
    ),
    Problem.ARCHIVE_REPLACED: Consequence(
        Verdict.PAUSE, "forwarding_archive_replaced", 0, of_the_archive=True
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one try: the problem, if there was one, and the seconds that the server asked to wait."""

    problem: Problem | None = None
    retry_after: float | None = None

    @property
    def verdict(self) -> Verdict:
        """The next step."""
        return CONSEQUENCES[self.problem].verdict if self.problem else Verdict.DELIVERED
