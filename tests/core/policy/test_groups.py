"""Groups: votes, settling, private taste that counts and is never shown, and nobody in particular."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from talks import FILMS, Talk, about, walks

from core import evidence
from core.catalog import Catalog
from core.engine import Engine
from core.nlu.understand import Understander
from core.state import Feedback, Kind
from core.turns import Act, Card, Lang, Menu, Open, Rate, Reply, Seen, Take, UnderstoodAct, Undo, Verdict, item

GROUP, ANN, BEN, CAT = -100, 11, 12, 13
VERDICTS = st.sampled_from(
    [(Act.LOVE, i) for i in FILMS] + [(Act.DISLIKE, i) for i in FILMS] + [(Act.SEEN_NEUTRAL, i) for i in FILMS]
).map(lambda pair: about(pair[0], f"item:{pair[1]}"))
TASTES = st.sampled_from(["genre:horror", "mood:funny", "genre:documentary"]).flatmap(
    lambda t: st.sampled_from([about(Act.REVEAL_LIKE, t), about(Act.REVEAL_DISLIKE, t)])
)
private_talk = st.lists(st.one_of(VERDICTS, TASTES), min_size=1, max_size=5)


@pytest.fixture
def group(engine: Engine, understander: Understander) -> Talk:
    return Talk(engine, understander, engine.new_chat(GROUP), speaker=ANN)


def told(engine: Engine, understander: Understander, words: list[UnderstoodAct], chat: int = BEN) -> Talk:
    """A chat in which one person said these things."""
    talk = Talk(engine, understander, engine.new_chat(chat), speaker=BEN)
    for word in words:
        talk.acts(word)
    return talk


def cards(talk: Talk, ids: tuple[str, ...] = FILMS) -> list[Card]:
    return talk.engine.scores(talk.state, talk.log, ids, talk.now)


def joined(group: Talk, private: tuple[Feedback, ...], speaker: int = BEN) -> Reply:
    group.speaker, group.private = speaker, private
    reply = group.tap(Menu("join")).reply
    group.private = None
    return reply


def shown(group: Talk, count: int = 3) -> list[str]:
    return [c.item_id for c in group.acts(about(Act.ASK_RECOMMEND, "domain:film", count=count)).reply.cards]


def vote(group: Talk, speaker: int, item_id: str, verdict: Verdict = Verdict.LIKE) -> Reply:
    group.speaker = speaker
    return group.tap(Rate(item_id, verdict)).reply


# ---- private taste ----


@walks
@given(words=private_talk)
def test_a_join_is_one_event_with_one_share_and_none_of_what_was_told(
    engine: Engine, understander: Understander, words: list[UnderstoodAct]
) -> None:
    private = told(engine, understander, words)
    group = Talk(engine, understander, engine.new_chat(GROUP), speaker=ANN)
    assert len(joined(group, private.log).events) == 1
    for card in cards(group):
        assert card.logit == pytest.approx(card.prior + sum(p.value for p in card.parts), abs=1e-9)
        assert len(card.parts) <= 1
    spoken_of = {e.target.removeprefix("item:") for e in private.log}
    leanings = {i for side in group.log[0].detail.values() for i in side}  # type: ignore[attr-defined]
    assert leanings
    assert not leanings & spoken_of


@pytest.mark.parametrize("genre", ["horror", "documentary", "romance"])
@pytest.mark.parametrize("act", [Act.REVEAL_LIKE, Act.REVEAL_DISLIKE])
def test_a_group_leans_where_its_member_does(group: Talk, starter: Catalog, genre: str, act: Act) -> None:
    of_kind = tuple(i.id for i in starter.items if i.domain == "film" and genre in i.genres)
    before = [c.logit for c in cards(group, of_kind)]
    joined(group, told(group.engine, group.understander, [about(act, f"genre:{genre}")]).log)
    moved = np.array([c.logit for c in cards(group, of_kind)]) - before
    sign = 1 if act is Act.REVEAL_LIKE else -1
    assert np.mean(sign * moved > 0) > 0.8


def test_the_more_of_its_members_the_more_a_group_leans(group: Talk) -> None:
    private = told(group.engine, group.understander, [about(Act.REVEAL_LIKE, "genre:horror")])
    joined(group, private.log, BEN)
    one = cards(group, ("film:the-shining-1980",))[0]
    joined(group, private.log, CAT)
    two = cards(group, ("film:the-shining-1980",))[0]
    assert one.logit < two.logit
    assert len(two.parts) == 2


@walks
@given(words=private_talk, lang=st.sampled_from(["zh", "en"]))
def test_what_was_brought_is_never_shown(
    engine: Engine, understander: Understander, starter: Catalog, words: list[UnderstoodAct], lang: str
) -> None:
    group = Talk(engine, understander, engine.new_chat(GROUP), speaker=ANN)
    group.tap(Menu(f"language:{lang}"))
    reply = joined(group, told(engine, understander, words).log)
    replies = [reply, *(group.tap(Menu(what)).reply for what in ("profile", "privacy", "export"))]
    replies += [group.acts(about(Act.ASK_RECOMMEND, "domain:book")).reply, group.tap(Menu("why")).reply]
    replies.append(group.tap(Undo()).reply)
    names = {w for i in FILMS if (found := starter.get(i)) for w in (found.title.zh, found.title.en, i) if w}
    names |= {"genre:horror", "mood:funny", "genre:documentary", "恐怖", "搞笑", "纪录片"}
    for reply in replies:
        spoken = [reply.text, reply.export or "", json.dumps(reply.notes)]
        spoken += [p.label for c in reply.cards for p in c.parts] + [b.label for row in reply.buttons for b in row]
        spoken += [c.reason for c in reply.cards if not {"horror", "documentary"} & set(c.genres)]
        if not any(c.domain == "book" for c in reply.cards):
            assert not [n for n in names for s in spoken if n in s]
    labels = {p.label for c in cards(group, FILMS) for p in c.parts}
    assert labels <= {"一位成员带来的口味", "what a member brought along"}


@walks
@given(words=private_talk, back=st.sampled_from(["leave", "undo"]))
def test_leaving_and_undo_leave_no_trace(
    engine: Engine, understander: Understander, words: list[UnderstoodAct], back: str
) -> None:
    group = Talk(engine, understander, engine.new_chat(GROUP), speaker=ANN)
    group.acts(about(Act.LOVE, f"item:{FILMS[3]}"))
    before = cards(group)
    private = told(engine, understander, words).log
    joined(group, private)
    if back == "leave":
        joined(group, private)  # twice in, once out
        group.tap(Menu("leave"))
    else:
        group.tap(Undo())
    assert cards(group) == before


def test_only_lasting_taste_comes_along(group: Talk) -> None:
    private = told(
        group.engine,
        group.understander,
        [about(Act.ASK_RECOMMEND, "genre:horror"), about(Act.CRITIQUE_MORE, "mood:sad")],
    )
    reply = joined(group, private.log)
    assert reply.events == ()
    assert reply.text


def test_nothing_known_in_private_brings_nothing(group: Talk) -> None:
    group.speaker = BEN
    for private in (None, ()):
        group.private = private
        assert group.acts(UnderstoodAct(Act.GROUP_JOIN)).reply.events == ()


def test_leaving_without_having_joined_is_said(group: Talk) -> None:
    private = told(group.engine, group.understander, [about(Act.LOVE, f"item:{FILMS[0]}")])
    joined(group, private.log, BEN)
    group.speaker = CAT
    assert group.tap(Menu("leave")).events == ()
    group.speaker = BEN
    assert group.tap(Menu("leave")).events


def test_a_group_that_somebody_joined_has_no_profile_of_theirs(group: Talk) -> None:
    loved = [about(Act.LOVE, f"item:{i}") for i in FILMS]
    joined(group, told(group.engine, group.understander, loved).log)
    empty = Talk(group.engine, group.understander, group.engine.new_chat(GROUP))
    expected = {empty.tap(Menu("profile")).reply.text for _ in range(6)}
    assert group.tap(Menu("profile")).reply.text in expected


@pytest.mark.parametrize("word", ["join", "我也加入", "count me in", "退出", "leave", "settle it", "/join"])
def test_words_of_groups_in_private_are_no_crash(talk: Talk, word: str) -> None:
    outcome = talk.say(word)
    assert outcome.reply.text
    assert not [e for e in outcome.events if e.kind is Kind.JOINED]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        *((word, Act.GROUP_JOIN) for word in ("join", "我也加入", "算我一个", "Count me in!")),
        *((word, Act.UNDO) for word in ("退出", "leave", "count me out", "别算我了")),
        *((word, Act.GROUP_SETTLE) for word in ("就这个吧", "settle it", "定了吧")),
    ],
)
def test_words_of_groups(group: Talk, text: str, act: Act) -> None:
    shown(group)
    reply = group.say(text).reply
    assert reply.understood is not None
    assert [a.act for a in reply.understood.acts] == [act]


# ---- votes ----


def test_votes_are_counted_by_people_and_replace_nothing(group: Talk) -> None:
    first, second, third = shown(group)
    assert all(c.votes == (0, 0) for c in cards(group, (first, second, third)))
    vote(group, ANN, first)
    assert vote(group, ANN, first).cards[0].votes == (1, 0)
    assert vote(group, BEN, first).cards[0].votes == (2, 0)
    reply = vote(group, BEN, first, Verdict.DISLIKE)
    assert [(c.item_id, c.votes) for c in reply.cards] == [(first, (1, 1))]
    assert "1" in reply.text
    assert group.state.screen == (first, second, third)
    group.tap(Undo())
    assert [c.votes for c in cards(group, (first,))] == [(2, 0)]


def test_a_vote_may_be_spoken(group: Talk) -> None:
    _, second, _ = shown(group)
    reply = group.acts(about(Act.LIKE, f"item:{second}", place=2)).reply
    assert [(c.item_id, c.votes) for c in reply.cards] == [(second, (1, 0))]


def test_a_private_chat_has_no_votes(talk: Talk) -> None:
    first = talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy")).reply.cards[0]
    talk.tap(Rate(first.item_id, Verdict.LIKE))
    assert [c.votes for c in cards(talk, (first.item_id,))] == [(0, 0)]


def test_two_people_on_one_film_both_count(group: Talk) -> None:
    start = cards(group)[0].logit
    group.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    one = cards(group)[0].logit
    group.speaker = BEN
    group.acts(about(Act.DISLIKE, f"item:{FILMS[0]}"))
    assert start < one
    assert cards(group)[0].logit < one
    assert len(cards(group)[0].parts) == 2


SETTLE = [Menu("settle"), (UnderstoodAct(Act.ACCEPT),), (UnderstoodAct(Act.GROUP_SETTLE),)]


@pytest.mark.parametrize("how", SETTLE)
def test_settling_names_the_winner_and_the_count(group: Talk, starter: Catalog, how: object) -> None:
    first, second, third = shown(group)
    for who in (ANN, BEN, CAT):
        vote(group, who, third)
    vote(group, ANN, first)
    vote(group, BEN, first, Verdict.DISLIKE)
    outcome = group.acts(*how) if isinstance(how, tuple) else group.tap(how)  # type: ignore[arg-type]
    assert [(c.item_id, c.votes) for c in outcome.reply.cards] == [(third, (3, 0))]
    found = starter.get(third)
    assert found is not None
    assert f"《{found.title.zh}》" in outcome.reply.text
    assert "3" in outcome.reply.text
    assert Take(third) in [b.action for row in outcome.reply.buttons for b in row]
    assert group.state.screen == (first, second, third)


def test_a_tie_goes_to_what_suits_the_group_and_says_so(group: Talk, starter: Catalog) -> None:
    ids = shown(group)
    for item_id in ids[:2]:
        vote(group, ANN, item_id)
    best = max(cards(group, tuple(ids[:2])), key=lambda c: c.logit)
    reply = group.tap(Menu("settle")).reply
    assert [c.item_id for c in reply.cards] == [best.item_id]
    for item_id in ids[:2]:
        found = starter.get(item_id)
        assert found is not None
        assert str(found.title.zh) in reply.text


def test_what_a_veto_forbids_cannot_win(group: Talk, starter: Catalog) -> None:
    ids = shown(group)
    for who in (ANN, BEN):
        vote(group, who, ids[0])
    group.tap(Open(ids[1]))
    group.state = replace(group.state, focus=None)
    group.acts(UnderstoodAct(Act.GROUP_VETO, item(ids[0]), polarity=-1.0))
    if group.state.screen != tuple(ids):
        group.tap(Menu("back"))
    assert ids[0] not in [c.item_id for c in group.tap(Menu("settle")).reply.cards]


def test_a_veto_of_a_place_puts_another_there_and_says_that_it_was_contested(group: Talk) -> None:
    first, *rest = shown(group)
    vote(group, ANN, first)
    group.speaker = BEN
    outcome = group.acts(about(Act.ORDINAL, place=1), UnderstoodAct(Act.GROUP_VETO, polarity=-1.0), lang=Lang.EN)
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.REFUSED, f"item:{first}")]
    assert "veto" in outcome.reply.text
    (instead,) = outcome.reply.cards
    assert group.state.screen == (instead.item_id, *rest)
    assert first not in [c.item_id for c in group.tap(Menu("settle")).reply.cards]


def test_a_veto_of_none_of_several_asks_which(group: Talk) -> None:
    ids = shown(group)
    outcome = group.acts(UnderstoodAct(Act.GROUP_VETO, polarity=-1.0))
    assert not outcome.events
    assert [b.action for row in outcome.reply.buttons for b in row] == [Open(i) for i in ids]


def test_what_takes_the_place_of_one_vetoed_is_no_sequel_of_it(group: Talk, starter: Catalog) -> None:
    star_wars = "film:star-wars-1977"
    group.acts(about(Act.ASK_RECOMMEND, "genre:sci-fi", count=3))
    group.acts(about(Act.GROUP_VETO, f"item:{star_wars}"))
    kin = group.engine.shelf.kin(starter.row[star_wars])
    assert kin.sum() > 1
    assert not any(kin[starter.row[c.item_id]] for c in group.outcomes[-1].reply.cards)


def test_the_second_is_fine_is_a_vote_and_settles_nothing(group: Talk) -> None:
    ids = shown(group)
    pair = about(Act.LIKE, f"item:{ids[1]}", place=2), about(Act.ACCEPT, f"item:{ids[1]}")
    outcome = group.acts(*pair)
    assert [e.kind for e in outcome.events] == [Kind.LIKE]
    assert [(c.item_id, c.votes) for c in outcome.reply.cards] == [(ids[1], (1, 0))]


def test_without_votes_taste_decides(group: Talk) -> None:
    ids = shown(group)
    best = max(cards(group, tuple(ids)), key=lambda c: c.logit)
    assert [c.item_id for c in group.tap(Menu("settle")).reply.cards] == [best.item_id]


def test_settling_with_nothing_shown_picks_one(group: Talk) -> None:
    assert len(group.tap(Menu("settle")).reply.cards) == 1


def test_this_one_after_a_look_at_one_takes_that(group: Talk) -> None:
    ids = shown(group)
    group.tap(Open(ids[2]))
    outcome = group.acts(UnderstoodAct(Act.ACCEPT))
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, f"item:{ids[2]}")]


def test_somebody_has_seen_it_and_the_others_keep_it(group: Talk) -> None:
    ids = shown(group)
    reply = group.tap(Seen(ids[0])).reply
    assert not reply.cards
    assert group.state.screen == tuple(ids)
    assert len([b for row in reply.buttons for b in row if isinstance(b.action, Rate) and b.action.seen]) == 3


def test_a_group_gets_a_list_to_vote_on_and_no_question(group: Talk) -> None:
    reply = group.acts(about(Act.ASK_RECOMMEND, "domain:film")).reply
    assert len(reply.cards) == 3
    assert reply.question is None
    assert Menu("settle") in [b.action for row in reply.buttons for b in row]


# ---- nobody in particular ----


@pytest.mark.parametrize("what", [Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.GROUP_JOIN])
def test_an_anonymous_admin_is_refused_kindly(group: Talk, what: Act) -> None:
    group.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    group.speaker, group.private = GROUP, group.log
    outcome = group.acts(UnderstoodAct(what))
    assert "匿名" in outcome.reply.text or "名义" in outcome.reply.text
    assert (outcome.events, outcome.reply.export, outcome.forget, outcome.state.pending) == ((), None, False, None)


@pytest.mark.parametrize("what", ["export", "forget", "forget_yes", "join"])
def test_an_anonymous_tap_is_refused_too(group: Talk, what: str) -> None:
    group.acts(about(Act.LOVE, f"item:{FILMS[0]}"))
    group.acts(about(Act.PRIVACY_FORGET))  # somebody real asked, and the question stands
    group.speaker = GROUP
    outcome = group.tap(Menu(what))
    assert (outcome.events, outcome.reply.export, outcome.forget) == ((), None, False)
    assert not group.acts(UnderstoodAct(Act.YES)).forget


def test_votes_and_wishes_of_the_anonymous_count(group: Talk) -> None:
    first, *_ = shown(group)
    assert vote(group, GROUP, first).cards[0].votes == (1, 0)
    assert evidence.votes(evidence.live(group.log, 1)) == {first: (1, 0)}


# ---- several kinds at once ----


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("推荐一本书 and a film", ["book", "film"]),
        ("两本书和三部电影", ["book", "film", "book", "film", "film"]),
        ("two books and a film please", ["book", "film", "book"]),
    ],
)
def test_one_of_each_or_as_many_as_said(talk: Talk, text: str, domains: list[str]) -> None:
    assert [c.domain for c in talk.say(text).reply.cards] == domains


def test_the_next_one_is_one(talk: Talk) -> None:
    talk.say("推荐一本书 and a film")
    assert len(talk.acts(about(Act.NEXT)).reply.cards) == 1


def test_a_place_beyond_the_list_is_none_of_it(talk: Talk) -> None:
    talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy", count=2))
    outcome = talk.acts(UnderstoodAct(Act.ORDINAL, place=5), UnderstoodAct(Act.LIKE, place=5))
    assert outcome.events == ()


def test_seen_without_a_word_on_it_is_seen(talk: Talk) -> None:
    first = talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy", count=1)).reply.cards[0].item_id
    assert [e.kind for e in talk.say("看过了").events] == [Kind.SEEN]
    judged = {e.kind for e in talk.say("一般吧").events if e.target == f"item:{first}"}
    assert judged == {Kind.SOSO, Kind.SEEN}


def test_this_one_after_seen_is_what_came_in_its_place(talk: Talk) -> None:
    first = talk.acts(about(Act.ASK_RECOMMEND, "genre:comedy", count=1)).reply.cards[0].item_id
    new = talk.tap(Seen(first)).reply.cards[0].item_id
    outcome = talk.say("就这个吧")
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, f"item:{new}")]


def test_a_vote_on_an_earlier_list_is_counted_and_settles(group: Talk) -> None:
    first = shown(group)[1]
    vote(group, ANN, first)
    group.acts(about(Act.MORE))
    group.speaker = BEN
    reply = group.acts(about(Act.LIKE, f"item:{first}")).reply
    assert [(c.item_id, c.votes) for c in reply.cards] == [(first, (2, 0))]
    assert [c.item_id for c in group.tap(Menu("settle")).reply.cards] == [first]


def test_fine_after_the_count_takes_the_winner_and_counts_no_more(group: Talk) -> None:
    shown(group)
    winner = group.tap(Menu("settle")).reply.cards[0].item_id
    outcome = group.acts(about(Act.ACCEPT, f"item:{winner}"), lang=Lang.EN)
    assert [(e.kind, e.target) for e in outcome.events] == [(Kind.ACCEPTED, f"item:{winner}")]
    assert "vote" not in outcome.reply.text


def test_counting_somebody_in_tells_no_taste(group: Talk) -> None:
    vote(group, ANN, shown(group)[0])
    joins = group.acts(about(Act.GROUP_JOIN), about(Act.ASK_PROFILE)).reply
    assert "偏爱" not in joins.text
    profile = group.acts(about(Act.ASK_PROFILE)).reply.text
    assert "你们" in profile or "这里" in profile
