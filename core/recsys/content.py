"""From rated items to a whole catalogue: vectors, offsets and their uncertainty from what an item is.

A row's vector is [CF factors, gamma * centred facet coordinates]. Rated rows keep their factors; the others get them
from a ridge map of their content. Facet coordinates hold what few factors cannot (documentary), and are the same in
every domain, so that taste carries over. Silence touches the factors alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp
import scipy.sparse.linalg as ssl

from core.errors import InteractionsError
from core.recsys.arrays import Integers, Matrix, Rows, Vector, integers
from core.recsys.factors import ItemFactors

NORMAL_80 = 1.2816  # 80 % of a normal distribution lies within so many deviations


@dataclass(frozen=True, slots=True)
class ContentConfig:
    """Chosen on validation people of ML-100K and ml-latest-small, genres and decades as facets.

    Facet coordinates bring 1.0 % NDCG@10 on ml-latest-small and 0.3 % on ML-100K, told 1 to 10 reactions (se 0.8 each),
    nothing with a full profile. Without `facet_count` they brought 3 % and cost 5 %: where films are rated often, the
    factors know better. No gain: adding the map's factors to those of thinly rated items.
    """

    facet_dimensions: int = 48  # more facets than that are compressed
    facet_energy: float = 0.3  # mean square of the facet part over that of the factors, popular items counting more
    facet_count: float = 30.0  # reactions at which an item's square is halved: its factors have learnt what it is
    facet_members: int = 3  # a facet with fewer says nothing in the map
    map_facets: int = 400  # the most common ones; the map is dense in them
    text_weight: float = 3.0  # an embedding has length 1; a facet counts 1 each
    ridges: tuple[float, ...] = (3.0, 10.0, 30.0, 100.0)  # the best on held-out items is taken
    reliable_count: float = 5.0  # reactions at which an item's factors are as sure as its content
    held_out_groups: int = 5
    least_rated: int = 30  # with fewer rated items there is no map: taste is facets alone
    alone_energy: float = 0.01  # then the mean square of the facet part, about that of learned factors
    alone_offsets: tuple[float, float] = (0.1, 0.2)  # and the offsets, in editorial order: those of well known films
    transfer: float = 2.0  # variance of the map in a domain without reactions, over that in a domain with


@dataclass(frozen=True, slots=True, eq=False)
class _Predicted:
    """What content says of all rows: factors (n, d), offsets (n,); and its variances: see ItemFactors."""

    factors: Matrix
    offsets: Vector
    residual: Vector
    scatter: Vector
    offset_variance: Vector


def extend(
    factors: ItemFactors,
    catalogue_rows: Mapping[int, int] | Integers,
    facets: "sp.csr_matrix[np.float64]",
    embeddings: Matrix | None,
    domains: Integers,
    editorial: Vector,
    config: ContentConfig = ContentConfig(),
) -> ItemFactors:
    """The model over all n rows of a catalogue; its `items` are the rows.

    catalogue_rows: row of each of factors.items, -1 where the catalogue lacks it; or a mapping from item id to row.
    facets: (n, f) weights >= 0. embeddings: (n, t) of length 1, a row of zeros where there is no text; or None.
    domains: (n,) integers from 0. editorial: (n,) how well known an item is in its domain, in any unit.
    InteractionsError where a length or a row does not fit.
    """
    n = facets.shape[0]
    kinds, places = integers(domains, "domains"), _places(factors, catalogue_rows, n)
    if {len(kinds), len(editorial), n if embeddings is None else len(embeddings)} != {n} or kinds.min(initial=0) < 0:
        raise InteractionsError(f"facets, embeddings, domains and editorial must have {n} rows, domains from 0")
    kept = np.flatnonzero(places >= 0)
    if len(kept) < config.least_rated:
        kept, places = kept[:0], np.full_like(places, -1)
    rated, rows = places[kept], np.arange(n)
    is_rated = np.isin(rows, rated)
    counts = np.zeros(n, np.int64)
    counts[rated] = factors.counts[kept]
    standing = _standing(editorial, kinds)
    features = _features(facets, embeddings, standing, rated, config)
    predicted = _predict(features, factors, kept, rated, config)

    vectors, offsets = predicted.factors, predicted.offsets
    expected = vectors @ np.linalg.lstsq(factors.vectors, factors.expected, rcond=None)[0]
    vectors[rated], offsets[rated] = factors.vectors[kept], factors.offsets[kept]
    expected[rated] = factors.expected[kept]
    if not len(rated):
        offsets = config.alone_offsets[0] + (config.alone_offsets[1] - config.alone_offsets[0]) * standing
        expected = offsets
    scatter, offset_variance = predicted.scatter, predicted.offset_variance
    doubt = 1 / (1 + counts[rated] / config.reliable_count)
    usual = np.full(n, factors.popularity @ factors.usual)
    usual[rated] = factors.usual[kept]
    scatter[rated] *= doubt
    offset_variance[rated] = 0
    for kind in np.unique(kinds):
        inside = kinds == kind
        if len(rated) and not is_rated[inside].any():
            offsets[inside], offset_variance[inside] = _borrowed_offsets(vectors[inside], standing[inside], factors)
            scatter[inside] *= config.transfer

    popularity = offsets + 0.01 * max(float(factors.offsets.mean()), 1e-9)
    popularity /= np.bincount(kinds, popularity)[kinds]
    coordinates = _facet_coordinates(facets, kinds, popularity, config)
    judges = rated if len(rated) else rows
    energies = [float(popularity[judges] @ (block[judges] ** 2).sum(1)) for block in (vectors, coordinates)]
    wanted = config.facet_energy * energies[0] if len(rated) else config.alone_energy * popularity.sum()
    coordinates *= np.sqrt(wanted / max(energies[1], 1e-12) / (1 + counts[:, None] / config.facet_count))
    gram, axes = np.linalg.eigh(coordinates[rated].T @ coordinates[rated])
    vectors = np.hstack([vectors, coordinates @ axes])
    nothing = np.zeros(len(gram))
    return replace(
        factors,
        items=rows,
        counts=counts,
        vectors=vectors,
        offsets=offsets,
        expected=expected,
        weakness=np.concatenate([factors.weakness, nothing]),
        silence=np.concatenate([factors.silence, np.maximum(gram, 0)]),
        appraised=np.concatenate([factors.appraised, nothing > 0]),
        usual=usual,
        neighbours=_moved(factors.neighbours, places, n),
        domains=kinds,
        popularity=popularity,
        centres=_means(vectors, kinds, popularity),
        scatter=scatter,
        residual=np.concatenate([predicted.residual, nothing]),
        offset_variance=offset_variance,
    )


def _places(factors: ItemFactors, catalogue_rows: Mapping[int, int] | Integers, n: int) -> Rows:
    """(len(items),) row of each trained item or -1."""
    if isinstance(catalogue_rows, Mapping):
        catalogue_rows = [catalogue_rows.get(int(item), -1) for item in factors.items]
    places = integers(catalogue_rows, "catalogue_rows")
    known = places[places >= 0]
    if len(places) != len(factors.items) or len(np.unique(known)) < len(known) or known.max(initial=0) >= n:
        raise InteractionsError(f"catalogue_rows must give {len(factors.items)} different rows below {n}, or -1")
    return places


def _standing(editorial: Vector, kinds: Rows) -> Vector:
    """(n,) percentile in (0, 1) of the editorial score inside its domain; ties share theirs."""
    standing = np.empty(len(kinds))
    for kind in np.unique(kinds):
        inside = kinds == kind
        scores = editorial[inside]
        order = np.sort(scores)
        ranks = np.searchsorted(order, scores, "left") + np.searchsorted(order, scores, "right")
        standing[inside] = ranks / 2 / len(order)
    return standing


def _features(
    facets: "sp.csr_matrix[np.float64]", embeddings: Matrix | None, standing: Vector, rated: Rows, config: ContentConfig
) -> Matrix:
    """(n, c) what the ridge map sees: facets with enough rated members, text, and the editorial standing."""
    members = np.diff(facets[rated].tocsc().indptr)
    shared = np.argsort(-members, kind="stable")[: config.map_facets]
    shared = shared[members[shared] >= config.facet_members]
    blocks = [facets[:, shared].toarray(), standing[:, None]]
    if embeddings is not None:
        blocks.append(config.text_weight * (embeddings - embeddings[rated].mean(0) if len(rated) else embeddings))
    features = np.hstack(blocks)
    return features - features[rated].mean(0) if len(rated) else features


def _predict(features: Matrix, factors: ItemFactors, kept: Rows, rated: Rows, config: ContentConfig) -> _Predicted:
    """Ridge map from content to [factors, offset], each item counting by its reactions; errors on held-out items."""
    n, d = len(features), factors.vectors.shape[1]
    if not len(rated):
        return _Predicted(np.zeros((n, d)), np.zeros(n), np.zeros(d), np.zeros(n), np.zeros(n))
    x, y = features[rated], np.column_stack([factors.vectors[kept], factors.offsets[kept]])
    counts = factors.counts[kept]
    weights = counts / (counts + config.reliable_count)
    groups = np.random.default_rng(0).permutation(len(rated)) % config.held_out_groups
    moments = _moments(x, y, weights)
    parts = {g: _moments(x[groups == g], y[groups == g], weights[groups == g]) for g in range(config.held_out_groups)}
    trials = {ridge: _held_out_predictions(x, groups, moments, parts, ridge) for ridge in config.ridges}
    scale = 1 / np.maximum(weights @ (y - weights @ y / weights.sum()) ** 2, 1e-12)
    ridge = min(trials, key=lambda r: float(weights @ ((trials[r] - y) ** 2) @ scale))
    guessed = _predictions(features, moments, ridge)
    # the rarest items' factors are shrunk to zero, and so are their errors: only the better known half measures
    judged = counts >= np.median(counts)
    errors, guesses = trials[ridge][judged] - y[judged], trials[ridge][judged, d]
    residual = (errors[:, :d] ** 2).mean(0)
    scatter, offset_variance = np.empty(n), np.empty(n)
    edges = np.quantile(guesses, (1 / 3, 2 / 3))
    for third in range(3):
        inside = np.searchsorted(edges, guesses) == third
        factor, variance = _interval_scale(errors[inside], residual) if inside.any() else (1.0, 0.0)
        here = np.searchsorted(edges, guessed[:, d]) == third
        scatter[here], offset_variance[here] = factor, variance
    return _Predicted(guessed[:, :d], np.maximum(guessed[:, d], 0), residual, scatter, offset_variance)


def _moments(x: Matrix, y: Matrix, weights: Vector) -> tuple[Matrix, Matrix]:
    """X'WX and X'WY with a column of ones before x (r, c): they add up over groups of items."""
    ones = np.column_stack([np.ones(len(x)), x])
    weighted = ones.T * weights
    return weighted @ ones, weighted @ y


def _predictions(x: Matrix, moments: tuple[Matrix, Matrix], ridge: float) -> Matrix:
    """(r, o) of the ridge regression with these moments; the intercept (first) is not shrunk."""
    penalty = np.full(len(moments[0]), ridge)
    penalty[0] = 1e-9
    coefficients = sl.solve(moments[0] + np.diag(penalty), moments[1], assume_a="pos")
    predicted: Matrix = coefficients[0] + x @ coefficients[1:]
    return predicted


def _held_out_predictions(
    x: Matrix,
    groups: Rows,
    moments: tuple[Matrix, Matrix],
    parts: Mapping[int, tuple[Matrix, Matrix]],
    ridge: float,
) -> Matrix:
    """(r, o) each item as the map of the other groups predicts it."""
    found = np.empty((len(x), moments[1].shape[1]))
    for group, part in parts.items():
        found[groups == group] = _predictions(x[groups == group], (moments[0] - part[0], moments[1] - part[1]), ridge)
    return found


def _interval_scale(errors: Matrix, residual: Vector) -> tuple[float, float]:
    """Factor on the residual and variance of the offset with which 80 % intervals hold 80 % of errors (r, d + 1).

    The score's error of an item is z @ (its factors' error) + its offset's error, over people z of the prior.
    """
    people = np.random.default_rng(1).normal(size=(200, len(residual)))
    off = errors[:, :-1] @ people.T + errors[:, -1:]  # (r, 200)
    ratio = float((errors[:, :-1] ** 2).sum(1).mean() / max(residual.sum(), 1e-12))
    variance = float((errors[:, -1] ** 2).mean())
    expected = np.sqrt(ratio * (people**2 @ residual) + variance)
    scale = float((np.quantile(np.abs(off) / np.maximum(expected, 1e-12), 0.8) / NORMAL_80) ** 2)
    return ratio * scale, variance * scale


def _borrowed_offsets(vectors: Matrix, standing: Vector, factors: ItemFactors) -> tuple[Vector, float]:
    """(r,) offsets of a domain that nobody reacted to, and their variance.

    Centre and spread of as many of the best known rated items, in editorial order; the spread in proportion to the
    length of the vectors, so that taste weighs against popularity as it does there.
    """
    head = np.sort(factors.offsets)[-len(vectors) :]
    best = np.argsort(-factors.offsets)[: len(vectors)]
    length = float(np.sqrt((vectors**2).sum(1).mean() / max((factors.vectors[best] ** 2).sum(1).mean(), 1e-12)))
    centre = float(np.median(head))
    spread = min(length, 1.0) * (np.quantile(head, standing) - centre)
    return centre + spread, float(spread.var())


def _facet_coordinates(
    facets: "sp.csr_matrix[np.float64]", kinds: Rows, popularity: Vector, config: ContentConfig
) -> Matrix:
    """(n, c) facets, or their main directions where they are many, less their mean in each domain."""
    used = facets[:, np.diff(facets.tocsc().indptr) >= config.facet_members].astype(np.float64)
    if used.shape[1] > config.facet_dimensions:
        start = np.ones(min(used.shape))
        _, _, directions = ssl.svds(used, k=config.facet_dimensions, v0=start)
        coordinates: Matrix = used @ directions.T
    else:
        coordinates = used.toarray()
    return coordinates - _means(coordinates, kinds, popularity)[kinds]


def _means(vectors: Matrix, kinds: Rows, popularity: Vector) -> Matrix:
    """(domains, d) popularity-weighted means."""
    members = sp.csr_matrix((popularity, (kinds, np.arange(len(kinds)))))
    means: Matrix = members @ vectors
    return means


def _moved(neighbours: "sp.csr_matrix[np.float64]", places: Rows, n: int) -> "sp.csr_matrix[np.float64]":
    """B among the catalogue's rows."""
    found = neighbours.tocoo()
    rows, columns = places[found.row], places[found.col]
    kept = (rows >= 0) & (columns >= 0)
    return sp.csr_matrix((found.data[kept], (rows[kept], columns[kept])), shape=(n, n))
