"""People whose tastes are known, read as an operator's ratings are, and models trained once for all tests."""

from pathlib import Path

import numpy as np
import pytest
from rated_world import small, write_movielens
from worlds import TasteWorld, taste_world

from core.evaluation.data import Data, load
from core.evaluation.splits import Split


@pytest.fixture(scope="session")
def world() -> TasteWorld:
    return taste_world(np.random.default_rng(5), people=120, items=90, told=30)


@pytest.fixture(scope="session")
def directory(world: TasteWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ml")
    write_movielens(world, path)
    return path


@pytest.fixture(scope="session")
def data(directory: Path) -> Data:
    return load(directory)


@pytest.fixture(scope="session")
def split(data: Data) -> Split:
    return Split(data, 0, folds=3, train=small)
