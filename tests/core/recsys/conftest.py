import numpy as np
import pytest
from worlds import CatalogueWorld, TasteWorld, catalogue_world, taste_world

from core.recsys import ItemFactors
from core.recsys.als import AlsConfig, fit
from core.recsys.content import extend


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def world() -> TasteWorld:
    return taste_world(np.random.default_rng(11))


@pytest.fixture(scope="session")
def factors(world) -> ItemFactors:
    return fit(world.interactions, AlsConfig(d=16))


@pytest.fixture(scope="session")
def catalogue(world) -> CatalogueWorld:
    return catalogue_world(np.random.default_rng(12), world)


@pytest.fixture(scope="session")
def model(factors, catalogue) -> ItemFactors:
    c = catalogue
    return extend(factors, c.catalogue_rows, c.facets, None, c.domains, c.editorial)
