"""What we are measured against, each with the settings that are tried for it. They see likes, as they were published.

irspack and implicit are the published programs and no dependency of ours: `python -m pip install irspack implicit`.
All take likes (m, c) over the candidates. A peer's `scores` gives one row (c,) for each of its fold-in options.
"""

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp

from core.recsys.arrays import Matrix, Rows, Vector

Likes = "sp.csr_matrix[np.float32]"
Scorer = Callable[[Rows], Matrix]  # liked candidates (k,) -> (options, c)
Setting = Mapping[str, float]
BESIDE = (0.0, 0.03, 0.1, 0.3, 1.0)  # weight of popularity beside the scores


def grid(**values: tuple[float, ...]) -> list[dict[str, float]]:
    """All combinations."""
    return [dict(zip(values, some, strict=True)) for some in product(*values.values())]


def popularity(likes: "sp.csr_matrix[np.float32]") -> Scorer:
    """Share of people who liked it."""
    known = _share(likes)[None]
    return lambda liked: known


def item_knn(likes: "sp.csr_matrix[np.float32]", near: float, shrink: float) -> Scorer:
    """Cosine with shrinkage, the nearest of each item."""
    size = np.sqrt(np.asarray(likes.sum(0)).ravel())
    alike = (likes.T @ likes).toarray() / (np.outer(size, size) + shrink)
    np.fill_diagonal(alike, 0)
    kept = min(int(near), len(size) - 1)
    alike[alike < np.partition(alike, len(size) - kept, axis=0)[len(size) - kept]] = 0
    return _linear(alike, likes)


def ease(likes: "sp.csr_matrix[np.float32]", ridge: float) -> Scorer:
    """Steck (2019)."""
    gram = (likes.T @ likes).toarray().astype(np.float32)
    gram[np.diag_indices_from(gram)] += ridge
    factor, _ = sl.lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = sl.lapack.spotri(factor, lower=1, overwrite_c=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return _linear(weights, likes)


def slim(likes: "sp.csr_matrix[np.float32]", alpha: float, l1: float) -> Scorer:
    """Ning & Karypis (2011), irspack's."""
    from irspack.recommenders import SLIMRecommender

    model = SLIMRecommender(likes, alpha=alpha, l1_ratio=l1, n_threads=1).learn()
    return _linear(np.asarray(model.W.toarray(), dtype=np.float32), likes)


def edlae(likes: "sp.csr_matrix[np.float32]", ridge: float, dropout: float) -> Scorer:
    """Steck (2020), irspack's."""
    from irspack.recommenders import EDLAERecommender

    weights = EDLAERecommender(likes, reg=ridge, dropout_p=dropout).learn().W
    return _linear(np.asarray(weights.toarray() if sp.issparse(weights) else weights, dtype=np.float32), likes)


def ials(likes: "sp.csr_matrix[np.float32]", d: float, alpha: float, reg: float) -> Scorer:
    """Rendle et al. (2021), irspack's factors; the textbook fold-in around zero, a like counting more, popularity."""
    vectors = _ials(likes, d, alpha, reg)
    gram, known = alpha * vectors.T @ vectors, _share(likes)

    def scores(liked: Rows) -> Matrix:
        x, found = vectors[liked], []
        for weight in (1.0, 3.0, 10.0, 30.0):
            precision = gram + weight * x.T @ x + reg * (len(liked) + alpha * len(vectors)) * np.eye(len(gram))
            found.append(vectors @ np.linalg.solve(precision, weight * x.sum(0)))
        return np.concatenate([found + say * known for say in BESIDE])

    return scores


def ials_prior(likes: "sp.csr_matrix[np.float32]", d: float, alpha: float, reg: float) -> Scorer:
    """The same factors; people around the mean and covariance of the trained ones, silence told with a weight."""
    vectors = _ials(likes, d, alpha, reg)
    gram = vectors.T @ vectors
    people = np.stack(
        [_textbook(vectors, alpha * gram, row, alpha, reg) for row in np.split(likes.indices, likes.indptr[1:-1])]
    )
    mean, covariance = people.mean(0), np.cov(people.T)
    covariance += 1e-6 * np.trace(covariance) / len(gram) * np.eye(len(gram))
    prior = np.linalg.inv(covariance)

    def scores(liked: Rows) -> Matrix:
        x, found = vectors[liked], []
        for weight, silence in product((3.0, 10.0, 30.0), (0.01, 0.03, 0.1, 0.3, 1.0)):
            told = prior + silence * gram
            right = told @ mean + weight * x.sum(0)
            found.append(np.linalg.solve(told + weight * x.T @ x, right))
        return np.array(found) @ vectors.T

    return scores


def implicit_als(likes: "sp.csr_matrix[np.float32]", d: float, alpha: float, reg: float) -> Scorer:
    """Hu, Koren & Volinsky (2008), the package implicit with its own fold-in; popularity."""
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        int(d), regularization=reg, alpha=alpha, iterations=15, random_state=1, num_threads=1
    )
    model.fit(likes, show_progress=False)
    known = _share(likes)

    def scores(liked: Rows) -> Matrix:
        row = sp.csr_matrix((np.ones(len(liked), np.float32), (np.zeros(len(liked), int), liked)), (1, likes.shape[1]))
        base = model.item_factors @ model.recalculate_user(0, row)
        return base + np.array(BESIDE)[:, None] * known

    return scores


