"""A free wish against the descriptions of items."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.nlu.reading import Encoder


@dataclass(frozen=True, eq=False)
class Matcher:
    """Similarity of a text to every description. texts: (n, t) unit vectors, zeros where there is none."""

    encoder: Encoder
    texts: npt.NDArray[np.float32]

    def __call__(self, wish: str) -> npt.NDArray[np.float64]:
        """(n,) cosines; -1 where there is no description."""
        query = self.encoder.encode([wish], "query")[0]
        near: npt.NDArray[np.float64] = (self.texts @ query).astype(np.float64)
        near[~self.texts.any(axis=1)] = -1.0
        return near
