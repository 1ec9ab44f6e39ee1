"""Fold-in, ten best and shares of one turn, over the time that reading all item vectors once takes. No data needed.

    python benchmarks/recsys.py [--items 10000 100000] [--told 20] [--rounds 200]

The limit is `vectors @ vector` (numpy, one thread) on the same matrix in the same run, round by round beside the turn:
no exact ranking can be faster than one look at every item, and what else the machine does weighs on both alike.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from core.recsys.factors import ItemFactors

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
STAGES = ("gemv", "fold in", "score", "ten best", "shares", "turn")
Found = TypeVar("Found")
DIMENSIONS = 129  # 64 factors, 17 of appraisal and 48 facet coordinates, as built


def child(items: int, told: int, rounds: int) -> None:
    """Measures in this process, with one thread, and prints one JSON object: stage -> [p50, p95] in ms."""
    import numpy as np

    from core.recsys.metrics import top

    rng = np.random.default_rng(0)
    model = _model(items)
    one = rng.normal(size=DIMENSIONS)
    rows = [rng.choice(items, told, replace=False) for _ in range(rounds)]
    values = [rng.choice([-1.0, 0.0, 1.0, 1.0], told) for _ in range(rounds)]
    times: dict[str, list[float]] = {stage: [] for stage in STAGES}

    def timed(stage: str, call: Callable[[], Found]) -> Found:
        before = time.perf_counter()
        result = call()
        times[stage].append(time.perf_counter() - before)
        return result

    for told_rows, told_values in zip(rows, values, strict=True):
        timed("gemv", partial(model.vectors.__matmul__, one))
        belief = timed("fold in", partial(model.fold_in, told_rows, told_values))
        scores = timed("score", partial(model.scores, belief))
        best = timed("ten best", partial(top, scores, 10))
        timed("shares", partial(model.shares, belief, best))
        times["turn"].append(sum(times[stage][-1] for stage in STAGES[1:-1]))
    found = {stage: (1000 * np.percentile(spent[rounds // 10 :], [50, 95])).tolist() for stage, spent in times.items()}
    print(json.dumps(found | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def _model(items: int) -> "ItemFactors":
    """Random vectors of the built model's shape; 40 neighbours an item. Its numbers mean nothing, their cost does."""
    import numpy as np
    import scipy.sparse as sp

    from core.recsys.calibration import Calibration
    from core.recsys.factors import ItemFactors
    from core.recsys.response import Response

    rng = np.random.default_rng(1)
    near = sp.csr_matrix(
        (rng.random(40 * items), rng.integers(0, items, 40 * items), np.arange(0, 40 * items + 1, 40)),
        shape=(items, items),
    )
    near.sum_duplicates()
    zeros = np.zeros(items)
    return ItemFactors(
        items=np.arange(items), counts=np.ones(items, np.int64), vectors=rng.normal(0, 0.3, (items, DIMENSIONS)),
        offsets=rng.normal(size=items), expected=zeros, weakness=np.ones(DIMENSIONS), silence=np.ones(DIMENSIONS),
        appraised=np.arange(DIMENSIONS) // 17 == 4, usual=zeros, neighbours=near,
        domains=np.zeros(items, np.int64), popularity=np.full(items, 1 / items),
        centres=np.zeros((1, DIMENSIONS)), scatter=zeros, residual=np.zeros(DIMENSIONS), offset_variance=zeros,
        appraisal_precision=1.0, response=Response(), calibration=Calibration(0.0, 0.0, 0.0, 0.0, 1.0, 1.0),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--told", type=int, default=20, help="reactions folded in")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.items[0], args.told, args.rounds)
        return
    print(f"{args.told} reactions, {DIMENSIONS} dimensions, one thread; ms, p50 / p95; the turn over one gemv")
    print("  items  " + "".join(f"{stage:>16}" for stage in STAGES) + "   p50 ratio  p95 ratio  peak MB")
    for items in args.items:
        command = [sys.executable, __file__, "--child", "--items", str(items)]
        command += ["--told", str(args.told), "--rounds", str(args.rounds)]
        one_thread = {**os.environ, **dict.fromkeys(THREADS, "1")}
        done = subprocess.run(command, env=one_thread, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
        cells = "".join(f"{found[stage][0]:8.2f} /{found[stage][1]:6.2f}" for stage in STAGES)
        ratios = [found["turn"][k] / found["gemv"][k] for k in (0, 1)]
        print(f"{items:7}  {cells}   {ratios[0]:9.2f}  {ratios[1]:9.2f}  {found['peak_mb']:7.0f}")


if __name__ == "__main__":
    main()
