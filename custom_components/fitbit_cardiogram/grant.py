"""The permissions that a sign-in was granted, and for how long, by the answer of the token endpoint."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant

from .const import CONF_CONSENTED_AT, CONF_LENDER
from .heart_rate.clock import DAY
from .provider import Feature
from .providers import provider_of
from .sources.kinds import Kind


def granted_scopes(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str] | None:
    """Return the permissions of an account's sign-in, or None where the provider did not name them."""
    return scopes_of(_token_of(hass, entry))


def scopes_of(token: Mapping[str, Any]) -> set[str] | None:
    """Return the permissions that a token names, or None where it names none."""
    scope = token.get("scope")
    return set(scope.split()) if isinstance(scope, str) else None


def missing_features(
    hass: HomeAssistant, entry: ConfigEntry[Any], denied: AbstractSet[Kind] = frozenset()
) -> list[Feature]:
    """Return the features whose permission is missing, by the token or because their kinds were denied."""
    granted = granted_scopes(hass, entry)
    return [
        feature
        for feature in provider_of(entry).features
        if (granted is not None and feature.scope not in granted) or not denied.isdisjoint(feature.kinds)
    ]


def lacking_kinds(features: Iterable[Feature]) -> frozenset[Kind]:
    """Return the kinds that an account does without while these features are missing.

    What an issue asks for is no such kind: it is tried all the same.
    """
    return frozenset(kind for feature in features if feature.issue is None for kind in feature.kinds)


def is_app_in_testing(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Return whether the sign-in ends as early as one to an app in testing, by the token's own lifetime."""
    if (limit := provider_of(entry).testing_lifetime) is None:
        return False
    token = _token_of(hass, entry)
    lifetime = token.get("refresh_token_expires_in")
    if not isinstance(lifetime, int) or not 0 < lifetime <= limit:
        return False
    if (consented_at := entry.data.get(CONF_CONSENTED_AT)) is None:
        return True
    try:
        # A person can also give access for a time of their own choice.
        ends_at: float = token["expires_at"] - token["expires_in"] + lifetime
    except KeyError, TypeError:
        return False
    return _is_about(limit, ends_at - consented_at)


def has_run_out_in_testing(entry: ConfigEntry[Any], refused_at: float) -> bool:
    """Return whether the sign-in ended about as long after the consent as one to an app in testing."""
    limit = provider_of(entry).testing_lifetime
    return limit is not None and _is_about(limit, refused_at - entry.data.get(CONF_CONSENTED_AT, 0))


def _is_about(limit: int, seconds: float) -> bool:
    return limit - DAY / 2 <= seconds <= limit + DAY / 2


def _token_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Mapping[str, Any]:
    """Return the token of an account or of its lender; empty if the lender was removed."""
    lender_id = entry.data.get(CONF_LENDER)
    owner = hass.config_entries.async_get_entry(lender_id) if lender_id else entry
    token: Mapping[str, Any] = owner.data.get(CONF_TOKEN, {}) if owner else {}
    return token
