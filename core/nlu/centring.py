"""Takes the mean of their language off from sentence vectors, so that what is left is what they are about.

With one mean for all, a Chinese wish lies nearer to every Chinese text than to the English text of what it wishes for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.nlu.reading import Vectors

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile("[a-zA-Z]+")


@dataclass(frozen=True, slots=True, eq=False)
class Centres:
    """Mean vectors (d,) of Chinese and of English texts, as one model reads them."""

    chinese: Vectors
    english: Vectors

    @classmethod
    def fit(cls, vectors: Vectors, texts: Sequence[str]) -> Self:
        """From (n, d) vectors of n > 0 texts; a language of which there is no text gets the mean of all."""
        share = np.array([chinese_share(text) for text in texts])
        means = [
            vectors[side].mean(axis=0) if side.any() else vectors.mean(axis=0) for side in (share > 0.9, share < 0.1)
        ]
        return cls(*(np.asarray(mean, dtype=np.float32) for mean in means))

    def of(self, texts: Sequence[str]) -> Vectors:
        """(n, d): each text's centre, between the two where it mixes them."""
        share = np.array([[chinese_share(text)] for text in texts], dtype=np.float32).reshape(-1, 1)
        return np.asarray(share * self.chinese + (1 - share) * self.english, dtype=np.float32)

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]]:
        """For a file."""
        return {f"{name}.chinese": self.chinese, f"{name}.english": self.english}

    @classmethod
    def read(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Self:
        """Back from `arrays`; KeyError if a part is missing."""
        return cls(*(arrays[f"{name}.{part}"].astype(np.float32) for part in ("chinese", "english")))


def chinese_share(text: str) -> float:
    """Share of Chinese characters among these and English words; 0 where there is neither."""
    chinese, english = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    return chinese / max(chinese + english, 1)


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
