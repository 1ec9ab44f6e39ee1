"""Array types, and the checks that every door of this room makes on what comes in."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.errors import InteractionsError

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.integer] | Sequence[int]
Numbers = npt.NDArray[np.floating] | npt.NDArray[np.integer] | Sequence[float]


def integers(values: Integers, name: str) -> Rows:
    """(k,) int64 copy of ids or rows; InteractionsError for another shape or kind of number."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise InteractionsError(f"{name} must have one dimension, not {array.ndim}")
    if len(array) and not np.issubdtype(array.dtype, np.integer):
        raise InteractionsError(f"{name} must be integers, not {array.dtype}")
    return array.astype(np.int64)


def grades(values: Numbers, name: str = "values") -> Vector:
    """(k,) float64 copy of reactions; InteractionsError for NaN or a value outside [-1, 1]."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InteractionsError(f"{name} must be numbers: {error}") from error
    if array.ndim != 1:
        raise InteractionsError(f"{name} must have one dimension, not {array.ndim}")
    if np.isnan(array).any():
        raise InteractionsError(f"{name} hold NaN at position {int(np.argmax(np.isnan(array)))}")
    if (np.abs(array) > 1).any():
        raise InteractionsError(f"{name} must be in [-1, 1]; {array[np.argmax(np.abs(array) > 1)]} is not")
    return array


def rows_below(values: Integers, n: int, name: str = "rows") -> Rows:
    """(k,) rows of a model with n items; InteractionsError for one outside 0..n-1."""
    rows = integers(values, name)
    if len(rows) and not 0 <= rows.min() <= rows.max() < n:
        outside = rows[(rows < 0) | (rows >= n)][0]
        raise InteractionsError(f"{name} must be in 0..{n - 1}; {outside} is not")
    return rows
