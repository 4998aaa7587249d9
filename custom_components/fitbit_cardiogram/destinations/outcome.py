"""What came of posting a batch, whatever the destination."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What must happen after an answer."""

    DELIVERED = "delivered"
    RETRY = "retry"  # trouble that passes by itself
    REFUSED = "refused"  # something in this batch is not liked
    PAUSE = "pause"  # nothing will pass until a person mends something


class Problem(StrEnum):
    """Why beats are not getting through; each is a state that a person is told."""

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
class Outcome:
    """The verdict on one try, the problem behind it, and the seconds the server asked to wait."""

    verdict: Verdict
    problem: Problem | None = None
    retry_after: float | None = None
