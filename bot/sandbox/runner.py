"""`jianyan sandbox`: the server with its page, and the real bot as a process that may be killed and comes back."""

import asyncio
import contextlib
import signal
import sys

from bot.sandbox.control import Sandbox
from bot.settings import Settings, child_environment

STOP_S = 12.0
PAUSE_S = 1.0  # before a bot that ended by itself is started again


async def sandbox(settings: Settings, port: int) -> int:
    """Serves until SIGTERM or SIGINT. The bot's exit status where it cannot start, else 0."""
    bot = _Bot(settings)
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
        await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
        status = running.result() if running.done() else 0
        await bot.end()
        for task in (running, waiting):
            task.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)
    return status


class _Bot:
    """The bot's process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False

    async def keep(self, server: Sandbox) -> int:
        """Starts it, and again whenever it was killed. Its status where it ends by itself with an error."""
        environment = child_environment(self._settings, server.url, server.token)
        command = (sys.executable, "-m", "bot", "run", "--data", str(self._settings.data))
        while True:
            server.set_status("starting")
            self._process = await asyncio.create_subprocess_exec(
                *command, "--inspect", f"{server.url}/trace", env=environment
            )
            up = asyncio.create_task(self._until_up(server))
            status = await self._process.wait()
            up.cancel()
            server.set_status("down")
            if self._ending or status > 0:  # by itself, with a reason that it has told
                return max(0, status)
            await asyncio.sleep(PAUSE_S)

    async def _until_up(self, server: Sandbox) -> None:
        calls = len(server.calls)
        await server.wait_for(lambda: len(server.calls) > calls, 600.0)
        server.set_status("up")

    async def signal(self, name: str) -> None:
        """`kill`: at once, as a crash is; `restart`: in order. It comes back by `keep`."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL if name == "kill" else signal.SIGTERM)

    async def end(self) -> None:
        self._ending = True
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
