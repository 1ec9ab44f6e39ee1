"""The real bot under mixed traffic for a while: does its memory grow, do its handles, and does it slow down?

    python benchmarks/soak.py [--data DIR] [--minutes 20] [--rate 4] [--people 60] [--plot FILE.png]

The bot is `jianyan run` with the built models in a process of its own, on a fresh database, against the bundled Bot API
server with a few faults. People write in two languages, tap what was sent, edit, react, ask inline, give commands and
leave; now and then somebody new comes, as in life, so that what is kept a chat shows too.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from turns import SAID

from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.world import Person

COMMANDS = ("/start", "/help", "/me", "/why", "/list", "/more", "/undo", "/privacy", "/settings", "/export")
WINDOWS = 10
NEW_PERSON = 0.02  # of the turns
GROWTH_MB = 10.0  # a thousand turns, in the second half, that would end a small machine within weeks
LATE_S = 20.0
Json = dict[str, Any]  # Any: the Bot API's values


@dataclass(frozen=True, slots=True)
class Sample:
    """The bot's process at one moment. rss, own: MB (own: without files and shared pages)."""

    turns: int
    people: int
    rss: float
    own: float
    threads: int
    handles: int
    disk: float
    p50_ms: float
    p95_ms: float


@dataclass(slots=True)
class Crowd:
    """People who use the bot, and how long its answers took."""

    server: Server
    rng: random.Random
    people: list[Person]
    groups: list[int]
    turns: int = 0
    late: int = 0
    took: list[float] = field(default_factory=list)
    waiting: set["asyncio.Task[None]"] = field(default_factory=set)

    def act(self) -> None:
        """One turn of somebody."""
        self.turns += 1
        world, rng = self.server.world, self.rng
        if rng.random() < NEW_PERSON:
            self.people.append(world.person(f"N{len(self.people)}", rng.choice(("zh", "en"))))
        person = rng.choice(self.people)
        shown = [m for m in world.sent(person.id) if buttons(m)]
        kind = rng.choices(
            ("say", "tap", "group", "command", "inline", "react", "edit", "forget"), (46, 28, 8, 8, 4, 3, 2, 1)
        )[0]
        if kind in ("tap", "react", "edit") and not shown:
            kind = "say"
        match kind:
            case "tap":
                message = rng.choice(shown[-4:])
                person.tap(message, rng.choice(buttons(message)))
            case "react":
                person.react(shown[-1]["message_id"], rng.choice(("👍", "👎", "❤", "👀")))
            case "inline":
                person.inline(rng.choice(("科幻 轻松", "jazz", "", "history book")))
            case "group":
                self._timed(person, f"/ask {rng.choice(SAID)}", rng.choice(self.groups))
            case "command":
                self._timed(person, rng.choice(COMMANDS))
            case "edit":
                mine = [m for m in world.chats[person.id].messages.values() if m.get("from", {}).get("id") == person.id]
                person.edit(mine[-1]["message_id"], rng.choice(SAID))
            case "forget":
                self._timed(person, "/forget")
            case _:
                self._timed(person, rng.choice(SAID))

    def _timed(self, person: Person, text: str, chat: int | None = None) -> None:
        place = person.id if chat is None else chat
        before = len(self.server.world.sent(place))
        person.say(text, chat)
        began = time.monotonic()

        async def answered() -> None:
            try:
                await self.server.wait_for(lambda: len(self.server.world.sent(place)) > before, LATE_S)
            except TimeoutError:
                self.late += 1
            else:
                self.took.append(1000 * (time.monotonic() - began))

        task = asyncio.get_running_loop().create_task(answered())
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)


def buttons(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return [b["callback_data"] for row in rows for b in row if "callback_data" in b]


def taken(pid: int, data: Path, crowd: Crowd) -> Sample:
    rolled = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:] if ":" in line
    )
    mb = {name: int(value.split()[0]) / 1024 for name, value in rolled.items()}
    times, crowd.took = crowd.took, []
    return Sample(
        crowd.turns,
        len(crowd.people),
        mb["Rss"],
        mb["Private_Dirty"],
        len(list(Path(f"/proc/{pid}/task").iterdir())),
        len(list(Path(f"/proc/{pid}/fd").iterdir())),
        sum(p.stat().st_size for p in data.glob("jianyan.db*")) / 2**20,
        statistics.median(times) if times else 0.0,
        statistics.quantiles(times, n=20)[-1] if len(times) > 1 else 0.0,
    )


