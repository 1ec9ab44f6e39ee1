"""Taste that crosses domains, on a catalogue of several: what likes of films do to the lists of everything else."""

import numpy as np

from core.catalog import DOMAINS, Catalog
from core.evaluation.results import Cell, Spread, Table
from core.recsys import ItemFactors
from core.recsys.arrays import Mask, Vector
from core.recsys.metrics import top

FROM = "film"
KINDS = ("genre", "mood", "keyword")
TOLD = 3  # films of a facet
LEAST = 8  # described members in either domain, to be looked at


def crossing(catalog: Catalog, model: ItemFactors) -> Table:
    """For each facet that films share with another domain: three films of it are liked, the best known ones.

    By domain: how many facets, the share of the facet in that domain's ten best when nothing was told, and after.
    """
    described = np.array([bool(item.about.zh or item.about.en) for item in catalog.items])
    domain = np.array([item.domain for item in catalog.items])
    nothing = model.scores(model.fold_in([], []))
    found: dict[str, list[tuple[float, float]]] = {}
    for (kind, _), rows in catalog.rows_of.items():
        if kind not in KINDS:
            continue
        members = np.isin(np.arange(len(catalog)), rows) & described
        films = np.flatnonzero(members & (domain == FROM))
        if len(films) < LEAST:
            continue
        liked = films[np.argsort(-model.popularity[films], kind="stable")[:TOLD]]
        told = model.scores(model.fold_in(liked, np.ones(len(liked))))
        for other in DOMAINS:
            inside = described & (domain == other)
            if other != FROM and (members & inside).sum() >= LEAST:
                shares = _share(nothing, members, inside), _share(told, members, inside)
                found.setdefault(other, []).append(shares)
    cells: list[tuple[Cell, ...]] = []
    for other, pairs in found.items():
        before, after = (np.array(values) for values in zip(*pairs, strict=True))
        cells.append((other, len(pairs), Spread.of(before), Spread.of(after), Spread.of(after - before)))
    return Table(
        "starter",
        f"As built: {TOLD} liked films of a genre, mood or keyword, and its share in the ten best of other domains",
        ("domain", "facets", "nothing told", "films told", "more"),
        tuple(cells),
        "Nobody rated these items: what a film and a book have in common is all that can carry the taste.",
    )


def _share(scores: Vector, members: Mask, inside: Mask) -> float:
    return float(members[top(np.where(inside, scores, -np.inf), 10)].mean())
