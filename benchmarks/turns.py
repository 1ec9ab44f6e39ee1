"""Time of a text turn and of a tap, with everything on disk; memory after them; start to prompt. One row a model.

    python benchmarks/turns.py [--data DIR] [--turns N] [--models built light] [--profile N]

Each model runs in a child process of its own, with a fresh database beside the built models. The peers run in the same
process, a round of them every few turns: the encoder's look at one sentence and all descriptions (a text turn needs
the like), and one product of the item matrix with a vector (a turn looks at all items at least once). Beside the time
that passed stands the processor's, which a machine that others use too does not stretch as much.
"""

import argparse
import asyncio
import contextlib
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

SAID = (
    "想看科幻片，不要恐怖的，两小时以内", "换一批", "第一部我爱了", "第二个讲啥的", "为什么推这个",
    "再搞笑一点", "撤销", "推荐两本小说", "诺兰的片子我都爱看", "有没有类似教父的", "你觉得我是什么口味",
    "来点适合跑步听的歌", "年代无所谓了", "今天有点丧，想看点治愈的", "别给我推爱情片了", "这部看过，一般般",
    "有没有九十年代的香港警匪片", "随便", "就这个吧", "想给六岁的孩子找一部动画片", "《霸王别姬》我看了三遍",
    "有没有讲做饭的书", "最近老失眠，有什么安静的音乐", "something light for tonight, under 100 minutes",
    "the second one i've seen, meh", "more", "why that one", "tell me about inception", "any essays on writing",
    "a present for my dad under 200", "i'm big on jazz", "go back", "something like interstellar but funnier",
    "no horror please", "what do you think i like", "older than 1990 maybe", "I really can't stand musicals",
    "save the first one for later", "a slow sad film from japan", "surprise me",
    "we watched Parasite yesterday and loved it", "who directed the third one",
    "forget the length, anything goes", "books for someone who just quit their job",
    "is there anything by agatha christie", "thanks, that's enough", "来点 chill 的 music",
    "这个 watch 过了 还不错", "有没有更 short 一点的", "Pixar 风格的动画 recommend 几部", "换成 book 吧",
    "最近 binge 了 Breaking Bad，求类似的", "不要太 heavy 的 drama", "想看 Tarantino 那种 vibe 的",
    "weekend 带娃看什么 movie 好", "这个 ending 我不喜欢",
)  # fmt: skip
PEER_EVERY = 10  # turns
WARM_UP = 5  # turns that load what is imported where it is used
MODELS = {"built": "", "light": "light"}


def child(data: Path, turns: int, profiled: int) -> None:
    """Says `ready` when a message could be answered, then measures and prints one JSON object."""
    from bot.settings import load, prepare

    prepare()
    from bot.app import open_app
    from core.turns import Rate, Reply, Turn, Verdict

    times: dict[str, list[float]] = {"text": [], "tap": [], "encoder": [], "gemv": [], "text_cpu": [], "tap_cpu": []}
    profile = cProfile.Profile()

    def timed(kind: str, call: Callable[[], Any]) -> Any:  # Any: replies, arrays
        before, cpu = time.perf_counter(), time.process_time()
        result = call()
        times[kind].append(1000 * (time.perf_counter() - before))
        if f"{kind}_cpu" in times:
            times[f"{kind}_cpu"].append(1000 * (time.process_time() - cpu))
        return result

    with tempfile.TemporaryDirectory() as fresh, asyncio.Runner() as runner:
        app = runner.run(open_app(replace(load(), data=Path(fresh), models=data)))
        print("ready", flush=True)
        ready_cpu, idle = time.process_time(), resident_mb()
        import numpy as np

        responder = app.responder
        if profiled:  # in this thread, so that the profile sees it
            asyncio.to_thread = _here  # type: ignore[assignment]
        responder.engine.apology = _broken  # type: ignore[method-assign]  # an apology is quick: it must not count
        shelf = responder.engine.shelf  # type: ignore[attr-defined]

        def answer(turn: Turn) -> Reply | None:
            return runner.run(responder.respond(turn))

        try:
            one, now = np.ones(shelf.model.vectors.shape[1]), datetime(2026, 3, 1, 12, tzinfo=UTC)
            for n in range(turns):
                said, chat = SAID[n % len(SAID)], 1 + n // len(SAID)
                now += timedelta(seconds=20)
                turn = Turn(f"t{n}", chat, chat, now, said)
                if profiled and n == WARM_UP:
                    profile.enable()
                reply = timed("text", partial(answer, turn))
                if reply is not None and reply.cards:
                    tap = Turn(f"p{n}", chat, chat, now, None, Rate(reply.cards[0].item_id, Verdict.LIKE))
                    timed("tap", partial(answer, tap))
                if n % PEER_EVERY == 0 and not profiled:
                    timed("encoder", partial(shelf.match, said))
                    timed("gemv", partial(shelf.model.vectors.__matmul__, one))
        finally:
            profile.disable()
            runner.run(app.close())
    if profiled:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(profiled)
    counts = {"items": len(shelf.model.items), "turns": len(times["text"]) + len(times["tap"])}
    found = {kind: percentiles(spent) for kind, spent in times.items() if spent}
    memory = {"idle_mb": idle, "memory_mb": resident_mb(), "torch": "torch" in sys.modules}
    print(json.dumps(found | counts | memory | {"ready_cpu_s": ready_cpu}))


