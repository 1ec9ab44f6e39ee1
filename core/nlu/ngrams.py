"""Acts from characters and words alone: logistic models that need numpy only, under 1 ms a message."""

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.nlu.logistic import Array, fit_logistic
from core.nlu.utterances import Screen

LONGEST = 400  # code points that are read; acts of longer messages show in their beginning
WINDOW = 8
SCREEN = "s"
# by the first letter of a feature: length of its group's part of a row; the screen's features count this much each
LENGTHS = {"c": 1.0, "w": 1.0, "s": 0.5, "l": 1.0, "L": 1.0, "r": 0.7, "R": 0.7, "i": 1.0, "m": 0.7}
_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """A linear model over features that are kept by their hash, each group of features scaled to a length of its own.

    columns: from crc32 of a feature to its row. weight: (features, labels) float16, bias: (labels,) float32,
    importance: (features,) inverse document frequency.
    """

    columns: Mapping[int, int]
    weight: npt.NDArray[np.float16]
    bias: Array
    importance: Array

    def logits(self, features: Sequence[Iterable[str]]) -> Array:
        """(n, labels) float32 for n sets of features. What training never saw counts for nothing."""
        out = np.empty((len(features), len(self.bias)), dtype=np.float32)
        for row, each in enumerate(features):
            columns, values = _row(each, self.columns, self.importance)
            out[row] = values @ self.weight[columns].astype(np.float32) + self.bias
        return out

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]]:
        """For a file, a byte a weight."""
        scale = np.maximum(np.abs(self.weight.astype(np.float32)).max(axis=1, keepdims=True), 1e-6) / 127
        return {
            f"{name}.keys": np.array(list(self.columns), dtype=np.uint32),
            f"{name}.weight": np.rint(self.weight / scale).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
            f"{name}.bias": self.bias,
            f"{name}.importance": self.importance.astype(np.float16),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Self:
        """Back from `arrays`; KeyError if a part is missing."""
        bias, importance = (arrays[f"{name}.{part}"].astype(np.float32) for part in ("bias", "importance"))
        columns = {int(key): column for column, key in enumerate(arrays[f"{name}.keys"])}
        weight = arrays[f"{name}.weight"].astype(np.float32) * arrays[f"{name}.scale"]
        return cls(columns, weight.astype(np.float16), bias, importance)


def message_grams(text: str, screen: Screen) -> Iterator[str]:
    """Character 1-4-grams (c), word 1-2-grams (w) and the screen (s)."""
    low = f" {' '.join(text[:LONGEST].casefold().split())} "
    yield from _characters("c", low, 4)
    words = _WORD.findall(low)
    yield from (f"w{word}" for word in words)
    yield from (f"w{a} {b}" for a, b in itertools.pairwise(words))
    yield from (f"s{place}" for place, on in enumerate(screen.features()) if on)


def span_grams(text: str, start: int, end: int, screen: Screen) -> Iterator[str]:
    """What stands before (l, and L up to the span), behind (r, R), inside (i) and anywhere (m) around a span."""
    low = text[:LONGEST].casefold()
    before, behind = low[max(0, start - 3 * WINDOW) : start], low[end : end + 2 * WINDOW]
    yield from _characters("l", f"^{before[-WINDOW:]}" if start <= WINDOW else before[-WINDOW:], 4)
    yield from (f"L{before[-k:]}" for k in range(1, WINDOW))
    yield from _characters("r", behind[:WINDOW], 4)
    yield from (f"R{behind[:k]}" for k in range(1, WINDOW))
    yield from _characters("i", low[start:end], 3)
    yield from (f"l{word}" for word in _WORD.findall(before))
    yield from (f"r{word}" for word in _WORD.findall(behind))
    yield from _characters("m", low, 3)
    yield from (f"s{place}" for place, on in enumerate(screen.features()) if on)


def fit_grams(features: Sequence[Iterable[str]], labels: Array, l2: float, rounds: int, least: int = 3) -> Grams:
    """Fit on n sets of features and (n, labels) 0/1; about 5 s for 5,000 sentences.

    Features in fewer than `least` sets are left out; that, and groups scaled apart, gained 10 points of F1.
    Two features of one crc32 are one feature; among 15,000 kept ones the odds of any such pair are 1 in 40.
    """
    from scipy.sparse import csr_matrix

    found = [set(each) for each in features]
    counts = Counter(feature for each in found for feature in each)
    kept = sorted({_key(feature): n for feature, n in counts.items() if n >= least}.items())
    columns = {key: column for column, (key, _) in enumerate(kept)}
    frequency = np.array([n for _, n in kept], dtype=np.float32)
    importance = np.asarray(np.log((1 + len(found)) / (1 + frequency)) + 1, dtype=np.float32)
    rows = [_row(each, columns, importance) for each in found]
    matrix = csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([places for places, _ in rows]),
            np.cumsum([0, *(len(places) for places, _ in rows)]),
        ),
        shape=(len(found), len(columns)),
        dtype=np.float32,
    )
    weight, bias = fit_logistic(matrix, labels, l2, rounds)
    return Grams(columns, weight.astype(np.float16), bias, importance)


def _characters(mark: str, text: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for at in range(len(text) - size + 1):
            yield f"{mark}{text[at : at + size]}"


def _key(feature: str) -> int:
    """crc32, for Python's own hash changes from run to run."""
    return zlib.crc32(feature.encode("utf-8", "replace"))


def _row(features: Iterable[str], columns: Mapping[int, int], importance: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """Columns of the known features, and their values: importance, each group brought to its length."""
    groups: dict[str, set[int]] = {}
    for feature in features:
        column = columns.get(_key(feature))
        if column is not None:
            groups.setdefault(feature[0], set()).add(column)
    places = [np.array(sorted(groups[mark]), dtype=np.int64) for mark in sorted(groups)]
    values = []
    for mark, place in zip(sorted(groups), places, strict=True):
        if mark == SCREEN:
            values.append(np.full(len(place), LENGTHS[mark], dtype=np.float32))
        else:
            values.append(importance[place] * (LENGTHS[mark] / np.linalg.norm(importance[place])))
    if not places:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    return np.concatenate(places), np.concatenate(values).astype(np.float32)
