"""Judges the answers to requests for a token."""

from http import HTTPStatus
from typing import Any, Final

from aiohttp import RequestInfo
from homeassistant.exceptions import OAuth2TokenRequestReauthError, OAuth2TokenRequestTransientError
import msgspec
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from .net.request import UNDECODABLE, Answer

# The grant is no longer good.
RUN_OUT: Final = "invalid_grant"
# RFC 6749, section 5.2, and Google's additions: only a new sign-in mends these.
REFUSALS: Final = frozenset(
    {
        "access_denied",
        "admin_policy_enforced",
        "deleted_client",
        "disabled_client",
        "invalid_client",
        RUN_OUT,
        "org_internal",
        "unauthorized_client",
    }
)


def token_of(answer: Answer, url: str, domain: str) -> dict[str, Any]:
    """Return the token in the answer to a token request.

    Raises an OAuth2TokenRequestError if there is none. Only an OAuth error code in the body means that a new
    sign-in is needed.
    """
    found = _json_object(answer.body)
    if answer.status == HTTPStatus.OK and _is_token(found):
        # Home Assistant cannot keep every value. It logs a token without a lifetime; an hour is Google's
        # lifetime.
        kept = {key: value for key, value in found.items() if _can_be_kept(value)}
        return {**kept, "expires_in": int(found.get("expires_in", 3600))}
    refusals = REFUSALS & _errors(found) if answer.status // 100 == 4 else set()
    error = OAuth2TokenRequestReauthError if refusals else OAuth2TokenRequestTransientError
    raise error(
        request_info=RequestInfo(URL(url), "POST", CIMultiDictProxy(CIMultiDict()), URL(url)),
        status=answer.status,
        message=min(refusals, default="unusable answer to the token request"),
        domain=domain,
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except UNDECODABLE:
        return {}


def _is_token(found: dict[str, Any]) -> bool:
    access_token, refresh_token = found.get("access_token"), found.get("refresh_token", "as before")
    lifetime = str(found.get("expires_in", 3600))
    is_lifetime = lifetime.isascii() and lifetime.isdigit() and len(lifetime) < 10
    is_refresh_token = isinstance(refresh_token, str) and refresh_token != ""
    return is_lifetime and is_refresh_token and isinstance(access_token, str) and is_sendable(access_token)


def is_sendable(access_token: str) -> bool:
    """Return whether an access token can be sent in a header: characters that ASCII prints, at least one."""
    return access_token != "" and access_token.isascii() and access_token.isprintable()


def _can_be_kept(value: object) -> bool:
    """Return whether Home Assistant can write a value to the disk: a text, or a number of a common size."""
    return isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**53)


def _errors(found: dict[str, Any]) -> set[str]:
    """Return the error codes of a refusal, in OAuth's own shape or in Fitbit's."""
    listed = found.get("errors")
    items = listed if isinstance(listed, list) else []
    codes = [found.get("error"), *(item.get("errorType") for item in items if isinstance(item, dict))]
    return {code for code in codes if isinstance(code, str)}
