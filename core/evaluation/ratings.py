"""Ratings of people as interactions, and people held out of them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.errors import InteractionsError
from core.recsys import Interactions
from core.recsys.arrays import Mask, Vector


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


def folds(
    interactions: Interactions, count: int, rng: np.random.Generator, likes: int = 10
) -> Iterator[tuple[Interactions, Mask]]:
    """(training interactions, mask of users held out), `count` times; who has `likes` likes is held out once."""
    liked = np.bincount(interactions.users[interactions.values > 0], minlength=len(interactions.user_ids))
    for held in np.array_split(rng.permutation(np.flatnonzero(liked >= likes)), count):
        mask = np.zeros(len(liked), bool)
        mask[held] = True
        yield interactions.of(~mask), mask
