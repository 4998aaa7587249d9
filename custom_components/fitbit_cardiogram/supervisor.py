"""Keeps the background tasks of an account running: an unexpected error ends none of them for good."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
import logging
import time
import traceback
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .heart_rate.clock import DAY, HOUR, MINUTE
from .net.back_off import back_off

_LOGGER = logging.getLogger(__name__)

# Trouble lasts after so many errors in a row, or if another one comes after an hour.
OFTEN: Final = 3
LASTING: Final = HOUR
# A task that runs on has recovered once it has run so long without an error.
RECOVERED_AFTER: Final = HOUR


class Pauses(Enum):
    """The pauses after unexpected errors in a row: the first one and the longest one, in seconds."""

    READING = (MINUTE, HOUR)
    POSTING = (HOUR, DAY)  # nobody knows what arrived


class UnexpectedError(HomeAssistantError):
    """A task failed in a way that nothing foresees; `retry_after` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="unexpected_error")
        self.retry_after = retry_after


@dataclass(slots=True)
class Fault:
    """The unexpected errors of one task, in a row."""

    began: float
    count: int = 0
    cause: str = ""
    timer: asyncio.TimerHandle | None = None

    @property
    def lasts(self) -> bool:
        """Whether the person is to be told."""
        return self.count >= OFTEN or (self.count > 1 and time.monotonic() - self.began >= LASTING)

    def wake(self, delay: float, act: Callable[[], None]) -> None:
        """Call a function after `delay` seconds."""
        self.sleep()
        self.timer = asyncio.get_running_loop().call_later(delay, act)

    def sleep(self) -> None:
        """Call nothing any more."""
        if self.timer:
            self.timer.cancel()
            self.timer = None


class Supervisor:
    """Runs the background tasks of one account.

    After an unexpected error it logs the kind and the place of the error, but no values, waits, and runs the
    task again. `changed` is called when trouble begins to last and when it has passed.
    """

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        self._name = name
        self._changed = changed
        self._faults: dict[str, Fault] = {}

    @property
    def lasts(self) -> bool:
        """Whether trouble with any task lasts."""
        return any(fault.lasts for fault in self._faults.values())

    async def keep(
        self, task: str, job: Callable[[], Awaitable[None]], pauses: Pauses = Pauses.READING
    ) -> None:
        """Run a job until it returns, and again after each unexpected error."""
        while True:
            try:
                return await self.attempt(task, job, pauses=pauses)
            except UnexpectedError as error:
                await asyncio.sleep(error.retry_after)
            self._recover_after(task, RECOVERED_AFTER)

    async def once(self, task: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job once; after an unexpected error, its next occasion runs it again."""
        with suppress(UnexpectedError):
            await self.attempt(task, job)

    async def ask[T](
        self, task: str, job: Callable[[], Awaitable[T]], pauses: Pauses, hold: Callable[[float], None]
    ) -> T:
        """Run a job that a person asked a task for.

        After an unexpected error, calls `hold` with the seconds for which the task has to wait, and raises
        UnexpectedError.
        """
        try:
            return await self.attempt(task, job, pauses=pauses)
        except UnexpectedError as error:
            hold(error.retry_after)
            self._recover_after(task, error.retry_after + RECOVERED_AFTER)
            raise

    async def attempt[T](
        self,
        task: str,
        job: Callable[[], Awaitable[T]],
        expected: type[Exception] | tuple[type[Exception], ...] = (),
        *,
        pauses: Pauses = Pauses.READING,
    ) -> T:
        """Run a job once. Raises UnexpectedError in place of any error that is not an expected one."""
        try:
            result = await job()
        except expected:
            self._recover(task)
            raise
        except Exception as error:  # noqa: BLE001
            retry_after = self.note(task, error, pauses)
        else:
            self._recover(task)
            return result
        raise UnexpectedError(retry_after)

    def stop(self) -> None:
        """Forget all trouble."""
        for fault in self._faults.values():
            fault.sleep()
        self._faults.clear()

    def note(self, task: str, error: Exception, pauses: Pauses) -> float:
        """Log an unexpected error once; return for how many seconds to wait."""
        fault = self._faults.setdefault(task, Fault(time.monotonic()))
        fault.count += 1
        cause = f"{type(error).__name__} at {_place(error)}"
        if cause != fault.cause:
            fault.cause = cause
            _LOGGER.error("%s: unexpected error in the task %s: %s", self._name, task, cause)
        fault.sleep()
        if fault.lasts:
            self._changed()
        else:
            fault.wake(fault.began + LASTING - time.monotonic(), self._changed)
        return back_off(fault.count, *pauses.value)

    def _recover_after(self, task: str, delay: float) -> None:
        if fault := self._faults.get(task):
            fault.wake(delay, lambda: self._recover(task))

    def _recover(self, task: str) -> None:
        """Forget the errors of a task that runs well."""
        if (fault := self._faults.pop(task, None)) is None:
            return
        fault.sleep()
        _LOGGER.info("%s: the task %s runs again", self._name, task)
        if fault.lasts:
            self._changed()


def _place(error: Exception) -> str:
    """Return the innermost place of this integration that an error went through, as module and line."""
    package = __name__.rpartition(".")[0]
    frames = traceback.walk_tb(error.__traceback__)
    places = [(frame.f_globals.get("__name__", ""), line) for frame, line in frames]
    # What runs the task is no place of an error.
    own = [place for place in places if place[0].startswith(package) and place[0] != __name__]
    module, line = (own or places)[-1]
    return f"{module.removeprefix(package).lstrip('.')}:{line}"
