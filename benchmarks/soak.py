"""The real bot under mixed traffic for a while: does its memory grow, do its handles, and does it slow down?

    python benchmarks/soak.py [--data DIR] [--minutes 20] [--rate 4] [--people 60] [--plot FILE.png]
    python benchmarks/soak.py --hours 24 --speed 72 ...

The bot is `jianyan run` with the built models in a process of its own, on a fresh database, against the bundled Bot API
server with a few faults. New people keep coming, as in life, so that what is kept a chat shows too. With --speed the
clock of everybody runs that much faster, and few talk at night: sessions end, days pass. Pauses and budgets stay real.
The first thousand turns load what is read where it is used: the verdict is for runs that are longer.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
from crowd import Crowd

from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.world import World
from core.built import Built

WINDOWS, SAMPLES = 10, 12  # samples: in each window
GROWTH_MB = 3.0  # a thousand turns, in the second half: new chats, and the database's pages in memory
QUIET_S = 20.0  # after which idle connections are closed
NIGHT, AT_NIGHT = range(1, 7), 0.15  # UTC hours, and the share of the turns that they have


@dataclass(frozen=True, slots=True)
class Sample:
    """The bot's process at one moment. rss, own, disk, log: MB (own: without what is shared; log: write-ahead).

    tasks, inbox, outbox: as /metrics tells them.
    """

    turns: int
    people: int
    rss: float
    own: float
    threads: int
    handles: int
    disk: float
    log: float
    tasks: int
    inbox: int
    outbox: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """before, after: with nobody there. status: the bot's own."""

    samples: list[Sample]
    before: Sample
    after: Sample
    late: int
    violations: list[str]
    status: int


def serve(speed: float) -> int:
    """The bot's process, by a clock that runs faster."""
    began, real = time.time(), time.time
    time.time = lambda: began + speed * (real() - began)
    from bot.__main__ import main as jianyan

    return jianyan(["run"])


async def taken(pid: int, data: Path, port: int, crowd: Crowd) -> Sample:
    async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as answer:
        lines = [line.split() for line in (await answer.text()).splitlines() if not line.startswith("#")]
    told = {name: float(value) for name, value in lines}
    tasks, inbox, outbox = (
        int(told[f"jianyan_{name}"]) for name in ("process_tasks", "inbox_waiting", "outbox_waiting")
    )
    return Sample(crowd.turns, len(crowd.people), *_held(pid, data), tasks, inbox, outbox)


