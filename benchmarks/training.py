"""How training grows with the ratings: factors beside implicit's ALS, the sparse part beside irspack's SLIM.

    python -m pip install irspack implicit
    python benchmarks/training.py [--ratings 500000 1000000 2000000] [--parts factors implicit appraisal sparse slim]

Made-up ratings of 32 groups of taste, a 115th as many people, 10,000 items, popularity and activity with long tails.
One thread; each part in a process of its own; memory is the peak over what the process held before. The same d and
epochs for both kinds of factors (implicit with its default of three conjugate gradient steps in place of a solution).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
ITEMS, GROUPS, A_PERSON = 10_000, 32, 115
PARTS = ("factors", "implicit", "appraisal", "sparse", "slim")


def made_up(ratings: int, rng: np.random.Generator) -> "sp.csr_matrix[np.float32]":
    """(m, n) of ones: about `ratings` of them."""
    m = ratings // A_PERSON
    activity = rng.lognormal(0, 1, m)
    told = np.maximum(5, activity / activity.sum() * ratings * 1.25).astype(int)
    users = np.repeat(np.arange(m), told)
    groups = rng.integers(0, GROUPS, ITEMS)
    tastes = rng.integers(0, GROUPS, (m, 3))[users, rng.integers(0, 3, len(users))]
    tastes = np.where(rng.random(len(users)) < 0.3, rng.integers(0, GROUPS, len(users)), tastes)
    popularity, items = 1 / (np.arange(ITEMS) + 10.0) ** 0.9, np.empty(len(users), np.int64)
    for group in range(GROUPS):
        members, asked = np.flatnonzero(groups == group), np.flatnonzero(tastes == group)
        items[asked] = rng.choice(members, len(asked), p=popularity[members] / popularity[members].sum())
    pairs = np.unique(users * ITEMS + items)
    kept = np.sort(rng.permutation(pairs)[:ratings])
    return sp.csr_matrix((np.ones(len(kept), np.float32), divmod(kept, ITEMS)), shape=(m, ITEMS))


def work(part: str, matrix: "sp.csr_matrix[np.float32]") -> Callable[[], object]:
    """What is timed; imports and copies are not."""
    from core.recsys import Interactions
    from core.recsys.als import AlsConfig, weighted_als
    from core.recsys.appraisal import appraise
    from core.recsys.slim import local_slim

    config = AlsConfig()
    if part == "factors":
        return lambda: weighted_als(matrix, config, np.random.default_rng(0))
    if part == "sparse":
        return lambda: local_slim(matrix, matrix, config.slim)
    if part == "appraisal":
        users, items = matrix.nonzero()
        values = np.random.default_rng(1).choice([-1.0, 0.0, 1.0, 1.0], len(users))
        told = Interactions(users, items, values, np.arange(matrix.shape[0]), np.arange(ITEMS))
        return lambda: appraise(told, config.appraisal, np.random.default_rng(0))
    if part == "implicit":
        from implicit.cpu.als import AlternatingLeastSquares

        model = AlternatingLeastSquares(config.d, iterations=config.epochs, num_threads=1, random_state=0)
        return lambda: model.fit(matrix, show_progress=False)
    from irspack.recommenders import SLIMRecommender

    return SLIMRecommender(matrix, alpha=0.05, l1_ratio=0.01, n_threads=1).learn


def child(part: str, ratings: int) -> None:
    matrix = made_up(ratings, np.random.default_rng(0))
    call = work(part, matrix)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    call()
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"ratings": matrix.nnz, "seconds": spent, "mib": (peak - held) / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ratings", type=int, nargs="+", default=[500_000, 1_000_000, 2_000_000])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--child", choices=PARTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.ratings[0])
        return
    print("processor seconds and MiB" + "".join(f"{part:>18}" for part in args.parts))
    for ratings in args.ratings:
        print(f"{ratings:>15,} ratings  ", end="")
        for part in args.parts:
            command = [sys.executable, __file__, "--child", part, "--ratings", str(ratings)]
            one_thread = {**os.environ, **dict.fromkeys(THREADS, "1")}
            done = subprocess.run(command, env=one_thread, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"\n{done.stderr[-2000:]}")
            found = json.loads(done.stdout.splitlines()[-1])
            print(f"{found['seconds']:10.1f} {found['mib']:7.0f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()
