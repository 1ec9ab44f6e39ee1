"""Weighted alternating least squares, the solver."""

from collections.abc import Callable

import numpy as np
import scipy.linalg as sl
import scipy.sparse as sp

from core.recsys.arrays import Matrix


def alternate(
    targets: "sp.csr_matrix[np.float32]",
    d: int,
    epochs: int,
    rng: np.random.Generator,
    silence: float = 0.0,
    ridge: float = 0.0,
    steady: float = 0.0,
    progress: Callable[[], None] = lambda: None,
) -> tuple[Matrix, Matrix]:
    """Users (m, d) and items (n, d): stored entries with weight 1, all entries as a 0 with weight `silence`.

    Hu, Koren & Volinsky (2008). Regularised by ridge * (told + silence * others), the frequency as in Rendle et al.
    (2021), and by `steady` for everyone alike.
    """
    single = np.float32
    by_user = targets.astype(single)
    by_item = by_user.T.tocsr()
    diagonal = np.diag_indices(d)

    def solve(told: "sp.csr_matrix[np.float32]", other: np.ndarray) -> np.ndarray:
        gram, right = single(silence) * (other.T @ other), told @ other
        out = np.zeros((told.shape[0], d), single)
        for r, (low, high) in enumerate(zip(told.indptr[:-1], told.indptr[1:], strict=True)):
            if low < high:
                x = other[told.indices[low:high]]
                a = x.T @ x
                a += gram
                a[diagonal] += single(ridge * (high - low + silence * len(other)) + steady)
                out[r] = sl.lapack.sposv(a, right[r], lower=0, overwrite_a=1)[1]
        out[np.abs(out) < 1e-10] = 0  # denormal numbers are slow
        return out

    items = rng.normal(0, 0.1 / np.sqrt(d), (by_user.shape[1], d)).astype(single)
    for _ in range(epochs):
        users = solve(by_user, items)
        items = solve(by_item, users)
        progress()
    return solve(by_user, items).astype(np.float64), items.astype(np.float64)