def _held(pid: int, data: Path) -> tuple[float, float, int, int, float, float]:
    """rss, own, threads, handles, disk, log."""
    process, database = Path("/proc", str(pid)), data / "jianyan.db"
    rolled = (process / "smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(size) for name, size, _ in map(str.split, rolled)}
    threads, handles = (len(list((process / name).iterdir())) for name in ("task", "fd"))
    disk, log = (path.stat().st_size / 2**20 for path in (database, database.with_name(f"{database.name}-wal")))
    return kb["Rss:"] / 1024, kb["Private_Dirty:"] / 1024, threads, handles, disk, log


async def run(data: Path, minutes: float, rate: float, people: int, speed: float) -> Outcome:
    """Lets people talk for so long, and prints a row a window."""
    began, rng = time.time(), random.Random(3)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Server(world=World(lambda: began + speed * (time.time() - began)), seed=1) as server:
        server.faults.add(Fault("429", "send", share=0.005, seconds=1))
        server.faults.add(Fault("5xx", "send", share=0.005))
        server.faults.add(Fault("redeliver", share=0.01))
        titles = [
            title for item in Built(data).read_catalog().items for title in (item.title.zh, item.title.en) if title
        ]
        world = server.world
        crowd = Crowd(
            server, rng, titles, [world.person(f"P{n}", rng.choice(("zh-hans", "en"))) for n in range(people)]
        )
        environment = {
            **os.environ,
            "TELEGRAM_API_URL": server.url,
            "TELEGRAM_BOT_TOKEN": server.token,
            "JIANYAN_DATA": str(data),
            "JIANYAN_LISTEN": f"127.0.0.1:{port}",
            "JIANYAN_LOG": "error",
        }
        command = ("-m", "bot", "run") if speed == 1 else (__file__, "--serve", "--speed", str(speed))
        bot = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
        await server.wait_for(lambda: server.polls > 1, 120)
        print("  turns people   RSS   own threads handles tasks inbox outbox    db   log   p50   p95 (MB, ms)")
        samples: list[Sample] = []
        await asyncio.sleep(QUIET_S)
        before = await taken(bot.pid, data, port, crowd)
        began, each = time.monotonic(), 60 * minutes / WINDOWS / SAMPLES
        for number in range(1, WINDOWS * SAMPLES + 1):
            while time.monotonic() < began + number * each:
                crowd.act()
                night = speed > 1 and time.gmtime(world.clock()).tm_hour in NIGHT
                await asyncio.sleep(rng.expovariate(rate * (AT_NIGHT if night else 1)))
            samples.append(await taken(bot.pid, data, port, crowd))
            if number % SAMPLES == 0:
                print(_row(samples[-1], crowd.took), flush=True)
                crowd.took.clear()
        await crowd.answered()
        await asyncio.sleep(QUIET_S)
        after = await taken(bot.pid, data, port, crowd)
        bot.terminate()
        return Outcome(samples, before, after, crowd.late, server.violations, await bot.wait())


def _row(last: Sample, took: list[float]) -> str:
    p50, p95 = (statistics.median(took), statistics.quantiles(took, n=20)[-1]) if len(took) > 1 else (0.0, 0.0)
    return (
        f"{last.turns:7}{last.people:7}{last.rss:6.0f}{last.own:6.0f}{last.threads:8}{last.handles:8}{last.tasks:6}"
        f"{last.inbox:6}{last.outbox:7}{last.disk:6.1f}{last.log:6.1f}{p50:6.0f}{p95:6.0f}"
    )


def slope(samples: Sequence[Sample], value: Callable[[Sample], float]) -> float:
    """Growth a thousand turns, by least squares."""
    return statistics.linear_regression([s.turns / 1000 for s in samples], [value(s) for s in samples]).slope


def draw(samples: Sequence[Sample], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    memory, counts = figure.subplots(2, 1, sharex=True)
    turns = [s.turns for s in samples]
    memory.plot(turns, [s.rss for s in samples], label="resident")
    memory.plot(turns, [s.own for s in samples], label="its own")
    memory.set_ylabel("MB")
    counts.plot(turns, [s.handles for s in samples], label="open files")
    counts.plot(turns, [s.threads for s in samples], label="threads")
    counts.plot(turns, [s.tasks for s in samples], label="asyncio tasks")
    counts.set_xlabel("turns")
    for axes in (memory, counts):
        axes.set_ylim(0)
        axes.legend(loc="lower right", ncols=3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--hours", type=float, help="of the bot's clock, instead of minutes")
    parser.add_argument("--speed", type=float, default=1, help="of the bot's clock")
    parser.add_argument("--rate", type=float, default=4, help="turns a second")
    parser.add_argument("--people", type=int, default=60, help="at the beginning")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        return serve(args.speed)
    minutes = args.minutes if args.hours is None else 60 * args.hours / args.speed
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        for name in ("model", "encoder", "manifest.json"):
            (data / name).symlink_to((args.data / name).resolve())
        found = asyncio.run(run(data, minutes, args.rate, args.people, args.speed))
    half = found.samples[len(found.samples) // 2 :]
    growth, before, after = slope(half, lambda s: s.own), found.before, found.after
    print(
        f"second half: own memory {growth:+.2f} MB a thousand turns, database {slope(half, lambda s: s.disk):+.2f} MB; "
        f"with nobody there, before and after: {before.handles} and {after.handles} handles, {before.threads} and "
        f"{after.threads} threads, {before.tasks} and {after.tasks} tasks; {found.late} of {half[-1].turns} late, "
        f"{len(found.violations)} requests against the specification, exit {found.status}"
    )
    for violation in found.violations[:5]:
        print("  ", violation)
    if args.plot:
        draw(found.samples, args.plot)
    flat = growth < GROWTH_MB and (after.handles, after.tasks) == (before.handles, before.tasks)
    return 0 if flat and not found.violations and not found.status else 1


if __name__ == "__main__":
    sys.exit(main())
