"""Worlds of known truth: people and items whose tastes we made, so that a number has a right answer."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from core.recsys import Interactions
from core.recsys.arrays import Mask, Rows, Vector


@dataclass(frozen=True, slots=True, eq=False)
class TasteWorld:
    """People like items of their own group: `groups` (n,) of items, `tastes` (m,) of people, and what was told."""

    groups: Rows
    tastes: Rows
    interactions: Interactions


def taste_world(
    rng: np.random.Generator, people: int = 150, items: int = 60, groups: int = 3, told: int = 15
) -> TasteWorld:
    """Each person takes up `told` items, popular ones more often, and likes nine tenths of the own group and a fifth of
    the others. Item ids are 10, 20, 30 ..., user ids 1000, 1001 ...
    """
    kinds = np.arange(items) % groups
    tastes = rng.integers(0, groups, people)
    popularity = 1 / np.arange(3, items + 3)
    users, rows, values = [], [], []
    for person, taste in enumerate(tastes):
        weights = popularity * np.where(kinds == taste, 4.0, 1.0)
        taken = rng.choice(items, told, replace=False, p=weights / weights.sum())
        liked = rng.random(told) < np.where(kinds[taken] == taste, 0.9, 0.2)
        users += [person] * told
        rows += taken.tolist()
        values += np.where(liked, 1.0, rng.choice([-1.0, 0.0], told)).tolist()
    interactions = Interactions.from_arrays(np.array(users) + 1000, np.array(rows) * 10 + 10, values)
    return TasteWorld(kinds, tastes, interactions)


@dataclass(frozen=True, slots=True, eq=False)
class CatalogueWorld:
    """A taste world's items and others that nobody rated.

    groups, domains: (n,) of all rows. facets: (n, groups + noise) the group and facets that mean nothing.
    catalogue_rows: row of each trained item. editorial: (n,).
    """

    taste: TasteWorld
    groups: Rows
    domains: Rows
    facets: "sp.csr_matrix[np.float64]"
    catalogue_rows: Rows
    editorial: Vector

    def members(self, group: int) -> Vector:
        """(n,) 1 for the rows of a group."""
        return (self.groups == group).astype(np.float64)

    def unrated(self) -> Mask:
        """(n,) rows that nobody rated."""
        mask = np.ones(len(self.groups), bool)
        mask[self.catalogue_rows] = False
        return mask


def catalogue_world(rng: np.random.Generator, taste: TasteWorld, unrated: int = 20, books: int = 30) -> CatalogueWorld:
    """The rated items of domain 0 (shuffled), `unrated` more of it, and `books` items of domain 1."""
    count, groups = len(taste.interactions.item_ids), int(taste.groups.max()) + 1
    n = count + unrated + books
    kinds = np.concatenate([taste.groups[taste.interactions.item_ids // 10 - 1], np.arange(unrated + books) % groups])
    domains = np.repeat([0, 1], [count + unrated, books])
    order = rng.permutation(n)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    kinds, domains = kinds[order], domains[order]
    facets = np.hstack([np.eye(groups)[kinds], rng.random((n, 4)) < 0.3]).astype(np.float64)
    return CatalogueWorld(taste, kinds, domains, sp.csr_matrix(facets), place[:count], rng.random(n))
