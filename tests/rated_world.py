"""A world of known tastes as MovieLens writes it, and a small model of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from worlds import TasteWorld

from core import modelling
from core.evaluation.data import Data
from core.recsys import Interactions, ItemFactors, content
from core.recsys.als import AlsConfig, fit

GENRES = ("Comedy", "Horror", "War")
STARS = {1.0: 4.5, 0.0: 3.0, -1.0: 1.5}


def write_movielens(world: TasteWorld, path: Path) -> None:
    """A film's genre is its group; one film has no year, and one of its ratings is there all the same."""
    found = world.interactions
    rated = [
        f"{found.user_ids[u]},{found.item_ids[i]},{STARS[v]},0"
        for u, i, v in zip(found.users, found.items, found.values.tolist(), strict=True)
    ]
    (path / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rated, "1000,99999,5,0", ""]))
    films = [
        f'{n},"Film {n}, The ({1950 + n % 60})",{GENRES[world.groups[n // 10 - 1]]}' for n in found.item_ids.tolist()
    ]
    (path / "movies.csv").write_text("\n".join(["movieId,title,genres", *films, "99999,No Year,Drama", ""]))
    people = [f"{n},{'FM'[n % 2]},{18 + n % 50}" for n in found.user_ids.tolist()]
    (path / "users.csv").write_text("\n".join(["userId,gender,age", *people, ""]))


def small(data: Data, training: Interactions, seed: int, progress: Callable[[int, int, str], None]) -> ItemFactors:
    """A model over the whole catalogue, in a moment."""
    progress(0, 1, "factors")
    factors = fit(training, AlsConfig(d=8), np.random.default_rng(seed))
    assert data.catalog is not None
    facets, domains = modelling.facet_matrix(data.catalog), np.zeros(len(data.catalog), np.int64)
    return content.extend(factors, factors.items, facets, None, domains, modelling.editorial(data.catalog))
