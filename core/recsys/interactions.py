"""Who reacted how to what: the only thing that training sees of people."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from core.errors import InteractionsError
from core.recsys.arrays import Integers, Mask, Numbers, Rows, Vector, grades, integers


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """Reactions of users to items, each pair at most once.

    users, items: (k,) positions in user_ids and item_ids, which are sorted.
    values: (k,) in [-1, 1]: 1 liked, 0 so-so, -1 disliked.
    """

    users: Rows
    items: Rows
    values: Vector
    user_ids: Rows
    item_ids: Rows

    @classmethod
    def from_arrays(cls, users: Integers, items: Integers, values: Numbers | None = None) -> Self:
        """From parallel arrays of ids; values None means that each was seen and chosen.

        InteractionsError for different lengths, no interactions, ids that are no integers, a value that is NaN or
        outside [-1, 1], or the same pair twice.
        """
        given_users, given_items = integers(users, "users"), integers(items, "items")
        given_values = np.ones(len(given_users)) if values is None else grades(values)
        sizes = len(given_users), len(given_items), len(given_values)
        if len(set(sizes)) > 1:
            raise InteractionsError("users, items and values differ in length: {}, {}, {}".format(*sizes))
        if not len(given_users):
            raise InteractionsError("no interactions")
        user_ids, u = np.unique(given_users, return_inverse=True)
        item_ids, i = np.unique(given_items, return_inverse=True)
        pairs, counts = np.unique(u * len(item_ids) + i, return_counts=True)
        if len(pairs) < len(u):
            user, item = divmod(int(pairs[np.argmax(counts)]), len(item_ids))
            raise InteractionsError(f"user {user_ids[user]} and item {item_ids[item]} occur twice")
        return cls(u, i, given_values, user_ids, item_ids)

    def of(self, people: Mask) -> "Interactions":
        """The interactions of the users where people (m,) is true; ids that are left without any are gone."""
        keep = people[self.users]
        return Interactions.from_arrays(
            self.user_ids[self.users[keep]], self.item_ids[self.items[keep]], self.values[keep]
        )

    def matrix(self, values: Vector) -> "sp.csr_matrix[np.float32]":
        """(m, n) float32 with values (k,) in the places of the interactions; zeros are not stored."""
        kept = values != 0
        return sp.csr_matrix(
            (values[kept].astype(np.float32), (self.users[kept], self.items[kept])),
            shape=(len(self.user_ids), len(self.item_ids)),
        )
