"""Turns that an adapter marks (edited, too old, a list of so many) and what only a button says: entries, seen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talks import FILMS, WISHES, Talk, about, numbers, press, steps, walk, walks

from core import evidence
from core.catalog import Catalog
from core.engine import Engine
from core.nlu.understand import Understander
from core.state import ChatState, Kind, recall, remember
from core.turns import (
    Act,
    Action,
    Answer,
    Condition,
    Lang,
    Menu,
    Open,
    Rate,
    Save,
    Seen,
    Take,
    Target,
    UnderstoodAct,
    Undo,
    Verdict,
    item,
)

TAPS: tuple[Action, ...] = (
    Rate(FILMS[1], Verdict.DISLIKE),
    Seen(FILMS[0]),
    Save(FILMS[2]),
    Open(FILMS[2], "similar"),
    Undo(),
    Menu("surprise"),
    Menu("language:en"),
    Menu("style:short"),
    Menu("forget"),
    Menu("book"),
)
once = st.one_of(st.sampled_from(WISHES), st.sampled_from(TAPS))


def do(talk: Talk, step: object) -> None:
    if isinstance(step, tuple):
        talk.acts(*step)
    elif isinstance(step, int):
        press(talk, step)
    else:
        talk.tap(step)  # type: ignore[arg-type]


def holds(talk: Talk) -> object:
    """What is known of a person, without the numbers that go on."""
    live = evidence.live(talk.log, talk.state.session)
    conditions = [(h.condition, h.request, h.narrows) for h in evidence.holding(live)]
    told = [(e.kind, e.target, e.value, e.scope, e.speaker) for e in live]
    return numbers(talk), conditions, evidence.known(live), told


def talked(state: ChatState) -> ChatState:
    """The state of the talk, without the numbers that go on and what was said."""
    return replace(state, turn=0, next_event=0, said=(), before=None, last_at=None)


# ---- edits ----


@walks
@given(said=steps, first=once, second=once)
def test_an_edit_is_as_if_the_first_text_had_never_been_said(
    engine: Engine, understander: Understander, said: list[object], first: object, second: object
) -> None:
    edited, plain = walk(engine, understander, said), walk(engine, understander, said)
    do(edited, first)
    event = edited.state.next_event
    edited.marks = {"replaces": edited.state.turn}
    do(edited, second)
    do(plain, second)
    assert holds(edited) == holds(plain)
    assert edited.state.turn == plain.state.turn + 1
    assert all(e.event >= event for e in edited.outcomes[-1].events)
    if second != Menu("surprise"):  # drawn by the number of the turn
        assert talked(edited.state).screen == talked(plain.state).screen
        assert talked(edited.state).shown == talked(plain.state).shown


@walks
@given(said=steps, texts=st.lists(once, min_size=2, max_size=4))
def test_only_the_last_of_several_edits_counts(
    engine: Engine, understander: Understander, said: list[object], texts: list[object]
) -> None:
    edited, plain = walk(engine, understander, said), walk(engine, understander, said)
    for text in texts:
        do(edited, text)
        edited.marks = {"replaces": edited.state.turn}
    do(plain, texts[-1])
    assert holds(edited) == holds(plain)


@walks
@given(said=steps, first=once)
def test_the_state_before_the_last_turn_comes_back_whole(
    engine: Engine, understander: Understander, said: list[object], first: object
) -> None:
    talk = walk(engine, understander, said)
    before = talk.state
    do(talk, first)
    assert recall(talk.state) == replace(before, before=None)
    assert len(talk.state.before or "") < 4000


numbers_said = st.lists(st.integers(0, 4), max_size=6).map(tuple)


@given(old=numbers_said, new=numbers_said)
def test_any_two_lists_are_remembered(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    before, after = ChatState(1, said=old), ChatState(1, said=new, turn=1)
    assert recall(remember(before, after)) == before


def test_an_edit_of_an_older_message_is_ignored(talk: Talk) -> None:
    talk.acts(*WISHES[1])
    talk.acts(*WISHES[6])
    talk.marks = {"replaces": 1}
    before = talk.state
    outcome = talk.acts(*WISHES[7])
    assert (outcome.state, outcome.events, outcome.reply.text) == (before, (), "")


def test_an_edited_undo_gives_back_what_it_took(talk: Talk) -> None:
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    loved = holds(talk)
    talk.acts(about(Act.UNDO))
    talk.marks = {"replaces": talk.state.turn}
    talk.acts(about(Act.THANKS))
    assert holds(talk) == loved


def test_an_edited_answer_still_answers_the_question(talk: Talk, understander: Understander) -> None:
    talk.acts(*WISHES[0])
    assert talk.state.asked is not None
    talk.acts(about(Act.THANKS))
    turn = talk.state
    edit = {"replaces": turn.turn}
    talk.marks = edit
    context = talk.engine.context(turn, talk.log, talk._next(text="科幻"))
    assert context.expecting == "genre"


def test_undo_after_an_edit_takes_back_the_new_text(talk: Talk) -> None:
    talk.acts(*WISHES[6])
    told = holds(talk)
    talk.acts(*WISHES[7])
    talk.marks = {"replaces": talk.state.turn}
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    talk.marks = {}
    talk.tap(Undo())
    assert holds(talk) == told


# ---- quiet turns ----

STANDS = (
    "screen", "slates", "shown", "focus", "asked", "open_slot", "asked_slots", "said", "pending", "domain", "count",
    "guesses", "unsure", "explore",
)  # fmt: skip


@walks
@given(said=steps, step=once)
def test_a_quiet_turn_teaches_the_same_and_shows_nothing(
    engine: Engine, understander: Understander, said: list[object], step: object
) -> None:
    quiet, plain = walk(engine, understander, said), walk(engine, understander, said)
    before = quiet.state
    quiet.marks = {"quiet": True}
    do(quiet, step)
    do(plain, step)
    outcome = quiet.outcomes[-1]
    assert (outcome.reply.text, outcome.reply.cards, outcome.reply.question) == ("", (), None)
    assert all(getattr(outcome.state, name) == getattr(before, name) for name in STANDS)
    assert outcome.belief == plain.outcomes[-1].belief
    assert holds(quiet) == holds(plain)


@pytest.mark.parametrize("ask", [Act.PRIVACY_FORGET, Act.PRIVACY_EXPORT])
def test_a_quiet_turn_neither_forgets_nor_exports(talk: Talk, ask: Act) -> None:
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    talk.acts(about(Act.PRIVACY_FORGET))
    talk.marks = {"quiet": True}
    for acts in ((about(ask),), (about(Act.YES),)):
        outcome = talk.acts(*acts)
        assert not outcome.forget
        assert outcome.reply.export is None
    outcome = talk.tap(Menu("forget_yes"))
    assert not outcome.forget
    assert talk.log


def test_catching_up_names_what_was_noted_and_picks_where_a_request_stood_open(talk: Talk, starter: Catalog) -> None:
    talk.marks = {"quiet": True}
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy"))
    talk.acts(about(Act.THANKS))
    talk.marks = {}
    reply = talk.tap(Menu("catch_up")).reply
    assert "盗梦空间" in reply.text
    assert reply.cards
    assert all("comedy" in c.genres for c in reply.cards)
    again = talk.tap(Menu("catch_up")).reply
    assert not again.cards
    assert "盗梦空间" not in again.text


def test_catching_up_on_a_wish_for_something_similar_keeps_the_seed(talk: Talk) -> None:
    talk.marks = {"quiet": True}
    talk.acts(about(Act.SIMILAR_TO, f"item:{FILMS[2]}"))
    talk.marks = {}
    similar = [c.item_id for c in talk.tap(Menu("catch_up")).reply.cards]
    other = Talk(talk.engine, talk.understander, talk.engine.new_chat(7))
    assert similar == [c.item_id for c in other.acts(about(Act.SIMILAR_TO, f"item:{FILMS[2]}")).reply.cards]


def test_catching_up_with_nothing_told_shows_no_list(talk: Talk) -> None:
    talk.marks = {"quiet": True}
    talk.acts(about(Act.THANKS))
    talk.marks = {}
    reply = talk.tap(Menu("catch_up")).reply
    assert reply.text
    assert not reply.cards


# ---- as many as wished ----


@pytest.mark.parametrize("count", [1, 7, 12, 20])
def test_a_wished_for_count_is_met_with_different_things_and_no_question(talk: Talk, count: int) -> None:
    talk.marks = {"count": count}
    reply = talk.tap(Menu("picks")).reply
    assert len({c.item_id for c in reply.cards}) == count
    assert reply.question is None
    assert len({c.domain for c in reply.cards}) == min(count, 3)


def test_a_wished_for_count_goes_before_that_of_the_words_and_keeps_conditions(talk: Talk) -> None:
    talk.marks = {"count": 10}
    reply = talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy", count=2), about(Act.MUST_NOT, "genre:romance")).reply
    assert len(reply.cards) == 10
    assert all("comedy" in c.genres and "romance" not in c.genres for c in reply.cards)


# ---- entries of the menu ----


def taps(talk: Talk) -> list[Action]:
    return [b.action for row in talk.outcomes[-1].reply.buttons for b in row]


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
def test_a_stranger_is_told_who_i_am_and_what_to_try(talk: Talk, lang: Lang) -> None:
    talk.state = replace(talk.state, spoken=lang, language=lang)
    reply = talk.tap(Menu("start")).reply
    assert ("荐言" if lang is Lang.ZH else "Jianyan") in reply.text
    tries = taps(talk)
    assert 2 <= len(tries) <= 3
    for action in tries:
        fresh = Talk(talk.engine, talk.understander, talk.engine.new_chat(8))
        assert fresh.tap(action).reply.cards


def test_somebody_known_is_welcomed_back_to_where_we_were(talk: Talk) -> None:
    cards = [c.item_id for c in talk.acts(*WISHES[1]).reply.cards]
    assert "荐言" not in talk.tap(Menu("start")).reply.text
    assert Menu("repeat") in taps(talk)
    assert [c.item_id for c in talk.tap(Menu("repeat")).reply.cards] == cards
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    talk.later(hours=9)
    talk.tap(Menu("start"))
    assert Menu("picks") in taps(talk)


def test_why_speaks_of_the_focus_else_of_the_first(talk: Talk) -> None:
    assert not talk.tap(Menu("why")).reply.cards
    cards = [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy", count=3)).reply.cards]
    assert [c.item_id for c in talk.tap(Menu("why")).reply.cards] == cards[:1]
    talk.tap(Open(cards[2]))
    assert [c.item_id for c in talk.tap(Menu("why")).reply.cards] == [cards[2]]


def test_language_and_style_by_menu(talk: Talk) -> None:
    assert talk.tap(Menu("language:en")).reply.lang is Lang.EN
    assert talk.acts(about(Act.THANKS), lang=Lang.ZH).reply.lang is Lang.EN
    assert talk.tap(Menu("language:zh")).reply.lang is Lang.ZH
    assert talk.acts(about(Act.THANKS), lang=Lang.EN).reply.lang is Lang.ZH
    talk.tap(Menu("language:auto"))
    assert talk.acts(about(Act.THANKS), lang=Lang.EN).reply.lang is Lang.EN
    for style in ("short", "long"):
        talk.tap(Menu(f"style:{style}"))
        assert talk.state.style == style
    talk.tap(Menu("style:auto"))
    assert talk.state.style is None


@pytest.mark.parametrize("what", ["language:fr", "style:", "nothing", "join", "leave", "settle", "language"])
def test_any_other_entry_is_answered(talk: Talk, what: str) -> None:
    assert talk.tap(Menu(what)).reply.text


# ---- what was seen ----


def test_seen_says_seen_and_nothing_else_and_asks_how_it_was(talk: Talk) -> None:
    cards = [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=2)).reply.cards]
    outcome = talk.tap(Seen(cards[0]))
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.SEEN, f"item:{cards[0]}")]
    assert "一般" not in outcome.reply.text
    assert [len(outcome.reply.cards), outcome.reply.cards[0].item_id in cards] == [1, False]
    verdicts = [a for a in taps(talk) if isinstance(a, Rate) and a.item_id == cards[0]]
    assert verdicts == [Rate(cards[0], v, seen=True) for v in (Verdict.LIKE, Verdict.SOSO, Verdict.DISLIKE)]
    told = talk.tap(verdicts[0])
    assert {e.kind for e in told.events} == {Kind.LIKE, Kind.SEEN}
    assert not told.reply.cards
    assert talk.tap(Undo()).reply.text
    assert Kind.LIKE not in evidence.known(evidence.live(talk.log, 1)).verdicts.values()


def test_what_was_judged_before_is_not_asked_about(talk: Talk) -> None:
    cards = [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=2)).reply.cards]
    talk.tap(Rate(cards[0], Verdict.LIKE))
    talk.tap(Seen(cards[0]))
    assert not [a for a in taps(talk) if isinstance(a, Rate) and a.item_id == cards[0]]


def test_a_word_after_seen_is_about_what_was_seen(talk: Talk) -> None:
    cards = [c.item_id for c in talk.acts(about(Act.ASK_RECOMMEND, "genre:thriller", count=1)).reply.cards]
    talk.tap(Seen(cards[0]))
    outcome = talk.acts(UnderstoodAct(Act.SEEN_LIKED))
    assert (Kind.LIKE, f"item:{cards[0]}") in [(e.kind, e.target) for e in outcome.events]


# ---- notes for machines ----


@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
def test_who_asks_what_is_kept_is_told_where_unclear_messages_go(
    talk: Talk, lang: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.acts(about(Act.LIKE, f"item:{FILMS[0]}"), lang=lang)
    assert "llm.example" not in talk.tap(Menu("privacy")).reply.text
    monkeypatch.setattr(talk.engine, "confidant", "llm.example")
    assert "llm.example" in talk.tap(Menu("privacy")).reply.text


def test_notes_tell_what_was_written_and_what_is_stored(talk: Talk) -> None:
    outcome = talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"), about(Act.REVEAL_LIKE, "genre:sci-fi"))
    notes = outcome.reply.notes
    assert notes["turn"] == 1
    assert [(n["event"], n["kind"], n["target"]) for n in notes["events"]] == [  # type: ignore[attr-defined]
        (e.event, str(e.kind), e.target) for e in outcome.events
    ]
    stored = talk.tap(Menu("privacy")).reply.notes["stored"]
    assert stored == {"love": 1, "taste": 1}


def test_undo_names_what_it_took_back(talk: Talk) -> None:
    talk.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    assert "盗梦空间" in talk.tap(Undo()).reply.text


def test_an_answer_to_an_old_question_of_an_edited_turn_is_no_crash(talk: Talk) -> None:
    talk.acts(*WISHES[0])
    old = next(a for a in taps(talk) if isinstance(a, Answer))
    talk.marks = {"replaces": talk.state.turn}
    talk.acts(*WISHES[2])
    talk.marks = {}
    assert talk.tap(old).reply.text
    assert Condition(Target.parse(old.value)) in talk.outcomes[-1].reply.constraints


def test_a_tap_is_understood_as_what_its_words_would_say(talk: Talk) -> None:
    first = talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy")).reply.cards[0].item_id
    for action, act in ((Save(first), Act.SAVE), (Open(first, "why"), Act.ASK_WHY), (Take(first), Act.ACCEPT)):
        understood = talk.tap(action).reply.understood
        assert understood is not None
        assert [(a.act, a.target) for a in understood.acts] == [(act, item(first))]
