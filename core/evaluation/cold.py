"""Items that nobody rated: a tenth of the films held back entirely, and genres held apart as if they were domains."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core import modelling
from core.catalog import Catalog
from core.errors import InteractionsError
from core.evaluation.results import Chart, Report, Series, Spread, Table
from core.evaluation.splits import Case, Fold, Split
from core.recsys import ItemFactors, als
from core.recsys.arrays import Mask, Vector
from core.recsys.content import NORMAL_80, extend
from core.recsys.interactions import Interactions
from core.recsys.metrics import ndcg, top

OURS, GENRE, TEXT, CHANCE = "jianyan", "popularity in genre", "plain encoder", "chance"
TOLD = (1, 3, 10)  # likes
TENTH = 10  # one film in so many is held back
JUDGED = (1, 5, 20)  # likes from which on an item is looked at
APART = (
    ("animation", "family", "fantasy"), ("horror", "thriller", "crime"), ("documentary", "history", "war"),
    ("romance", "comedy"),
)  # fmt: skip
Embeddings = npt.NDArray[np.float32]
Found = dict[str, list[float]]


def cold(
    split: Split, texts: Embeddings | None = None, told: Sequence[int] = TOLD, more: Sequence[Table] = ()
) -> Report:
    """NDCG@10 among items without a rating, after n likes of others.

    texts: (n, t) unit vectors of what the items are called and of which genres, for the plain encoder; None leaves it
    out. more: tables that belong beside these. InteractionsError where the data has no catalogue: what an item is must
    come from somewhere.
    """
    catalog = split.data.catalog
    if catalog is None:
        raise InteractionsError(
            f"{split.data.name}: films (movies.csv) are needed: of an unrated one nothing else is known"
        )
    back: dict[int, Found] = {n: defaultdict(list) for n in told}
    across: dict[str, Found] = {}
    inside: dict[int, list[float]] = {likes: [] for likes in JUDGED}
    for fold in split:
        rng = np.random.default_rng([split.seed, fold.number])
        held = rng.permutation(np.flatnonzero(fold.likes > 0))
        hidden = np.isin(np.arange(len(fold.likes)), held[: len(held) // TENTH])
        model = _without(fold, catalog, hidden, None, split)
        _inside(split, fold, model, hidden, inside)
        for case in split.cases(fold):
            for n in told:
                _add(back[n], case, hidden, n, fold, model, catalog, texts)
        for genres in APART if fold.number == 0 else ():
            far = _members(catalog, genres)
            if 0 < fold.likes[far].sum() < fold.likes.sum():
                model = _without(fold, catalog, far, far.astype(np.int64), split)
                found = across.setdefault(", ".join(genres), defaultdict(list))
                for case in split.cases(fold):
                    _add(found, case, far, max(told), fold, model, catalog, texts)
    names = tuple(back[told[0]])
    peers = [name for name in names if name not in (OURS, CHANCE)]
    tables = (
        Table(
            "ndcg10",
            "NDCG@10 among the held-back films, by likes told of others",
            ("likes told", *names, *(f"over {name}" for name in peers)),
            tuple((str(n), *_compared(back[n], names, peers)) for n in told),
        ),
        Table(
            "intervals",
            "Scores of held-back films inside the 80 % interval from content alone, by the likes a film has",
            ("likes", "inside"),
            tuple((f"{likes} and more", Spread.of(inside[likes])) for likes in JUDGED),
            "The truth: the score that the same person has by the film's own factors, which saw its ratings. What "
            "makes few of many films popular is not in their genres: among those alone no interval holds as many.",
        ),
        Table(
            "domains",
            f"Genres as domains that nobody rated; NDCG@10 among their films after {max(told)} likes elsewhere",
            ("genres", "people", *names, *(f"over {name}" for name in peers)),
            tuple((name, len(found[OURS]), *_compared(found, names, peers)) for name, found in across.items()),
            "In the first fold. How popular a film of such a domain is, is not known either.",
        ),
        *more,
    )
    series = tuple(
        Series(
            name,
            tuple(str(n) for n in told),
            tuple(Spread.of(back[n][name]).mean for n in told),
            tuple(Spread.of(back[n][name]).error for n in told),
        )
        for name in names
    )
    chart = Chart("ndcg", "Films that nobody rated", "likes told of other films", "NDCG@10", series)
    about = split.about(f"one film in {TENTH} of those with likes held back from everybody")
    return Report("cold", "Cold: items that nobody rated", about, tables, (chart,))


def _compared(found: Found, names: Sequence[str], peers: Sequence[str]) -> tuple[Spread, ...]:
    ours = np.array(found[OURS])
    return (*(Spread.of(found[name]) for name in names), *(Spread.ratio(ours, np.array(found[name])) for name in peers))


def _members(catalog: Catalog, genres: Sequence[str]) -> Mask:
    mask = np.zeros(len(catalog), bool)
    for genre in genres:
        mask[list(catalog.rows_of.get(("genre", genre), ()))] = True
    return mask


def _without(
    fold: Fold, catalog: Catalog, hidden: Mask, domains: "npt.NDArray[np.int64] | None", split: Split
) -> ItemFactors:
    """The model of the fold's people as if nobody had reacted to the hidden rows; these may be domains of their own."""
    told = fold.training
    kept = ~hidden[told.item_ids[told.items]]
    rest = Interactions.from_arrays(told.user_ids[told.users[kept]], told.item_ids[told.items[kept]], told.values[kept])

    def step(done: int, total: int, label: str) -> None:
        split.step(f"fold {fold.number + 1}, without some items: {label}", done, total)

    texts = None if split.data.texts is None else split.data.texts.astype(np.float64)
    factors = als.fit(rest, rng=np.random.default_rng(split.seed), progress=step)
    kinds = np.zeros(len(catalog), np.int64) if domains is None else domains
    return extend(factors, factors.items, modelling.facet_matrix(catalog), texts, kinds, modelling.editorial(catalog))


