"""`core.building.build` in a process of its own: the chats keep their time and memory, whatever becomes of it."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from core.building import BuildConfig, build
from core.errors import BuildError, CoreError

POLL_S = 0.2
NICENESS = 10  # people who chat come first
Tell = Callable[[str, int, int], None]  # stage, steps done, steps in all (0: not known)


async def build_apart(config: BuildConfig, tell: Tell) -> tuple[str, ...]:
    """The names of the stages that ran. BuildError says why it could not; cancelled, the child ends with it."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(config, sender), name="jianyan-build", daemon=True)
    child.start()
    sender.close()
    try:
        while True:
            while not receiver.poll():  # noqa: ASYNC110  # a pipe rings no bell
                await asyncio.sleep(POLL_S)
            try:
                kind, *told = receiver.recv()
            except EOFError:
                child.join()
                raise BuildError(f"the build ended by itself (exit code {child.exitcode}); is there memory?") from None
            match kind:
                case "step":
                    tell(*told)
                case "done":
                    return tuple(told[0])
                case _:
                    raise BuildError(told[0])
    finally:
        if child.is_alive():
            child.terminate()
        child.join()
        receiver.close()


class _Telling:
    """The Progress of `core.building` through a pipe."""

    def __init__(self, sender: Connection) -> None:
        self._sender, self._stage = sender, ""

    def begin(self, stage: str) -> None:
        self._stage = stage
        self.step(0, 0)

    def step(self, done: int, total: int) -> None:
        self._sender.send(("step", self._stage, done, total))

    def end(self, seconds: float) -> None:
        """The next stage says enough."""

    def note(self, text: str) -> None:
        """Licences were told when it was built first."""


def _work(config: BuildConfig, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which then ends this process
    os.nice(NICENESS)
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        try:
            sender.send(("done", build(config, _Telling(sender))))
        except CoreError as error:
            sender.send(("failed", str(error)))
        except Exception as error:
            sender.send(("failed", f"{type(error).__name__}: {error}"))
