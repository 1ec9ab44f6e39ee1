"""Time of a text turn and of a tap, with everything on disk; memory after them; start to prompt. One row a model.

    python benchmarks/turns.py [--data DIR] [--turns N] [--model "" light]

Each model runs in a child process of its own, on a fresh database beside the built models. The peer is one product of
the item matrix with a vector (numpy), measured in the same process: a turn cannot be faster than one look at all items.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

SAID = (
    "想看科幻片，不要恐怖的，两小时以内", "换一批", "第一部我爱了", "第二个讲啥的", "为什么推这个", "再搞笑一点",
    "撤销", "推荐两本小说", "诺兰的片子我都爱看", "有没有类似教父的", "你觉得我是什么口味", "来点适合跑步听的歌",
    "年代无所谓了",
    "something light for tonight, under 100 minutes", "the second one i've seen, meh", "more", "why that one",
    "tell me about inception", "any essays on writing", "a present for my dad under 200", "i'm big on jazz", "go back",
    "something like interstellar but funnier", "no horror please", "what do you think i like",
    "来点 chill 的 music", "这个 watch 过了 还不错", "有没有更 short 一点的",
    "Pixar 风格的动画 recommend 几部", "换成 book 吧",
)  # fmt: skip


def child(data: Path, turns: int) -> None:
    """Measures in this process and prints one JSON object."""
    started = time.perf_counter()
    from bot.settings import load, pin_threads

    pin_threads()
    from dataclasses import replace

    from bot.app import open_app
    from core.turns import Rate, Turn, Verdict

    with tempfile.TemporaryDirectory() as fresh:
        settings = replace(load(), data=Path(fresh), models=data)
        with asyncio.Runner() as runner:
            app = runner.run(open_app(settings))
            ready = time.perf_counter() - started
            texts: list[float] = []
            taps: list[float] = []
            now = datetime(2026, 3, 1, 12, tzinfo=UTC)
            for n in range(turns):
                chat = 1 + n // len(SAID)
                now += timedelta(seconds=20)
                turn = Turn(f"t{n}", chat, chat, now, SAID[n % len(SAID)])
                before = time.perf_counter()
                reply = runner.run(app.responder.respond(turn))
                texts.append(time.perf_counter() - before)
                if reply is not None and reply.cards:
                    tap = Turn(f"p{n}", chat, chat, now, None, Rate(reply.cards[0].item_id, Verdict.LIKE))
                    before = time.perf_counter()
                    runner.run(app.responder.respond(tap))
                    taps.append(time.perf_counter() - before)
            model = app.responder.engine.shelf.model  # type: ignore[attr-defined]
            import numpy as np

            one = np.ones(model.vectors.shape[1])
            gemv = min(_timed(lambda: model.vectors @ one) for _ in range(50))
            runner.run(app.close())
    memory = _resident_mb()
    result = {
        "items": len(model.items), "ready_s": ready, "memory_mb": memory, "torch": "torch" in sys.modules,
        "text": _percentiles(texts), "tap": _percentiles(taps), "turns": len(texts) + len(taps), "gemv_ms": gemv * 1000,
    }  # fmt: skip
    print(json.dumps(result))


def _timed(call: "object") -> float:
    before = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - before


def _resident_mb() -> float:
    """What the process holds now; Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _percentiles(seconds: list[float]) -> list[float]:
    ordered = sorted(seconds[5:])  # the first ones load what is imported where it is used
    return [1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--turns", type=int, default=510)
    parser.add_argument("--model", nargs="*", default=[""])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.data, args.turns)
        return
    print("model      items  turns  text p50  p95 ms  tap p50  p95 ms  of a gemv  memory MB  start s  torch")
    for name in args.model:
        environment = {**os.environ, "JIANYAN_MODEL": name}
        command = [sys.executable, __file__, "--child", "--data", str(args.data), "--turns", str(args.turns)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
        (a, b), (c, d) = found["text"], found["tap"]
        print(
            f"{name or 'built':9} {found['items']:6} {found['turns']:6} {a:9.1f} {b:7.1f} {c:8.1f} {d:7.1f}"
            f" {c / found['gemv_ms']:10.0f} {found['memory_mb']:10.0f} {found['ready_s']:8.1f}  {found['torch']}"
        )


if __name__ == "__main__":
    main()
