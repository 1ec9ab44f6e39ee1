"""How well acts are told: F1, whole messages right, the best one, two, three; calibration; spans."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.nlu.logistic import Array
from core.turns import Act


@dataclass(frozen=True, slots=True)
class Scores:
    """Of n messages. macro: mean F1 of acts that occur. exact: all acts right. best_k: one of the k likeliest is said.

    sure: share of messages whose likeliest act has at least .5; sure_right: of these, how often it is said.
    """

    n: int
    micro: float
    macro: float
    exact: float
    best_1: float
    best_2: float
    best_3: float
    sure: float
    sure_right: float

    def to_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Of n labelled spans: right act, right polarity of those that have one, + taken for - or back."""

    n: int
    act: float
    polarity: float
    flipped: float

    def to_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def said(probabilities: Array, threshold: float) -> npt.NDArray[np.bool_]:
    """(n, acts): acts at or above the threshold; if there is none, the likeliest one."""
    out = probabilities >= threshold
    out[np.arange(len(out)), probabilities.argmax(axis=1)] = True
    return np.asarray(out)


def score(probabilities: Array, labels: Array, threshold: float) -> Scores:
    """probabilities: (n, acts), labels: (n, acts) 0/1, n > 0."""
    gold, told = labels > 0, said(probabilities, threshold)
    order = np.argsort(-probabilities, axis=1)
    hits = np.take_along_axis(gold, order[:, :3], axis=1)
    sure = probabilities.max(axis=1) >= 0.5
    f1 = act_f1(told, gold)
    return Scores(
        n=len(gold),
        micro=float(2 * (told & gold).sum() / max(told.sum() + gold.sum(), 1)),
        macro=float(np.mean([f1[column] for column in np.flatnonzero(gold.any(axis=0))])),
        exact=float((told == gold).all(axis=1).mean()),
        best_1=float(hits[:, 0].mean()),
        best_2=float(hits[:, :2].any(axis=1).mean()),
        best_3=float(hits.any(axis=1).mean()),
        sure=float(sure.mean()),
        sure_right=float(hits[sure, 0].mean()) if sure.any() else 0.0,
    )


def act_f1(told: npt.NDArray[np.bool_], gold: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """(acts,) F1; 0 where an act is neither said nor told."""
    both = (told & gold).sum(axis=0)
    return np.asarray(2 * both / np.maximum(told.sum(axis=0) + gold.sum(axis=0), 1), dtype=np.float64)


def by_act(probabilities: Array, labels: Array, threshold: float, acts: Sequence[Act]) -> dict[str, Any]:
    """F1 and number of test messages of every act that occurs, weakest first."""
    gold = labels > 0
    f1 = act_f1(said(probabilities, threshold), gold)
    found = [(float(f1[i]), act, int(gold[:, i].sum())) for i, act in enumerate(acts) if gold[:, i].any()]
    return {act: [round(value, 3), n] for value, act, n in sorted(found)}


def by_group(
    probabilities: Array, labels: Array, threshold: float, groups: Sequence[str]
) -> Mapping[str, dict[str, float]]:
    """Scores of each group of messages."""
    names = np.array(groups)
    return {
        str(name): score(probabilities[names == name], labels[names == name], threshold).to_json()
        for name in np.unique(names)
    }
