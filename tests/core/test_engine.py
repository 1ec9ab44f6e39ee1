"""What the engine promises, whatever is said: exact shares, true undo, hard conditions, never twice, one question."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talks import FILMS, WISHES, Talk, about, numbers, steps, walk, walks

from core import evidence
from core.catalog import Catalog
from core.engine import Engine
from core.nlu.understand import Understander
from core.turns import (
    Act,
    Answer,
    Card,
    Drop,
    Lang,
    Open,
    Target,
    UnderstoodAct,
)


@walks
@given(said=steps)
def test_promises_hold_in_any_conversation(engine: Engine, understander: Understander, said: list[object]) -> None:
    talk = walk(engine, understander, said)
    shown: set[str] = set()
    texts: set[str] = set()
    asked_before = False
    for outcome in talk.outcomes:
        reply = outcome.reply
        assert reply.text.strip()
        assert reply.text not in texts
        texts.add(reply.text)
        assert not (reply.question and asked_before)
        asked_before = reply.question is not None
        for card in reply.cards:
            assert math.isclose(card.logit, card.prior + math.fsum(p.value for p in card.parts), abs_tol=1e-9)
            assert math.isclose(card.score, 1 / (1 + math.exp(-card.logit)), abs_tol=1e-12)
            assert {p.event for p in card.parts} <= {e.event for e in talk.log}
        if outcome.state.turn and reply.cards and _picked(outcome.reply.cards, outcome.state.screen):
            shown |= {c.item_id for c in reply.cards}
    assert shown <= set(talk.state.shown)


def _picked(cards: tuple[Card, ...], screen: tuple[str, ...]) -> bool:
    return all(c.item_id in screen for c in cards)


@walks
@given(said=steps, last=st.sampled_from([w for w in WISHES if w[0].act not in (Act.UNDO, Act.DROP_CONDITION)]))
def test_undo_leaves_no_trace(
    engine: Engine, understander: Understander, said: list[object], last: tuple[UnderstoodAct, ...]
) -> None:
    talk = walk(engine, understander, said)
    live = evidence.live(talk.log, talk.state.session)
    before = numbers(talk), evidence.holding(live), evidence.known(live)
    if talk.acts(*last).events:
        talk.acts(about(Act.UNDO))
    live = evidence.live(talk.log, talk.state.session)
    assert (numbers(talk), evidence.holding(live), evidence.known(live)) == before


def test_conditions_are_hard(talk: Talk, starter: Catalog) -> None:
    talk.acts(about(Act.MUST_NOT, "genre:horror"), about(Act.MUST, kind="minutes", op="<=", value=100.0), *WISHES[0])
    for _ in range(4):
        for card in talk.acts(about(Act.MORE)).reply.cards:
            found = starter.get(card.item_id)
            assert found is not None
            assert "horror" not in found.genres
            assert (found.number("minutes") or 999) <= 100


def test_nothing_comes_twice(talk: Talk) -> None:
    seen = [c.item_id for c in talk.acts(*WISHES[1]).reply.cards]
    for _ in range(8):
        seen += [c.item_id for c in talk.acts(about(Act.MORE)).reply.cards]
    assert len(seen) == len(set(seen))


def test_the_end_names_the_condition_to_drop(talk: Talk) -> None:
    outcome = talk.acts(about(Act.MUST, kind="year", op="<", value=1900.0), *WISHES[1])
    assert not outcome.reply.cards
    drops = [b.action for row in outcome.reply.buttons for b in row if isinstance(b.action, Drop)]
    assert Drop("year") in drops
    assert talk.tap(Drop("year")).reply.cards


def test_a_bare_wish_gets_picks_and_five_kinds(talk: Talk) -> None:
    reply = talk.acts(*WISHES[0]).reply
    assert len(reply.cards) == 3
    assert reply.question is not None
    answers = [b.action for row in reply.buttons for b in row if isinstance(b.action, Answer)]
    assert len(answers) == 5
    after = talk.tap(answers[0]).reply
    kind = Target.parse(answers[0].value).value
    assert after.cards
    assert all(kind in c.genres for c in after.cards)


def test_a_like_raises_and_a_dislike_lowers_the_item(talk: Talk) -> None:
    start = numbers(talk)[0][0]
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    loved = numbers(talk)[0][0]
    talk.acts(about(Act.DISLIKE, f"item:{FILMS[0]}"))
    assert numbers(talk)[0][0] < start < loved


def test_taste_crosses_into_other_domains(talk: Talk, starter: Catalog) -> None:
    book = next(i.id for i in starter.items if i.domain == "book" and "sci-fi" in i.genres)
    before = talk.engine.scores(talk.state, talk.log, [book], talk.now)[0].logit
    talk.acts(about(Act.REVEAL_LIKE, "genre:sci-fi"))
    assert talk.engine.scores(talk.state, talk.log, [book], talk.now)[0].logit > before


def test_ordinals_follow_the_screen_after_a_replacement(talk: Talk) -> None:
    first, second = (c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=2)).reply.cards)
    talk.acts(about(Act.SEEN_NEUTRAL, place=1))
    assert talk.state.screen[1] == second
    assert talk.state.screen[0] != first
    assert talk.acts(about(Act.ORDINAL, place=2)).reply.cards[0].item_id == second


def test_back_brings_the_list_before(talk: Talk) -> None:
    first = [c.item_id for c in talk.acts(*WISHES[1]).reply.cards]
    talk.acts(about(Act.MORE))
    assert [c.item_id for c in talk.acts(about(Act.BACK)).reply.cards] == first


def test_forget_needs_a_yes_and_leaves_nothing(talk: Talk) -> None:
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    assert not talk.acts(about(Act.PRIVACY_FORGET)).forget
    outcome = talk.acts(about(Act.YES))
    assert outcome.forget
    assert outcome.state.shown == ()
    assert outcome.state.next_event == 1


def test_a_new_evening_ends_conditions_and_keeps_taste(talk: Talk) -> None:
    talk.acts(about(Act.REVEAL_LIKE, "genre:sci-fi"), *WISHES[3])
    talk.later(hours=7)
    reply = talk.acts(about(Act.ASK_PROFILE)).reply
    assert reply.constraints == ()
    assert "genre:sci-fi" in {e.target for e in evidence.live(talk.log, talk.state.session)}


def test_a_repeat_of_one_message_never_repeats_the_text(talk: Talk) -> None:
    texts = [talk.acts(about(Act.OUT_OF_SCOPE)).reply.text for _ in range(40)]
    assert len(set(texts)) == 40


@pytest.mark.parametrize("lang", list(Lang))
def test_every_act_has_an_answer(engine: Engine, understander: Understander, lang: Lang) -> None:
    for act in Act:
        talk = Talk(engine, understander, engine.new_chat(9))
        talk.acts(about(Act.ASK_RECOMMEND, "genre:drama", count=3), lang=lang)
        reply = talk.acts(about(act), lang=lang).reply
        assert reply.text.strip(), act
        assert talk.acts(UnderstoodAct(act), lang=lang).reply.text.strip(), act


def test_a_tap_opens_what_it_says(talk: Talk) -> None:
    first = talk.acts(*WISHES[1]).reply.cards[0].item_id
    assert [c.item_id for c in talk.tap(Open(first)).reply.cards] == [first]
    assert first not in [c.item_id for c in talk.tap(Open(first, "similar")).reply.cards]
