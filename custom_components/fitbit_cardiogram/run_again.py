"""A job that runs once at a time, and once more if it was wanted meanwhile."""

from asyncio import Task
from collections.abc import Awaitable, Callable, Coroutine


class RunAgain:
    """Runs a job whenever it is wanted; wanted during a run, it runs once more after it."""

    def __init__(
        self,
        job: Callable[[], Awaitable[None]],
        start: Callable[[Coroutine[None, None, None]], Task[None]],
    ) -> None:
        """Take the job, and the function that makes a task of a coroutine."""
        self._job = job
        self._start = start
        self._task: Task[None] | None = None
        self._is_wanted = False

    def want(self) -> None:
        """Run the job, or run it again after the run under way."""
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = self._start(self._run())

    async def _run(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            await self._job()