async def _here(call: Callable[..., Any], *args: Any) -> Any:
    """Stands in for asyncio.to_thread."""
    return call(*args)


def _broken(state: object, lang: object, error_id: str) -> NoReturn:
    """Stands in for the engine's apology; what broke is raised with it."""
    raise RuntimeError(f"a turn broke (incident {error_id})")


def resident_mb() -> float:
    """What the process holds now; Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def percentiles(spent: list[float]) -> tuple[float, float]:
    """Median and 95th, without the first ones."""
    ordered = sorted(spent[WARM_UP:])
    return ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))]


@contextlib.contextmanager
def prepared(model: str, data: Path) -> Iterator[Path]:
    """A data directory whose vectors are the model's own: the built one, or one made beside it for now."""
    if not model:
        yield data
        return
    with tempfile.TemporaryDirectory() as fresh:
        (Path(fresh) / "downloads").symlink_to((data / "downloads").resolve())
        command = [sys.executable, "-m", "bot", "build", "--data", fresh]
        done = subprocess.run(command, env={**os.environ, "JIANYAN_MODEL": model}, capture_output=True, check=False)
        if done.returncode:
            sys.exit(done.stderr.decode())
        yield Path(fresh)


def measure(model: str, data: Path, args: argparse.Namespace) -> dict[str, Any]:
    """A child's figures, and the seconds until it was ready."""
    command = [sys.executable, __file__, "--child", "--data", str(data), "--turns", str(args.turns)]
    environment = {**os.environ, "JIANYAN_MODEL": model}
    started = time.perf_counter()
    with subprocess.Popen(
        [*command, "--profile", str(args.profile)], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline().strip()
        ready = time.perf_counter() - started
        rest = process.stdout.read().splitlines()
    if first != "ready" or process.returncode:
        sys.exit("it could not be measured")
    found: dict[str, Any] = json.loads(rest[-1])
    return found | {"ready_s": ready}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("JIANYAN_DATA") or "data"))
    parser.add_argument("--turns", type=int, default=560, help="texts; each list is tapped on once, too")
    parser.add_argument("--models", nargs="+", default=list(MODELS), help="built, light, or as JIANYAN_MODEL")
    parser.add_argument("--profile", type=int, default=0, metavar="N", help="print the N dearest calls instead")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.data, args.turns, args.profile)
        return
    print("p50 / p95 ms, and of the processor's; in brackets the p50 over that of the peer in the same process")
    print(f"{'model':6} {'items':>6} {'turns':>6} {'text':>14} {'processor':>14} {'(encoder)':>10}", end="")
    print(f" {'tap':>14} {'processor':>14} {'(gemv)':>7} {'encoder':>14} {'gemv':>14}", end="")
    print(f" {'idle MB':>8} {'after MB':>8} {'start s':>8} {'processor':>10}  torch")
    for name in args.models:
        model = MODELS.get(name, name)
        with prepared(model, args.data) as data:
            found = measure(model, data, args)
        if args.profile:
            continue
        cells = {kind: "{:6.1f} /{:6.1f}".format(*found[kind]) for kind in found if isinstance(found[kind], list)}
        text, tap = found["text"][0] / found["encoder"][0], found["tap"][0] / found["gemv"][0]
        print(
            f"{name:6} {found['items']:6} {found['turns']:6} {cells['text']} {cells['text_cpu']} {text:10.1f}", end=""
        )
        print(f" {cells['tap']} {cells['tap_cpu']} {tap:7.1f} {cells['encoder']} {cells['gemv']}", end="")
        print(f" {found['idle_mb']:8.0f} {found['memory_mb']:8.0f} {found['ready_s']:8.1f}", end="")
        print(f" {found['ready_cpu_s']:10.1f}  {'yes' if found['torch'] else 'no'}")


if __name__ == "__main__":
    main()