async def run(data: Path, minutes: float, rate: float, people: int) -> tuple[list[Sample], int, int, int]:
    """Samples, late answers, requests against the specification, and the bot's exit status."""
    async with Server(seed=1) as server:
        server.faults.add(Fault("429", "send", share=0.005, seconds=1))
        server.faults.add(Fault("5xx", "send", share=0.005))
        server.faults.add(Fault("redeliver", share=0.01))
        world, rng = server.world, random.Random(3)
        crowd = Crowd(server, rng, [world.person(f"P{n}", rng.choice(("zh", "en"))) for n in range(people)], [])
        crowd.groups = [world.group(f"G{n}", rng.sample(crowd.people, 5)).id for n in range(3)]
        environment = {
            **os.environ,
            "TELEGRAM_API_URL": server.url,
            "TELEGRAM_BOT_TOKEN": server.token,
            "JIANYAN_DATA": str(data),
            "JIANYAN_LISTEN": "127.0.0.1:0",
            "JIANYAN_LOG": "error",
        }
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
        await server.wait_for(lambda: any(call.method == "getMe" for call in server.calls), 60)
        samples: list[Sample] = []
        began, each = time.monotonic(), 60 * minutes / WINDOWS
        print(
            f"{'turns':>7}{'people':>8}{'RSS':>7}{'own':>7}{'threads':>9}{'handles':>9}{'disk':>7}{'p50':>7}{'p95':>7}"
        )
        for window in range(1, WINDOWS + 1):
            while time.monotonic() < began + window * each:
                crowd.act()
                await asyncio.sleep(rng.expovariate(rate))
            found = taken(bot.pid, data, crowd)
            samples.append(found)
            print(
                f"{found.turns:7}{found.people:8}{found.rss:7.0f}{found.own:7.0f}{found.threads:9}{found.handles:9}"
                f"{found.disk:7.1f}{found.p50_ms:7.0f}{found.p95_ms:7.0f}",
                flush=True,
            )
        await asyncio.gather(*crowd.waiting)
        bot.terminate()
        return samples, crowd.late, len(server.violations), await bot.wait()


def slope(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    """Growth a thousand turns, by least squares."""
    turns = [s.turns / 1000 for s in samples]
    return statistics.linear_regression(turns, [value(s) for s in samples]).slope


def draw(samples: list[Sample], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    memory, handles = figure.subplots(2, 1, sharex=True)
    turns = [s.turns for s in samples]
    memory.plot(turns, [s.rss for s in samples], label="RSS")
    memory.plot(turns, [s.own for s in samples], label="own")
    memory.set_ylabel("MB")
    memory.set_ylim(0)
    memory.legend()
    handles.plot(turns, [s.handles for s in samples], label="handles")
    handles.plot(turns, [s.threads for s in samples], label="threads")
    handles.set_ylim(0)
    handles.set_xlabel("turns")
    handles.legend()
    figure.savefig(path, dpi=120, bbox_inches="tight")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=4, help="turns a second")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        for name in ("model", "encoder", "manifest.json"):
            (data / name).symlink_to((args.data / name).resolve())
        samples, late, violations, status = asyncio.run(run(data, args.minutes, args.rate, args.people))
    half = samples[len(samples) // 2 :]
    growth = slope(half, lambda s: s.own)
    handles = {s.handles for s in half}
    print(
        f"second half: own memory {growth:+.1f} MB a thousand turns, handles {min(handles)} to {max(handles)}, "
        f"disk {slope(half, lambda s: s.disk):+.1f} MB a thousand turns; {late} answers late, "
        f"{violations} requests against the specification, exit {status}"
    )
    if args.plot:
        draw(samples, args.plot)
    return 0 if growth < GROWTH_MB and not violations and not status else 1


if __name__ == "__main__":
    sys.exit(main())
