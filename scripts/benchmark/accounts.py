"""Accounts at the simulated services, as Home Assistant gets to know them."""

from dataclasses import dataclass
from typing import Any

from tests.simulators import GoogleSimulator
from tests.simulators.oauth import SignIn


@dataclass(frozen=True)
class SignedIn:
    """A person who has signed in: what the account's config entry begins with."""

    name: str
    user_id: str
    token: dict[str, Any]


def sign_in(service: SignIn) -> list[SignedIn]:
    """Let everyone at a service sign in."""
    is_google = isinstance(service, GoogleSimulator)
    return [
        SignedIn(
            person.name,
            person.health_user_id if is_google else person.legacy_user_id,
            service.grant(person=person),
        )
        for person in service.people
    ]
