"""A job that runs once at a time, and once more if it was wanted meanwhile."""

import asyncio

import pytest

from custom_components.fitbit_cardiogram.run_again import RunAgain


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


async def test_it_runs_once_more_however_often_it_was_wanted_meanwhile() -> None:
    go_on = asyncio.Event()
    runs: list[int] = []

    async def job() -> None:
        runs.append(len(runs))
        await go_on.wait()

    again = RunAgain(job, asyncio.ensure_future)
    again.want()
    await asyncio.sleep(0)
    for _ in range(3):
        again.want()
    await asyncio.sleep(0)
    assert len(runs) == 1
    go_on.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(runs) == 2
    again.want()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(runs) == 3


async def test_a_job_that_fails_runs_when_it_is_wanted_again() -> None:
    runs: list[int] = []
    tasks: list[asyncio.Task[None]] = []

    async def job() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise TimeoutError

    def start(coroutine: object) -> asyncio.Task[None]:
        task = asyncio.ensure_future(coroutine)  # type: ignore[call-overload]
        tasks.append(task)
        return task  # type: ignore[no-any-return]

    again = RunAgain(job, start)
    again.want()
    with pytest.raises(TimeoutError):
        await tasks[0]
    again.want()
    await tasks[1]
    assert len(runs) == 2
