"""What a person is told when something that they asked for fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .archive.database import ArchiveError
from .archive.history import TooManyError
from .const import DOMAIN
from .destinations.outcome import CONSEQUENCES, Problem


def forwarding_failed(problem: Problem) -> HomeAssistantError:
    """Return the exception that tells a person why beats did not get through."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=CONSEQUENCES[problem].text)


@contextmanager
def archive_errors_told() -> Iterator[None]:
    """Tell a person when what they asked for is too much, or fails because the archive cannot be used."""
    try:
        yield
    except TooManyError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_many_values",
            translation_placeholders={"limit": str(error.limit)},
        ) from None
    except ArchiveError:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="archive_not_usable_now"
        ) from None
