"""Permissions: who may read an account's heart rates, and who may have them sent.

Whoever may read an account's heart rate entity may read its heart rates. To send them, beyond what is sent
by itself, or to set a limit of the alerts takes an administrator, or an automation.
"""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def heart_rate_entity(hass: HomeAssistant, entry_id: str) -> str | None:
    """Return the id of an account's heart rate entity, which stands for all that the account knows."""
    return er.async_get(hass).async_get_entity_id(Platform.SENSOR, DOMAIN, f"{entry_id}_heart_rate")


@callback
def async_check_read(hass: HomeAssistant, entry_id: str, user: User) -> None:
    """Raise Unauthorized if a user may not read an account's heart rates."""
    entity_id = heart_rate_entity(hass, entry_id)
    if not user.permissions.check_entity(entity_id or "", POLICY_READ):
        raise Unauthorized(entity_id=entity_id, permission=POLICY_READ, config_entry_id=entry_id)


async def async_check_caller(hass: HomeAssistant, entry_id: str, context: Context | None) -> None:
    """Raise Unauthorized if the caller of an action may not read the account; automations may."""
    if user := await _async_user(hass, context, entry_id):
        async_check_read(hass, entry_id, user)


async def async_check_sender(hass: HomeAssistant, context: Context | None) -> None:
    """Raise Unauthorized if the caller is a user, but no administrator."""
    user = await _async_user(hass, context)
    if user and not user.is_admin:
        raise Unauthorized(context=context)


async def _async_user(
    hass: HomeAssistant, context: Context | None, entry_id: str | None = None
) -> User | None:
    """Return the user who calls, or None for an automation. Raises UnknownUser."""
    if context is None or context.user_id is None:
        return None
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context, config_entry_id=entry_id)
    return user
