"""The permission to read an account's heart rates: that to read its heart rate entity."""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def async_check_read(hass: HomeAssistant, entry_id: str, user: User) -> None:
    """Raise Unauthorized if a user may not read an account's heart rates."""
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, f"{entry_id}_heart_rate")
    if not user.permissions.check_entity(entity_id or "", POLICY_READ):
        raise Unauthorized(entity_id=entity_id, permission=POLICY_READ, config_entry_id=entry_id)


async def async_check_caller(hass: HomeAssistant, entry_id: str, context: Context) -> None:
    """Raise Unauthorized if the caller of an action may not read the account; automations may."""
    if context.user_id is None:
        return
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context, config_entry_id=entry_id)
    async_check_read(hass, entry_id, user)
