"""Which list a word means, and how it goes on: places, repeats, what fills a gap, and words that are not kept."""

import numpy as np
import pytest
from talks import Talk, about

from core.catalog import Catalog
from core.engine import Engine
from core.policy.shelf import Vector
from core.state import Kind, encode
from core.turns import Act, Lang, More, Open, Rate, Scope, Verdict


def ids(talk: Talk) -> list[str]:
    return [card.item_id for card in talk.outcomes[-1].reply.cards]


def test_a_place_that_the_screen_lacks_is_one_of_the_list_before(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3))
    third = ids(talk)[2]
    talk.acts(about(Act.SURPRISE))
    assert len(talk.state.screen) == 1
    talk.acts(about(Act.ORDINAL, place=3))
    assert ids(talk) == [third]


def test_a_place_that_no_list_had_is_said_to_be_none(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3))
    assert not talk.acts(about(Act.ORDINAL, place=9)).reply.cards


def test_the_second_one_again_is_the_second_and_not_the_list(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3))
    second = ids(talk)[1]
    talk.acts(about(Act.ORDINAL, place=2), about(Act.REPEAT))
    assert ids(talk) == [second]


def test_one_that_fills_a_gap_does_not_shorten_the_lists_to_come(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3))
    talk.acts(about(Act.SEEN_LIKED, place=1))
    assert len(ids(talk)) == 1
    talk.acts(about(Act.MORE))
    assert len(ids(talk)) == 3


def test_a_gap_in_a_mixed_list_is_filled_with_its_kind(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.ASK_RECOMMEND))
    shown = {starter.items[starter.row[i]].domain for i in ids(talk)}
    talk.acts(*(about(Act.SEEN_NEUTRAL, f"item:{i}", strength=0.0) for i in ids(talk)))
    assert {starter.items[starter.row[i]].domain for i in ids(talk)} == shown
    assert len(shown) == 3


def test_a_list_asked_for_in_free_words_goes_on_with_them_and_keeps_none(engine: Engine, talk: Talk) -> None:
    shelf = engine.shelf
    seed = shelf.catalog.rows_of["keyword", "chess"][0]

    def match(words: str) -> Vector:
        return shelf.alike(seed) if words == "boards and kings" else np.zeros(len(shelf.catalog))

    able = Engine(engine.catalog, shelf.model, talk.understander.facet_names(), match=match)
    talk = Talk(able, talk.understander, able.new_chat(7))
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=2), wish="boards and kings", lang=Lang.EN)
    nearest = talk.state.near
    assert nearest
    assert "boards" not in encode(talk.state)
    talk.tap(More())
    assert set(ids(talk)) <= set(nearest)
    talk.tap(Rate(ids(talk)[0], Verdict.DISLIKE))
    assert set(ids(talk)) <= set(nearest)
    assert talk.state.near == nearest
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"), lang=Lang.EN)
    assert talk.state.near == ()


def test_a_list_that_a_liking_began_goes_on_with_it(talk: Talk, starter: Catalog) -> None:
    chow = "stephen chow"
    talk.acts(about(Act.ASK_RECOMMEND, "domain:film"), about(Act.ASK_RECOMMEND, "genre:comedy"))
    talk.acts(about(Act.REVEAL_LIKE, f"person:{chow}"))
    for _ in range(2):
        talk.acts(about(Act.MORE))
        films = [starter.items[starter.row[i]] for i in ids(talk)]
        left = [r for r in starter.rows_of["person", chow] if starter.items[r].id not in talk.state.shown]
        assert any(chow in film.words("person") for film in films) or not left


def test_a_few_more_are_more_than_one(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3))
    talk.acts(about(Act.MORE), about(Act.ANOTHER_N))
    assert len(ids(talk)) == 3


@pytest.mark.parametrize("beside", [Act.NOT_NOW, Act.SEEN_NEUTRAL])
def test_what_is_accepted_is_neither_put_off_nor_judged(talk: Talk, beside: Act) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "domain:book"))
    item = f"item:{ids(talk)[0]}"
    outcome = talk.acts(about(Act.ACCEPT, item), about(beside, item))
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, item)]


def test_one_that_drags_is_replaced_by_one_that_is_lighter(talk: Talk) -> None:
    first, second, third = (c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "domain:film", count=3)).reply.cards)
    talk.acts(about(Act.DISLIKE, place=2), about(Act.CRITIQUE_MORE, "mood:light"))
    (instead,) = ids(talk)
    assert instead != second
    assert talk.state.screen == (first, instead, third)


def test_a_surprise_is_one_and_the_next_list_is_as_long_as_before(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=4))
    talk.acts(about(Act.SURPRISE))
    assert len(ids(talk)) == 1
    talk.acts(about(Act.MORE))
    assert len(ids(talk)) == 4


def test_somebody_without_a_word_of_taste_is_told_what_was_asked_for_and_taken(talk: Talk, starter: Catalog) -> None:
    first = talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller")).reply.cards[0].item_id
    talk.acts(about(Act.ACCEPT, f"item:{first}"))
    text = talk.acts(about(Act.ASK_PROFILE), lang=Lang.EN).reply.text
    assert "thriller" in text
    assert starter.items[starter.row[first]].title.in_("en") in text


def test_fine_of_several_takes_none_and_asks_which(talk: Talk) -> None:
    shown = [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=3)).reply.cards]
    outcome = talk.acts(about(Act.YES), about(Act.ACCEPT))
    assert not outcome.events
    assert [b.action for row in outcome.reply.buttons for b in row] == [Open(i) for i in shown]


def test_fine_of_one_takes_it(talk: Talk) -> None:
    (only,) = talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=1)).reply.cards
    outcome = talk.acts(about(Act.YES), about(Act.ACCEPT))
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, f"item:{only.item_id}")]


def test_which_one_is_asked_once_and_then_others_come(talk: Talk) -> None:
    shown = ids_of(talk, 3)
    assert not talk.acts(about(Act.DISLIKE)).reply.cards
    again = [c.item_id for c in talk.acts(about(Act.DISLIKE)).reply.cards]
    assert len(again) == 3
    assert not set(again) & set(shown)


def ids_of(talk: Talk, count: int) -> list[str]:
    return [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=count)).reply.cards]


def test_from_now_on_beside_a_style_is_said_of_the_style(talk: Talk) -> None:
    talk.acts(about(Act.REVEAL_LIKE, "genre:comedy"))
    outcome = talk.acts(about(Act.SET_SCOPE, scope=Scope.ALWAYS), about(Act.SET_STYLE, kind="short"), lang=Lang.EN)
    assert outcome.reply.text.count(".") == 1


def test_a_no_to_something_of_an_older_list_shows_it_no_more(talk: Talk) -> None:
    old = ids_of(talk, 3)[0]
    talk.acts(about(Act.MORE))
    assert not talk.tap(Rate(old, Verdict.DISLIKE)).reply.cards
    assert talk.state.focus == old


def test_yes_like_that_and_more_brings_more(talk: Talk) -> None:
    shown = ids_of(talk, 3)
    cards = talk.acts(about(Act.YES), about(Act.ACCEPT), about(Act.MORE)).reply.cards
    assert len(cards) == 3
    assert not {c.item_id for c in cards} & set(shown)
