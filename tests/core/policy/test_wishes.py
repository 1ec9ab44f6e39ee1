"""What a free wish finds, and what is said where nothing is like it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from talks import Talk, about

from core.catalog import Catalog
from core.engine import Engine
from core.nlu.understand import Understander
from core.turns import Act

Talks = Callable[[dict[str, float]], Talk]
FLOOR = 0.4
BOOTS, RAIN, RUNNING = (
    "product:waterproof-hiking-boots",
    "product:childrens-rain-boots",
    "product:cushioned-running-shoes",
)


@pytest.fixture
def talks(engine: Engine, understander: Understander, starter: Catalog) -> Talks:
    """A talk in which every wish is as like the items as is told, and .1 like the others."""

    def talk(likeness: dict[str, float]) -> Talk:
        def match(wish: str) -> npt.NDArray[np.float64]:
            near = np.full(len(starter), 0.1)
            for item_id, value in likeness.items():
                near[starter.row[item_id]] = value
            return near

        shelf = engine.shelf
        made = Engine(starter, shelf.model, understander.facet_names(), match=match, floor=FLOOR)
        return Talk(made, understander, made.new_chat(7))

    return talk


def ids(talk: Talk) -> list[str]:
    return [card.item_id for card in talk.outcomes[-1].reply.cards]


def test_a_thing_that_nothing_is_like_is_said_to_be_missing_of_its_kind_too(talks: Talks) -> None:
    for asked in ((), (about(Act.ASK_RECOMMEND, "domain:product"),)):
        reply = talks({}).acts(about(Act.ASK_RECOMMEND), *asked, wish="电动牙刷").reply
        assert not reply.cards
        assert "电动牙刷" in reply.text


def test_what_is_like_it_elsewhere_does_not_make_up_for_the_kind_asked_for(talks: Talks) -> None:
    talk = talks({"film:spirited-away-2001": 0.9})
    assert not talk.acts(about(Act.ASK_RECOMMEND, "domain:product"), wish="电动牙刷").reply.cards


def test_what_is_told_at_length_gets_what_is_nearest(talks: Talks) -> None:
    wish = "一个人慢慢变坏最后谁也认不出他来的那种故事"
    reply = talks({"film:breaking-bad-2008": 0.3}).acts(about(Act.ASK_RECOMMEND, "domain:film"), wish=wish).reply
    assert reply.cards


def test_goods_that_come_far_less_near_than_the_best_are_not_shown(talks: Talks) -> None:
    talk = talks({BOOTS: 0.9, RAIN: 0.7, RUNNING: 0.5})
    talk.acts(about(Act.ASK_RECOMMEND, "domain:product"), wish="防水的鞋")
    assert ids(talk) == [BOOTS, RAIN]


def test_a_quality_names_what_has_it_on_the_screen(talks: Talks, starter: Catalog) -> None:
    talk = talks({BOOTS: 0.9, RUNNING: 0.2})
    talk.acts(about(Act.ASK_RECOMMEND, "genre:shoes"), about(Act.ASK_RECOMMEND, "domain:product", count=5))
    assert BOOTS in ids(talk)
    reply = talk.acts(about(Act.ASK_RECOMMEND), wish="防水").reply
    assert not reply.cards, "it stands there already"
    assert str(starter.items[starter.row[BOOTS]].title.zh) in reply.text
    assert talk.state.focus == BOOTS


def test_goods_of_two_kinds_are_of_one_of_them(talks: Talks) -> None:
    bag = "product:commuter-backpack"
    talk = talks({bag: 0.9})
    kinds = (about(Act.ASK_RECOMMEND, "genre:bags"), about(Act.ASK_RECOMMEND, "genre:computer"))
    talk.acts(*kinds, about(Act.ASK_RECOMMEND, "domain:product"), wish="背电脑的包")
    assert ids(talk) == [bag]


def test_what_no_goods_are_about_is_no_condition_on_them(talks: Talks) -> None:
    lamp = "product:bedside-night-light"
    talk = talks({lamp: 0.9})
    asked = (about(Act.ASK_RECOMMEND, "keyword:lamp"), about(Act.ASK_RECOMMEND, "keyword:bedroom"))
    talk.acts(*asked, about(Act.ASK_RECOMMEND, "domain:product"), wish="lamp for my bedroom")
    assert ids(talk) == [lamp]


def test_circumstances_that_are_told_are_matched_wherever_something_fits(talks: Talks) -> None:
    puzzle = "product:1000-piece-landscape-puzzle"
    talk = talks({puzzle: 0.4, "film:singin-in-the-rain-1952": 0.35})
    talk.acts(about(Act.CONTEXT, "keyword:rain"), about(Act.ASK_RECOMMEND), wish="rainy Sunday with my mum")
    assert ids(talk)[:1] == [puzzle]


def test_what_few_are_about_does_not_keep_a_wish_from_the_others(talks: Talks) -> None:
    talk = talks({"film:departures-2008": 0.9})
    asked = about(Act.ASK_RECOMMEND, "keyword:life")  # one film has it
    talk.acts(asked, about(Act.ASK_RECOMMEND, "domain:film", count=3), wish="facing the end of life calmly")
    assert ids(talk)[0] == "film:departures-2008"
