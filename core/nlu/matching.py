"""A free wish against the descriptions of items: by what it means, and by the words it is said in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from core.catalog import Catalog
from core.nlu.reading import Encoder
from core.nlu.terms import Terms

FLOOR, LIGHT_FLOOR = 0.46, 0.40  # of the likeness to what is nearest, for a wish that names a thing in a word or two
KIN = 0.5  # weight of what the encoder thinks of an item's facets, beside what it thinks of its description
WORDS, HALF = 0.5, 15.0  # the most that words can add to a cosine, and the BM25 score that adds half of it


@dataclass(frozen=True, eq=False)
class Matcher:
    """Likeness of a text to every description. rows: (m,) the items that have one. texts: (m, t) their vectors.

    What the catalogue lacks ("a chainsaw") comes nearest at .34 to .50 with the built encoder, at .23 to .42 with the
    light one. A situation that is told at length is met from .30 on, so the floor speaks of a word or two only.
    """

    encoder: Encoder
    terms: Terms
    rows: npt.NDArray[np.int64]
    texts: npt.NDArray[np.float32]
    n: int

    @classmethod
    def build(
        cls,
        encoder: Encoder,
        texts: npt.NDArray[np.float32],
        catalog: Catalog,
        langs: Sequence[str] = ("zh", "en"),
    ) -> Self:
        """texts: (n, t) unit vectors, zeros where an item has no description. langs: of the texts whose words count."""
        rows = np.flatnonzero(texts.any(axis=1))
        described = Catalog(tuple(catalog.items[row] for row in rows))
        own = np.asarray(texts[rows], dtype=np.float32)
        return cls(encoder, Terms.build(described.items, langs), rows, own + KIN * _kin(own, described), len(texts))

    def __call__(self, wish: str) -> npt.NDArray[np.float64]:
        """(n,) likeness, a cosine and what the words add; -1 where there is no description."""
        near = np.full(self.n, -1.0)
        words = self.terms(wish)
        near[self.rows] = self.texts @ self.encoder.encode([wish], "query")[0] + WORDS * words / (words + HALF)
        return near


def _kin(texts: npt.NDArray[np.float32], catalog: Catalog) -> npt.NDArray[np.float32]:
    """(m, t) for each item the mean vector of those that share its genres, moods and keywords, the rarer the more.

    So that a wish for "something dark" finds what is told in bright words, but stands beside what is dark.
    """
    shared = [r for (kind, _), r in catalog.rows_of.items() if kind in ("genre", "mood", "keyword") and len(r) > 1]
    if not shared:
        return np.zeros_like(texts)
    sizes = np.array([len(r) for r in shared])
    columns = np.repeat(np.arange(len(shared)), sizes)
    has = sp.csr_array((np.ones(sizes.sum(), np.float32), (np.concatenate(shared), columns)), (len(texts), len(shared)))
    means = (has.T @ texts) / sizes[:, None] - texts.mean(axis=0)  # (f, t)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    rarity = np.log(len(texts) / sizes)
    weighted = has * rarity[None, :]
    totals = np.maximum(np.asarray(weighted.sum(axis=1)), 1e-9)
    return np.asarray((weighted @ means) / totals[:, None], dtype=np.float32)
