"""Is the list good, from the first answer to the whole profile, beside simpler recommenders?"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from core.evaluation.peers import ease
from core.evaluation.results import Cell, Chart, Report, Series, Spread, Table
from core.evaluation.splits import Case, Fold, Split
from core.recsys.arrays import Rows, Vector
from core.recsys.metrics import coverage, ndcg, popularity_percentile, recall, top

ALL = 10**6
OURS, PEERS = "jianyan", ("ease", "popularity")


@dataclass(frozen=True, slots=True)
class Level:
    """So many reactions told in random order; or likes alone. ease: ridge and weight of popularity, best of twelve."""

    name: str
    count: int
    likes: bool = False
    ease: tuple[float, float] = (400.0, 0.1)

    def told(self, case: Case) -> Rows:
        """Places in the case's pool."""
        if self.likes:
            return np.flatnonzero(case.values > 0)[: self.count]
        return np.arange(min(self.count, len(case.pool)))


LEVELS = (
    Level("0", 0), Level("1", 1), Level("2", 2), Level("3", 3), Level("5", 5), Level("10", 10, ease=(400.0, 0.03)),
    Level("all", ALL, ease=(100.0, 0.03)), Level("3 likes", 3, likes=True),
)  # fmt: skip


class _Tally:
    """Person by person, by recommender and level."""

    def __init__(self) -> None:
        self.ndcg: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.recall: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.coverage: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.percentile: dict[tuple[str, str], list[float]] = defaultdict(list)


def quality(split: Split, least_likes: int = 3, levels: tuple[Level, ...] = LEVELS) -> Report:
    """NDCG@10 of hidden likes. Candidates: items with least_likes training likes, less what might have been told."""
    tally = _Tally()
    for fold in split:
        _measure(split, fold, least_likes, levels, tally)
    rows: list[tuple[Cell, ...]] = []
    for level in levels:
        found = {name: np.array(tally.ndcg[name, level.name]) for name in (OURS, *PEERS)}
        ratios = [Spread.ratio(found[OURS], found[peer]) for peer in PEERS]
        rows.append((level.name, *(Spread.of(each) for each in found.values()), *ratios))
    names = (OURS, *PEERS)
    tables = (
        Table(
            "ndcg10",
            "NDCG@10 by what was told (standard error over people)",
            ("told", *names, *(f"over {peer}" for peer in PEERS)),
            tuple(rows),
            "over …: ratio of the means, with its paired standard error.",
        ),
        *(
            Table(
                key,
                title,
                ("told", *names),
                tuple((level.name, *(float(np.mean(measured[n, level.name])) for n in names)) for level in levels),
            )
            for key, title, measured in (
                ("recall10", "Recall@10", tally.recall),
                ("coverage10", "Share of the candidates that anybody was shown", tally.coverage),
                ("popularity10", "Mean percentile of popularity of what was shown (1 is the head)", tally.percentile),
            )
        ),
    )
    shown = [level for level in levels if not level.likes]
    series = tuple(
        Series(
            name,
            tuple(level.name for level in shown),
            tuple(float(np.mean(tally.ndcg[name, level.name])) for level in shown),
            tuple(Spread.of(tally.ndcg[name, level.name]).error for level in shown),
        )
        for name in names
    )
    chart = Chart("ndcg", "The list, by how much was told", "reactions told", "NDCG@10", series)
    return Report(
        "quality", "Quality: is the list good?", split.about(f"candidates have {least_likes} likes"), tables, (chart,)
    )


def _measure(split: Split, fold: Fold, least_likes: int, levels: tuple[Level, ...], tally: _Tally) -> None:
    """Adds one fold to the tally."""
    model, likes = fold.model, fold.likes
    shown = np.flatnonzero(likes >= least_likes - 0.5)
    place = np.full(len(likes), -1)
    place[shown] = np.arange(len(shown))
    trained = np.searchsorted(fold.training.item_ids, model.items[shown])
    weights = {ridge: ease(fold.training, trained, ridge) for ridge in {level.ease[0] for level in levels}}
    slates: dict[tuple[str, str], list[Rows]] = defaultdict(list)
    for case in split.cases(fold):
        outside = np.ones(len(likes), bool)
        outside[shown] = False
        outside[case.pool] = True
        for level in levels:
            told = level.told(case)
            rows, values = case.pool[told], case.values[told]
            known = place[rows[(values > 0) & (place[rows] >= 0)]]
            ridge, say = level.ease
            peer = np.zeros(len(likes))
            peer[shown] = weights[ridge][known].sum(0)
            found: dict[str, Vector] = {
                OURS: model.scores(model.fold_in(rows, values)),
                "ease": peer + say * likes / len(fold.training.user_ids),
                "popularity": likes.copy(),
            }
            for name, scores in found.items():
                scores[outside] = -np.inf
                ranked = top(scores, 10)
                key = name, level.name
                tally.ndcg[key].append(ndcg(ranked, case.targets))
                tally.recall[key].append(recall(ranked, case.targets))
                slates[key].append(ranked)
    for key, some in slates.items():
        tally.coverage[key].append(coverage(np.concatenate(some), len(shown)))
        tally.percentile[key].append(popularity_percentile(place[np.concatenate(some)], likes[shown]))
