"""Catalog + Interactions -> the item model that every chat's belief rests on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from core.catalog import DOMAINS, Catalog
from core.recsys import Interactions, als, content
from core.recsys.als import AlsConfig
from core.recsys.factors import ItemFactors

FACET_KINDS = ("genre", "mood", "keyword", "person", "decade", "country", "language", "audience")
KIND_WEIGHTS = {
    "genre": 1.0,
    "mood": 1.0,
    "keyword": 0.7,
    "person": 0.7,
    "decade": 0.4,
    "country": 0.3,
    "language": 0.3,
    "audience": 0.4,
}
Progress = Callable[[int, int, str], None]


def train(
    catalog: Catalog,
    interactions: Interactions | None,
    texts: npt.NDArray[np.float32] | None,
    out: Path,
    progress: Progress | None = None,
    seed: int = 0,
    config: AlsConfig = AlsConfig(),
) -> ItemFactors:
    """Trains, extends to the whole catalogue, and writes one .npz beside and renamed.

    interactions: items are rows of the catalogue; None where there are no ratings: content and order alone then.
    texts: (n, t) unit vectors of the descriptions, zeros where there is none.
    """
    told = interactions if interactions is not None else _nobody(catalog)
    factors = als.fit(told, config, np.random.default_rng(seed), progress)
    embeddings = None if texts is None else texts.astype(np.float64)
    model = content.extend(
        factors,
        factors.items,
        facet_matrix(catalog),
        embeddings,
        np.array([DOMAINS.index(i.domain) for i in catalog.items]),
        editorial(catalog),
    )
    model.save(out)
    return model


def facet_matrix(catalog: Catalog) -> "sp.csr_matrix[np.float64]":
    """(n, f) weights of the facets that two items or more have."""
    found = [(kind, rows) for (kind, _), rows in catalog.rows_of.items() if kind in FACET_KINDS and len(rows) > 1]
    rows = np.concatenate([np.array(r) for _, r in found]) if found else np.zeros(0, np.int64)
    columns = np.repeat(np.arange(len(found)), [len(r) for _, r in found])
    weights = np.repeat([KIND_WEIGHTS[kind] for kind, _ in found], [len(r) for _, r in found])
    return sp.csr_matrix((weights, (rows, columns)), shape=(len(catalog), len(found)))


def editorial(catalog: Catalog) -> npt.NDArray[np.float64]:
    """(n,) how well known an item is said to be: described ones first, then the order in which its writers put them."""
    standing = np.zeros(len(catalog))
    seen: dict[str, int] = {}
    for row, item in enumerate(catalog.items):
        place = seen[item.domain] = seen.get(item.domain, 0) + 1
        standing[row] = -np.log1p(place) + (3.0 if item.about.zh else 0.0)
    return standing


def _nobody(catalog: Catalog) -> Interactions:
    """A few people made up of nothing but the catalogue's order, where there are no ratings at all.

    Each likes the described items of one genre: enough to give the factors the shape of the genres.
    """
    users, items = [], []
    genres = [(value, rows) for (kind, value), rows in catalog.rows_of.items() if kind == "genre" and len(rows) > 2]
    for user, (_, rows) in enumerate(genres):
        for row in rows:
            users.append(user)
            items.append(row)
    return Interactions.from_arrays(np.array(users), np.array(items), None)
