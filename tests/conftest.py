"""What every test may ask for."""

import os
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from bot.settings import prepare

prepare()
ROOT = Path(__file__).parents[1]

# A build machine decides by the same examples every time; a shared one has no deadline to keep.
hypothesis.settings.register_profile("shared", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("shared"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "shared")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260131)


@pytest.fixture(scope="session")
def root() -> Path:
    """The working tree."""
    return ROOT


@pytest.fixture(scope="session")
def built_data() -> Path:
    """What `jianyan build` made in the working tree; `make test` makes it first."""
    data = ROOT / "data"
    if not (data / "manifest.json").exists():
        pytest.skip("no data/: run `jianyan build`")
    return data
