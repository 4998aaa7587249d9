"""Waiting for something to come true."""

import asyncio
from collections.abc import Awaitable, Callable


async def until[T](
    ask: Callable[[], Awaitable[T]], seconds: float = 120, met: Callable[[T], object] = bool
) -> T:
    """Ask again and again until the answer meets a condition, and return that answer."""
    async with asyncio.timeout(seconds):
        while not met(answer := await ask()):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        return answer
