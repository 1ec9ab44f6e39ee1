"""What a move becomes: cards that add up, buttons that do as planned, and constraints that all hold."""

import math

import pytest
from talks import FILMS, Talk, about

from core import evidence
from core.catalog import Catalog
from core.engine import Engine
from core.moves import Ask, CardPlan, Move, button, line
from core.nlu.understand import Understander
from core.policy.view import View
from core.speaking import answers, asked, buttons, constraints
from core.state import ChatState
from core.turns import Act, Answer, Lang, Menu, More


def test_the_same_turn_is_worded_alike_and_another_chat_is_not_bound_to_it(engine: Engine) -> None:
    seeds = {engine.speaker.voice(ChatState(chat, turn=3), Lang.EN).seed for chat in range(-20, 20)}
    assert len(seeds) == 40
    assert min(seeds) >= 0
    again = engine.speaker.voice(ChatState(7, turn=3), Lang.EN).seed
    assert again in seeds


def test_english_is_never_traditional(engine: Engine) -> None:
    state = ChatState(1, traditional=True)
    written = {lang: engine.speaker.voice(state, lang).traditional for lang in (Lang.EN, Lang.ZH, Lang.MIXED)}
    assert written == {Lang.EN: False, Lang.ZH: True, Lang.MIXED: True}


def test_answers_stand_three_in_a_row_and_say_which_turn_asked(engine: Engine) -> None:
    voice = engine.speaker.voice(ChatState(1), Lang.EN)
    choices = tuple((f"v{n}", line("label.help")) for n in range(5))
    question = asked(Ask("kind", line("label.help"), choices), 4, voice)
    rows = answers(question)
    assert [len(row) for row in rows] == [3, 2]
    assert [b.action for row in rows for b in row] == [Answer(4, f"v{n}") for n in range(5)]
    assert {b.label for row in rows for b in row} == {label for _, label in question.choices}


def test_buttons_do_what_was_planned_and_empty_rows_go(engine: Engine) -> None:
    voice = engine.speaker.voice(ChatState(1), Lang.ZH)
    move = Move((), buttons=((button("label.help", Menu("help")),), (), (button("label.more", More()),)))
    rows = buttons(move, voice)
    assert [[b.action for b in row] for row in rows] == [[Menu("help")], [More()]]
    assert all(b.label.strip() for row in rows for b in row)


def test_a_card_says_what_the_catalogue_says_and_adds_up(
    engine: Engine, understander: Understander, starter: Catalog
) -> None:
    talk = Talk(engine, understander, engine.new_chat(1))
    talk.acts(about(Act.REVEAL_LIKE, "genre:sci-fi"), about(Act.REVEAL_DISLIKE, "genre:romance"))
    view = View(engine.shelf, talk.state, evidence.live(talk.log, talk.state.session))
    voice = engine.speaker.voice(talk.state, Lang.EN, talk.now)
    cards = engine.speaker.cards(view, Move((), tuple(CardPlan(film) for film in FILMS)), voice)
    assert [card.item_id for card in cards] == list(FILMS)
    for card in cards:
        item = starter.items[starter.row[card.item_id]]
        assert (card.title, card.year, card.genres) == (item.title.en, item.year, item.genres)
        assert card.parts
        assert math.isclose(card.logit, card.prior + math.fsum(p.value for p in card.parts), abs_tol=1e-9)


def test_of_alternatives_nothing_is_said_to_hold(engine: Engine, understander: Understander) -> None:
    talk = Talk(engine, understander, engine.new_chat(1))
    reply = talk.acts(about(Act.MUST, "country:fr"), about(Act.MUST, "country:jp"), about(Act.MUST_NOT, "genre:horror"))
    assert [str(c.target) for c in reply.reply.constraints] == ["genre:horror"]
    view = View(engine.shelf, talk.state, evidence.live(talk.log, talk.state.session))
    assert constraints(view) == reply.reply.constraints


@pytest.mark.parametrize("domain", ["film", "product", "topic"])
def test_a_card_bears_the_title_that_the_text_says(talk: Talk, domain: str) -> None:
    reply = talk.acts(about(Act.ASK_RECOMMEND, f"domain:{domain}"), lang=Lang.MIXED).reply
    opened = talk.acts(about(Act.ASK_INFO, f"item:{reply.cards[0].item_id}"), lang=Lang.MIXED).reply
    assert opened.cards[0].title in opened.text
