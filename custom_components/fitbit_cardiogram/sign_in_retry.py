"""Goes on trying while a new sign-in is asked for, and withdraws the question once reading works again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .heart_rate.clock import DAY, HOUR
from .net.back_off import back_off

# The steps of the question in which a person has done nothing yet.
FIRST_STEPS: Final = frozenset({None, "reauth_confirm", "reauth_scope", "reauth_testing"})


class SignInRetry:
    """Reads an account again while the question for a new sign-in stands.

    A coordinator polls no more once a sign-in was refused; a refusal can pass all the same.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], read: Callable[[], Awaitable[None]]
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._read = read
        self._refusals = 0
        self._stop_timer: CALLBACK_TYPE | None = None

    @callback
    def async_refused(self) -> None:
        """Try again after a while, which doubles with each refusal."""
        if self._stop_timer is None:
            self._refusals += 1
            pause = back_off(self._refusals, HOUR, DAY)
            self._stop_timer = async_call_later(self._hass, pause, self._async_try)

    @callback
    def async_accepted(self) -> None:
        """Withdraw the question where a person has not begun to answer it."""
        self.async_stop()
        self._refusals = 0
        for flow in [*self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH})]:
            if flow.get("step_id") in FIRST_STEPS:
                self._hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def async_stop(self) -> None:
        """Try no more."""
        if self._stop_timer:
            self._stop_timer()
            self._stop_timer = None

    async def _async_try(self, _now: datetime) -> None:
        self._stop_timer = None
        await self._read()
