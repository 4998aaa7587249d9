"""The errors of a source; `consequences.py` has the consequence of each.

The messages name causes, never tokens, user ids, values or bodies.
"""

from enum import StrEnum


class SourceError(Exception):
    """Any trouble at a source."""


class SignInRefusedError(SourceError):
    """The service refused an access token that was just refreshed: the person must sign in again."""


class GrantEndedError(SignInRefusedError):
    """The grant itself is no longer good, as by age or by the person's own wish."""


class Lender(StrEnum):
    """The trouble with the lender of a borrowed sign-in."""

    MISSING = "lender_missing"
    REFUSED = "lender_refused"
    SCOPE = "lender_scope_missing"


class LenderError(SourceError):
    """The borrowed sign-in does not work; a person mends it at its lender."""

    def __init__(self, trouble: Lender) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Denial(StrEnum):
    """The reason by which a service denies something to a signed-in account."""

    SCOPE = "scope_missing"
    API_DISABLED = "api_not_enabled"
    NOT_LINKED = "account_not_linked"
    INTRADAY = "intraday_missing"
    OTHER = "access_denied"


class PermissionMissingError(SourceError):
    """The account is signed in, but is denied this kind of data."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial)
        self.denial = denial


class ServiceEndedError(SourceError):
    """The service says that it has ended, though its provider has announced no such thing."""


class ServiceShutDownError(ServiceEndedError):
    """The service has been shut down for good, as its provider announced."""


class ServiceUnavailableError(SourceError):
    """The service cannot be reached or cannot answer now; trying again later may help."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServiceUnreachableError(ServiceUnavailableError):
    """No answer came at all, and most likely none would come to any other request now."""


class GatewayTimeoutError(ServiceUnavailableError):
    """The service took too long to gather the answer; a smaller one may pass."""


class RateLimitedError(ServiceUnavailableError):
    """Too many requests; `retry_after` is in seconds if the service said so."""


class UnexpectedAnswerError(SourceError):
    """The service answered something that its contract does not know."""


class RequestRefusedError(UnexpectedAnswerError):
    """The service does not take a request as it was made."""