def _add(
    found: Found, case: Case, hidden: Mask, n: int, fold: Fold, model: ItemFactors, catalog: Catalog,
    texts: Embeddings | None,
) -> None:  # fmt: skip
    """One person's NDCG@10 among the hidden rows by each recommender; nothing for who likes none of them."""
    everything = np.concatenate([case.pool[case.values > 0], case.targets])
    targets, known = everything[hidden[everything]], case.pool[(case.values > 0) & ~hidden[case.pool]][:n]
    if not len(targets) or len(known) < n:
        return
    scored: dict[str, Vector] = {
        OURS: model.scores(model.fold_in(known, np.ones(len(known)))),
        GENRE: _by_genre(fold, catalog, hidden),
    }
    if texts is not None:
        scored[TEXT] = (texts @ texts[known].mean(0)).astype(np.float64)
    scored[CHANCE] = np.random.default_rng(case.user % 2**32).random(len(hidden))
    for name, scores in scored.items():
        found[name].append(ndcg(top(np.where(hidden, scores, -np.inf), 10), targets))


def _by_genre(fold: Fold, catalog: Catalog, hidden: Mask) -> Vector:
    """(n,) mean over an item's genres of the likes of their other members."""
    sums, counts = np.zeros(len(catalog)), np.zeros(len(catalog))
    for (kind, _), rows in catalog.rows_of.items():
        members = np.array(rows)
        warm = members[~hidden[members]]
        if kind == "genre" and len(warm):
            sums[members] += fold.likes[warm].mean()
            counts[members] += 1
    found: Vector = sums / np.maximum(counts, 1)
    return found


def _inside(split: Split, fold: Fold, model: ItemFactors, hidden: Mask, found: dict[int, list[float]]) -> None:
    """Adds which share of the hidden items' scores lies in the 80 % interval, for each person with all they told.

    found: by the likes that an item has at least.
    """
    asked = np.flatnonzero(hidden)
    for case in split.cases(fold):
        kept = ~hidden[case.pool]
        guess = model.fold_in(case.pool[kept], case.values[kept])
        known = fold.model.fold_in(case.pool[kept], case.values[kept])
        truth = fold.model.vectors[asked] @ known.mean + fold.model.offsets[asked]
        middle = model.vectors[asked] @ guess.mean + model.offsets[asked]
        inside = np.abs(truth - middle) <= NORMAL_80 * model.score_std(guess, asked)
        for likes in JUDGED:
            if (enough := fold.likes[asked] >= likes).any():
                found[likes].append(float(inside[enough].mean()))
