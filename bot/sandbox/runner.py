"""`jianyan sandbox`: the server with its page, and the real bot as a process that may be killed and comes back."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence

from bot.sandbox.control import Sandbox
from bot.settings import Settings, child_environment

PROGRAM = (sys.executable, "-m", "bot", "run")
STOP_S = 12.0
PAUSE_S = 1.0  # before a bot that was killed is started again
BOOT_S = 600.0


async def sandbox(settings: Settings, port: int, program: Sequence[str] = PROGRAM, pause_s: float = PAUSE_S) -> int:
    """Serves until SIGTERM or SIGINT. The bot's exit status where it ends by itself with an error, else 0.

    program: the bot, told `--data` and `--inspect`.
    """
    bot = _Bot(settings, program, pause_s)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with Sandbox(port, bot.signal) as server:
        world = server.world
        lin, ann = world.person("小林", "zh-hans"), world.person("Ann", "en")
        world.group("周五电影夜 Movie night", [lin, ann])
        print(f"Jianyan sandbox: {server.url}  (Ctrl-C ends it)", flush=True)
        running = asyncio.create_task(bot.keep(server))
        waiting = asyncio.create_task(stopped.wait())
        try:
            await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else 0
        finally:
            for task in (running, waiting):
                task.cancel()
            await asyncio.gather(running, waiting, return_exceptions=True)
            await bot.end()


class _Bot:
    """The bot's process."""

    def __init__(self, settings: Settings, program: Sequence[str], pause_s: float) -> None:
        self._settings, self._program, self._pause_s = settings, program, pause_s
        self._process: asyncio.subprocess.Process | None = None

    async def keep(self, server: Sandbox) -> int:
        """Starts it, and again whenever it was killed or told to end. Its status where it ends with an error."""
        environment = child_environment(self._settings, server.url, server.token)
        told = ("--data", str(self._settings.data), "--inspect", f"{server.url}/trace")
        while True:
            server.set_status("starting")
            self._process = await asyncio.create_subprocess_exec(*self._program, *told, env=environment)
            up = asyncio.create_task(self._until_up(server))
            try:
                status = await self._process.wait()
            finally:
                up.cancel()
            server.set_status("down")
            if status > 0:  # by itself, with a reason that it has told
                return status
            await asyncio.sleep(self._pause_s)

    async def _until_up(self, server: Sandbox) -> None:
        """Until it asks for updates. While the models load, nothing is said to be up."""
        polls = server.polls
        with contextlib.suppress(TimeoutError):
            await server.wait_for(lambda: server.polls > polls, BOOT_S)
            server.set_status("up")

    async def signal(self, name: str) -> None:
        """`kill`: at once, as a crash is; `restart`: in order. It comes back by `keep`."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL if name == "kill" else signal.SIGTERM)

    async def end(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
