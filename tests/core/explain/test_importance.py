"""What carries a taste, against the closed form and against doing it."""

from pathlib import Path

import numpy as np
import pytest
from worlds import taste_world

from core import modelling
from core.catalog import Catalog, Item, Name
from core.explain import importance
from core.recsys import ItemFactors
from core.turns import Lang, Target

GROUPS = ("comedy", "horror", "war")
World = tuple[Catalog, ItemFactors]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Films whose genre is the group that people like."""
    made = taste_world(np.random.default_rng(3))
    told = made.interactions
    items = [
        Item(f"film:{n}", "film", Name(None, f"Film {n}"), 1990 + n % 20, genres=(GROUPS[made.groups[n // 10 - 1]],))
        for n in told.item_ids.tolist()
    ]
    catalog = Catalog((*items, Item("book:1", "book", Name(None, "Book"), 1990, genres=("comedy",))))
    rows = type(told).from_arrays(told.users, told.items, told.values)
    path: Path = tmp_path_factory.mktemp("model") / "factors.npz"
    return catalog, modelling.train(catalog, rows, None, path)


def told(world: World, genre: str, count: int = 4) -> list[int]:
    return list(world[0].rows_of["genre", genre][:count])


def test_the_shares_add_up_to_the_lean(world: World) -> None:
    catalog, model = world
    rows = told(world, "horror") + told(world, "comedy", 2)
    belief = model.fold_in(rows, [1.0] * 4 + [-1.0] * 2)
    for each in importance.facet_importance(model, catalog, belief):
        assert each.shares.sum() == pytest.approx(each.lean, abs=1e-9)
        assert 0 < each.deviation <= 1 + 1e-9


def test_an_effect_is_the_lean_without_it(world: World) -> None:
    catalog, model = world
    rows = told(world, "war")
    found = {each.target: each for each in importance.facet_importance(model, catalog, model.fold_in(rows, [1.0] * 4))}
    rest = importance.facet_importance(model, catalog, model.fold_in(rows[1:], [1.0] * 3))
    for each in rest:
        assert found[each.target].effects[0] == pytest.approx(each.lean - found[each.target].lean, abs=1e-9)


@pytest.mark.parametrize("genre", GROUPS)
def test_what_was_liked_carries_the_taste(world: World, genre: str) -> None:
    catalog, model = world
    found = importance.facet_importance(model, catalog, model.fold_in(told(world, genre), [1.0] * 4))
    leans = {each.target.value: each.lean for each in found if each.target.kind == "genre"}
    assert max(leans, key=lambda name: leans[name]) == genre


def test_a_new_person_leans_nowhere(world: World) -> None:
    catalog, model = world
    for each in importance.facet_importance(model, catalog, model.fold_in([], [])):
        assert each.lean == 0
        assert each.deviation == pytest.approx(1.0)


def test_only_the_domains_own_items_are_members(world: World) -> None:
    catalog, model = world
    belief = model.fold_in(told(world, "comedy"), [1.0] * 4)
    everywhere = {each.target: each.members for each in importance.facet_importance(model, catalog, belief)}
    films = {each.target: each.members for each in importance.facet_importance(model, catalog, belief, "film")}
    comedy = Target("genre", "comedy")
    assert everywhere[comedy] == films[comedy] + 1
    assert importance.facet_importance(model, catalog, belief, "book") == ()


def test_the_text_names_the_facet_and_what_it_rests_on(world: World) -> None:
    catalog, model = world
    found = importance.facet_importance(model, catalog, model.fold_in(told(world, "war", 1), [1.0]))
    written = importance.text(found, ["liked Film 1"], lambda target, lang: f"{target.value}/{lang}", Lang.EN)
    assert "war/en" in written
    assert "mostly liked Film 1" in written
