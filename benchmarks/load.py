"""Thousands of updates with faults, and kill -9 in the middle: what is lost, doubled, out of order or badly asked.

    python benchmarks/load.py [--mode polling|webhook] [--people 300] [--each 10] [--calm]

The bot is a process of its own with the real inbox, outbox and store around a recommender that echoes.
"""

import argparse
import asyncio
import os
import random
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.settings import prepare

prepare()

from bot.budgets import Budget, Limits  # noqa: E402
from bot.sandbox.faults import Fault  # noqa: E402
from bot.sandbox.server import Server  # noqa: E402
from bot.settings import load  # noqa: E402

NO_LIMITS = Limits(Budget(1e6, 1e6), Budget(1e6, 1e6), Budget(1e6, 1e6))
SECRET = "load-run-secret"


def serve() -> int:
    """The bot's process."""
    from trivial import open_echo

    from bot import loop
    from bot.service import run

    return loop.run(run(load(Path("/nonexistent")), limits=NO_LIMITS, opened=open_echo))


async def start(server: Server, data: Path, mode: str, port: int) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "TELEGRAM_API_URL": server.url,
        "TELEGRAM_BOT_TOKEN": server.token,
        "JIANYAN_DATA": str(data),
        "JIANYAN_MODE": mode,
        "JIANYAN_LISTEN": f"127.0.0.1:{port}",
        "JIANYAN_WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "JIANYAN_WEBHOOK_SECRET": SECRET,
        "JIANYAN_LOG": "error",
    }
    return await asyncio.create_subprocess_exec(sys.executable, __file__, "--serve", env=environment)


async def measure(mode: str, people: int, each: int, calm: bool) -> bool:
    with tempfile.TemporaryDirectory() as directory, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        async with Server(seed=1) as server:
            world = server.world
            if not calm:
                server.faults.add(Fault("429", "send", share=0.02, seconds=1))
                server.faults.add(Fault("5xx", "send", share=0.02))
                server.faults.add(Fault("redeliver", share=0.05))
            crowd = [world.person(f"P{n}", "en") for n in range(people)]
            process = await start(server, Path(directory), mode, port)
            await server.wait_for(lambda: any(call.method == "getMe" for call in server.calls), 30)
            await asyncio.sleep(1)
            total, began = people * each, time.monotonic()
            order = [(person, n) for n in range(each) for person in crowd]
            random.Random(2).shuffle(order)
            said: dict[int, int] = defaultdict(int)
            for person, _ in order:
                said[person.id] += 1
                person.say(f"m{said[person.id]}")
            answers = lambda: sum(len(world.sent(person.id)) for person in crowd)  # noqa: E731
            await server.wait_for(lambda: answers() >= total // 2, 300)
            process.kill()
            await process.wait()
            at_kill = answers()
            process = await start(server, Path(directory), mode, port)
            expected = {f"echo m{n}" for n in range(1, each + 1)}
            done = lambda: all({m["text"] for m in world.sent(p.id)} >= expected for p in crowd)  # noqa: E731
            try:
                await server.wait_for(done, 240)
            except TimeoutError:
                print("not all was answered in time")
            took = time.monotonic() - began
            await asyncio.sleep(3)  # what is sent twice would come now
            process.terminate()
            status = await process.wait()
            lost = doubled = disordered = 0
            for person in crowd:
                texts = [message["text"] for message in world.sent(person.id)]
                counts = Counter(texts)
                lost += len(expected - set(texts))
                doubled += sum(count - 1 for count in counts.values())
                numbers = [int(text.removeprefix("echo m")) for text in dict.fromkeys(texts) if text in expected]
                disordered += sum(a > b for a, b in zip(numbers, numbers[1:], strict=False))
            print(
                f"{mode}: {total} updates of {people} people, killed after {at_kill} answers, {took:.1f} s: "
                f"lost {lost}, doubled {doubled}, out of order {disordered}, "
                f"against the specification {len(server.violations)}, exit {status}"
            )
            for violation in server.violations[:5]:
                print("  ", violation)
            return not lost and not disordered and not server.violations


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("polling", "webhook"), nargs="*", default=["polling", "webhook"])
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--calm", action="store_true", help="no faults but the kill")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        return serve()
    good = [asyncio.run(measure(mode, args.people, args.each, args.calm)) for mode in args.mode]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
