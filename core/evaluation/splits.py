"""People held out, and the model trained on the others; all measures of one run share them."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from core import modelling
from core.errors import InteractionsError
from core.evaluation.data import Data
from core.evaluation.provenance import about
from core.recsys import Interactions, ItemFactors, als
from core.recsys.arrays import Mask, Rows, Vector

Progress = Callable[[str, int, int], None]  # stage, done, in all
Train = Callable[[Data, Interactions, int, Callable[[int, int, str], None]], ItemFactors]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """held: (m,) mask of the data's people who are measured; none of them is in training.

    model: its rows are the data's items (Data.size). likes: (n,) of the training people.
    """

    number: int
    training: Interactions
    held: Mask
    model: ItemFactors
    likes: Vector

    def head(self, count: int) -> Rows:
        """The most liked items, best first."""
        return np.argsort(-self.likes, kind="stable")[:count]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A held-out person. pool: (k,) rows that may be told, in random order, with values; targets: hidden likes;
    rated: (j,) rows of all hidden reactions, with ratings (j,)."""

    user: int
    pool: Rows
    values: Vector
    targets: Rows
    rated: Rows
    ratings: Vector


def train(data: Data, training: Interactions, seed: int, progress: Callable[[int, int, str], None]) -> ItemFactors:
    """The model as `jianyan build` makes it: on a whole catalogue, or the factors alone where there is none."""
    if data.catalog is None:
        return als.fit(training, rng=np.random.default_rng(seed), progress=progress)
    with tempfile.TemporaryDirectory() as beside:
        return modelling.train(data.catalog, training, data.texts, Path(beside) / "factors.npz", progress, seed)


@dataclass(eq=False)
class Split:
    """Strong generalisation: a person is trained on or measured, never both. Who has `likes` likes is held out once.

    people: measure at most so many, 0 for all; folds that are not needed are not run. Same data and seed, same people,
    and the few are the first of the many. made: folds that were trained for other splits of these data and this seed;
    what is trained here is added.
    """

    data: Data
    seed: int = 0
    people: int = 0
    folds: int = 5
    likes: int = 10
    progress: Progress | None = None
    train: Train = train
    made: list[Fold] = field(default_factory=list)

    def __iter__(self) -> Iterator[Fold]:
        parts = self._parts()
        for number, (part, measured) in enumerate(parts):
            if number == len(self.made):
                self.made.append(self._fold(number, len(parts), part))
            yield replace(self.made[number], held=np.isin(self._everybody, measured))

    def about(self, more: str = "") -> dict[str, str]:
        """Of a report: see `provenance`."""
        parts = self._parts()
        people = sum(len(measured) for _, measured in parts)
        split = f"{people} people held out, {self.folds} folds of which {len(parts)} were run"
        return about(self.data, f"{split}; {more}" if more else split, self.seed)

    def step(self, stage: str, done: int, total: int) -> None:
        """Says how far something is."""
        if self.progress is not None:
            self.progress(stage, done, total)

    def _parts(self) -> list[tuple[Rows, Rows]]:
        """Of each fold that is run: people who are not trained on, and those of them who are measured."""
        told = self.data.interactions
        liked = np.bincount(told.users[told.values > 0], minlength=len(told.user_ids))
        able = np.flatnonzero(liked >= self.likes)
        if len(able) < self.folds:
            raise InteractionsError(
                f"{self.data.name}: {len(able)} people with {self.likes} likes are too few to hold out"
            )
        parts = np.array_split(np.random.default_rng(self.seed).permutation(able), self.folds)
        left, found = self.people or len(able), []
        for part in parts:
            if left > 0:
                found.append((part, part[:left]))
                left -= len(part)
        return found

    @property
    def _everybody(self) -> Rows:
        return np.arange(len(self.data.interactions.user_ids))

    def _fold(self, number: int, count: int, part: Rows) -> Fold:
        held = np.isin(self._everybody, part)
        training = self.data.interactions.of(~held)
        model = self.train(
            self.data, training, self.seed,
            lambda done, total, label: self.step(f"fold {number + 1} of {count}: {label}", done, total),
        )  # fmt: skip
        places = np.searchsorted(model.items, training.item_ids[training.items[training.values > 0]])
        likes = np.bincount(places, minlength=len(model.items)).astype(np.float64)
        return Fold(number, training, held, model, likes)

    def cases(self, fold: Fold) -> Iterator[Case]:
        """The held-out people with at least five likes that the model knows; a fifth of their reactions is hidden.

        Which ones hangs on person and seed alone.
        """
        told, model = self.data.interactions, fold.model
        for user in np.flatnonzero(fold.held):
            mine = told.users == user
            ids, values = told.item_ids[told.items[mine]], told.values[mine]
            rows = np.minimum(np.searchsorted(model.items, ids), len(model.items) - 1)
            number = int(told.user_ids[user])
            rng = np.random.default_rng([self.seed, abs(number)])
            order = rng.permutation(np.flatnonzero(model.items[rows] == ids))
            liked = values[order] > 0
            if liked.sum() < 5:
                continue
            hidden = np.zeros(len(order), bool)
            for kind in (order[liked], order[~liked]):
                chosen = kind[: max(1, len(kind) // 5)]
                hidden |= np.isin(order, chosen)
            pool, asked = order[~hidden], order[hidden]
            yield Case(number, rows[pool], values[pool], rows[asked[values[asked] > 0]], rows[asked], values[asked])
