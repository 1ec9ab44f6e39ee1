"""What telling dislikes is worth: hidden dislikes among the ten best against NDCG@10, the whole frontier.

    python benchmarks/dislikes.py [--data ml-latest-small] [--at DIRECTORY] [--seed 0] [--validation] [--out FILE]

People that were not trained on tell all but a fifth of their likes and a third of their dislikes; three times, others
are hidden. Both figures are over those of the same people telling no dislike to the plain model (no appraisal), the
best that can be had without them. A row of the frontier: how much appraisal weighs in a score, and what a dislike says
item to item; the shipped one is marked. `untold`: the shipped model without the dislikes.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from front import measured, ratio, trained
from rankers.people import DATA, Fold, Person, read, split

from core.recsys import ItemFactors
from core.recsys.arrays import Matrix
from core.recsys.response import Response

WEIGHTS = (0.0, 0.1, 0.25, 0.4)
DIRECTS = (0.0, -0.2, -0.4, -0.6, -1.0)
LEVELS = ("10", "all")
HIDINGS = 3
NO_WEIGHT = 1e-6  # in place of 0, which has no unit


def changed(model: ItemFactors, weight: float, direct: float) -> ItemFactors:
    """The same training, read otherwise."""
    factor = max(weight, NO_WEIGHT) / model.response.appraisal
    response = replace(
        model.response,
        appraisal=factor * model.response.appraisal,
        direct=(direct, *model.response.direct[1:]),
    )
    vectors = np.where(model.appraised, factor * model.vectors, model.vectors)
    return replace(model, vectors=vectors, appraisal_precision=model.appraisal_precision / factor**2, response=response)


def found(folds: list[Fold], models: list[ItemFactors], level: str, dislikes: bool) -> Matrix:
    """(people, 2) NDCG@10 and hidden dislikes among the ten, means over the hidings."""
    tellings = np.concatenate(
        [
            measured(scores, *targets)
            for fold, model in zip(folds, models, strict=True)
            for scores, targets in _answers(fold, model, level, dislikes)
        ]
    )
    people: Matrix = tellings.reshape(HIDINGS, -1, 2).mean(0)
    return people


def _answers(
    fold: Fold, model: ItemFactors, level: str, dislikes: bool
) -> Iterator[tuple[Matrix, tuple[np.ndarray, np.ndarray]]]:
    closed = fold.likes == 0
    for person in fold.people:
        scores = model.scores(model.fold_in(*_told(person, level, dislikes)))
        scores[closed] = scores[person.hidden_from(level)] = -np.inf
        yield scores[None], (person.targets, person.disliked)


def _told(person: Person, level: str, dislikes: bool) -> tuple[np.ndarray, np.ndarray]:
    rows, values = person.told(level)
    kept = np.full(len(values), True) if dislikes else values >= 0
    return rows[kept], values[kept]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=DATA, default=DATA[0])
    parser.add_argument("--at", type=Path, default=Path("data/downloads"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validation", action="store_true", help="the people that chose the settings instead")
    parser.add_argument("--out", type=Path, help="JSON with the ratios")
    args = parser.parse_args()
    try:
        interactions = read(args.data, args.at)
    except OSError as error:
        sys.exit(f"{error}: --at says where {args.data} lies, or where wheels are kept")
    folds = [list(split(interactions, args.seed, args.validation, 3, hiding)) for hiding in range(HIDINGS)]
    models = [trained(fold.training, None) for fold in folds[0]] * HIDINGS
    everyone = [fold for some in folds for fold in some]
    shipped = Response()
    print(f"{args.data}: {len(folds[0])} folds, {sum(len(fold.people) for fold in folds[0])} people, {HIDINGS} hidings")
    print(f"{'weight':>7} {'direct':>7}" + "".join(f"{level + ' told':>30}" for level in LEVELS))
    result: dict[str, dict[str, object]] = {}
    plain = [changed(model, 0.0, shipped.direct[0]) for model in models]
    base = {level: found(everyone, plain, level, False) for level in LEVELS}
    rows = [("untold", shipped.appraisal, shipped.direct[0], False)]
    rows += [("", weight, direct, True) for weight, direct in product(WEIGHTS, DIRECTS)]
    for name, weight, direct, told in rows:
        read_so = [changed(model, weight, direct) for model in models]
        cells, here = "", {}
        for level in LEVELS:
            some = found(everyone, read_so, level, told)
            here[level] = [ratio(some[:, column], base[level][:, column]) for column in (0, 1)]
            (gain, gain_se), (low, low_se) = here[level]
            cells += f"   {gain:.3f} ({gain_se:.3f}) {low:.3f} ({low_se:.3f})"
        is_shipped = told and (weight, direct) == (shipped.appraisal, shipped.direct[0])
        print(f"{weight:7.2f} {direct:7.1f}{cells} {name or 'shipped' * is_shipped}", flush=True)
        result[name or f"{weight} {direct}"] = here
    print("each cell: NDCG@10 and hidden dislikes in ten, over the plain model told no dislike (paired standard error)")
    for level in LEVELS:
        ndcg, low = base[level].mean(0)
        print(f"plain, told no dislike, {level}: NDCG@10 {ndcg:.4f}, {low:.3f} hidden dislikes in ten")
    if args.out:
        args.out.write_text(json.dumps({"data": args.data, "seed": args.seed, **result}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
