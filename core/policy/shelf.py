"""The catalogue as arrays, made once for all chats: who has which facet, numbers, and what is alike."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from core import evidence
from core.catalog import DOMAINS, NUMBERS, Catalog
from core.recsys.factors import ItemFactors
from core.recsys.gaussian import Observation
from core.turns import Condition, Target

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
WEIGHTS = {"genre": 2.0, "mood": 1.0, "keyword": 0.7, "person": 1.0}  # a rare keyword is no kin of its own
ALIKE_KINDS = tuple(WEIGHTS)
BY_LIKERS = 2.0  # of likeness by who liked both; facets weigh 1
RELIABLE = 10  # people who judged an item, by whom half is believed


@dataclass(frozen=True, eq=False)
class Shelf:
    """The catalogue as arrays, made once: who has which facet, numbers, and what is alike.

    texts: (n, t) unit vectors of the descriptions, zeros where there is none; or None.
    match: free text -> (n,) similarity to the descriptions. floor: below it nothing is meant by a word or two.
    hidden: ids of what is known by its name and never picked.
    openness: from 0, what is known, to 1, hidden gems: see `core.recsys.slate`.
    """

    catalog: Catalog
    model: ItemFactors
    texts: npt.NDArray[np.float32] | None = None
    match: Callable[[str], Vector] | None = None
    floor: float = 0.0
    hidden: frozenset[str] = frozenset()
    openness: float = 0.0

    @cached_property
    def observer(self) -> evidence.Observer:
        return evidence.Observer(self.catalog, self.model)

    @cached_property
    def domain(self) -> npt.NDArray[np.int64]:
        return np.array([DOMAINS.index(i.domain) for i in self.catalog.items])

    @cached_property
    def described(self) -> Mask:
        return np.array([bool(i.about.zh or i.about.en) for i in self.catalog.items])

    @cached_property
    def numbers(self) -> dict[str, Vector]:
        """Number fields by kind, NaN where unknown."""

        def column(kind: str) -> Vector:
            return np.array([np.nan if (v := i.number(kind)) is None else v for i in self.catalog.items])

        return {kind: column(kind) for kind in ("year", *NUMBERS)}

    @cached_property
    def facets(self) -> tuple["sp.csr_matrix[np.float64]", tuple[tuple[str, str], ...], Vector]:
        """(n, f) unit rows of facets weighted by rarity, the facets, and their rarity."""
        names = tuple(
            f for f, rows in self.catalog.rows_of.items() if f[0] in ALIKE_KINDS and len(rows) > 1 and f[1] != "series"
        )
        rarity = np.array([WEIGHTS[f[0]] * np.log(len(self.catalog) / len(self.catalog.rows_of[f])) for f in names])
        rows = np.concatenate([np.array(self.catalog.rows_of[f]) for f in names]) if names else np.zeros(0, int)
        columns = np.repeat(np.arange(len(names)), [len(self.catalog.rows_of[f]) for f in names])
        matrix = sp.csr_matrix((rarity[columns], (rows, columns)), shape=(len(self.catalog), len(names)))
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
        return sp.csr_matrix(sp.diags_array(1 / np.maximum(norms, 1e-9)) @ matrix), names, rarity

    def mask(self, condition: Condition) -> Mask:
        """(n,) True where the condition holds; an unknown field fails a must (see `evidence.satisfies`)."""
        if condition.target is None:
            values = self.numbers[str(condition.kind)]
            bound = float(condition.value or 0)
            known = ~np.isnan(values)
            with np.errstate(invalid="ignore"):
                holds = {
                    "=": values == bound,
                    "!=": values != bound,
                    "<": values < bound,
                    "<=": values <= bound,
                    ">": values > bound,
                    ">=": values >= bound,
                }[condition.op or "="]
            kept: Mask = known & holds if condition.must else ~known | ~holds
            return kept
        found = np.zeros(len(self.catalog), dtype=bool)
        kind, value = condition.target.kind, condition.target.value
        if kind == "item":
            rows: Iterable[int] = [self.catalog.row[value]] if value in self.catalog.row else []
        elif kind == "audience":
            rows = [r for a in evidence.suited(value) for r in self.catalog.rows_of.get(("audience", a), ())]
        else:
            rows = [r for t in evidence.meant(condition) for r in self.catalog.rows_of.get((t.kind, t.value), ())]
        found[list(rows)] = True
        return found if condition.must else ~found

    def alike(self, row: int) -> Vector:
        """(n,) likeness to an item: rare facets in common, what their descriptions say, and who liked both.

        Of 100 people held out of MovieLens who asked for "something like" a film they liked, the first five lists
        brought 61 one that they liked too, against 24 by facets alone.
        """
        matrix = self.facets[0]
        likeness: Vector = np.asarray((matrix @ matrix[row].T).todense()).ravel()
        if self.texts is not None and self.texts[row].any():
            likeness = likeness + (self.texts @ self.texts[row]).astype(np.float64)
        if self.model.counts[row]:
            trust = self.model.counts / (self.model.counts + RELIABLE)
            likeness = likeness + BY_LIKERS * trust[row] * trust * (self.directions @ self.directions[row])
        return likeness

    @cached_property
    def directions(self) -> npt.NDArray[np.float64]:
        """(n, d) the items' vectors in the space of tastes, of length 1."""
        vectors = self.model.vectors
        found: npt.NDArray[np.float64] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return found

    def question(self, target: Target) -> Observation:
        """What a yes to "do you like it?" would say. Kept: it is the same for everybody."""
        found = self._questions.get(target)
        if found is None:
            members = np.zeros(len(self.catalog))
            members[list(self.catalog.rows_of[(target.kind, target.value)])] = 1.0
            found = self._questions[target] = self.model.facet_observation(members, 1.0)
        return found

    @cached_property
    def _questions(self) -> dict[Target, Observation]:
        return {}

    def kin(self, row: int) -> Mask:
        """(n,) the work itself in any form, and its sequels: their titles begin alike."""
        stems = self.stems[row]
        return np.fromiter((bool(stems & other) for other in self.stems), bool, len(self.catalog))

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """What the titles of one series have in common: all before a colon, number, "and the" or 与."""

        def stem(title: str) -> str:
            bare = re.sub(r"[·・\s]+", " ", title.casefold())
            head = re.split(r"[:：,，]| and the | part | vol|[与之]| [ivx]+$|[\d１-９]", bare, maxsplit=1)[0].strip()
            return head if len(head) >= 2 else bare

        return tuple(frozenset(stem(t) for t in (i.title.zh, i.title.en) if t) for i in self.catalog.items)

    def shared(self, row: int, other: int) -> tuple[Target, ...]:
        """Facets that two items share, rarest first."""
        matrix, names, rarity = self.facets
        common = np.intersect1d(matrix[row].indices, matrix[other].indices)
        return tuple(Target(*names[f]) for f in sorted(common, key=lambda f: (-rarity[f], f)))
