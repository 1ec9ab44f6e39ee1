"""A card says why it is where it is, and it is true: many like it, this person's taste, or neither."""

import numpy as np
import pytest
from rated_world import small, write_movielens
from talks import Talk
from worlds import taste_world

from core import evidence
from core.engine import Engine
from core.evaluation.data import load
from core.nlu.lexicon import Lexicon
from core.nlu.understand import Understander
from core.policy.claims import CROWD
from core.policy.view import View
from core.turns import Act, Standing, Target, UnderstoodAct, item


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Films of three genres that 150 people rated."""
    path = tmp_path_factory.mktemp("rated")
    write_movielens(taste_world(np.random.default_rng(3), told=20), path)
    data = load(path)
    assert data.catalog is not None
    model = small(data, data.interactions, 0, lambda *_: None)
    return Engine(data.catalog, model, Lexicon(data.catalog).names)


@pytest.fixture
def talk(rated: Engine, understander: Understander) -> Talk:
    return Talk(rated, understander, rated.new_chat(7))


def asked(talk: Talk, *told: UnderstoodAct) -> dict[str, Standing]:
    """Item id -> what its card says."""
    want = UnderstoodAct(Act.ASK_RECOMMEND, Target("domain", "film"), count=20)
    return {card.item_id: card.standing for card in talk.acts(*told, want).reply.cards}


def test_a_newcomer_is_shown_nothing_for_them(talk: Talk, rated: Engine) -> None:
    found = asked(talk)
    assert set(found.values()) <= {Standing.POPULAR, Standing.EXPLORING}
    counts = rated.shelf.model.counts
    for item_id, standing in found.items():
        row = rated.catalog.row[item_id]
        better = rated.shelf.model.popularity[row] > np.median(rated.shelf.model.popularity)
        assert (standing is Standing.POPULAR) == (counts[row] >= CROWD)
        assert standing is not Standing.POPULAR or better or not rated.shelf.described.any()


def test_for_you_is_what_taste_lifts_past_more_popular_ones(talk: Talk, rated: Engine) -> None:
    liked = [UnderstoodAct(Act.SEEN_LIKED, item(rated.catalog.items[row].id)) for row in (20, 23, 26)]
    found = asked(talk, *liked)
    assert Standing.FOR_YOU in found.values()
    view = View(rated.shelf, talk.state, evidence.live(talk.log, talk.state.session))
    by_taste = np.argsort(np.argsort(-view.scores, kind="stable"))
    by_crowd = np.argsort(np.argsort(-rated.shelf.model.offsets, kind="stable"))
    for item_id, standing in found.items():
        row = rated.catalog.row[item_id]
        assert (standing is Standing.FOR_YOU) == (by_taste[row] < by_crowd[row])


def test_what_nobody_rated_is_not_called_popular(engine: Engine, understander: Understander) -> None:
    chat = Talk(engine, understander, engine.new_chat(8))
    assert set(asked(chat).values()) == {Standing.EXPLORING}
