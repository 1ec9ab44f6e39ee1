"""Ratings of people as interactions, and people held out of them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import InteractionsError
from core.recsys import Interactions, ItemFactors
from core.recsys.arrays import Mask, Rows, Vector


def reactions(stars: Vector) -> Vector:
    """Ratings of half to five stars -> 1 from 4 up, 0 for 3 and 3.5, -1 below."""
    return np.where(stars >= 4, 1.0, np.where(stars >= 3, 0.0, -1.0))


def load_movielens(directory: Path) -> Interactions:
    """The reactions in ratings.csv (userId, movieId, rating, ...); InteractionsError if a line does not fit."""
    with (directory / "ratings.csv").open(encoding="utf-8", newline="") as file:
        try:
            lines = [(int(r["userId"]), int(r["movieId"]), float(r["rating"])) for r in csv.DictReader(file)]
        except (KeyError, TypeError, ValueError) as error:
            raise InteractionsError(f"{directory / 'ratings.csv'}: {error}") from error
    users, items, stars = (
        np.array([line[0] for line in lines]),
        [line[1] for line in lines],
        [line[2] for line in lines],
    )
    return Interactions.from_arrays(users, np.array(items), reactions(np.array(stars)))


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A held-out person. pool: (k,) rows that may be told, in random order, with values; targets: hidden likes;
    rated: (j,) rows of all hidden reactions, with ratings (j,)."""

    pool: Rows
    values: Vector
    targets: Rows
    rated: Rows
    ratings: Vector


def folds(
    interactions: Interactions, count: int, rng: np.random.Generator, likes: int = 10
) -> Iterator[tuple[Interactions, Mask]]:
    """(training interactions, mask of users held out), `count` times; who has `likes` likes is held out once."""
    liked = np.bincount(interactions.users[interactions.values > 0], minlength=len(interactions.user_ids))
    for held in np.array_split(rng.permutation(np.flatnonzero(liked >= likes)), count):
        mask = np.zeros(len(liked), bool)
        mask[held] = True
        yield interactions.of(~mask), mask


def cases(interactions: Interactions, held: Mask, model: ItemFactors, rng: np.random.Generator) -> Iterator[Case]:
    """The held-out people with at least five likes that the model knows; a fifth of all their reactions is hidden."""
    for user in np.flatnonzero(held):
        mine = interactions.users == user
        ids, values = interactions.item_ids[interactions.items[mine]], interactions.values[mine]
        rows = np.minimum(np.searchsorted(model.items, ids), len(model.items) - 1)
        order = rng.permutation(np.flatnonzero(model.items[rows] == ids))
        liked = values[order] > 0
        if liked.sum() < 5:
            continue
        hidden = np.zeros(len(order), bool)
        for kind in (order[liked], order[~liked]):
            chosen = kind[: max(1, len(kind) // 5)]
            hidden |= np.isin(order, chosen)
        told, asked = order[~hidden], order[hidden]
        yield Case(rows[told], values[told], rows[asked[values[asked] > 0]], rows[asked], values[asked])
