"""Is the probability true: "liked, given that they rated it", of a person's hidden reactions, after n were told?"""

from collections import defaultdict

import numpy as np
from scipy.special import expit

from core.evaluation.peers import IalsPeer, like_rates
from core.evaluation.results import Cell, Chart, Report, Series, Spread, Table
from core.evaluation.splits import Case, Fold, Split
from core.recsys.arrays import Vector
from core.recsys.metrics import reliability

TOLD = (0, 1, 3, 10, 10**6)
OURS = "jianyan"
NAMES = (OURS, "ials, fitted scale", "rate of likes")
KIN = 5  # near neighbours of a liked item that are looked at


def calibration(split: Split, told: tuple[int, ...] = TOLD) -> Report:
    """Expected calibration error (ten bins) and Brier score, on the same hidden reactions for every n."""
    probabilities: dict[tuple[str, int], list[Vector]] = defaultdict(list)
    outcomes: list[Vector] = []
    moved: list[tuple[int, int]] = []
    for fold in split:
        rates, ials = (
            like_rates(fold.training, fold.model.items),
            IalsPeer.fit(fold.training, fold.model.items, split.seed),
        )
        for case in split.cases(fold):
            outcomes.append((case.ratings > 0).astype(np.float64))
            for n in told:
                belief = fold.model.fold_in(case.pool[:n], case.values[:n])
                probabilities[OURS, n].append(expit(fold.model.logits(belief)[case.rated]))
                probabilities[NAMES[1], n].append(ials.probabilities(case.pool[:n], case.values[:n], case.rated))
                probabilities[NAMES[2], n].append(rates[case.rated])
            moved.append(_lowered(fold, case))
    truth = np.concatenate(outcomes)
    curves = {key: reliability(np.concatenate(found), truth) for key, found in probabilities.items()}
    rows: list[tuple[Cell, ...]] = []
    for n in told:
        errors = [curves[name, n].ece() for name in NAMES]
        squares = [_brier(probabilities[name, n], outcomes) for name in NAMES]
        ratios = [Spread.ratio(squares[0], other) for other in squares[1:]]
        rows.append((level(n), *errors, *(Spread.of(s) for s in squares), *ratios))
    bins = tuple(
        (f"{low / 10:.1f} to {(low + 1) / 10:.1f}", *(_bin(curves[OURS, n].counts[low], curves[OURS, n].predicted[low],
         curves[OURS, n].observed[low]) for n in told))
        for low in range(10)
    )  # fmt: skip
    looked, lowered = sum(pair[0] for pair in moved), sum(pair[1] for pair in moved)
    tables = (
        Table(
            "error",
            "Expected calibration error, and Brier score by person (standard error)",
            ("told", *(f"ECE {n}" for n in NAMES), *(f"Brier {n}" for n in NAMES), *(f"over {n}" for n in NAMES[1:])),
            tuple(rows),
            "over …: ratio of Brier scores, paired; below 1 is sharper.",
        ),
        Table(
            "reliability", "Predicted and observed rate by bin (ratings in it)", ("predicted", *map(level, told)), bins
        ),
        Table(
            "monotone",
            "A like told next, and its nearest items whose score it raises",
            ("what", "items", "share"),
            (
                ("looked at", looked, 1.0),
                ("their probability fell, through the scale alone", lowered, lowered / max(looked, 1)),
            ),
        ),
    )
    series = tuple(
        Series(
            f"{level(n)} told, ECE {curves[OURS, n].ece():.3f}",
            tuple(curves[OURS, n].predicted[curves[OURS, n].counts > 0].tolist()),
            tuple(curves[OURS, n].observed[curves[OURS, n].counts > 0].tolist()),
        )
        for n in told
    )
    chart = Chart("reliability", "Liked, given that they rated it", "predicted", "observed", series, diagonal=True)
    about = split.about(f"{len(truth):,} hidden reactions, the same for every n")
    return Report("calibration", "Calibration: is the probability true?", about, tables, (chart,))


def level(n: int) -> str:
    """A number told as the tables name it."""
    return "all" if n == TOLD[-1] else str(n)


def _brier(found: list[Vector], outcomes: list[Vector]) -> Vector:
    """(people,) mean squared error."""
    return np.array([float(((p - y) ** 2).mean()) for p, y in zip(found, outcomes, strict=True)])


def _bin(count: int, predicted: float, observed: float) -> str:
    return f"{predicted:.2f} → {observed:.2f} ({count})" if count else "–"


def _lowered(fold: Fold, case: Case) -> tuple[int, int]:
    """Of a like told after 0, 1, 3 and 10 reactions: near items whose score rose; of these, whose probability fell."""
    model = fold.model
    looked = fell = 0
    for n in (0, 1, 3, 10):
        liked = np.flatnonzero(case.values[n:] > 0)
        if not len(liked):
            continue
        next_one = n + int(liked[0])
        rows = np.append(case.pool[:n], case.pool[next_one])
        values = np.append(case.values[:n], 1.0)
        before, after = model.fold_in(rows[:-1], values[:-1]), model.fold_in(rows, values)
        near = model.neighbours[int(rows[-1])]
        kin = near.indices[np.argsort(-near.data, kind="stable")[:KIN]]
        kin = kin[~np.isin(kin, rows)]
        rose = kin[model.scores(after)[kin] > model.scores(before)[kin]]
        looked += len(rose)
        fell += int((model.logits(after)[rose] < model.logits(before)[rose]).sum())
    return looked, fell
