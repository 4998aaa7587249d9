"""The outcome of posting a batch, and its consequences: the same for every destination."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..heart_rate.clock import DAY, HOUR, MINUTE


class Verdict(StrEnum):
    """The next step after an answer."""

    DELIVERED = "delivered"
    RETRY = "retry"  # trouble that passes by itself
    REFUSED = "refused"  # the batch is cut smaller, a single beat is quarantined
    PAUSE = "pause"  # a person is asked


class Problem(StrEnum):
    """The reasons for which beats do not get through."""

    NO_ANSWER = "no_answer"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    USER_MISMATCH = "user_mismatch"
    WRONG_ADDRESS = "wrong_address"
    CREDENTIALS_REFUSED = "credentials_refused"
    DATABASE_MISSING = "database_missing"
    TYPE_CONFLICT = "type_conflict"
    UNWANTED = "unwanted"
    BEATS_REFUSED = "beats_refused"
    UNEXPECTED_ANSWER = "unexpected_answer"
    ARCHIVE_UNUSABLE = "archive_unusable"
    ARCHIVE_REPLACED = "archive_replaced"


@dataclass(frozen=True, slots=True)
class Consequence:
    """The consequence of a problem.

    `text` is the translation key of its issue and of its exception. The issue is raised when the trouble has
    lasted for `raised_after` seconds, or never where that is None. A problem `of_the_archive` has passed as
    soon as the archive can be read. It is tried again after a pause that grows from the first number of
    seconds in `again` to the second; where that is None, only a person's act helps.
    """

    verdict: Verdict
    text: str
    raised_after: float | None
    of_the_archive: bool = False
    again: tuple[float, float] | None = None

    @property
    def passes(self) -> bool:
        """Whether it passes by itself; if not, a person is asked."""
        return self.verdict is Verdict.RETRY


# Trouble that passes is tried again soon. A refusal can pass too: a server that is being mended refuses
# everything for a while. A refused batch was not taken in, so trying again doubles nothing.
SOON: Final = (10.0, 15.0 * MINUTE)
RARELY: Final = (float(HOUR), float(DAY))


def _passing(text: str) -> Consequence:
    return Consequence(Verdict.RETRY, text, HOUR, again=SOON)


def _refusing(text: str) -> Consequence:
    return Consequence(Verdict.PAUSE, text, 0, again=RARELY)


CONSEQUENCES: Final = {
    Problem.NO_ANSWER: _passing("forwarding_no_answer"),
    Problem.RATE_LIMITED: _passing("forwarding_rate_limited"),
    Problem.SERVER_ERROR: _passing("forwarding_server_error"),
    Problem.TOKEN_REFUSED: _refusing("forwarding_token_refused"),
    Problem.USER_MISMATCH: _refusing("forwarding_user_mismatch"),
    Problem.WRONG_ADDRESS: _refusing("forwarding_wrong_address"),
    Problem.CREDENTIALS_REFUSED: _refusing("forwarding_credentials_refused"),
    Problem.DATABASE_MISSING: _refusing("forwarding_database_missing"),
    Problem.TYPE_CONFLICT: _refusing("forwarding_type_conflict"),
    # Whoever says that nothing more is wanted is not asked again by a clock.
    Problem.UNWANTED: Consequence(Verdict.PAUSE, "forwarding_unwanted", 0),
    Problem.BEATS_REFUSED: Consequence(Verdict.REFUSED, "forwarding_beats_refused", 0, again=RARELY),
    # Nobody knows what became of these beats, so they are not sent again without being asked for.
    Problem.UNEXPECTED_ANSWER: Consequence(Verdict.PAUSE, "forwarding_unexpected_answer", 0),
    # The account raises an issue of its own, once for all its destinations.
    Problem.ARCHIVE_UNUSABLE: Consequence(
        Verdict.RETRY, "forwarding_archive_unusable", None, of_the_archive=True, again=SOON
    ),
    Problem.ARCHIVE_REPLACED: Consequence(
        Verdict.PAUSE, "forwarding_archive_replaced", 0, of_the_archive=True
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one try: the problem, if there was one, and the seconds that the server asked to wait.

    Of a batch without a problem, the receiver never takes so many beats as are `given_up`; it has the others.
    """

    problem: Problem | None = None
    retry_after: float | None = None
    given_up: int = 0

    @property
    def verdict(self) -> Verdict:
        """The next step."""
        return CONSEQUENCES[self.problem].verdict if self.problem else Verdict.DELIVERED