PEERS: dict[str, tuple[Callable[..., Scorer], list[dict[str, float]]]] = {
    "popularity": (popularity, [{}]),
    "ItemKNN": (item_knn, grid(near=(50.0, 200.0), shrink=(0.0, 10.0, 50.0))),
    "EASE": (ease, grid(ridge=(60.0, 120.0, 250.0, 500.0, 1000.0))),
    "EDLAE": (edlae, grid(ridge=(30.0, 100.0, 300.0), dropout=(0.3, 0.6))),
    "SLIM": (slim, grid(alpha=(0.05, 0.1, 0.2), l1=(0.01, 0.1))),
    "iALS": (ials, grid(d=(64.0,), alpha=(0.1, 0.3), reg=(0.003, 0.01, 0.03))),
    "iALS, learned prior": (ials_prior, grid(d=(64.0,), alpha=(0.1, 0.3), reg=(0.003, 0.01))),
    "implicit ALS": (implicit_als, grid(d=(64.0,), alpha=(5.0, 10.0), reg=(10.0, 30.0))),
}


def _share(likes: "sp.csr_matrix[np.float32]") -> Vector:
    return np.asarray(likes.mean(0), dtype=np.float64).ravel()


def _linear(weights: Matrix, likes: "sp.csr_matrix[np.float32]") -> Scorer:
    """Item-to-item weights, and popularity beside them."""
    beside = np.array(BESIDE[1:])[:, None] * _share(likes)
    return lambda liked: weights[liked].sum(0) + beside


def _ials(likes: "sp.csr_matrix[np.float32]", d: float, alpha: float, reg: float) -> Matrix:
    import fastprogress.fastprogress  # it draws bars unless told otherwise
    from irspack import IALSRecommender

    fastprogress.fastprogress.NO_BAR = True
    solver = "CG" if d > 64 else "CHOLESKY"
    model = IALSRecommender(likes, n_components=int(d), alpha0=alpha, reg=reg, solver_type=solver, n_threads=1)
    return np.asarray(model.learn().get_item_embedding(), dtype=np.float64)


def _textbook(vectors: Matrix, gram: Matrix, liked: Rows, alpha: float, reg: float) -> Vector:
    x = vectors[liked]
    precision = gram + x.T @ x + reg * (len(liked) + alpha * len(vectors)) * np.eye(len(gram))
    return np.linalg.solve(precision, x.sum(0))
