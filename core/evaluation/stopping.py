"""When to stop training on these ratings: by people who are held out of them, and what it is worth to others."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core import modelling
from core.errors import InteractionsError
from core.evaluation.data import Data
from core.evaluation.provenance import about
from core.evaluation.results import Cell, Chart, Report, Series, Spread, Table
from core.evaluation.splits import Case, Fold, Progress, Split
from core.recsys import Interactions, ItemFactors
from core.recsys.als import AlsConfig
from core.recsys.arrays import Vector
from core.recsys.metrics import ndcg, top

TOLD = (1, 3, 10, 10**6)
MOST = 32
PEOPLE = 1000  # held out at most, half to stop by and half to be measured on
FEWEST = 10


def stopping(
    data: Data, seed: int = 0, most: int = MOST, config: AlsConfig = AlsConfig(), progress: Progress | None = None
) -> tuple[AlsConfig, Report]:
    """The config with the epochs that suit these ratings best, of 2, 4, 8 ... up to most, and how that was found.

    Each try is a training of its own on the same people; the first that is not better than the best before is the last.
    Validation people decide, and the usual number stands unless another is better by more than its paired standard
    error; the report's test people were not asked. InteractionsError where too few can be held out.
    """
    tries: dict[int, tuple[Vector, Vector]] = {}
    for epochs in _doubling(most):
        tries[epochs] = _tried(data, seed, replace(config, epochs=epochs), progress)
        means = [validation.mean() for validation, _ in tries.values()]
        if len(means) > 1 and means[-1] <= max(means[:-1]):
            break
    if config.epochs not in tries:
        tries[config.epochs] = _tried(data, seed, config, progress)
    best = max(tries, key=lambda epochs: float(tries[epochs][0].mean()))
    gain = Spread.of(tries[best][0] - tries[config.epochs][0])
    if gain.mean <= gain.error:
        best = config.epochs
    return replace(config, epochs=best), _report(data, seed, dict(sorted(tries.items())), best, config.epochs)


def _doubling(most: int) -> Sequence[int]:
    return [2**power for power in range(1, most.bit_length()) if 2**power <= most] or [most]


def _tried(data: Data, seed: int, config: AlsConfig, progress: Progress | None) -> tuple[Vector, Vector]:
    """NDCG@10 of validation and test people, each the mean over what was told of them."""

    def train(of: Data, training: Interactions, seed: int, step: Callable[[int, int, str], None]) -> ItemFactors:
        assert of.catalog is not None, "what was built has a catalogue"
        with tempfile.TemporaryDirectory() as beside:
            return modelling.train(of.catalog, training, of.texts, Path(beside) / "factors.npz", step, seed, config)

    def told(stage: str, done: int, total: int) -> None:
        if progress is not None:
            progress(f"{config.epochs} epochs", done, total)

    split = Split(data, seed, PEOPLE, progress=told, train=train)
    fold = next(iter(split))
    found = [_of_person(fold, case) for case in split.cases(fold)]
    if len(found) < FEWEST:
        raise InteractionsError(f"{data.name}: {len(found)} people with enough likes are too few to stop by")
    return np.array(found[0::2]), np.array(found[1::2])


def _of_person(fold: Fold, case: Case) -> float:
    known = fold.likes > 0
    known[case.pool] = False
    found = []
    for count in TOLD:
        scores = fold.model.scores(fold.model.fold_in(case.pool[:count], case.values[:count]))
        found.append(ndcg(top(np.where(known, scores, -np.inf), 10), case.targets))
    return float(np.mean(found))


def _report(data: Data, seed: int, tries: dict[int, tuple[Vector, Vector]], best: int, usual: int) -> Report:
    rows: list[tuple[Cell, ...]] = []
    for epochs, (validation, test) in tries.items():
        mark = ", ".join(word for word, of in (("chosen", best), ("usual", usual)) if epochs == of)
        ratio = Spread.ratio(test, tries[usual][1])
        rows.append((str(epochs), Spread.of(validation), Spread.of(test), ratio, mark))
    table = Table(
        "epochs",
        "NDCG@10 by epochs, the mean over 1, 3, 10 and all reactions told",
        ("epochs", "validation", "test", "test over the usual", ""),
        tuple(rows),
        "Validation people decide, test people were not asked. Then the model is trained on everybody.",
        digits=4,
    )
    names = tuple(str(epochs) for epochs in tries)
    series = tuple(
        Series(
            name,
            names,
            tuple(Spread.of(pair[k]).mean for pair in tries.values()),
            tuple(Spread.of(pair[k]).error for pair in tries.values()),
        )
        for k, name in enumerate(("validation", "test"))
    )
    chart = Chart("epochs", "When to stop training", "epochs", "NDCG@10", series)
    people = sum(len(part) for part in tries[best])
    said = f"{people} people held out of all tries, half to stop by and half as the test"
    return Report("training", "Training: when to stop", about(data, said, seed), (table,), (chart,))
