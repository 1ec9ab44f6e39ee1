"""Seconds of each stage of `jianyan build`, by running it in a fresh directory beside what was downloaded already.

    python benchmarks/build.py [--data DIR] [--all]

The data and the item model are made anew; the vectors of the descriptions are read again only with --all (minutes):
else they are copied, as a build does that finds them made. The peer is one Cholesky of 2,000 x 2,000 in the same run.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path


class _Clock:
    """The Progress of `core.building`: keeps the seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = ""

    def begin(self, stage: str) -> None:
        self._stage = stage

    def step(self, done: int, total: int) -> None:
        """Nobody watches."""

    def end(self, seconds: float) -> None:
        self.seconds[self._stage] = seconds

    def note(self, text: str) -> None:
        """Known already."""


def cholesky_s() -> float:
    """Seconds of the peer, the best of five."""
    import numpy as np
    import scipy.linalg as sl

    root = np.random.default_rng(0).normal(size=(2000, 2000))
    matrix = root @ root.T + 2000 * np.eye(2000)

    def once() -> float:
        before = time.perf_counter()
        sl.cholesky(matrix, lower=True)
        return time.perf_counter() - before

    return min(once() for _ in range(5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("JIANYAN_DATA") or "data"))
    parser.add_argument("--all", action="store_true", help="read the descriptions again, too")
    args = parser.parse_args()

    from bot.settings import load, prepare

    prepare()
    from core.building import BuildConfig, build
    from core.built import Built

    settings, before = load(), Built(args.data)
    clock = _Clock()
    with tempfile.TemporaryDirectory() as fresh:
        after = Built(Path(fresh))
        if before.downloads.is_dir():
            after.downloads.symlink_to(before.downloads.resolve())
        if before.vectors.is_file() and not args.all:
            after.vectors.parent.mkdir()
            shutil.copy(before.vectors, after.vectors)
        build(BuildConfig(after.data, settings.model, settings.ratings), clock)
        items = len(after.read_catalog())
        again = _Clock()
        started = time.perf_counter()
        build(BuildConfig(after.data, settings.model, settings.ratings), again)
        idle = time.perf_counter() - started
    peer = cholesky_s()
    print(f"{items} items; peer: one Cholesky of 2,000 x 2,000 in {peer:.2f} s")
    print(f"{'stage':12} {'seconds':>8} {'of the peer':>12}")
    for stage, seconds in (*clock.seconds.items(), ("all of it", sum(clock.seconds.values())), ("nothing new", idle)):
        print(f"{stage:12} {seconds:8.1f} {seconds / peer:12.0f}")
    if again.seconds:
        print(f"ran again although nothing changed: {', '.join(again.seconds)}")


if __name__ == "__main__":
    main()
