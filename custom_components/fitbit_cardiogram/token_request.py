"""What the answer to a request for a token means."""

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
# RFC 6749, section 5.2, and what Google adds to it: nothing but a new sign-in mends these.
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
    """Return the token that the answer to a token request holds.

    Raises the OAuth2TokenRequestError that it is otherwise; only an answer that says so in OAuth's own words
    means a new login.
    """
    found = _json_object(answer.body)
    if answer.status == HTTPStatus.OK and _is_token(found):
        # Home Assistant cannot keep just anything. Without a lifetime it logs the token; an hour is what
        # Google gives.
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
    texts = (found.get("access_token"), found.get("refresh_token", "as before"))
    lifetime = str(found.get("expires_in", 3600))
    is_lifetime = lifetime.isascii() and lifetime.isdigit() and len(lifetime) < 10
    return is_lifetime and all(isinstance(text, str) and text != "" for text in texts)


def _can_be_kept(value: object) -> bool:
    """Return whether Home Assistant can write a value to the disk: a text, or a number of a common size."""
    return isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**53)


def _errors(found: dict[str, Any]) -> set[str]:
    """Return the error codes of a refusal, in OAuth's own shape or in Fitbit's."""
    listed = found.get("errors")
    items = listed if isinstance(listed, list) else []
    codes = [found.get("error"), *(item.get("errorType") for item in items if isinstance(item, dict))]
    return {code for code in codes if isinstance(code, str)}
