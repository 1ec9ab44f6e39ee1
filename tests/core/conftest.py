"""An engine over the starter catalogue, without ratings: made once a run, in a second."""

from pathlib import Path

import pytest
from talks import Talk

from core import modelling
from core.catalog import Catalog, read
from core.engine import Engine
from core.nlu.understand import Understander

CATALOG = Path(__file__).resolve().parents[2] / "catalog"


@pytest.fixture(scope="session")
def starter() -> Catalog:
    items, errors = read(sorted(CATALOG.glob("*.jsonl")))
    assert not errors
    return Catalog(tuple(items))


@pytest.fixture(scope="session")
def understander(starter: Catalog) -> Understander:
    return Understander(starter)


@pytest.fixture(scope="session")
def engine(starter: Catalog, understander: Understander, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    model = modelling.train(starter, None, None, tmp_path_factory.mktemp("model") / "items.npz")
    return Engine(starter, model, understander.facet_names())


@pytest.fixture
def talk(engine: Engine, understander: Understander) -> Talk:
    return Talk(engine, understander, engine.new_chat(7))
