"""The errors that actions, buttons, switches and websocket commands raise for the person who used them."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .archive.database import ArchiveError
from .archive.history import TooManyError
from .const import DOMAIN
from .destinations.outcome import CONSEQUENCES, Problem


def forwarding_failed(problem: Problem) -> HomeAssistantError:
    """Return the error for a problem that kept beats from getting through."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=CONSEQUENCES[problem].text)


def refused(*, translation_key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error with this text for what cannot be done as it was asked for."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=translation_key,
        translation_placeholders=placeholders or None,
    )


@contextmanager
def archive_errors_raised() -> Iterator[None]:
    """Raise trouble with the archive, and an answer too large, as errors for the person who asked."""
    try:
        yield
    except TooManyError as error:
        raise refused(translation_key="too_many_values", limit=str(error.limit)) from None
    except ArchiveError:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="archive_not_usable_now"
        ) from None
