"""A history becomes feedback of its chat, once; an export comes back as it was."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from talks import NOON, Talk

from core import evidence
from core.catalog import Catalog, Item, Name
from core.engine import Engine
from core.errors import FormatError
from core.exporting import export
from core.nlu.understand import Understander
from core.sources.linking import Index
from core.sources.rows import Entry, Refused, Row, Spot, Told, Work
from core.sources.telling import Taken, kind_of, restore, tell
from core.state import ChatState, Feedback, Kind
from core.turns import Act, Scope, Target, UnderstoodAct

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAMES = ("Her", "Up", "Heat", "Jaws")
INDEX = Index([Item(f"film:{n.lower()}", "film", Name(None, n), 2000) for n in NAMES])
EMPTY = ChatState(7)


def row(name: str, share: float | None = None, seen: bool = True, saved: bool = False, on: str | None = None) -> Told:
    return Told(Spot("a.csv", 2), Work((name,)), share, seen, saved, on)


def take(
    rows: Sequence[Row], state: ChatState = EMPTY, log: Sequence[Feedback] = (), source: str = "letterboxd"
) -> Taken:
    taken = tell(rows, INDEX, state, log, source, NOW)
    assert taken.counts.read == len(rows)
    return taken


def numbers(taken: Taken) -> tuple[int, int, int]:
    return taken.counts.imported, taken.counts.merged, len(taken.counts.refused)


def events(taken: Taken) -> list[tuple[str, str]]:
    return [(str(e.kind), e.target.removeprefix("item:film:")) for e in taken.events]


def told(event: int, kind: Kind, name: str, **detail: object) -> Feedback:
    value = evidence.VERDICTS.get(kind, 0.0)
    return Feedback(event, 7, 7, 1, 1, NOON, kind, f"item:film:{name}", value, Scope.ALWAYS, detail)


def test_ratings_seen_and_saved() -> None:
    taken = take([row("Her", 1.0), row("Up"), row("Heat", 0.1), row("Jaws", seen=False, saved=True), row("Nobody")])
    assert events(taken) == [
        ("love", "her"), ("seen", "her"), ("seen", "up"), ("dislike", "heat"), ("seen", "heat"), ("saved", "jaws"),
    ]  # fmt: skip
    assert numbers(taken) == (4, 0, 1)
    assert [e.event for e in taken.events] == [1, 2, 3, 4, 5, 6]
    assert {(e.turn, e.chat_id, e.speaker) for e in taken.events} == {(1, 7, 7)}
    assert (taken.state.turn, taken.state.next_event) == (1, 7)
    known = evidence.known(evidence.live(taken.events, taken.state.session))
    assert known.verdicts == {"film:her": Kind.LOVE, "film:heat": Kind.DISLIKE}
    assert (known.seen, known.saved) == ({"film:her", "film:up", "film:heat"}, ("film:jaws",))


@pytest.mark.parametrize(
    ("share", "kind"),
    [(1.0, "love"), (0.9, "like"), (0.8, "like"), (0.7, "soso"), (0.6, "soso"), (0.5, "dislike"), (0.1, "dislike")],
)
def test_verdicts_of_shares(share: float, kind: str) -> None:
    assert kind_of(share) == kind


def test_five_of_five_and_ten_of_ten_are_the_same() -> None:
    assert kind_of(5 / 5) is kind_of(10 / 10) is kind_of(100 / 100)


def test_two_editions_are_one_piece_of_feedback_and_the_newest_counts() -> None:
    taken = take([row("Her", 0.2, on="2024-05-01"), row("Her", 1.0, on="2024-02-01"), row("Her")])
    assert events(taken) == [("dislike", "her"), ("seen", "her")]
    assert numbers(taken) == (1, 2, 0)


def test_one_film_in_three_hundred_rows_counts_once() -> None:
    assert numbers(take([row("Her", 1.0)] * 300)) == (1, 299, 0)


def test_a_second_import_imports_nothing() -> None:
    rows = [row("Her", 1.0), row("Up"), row("Jaws", seen=False, saved=True)]
    first = take(rows)
    second = take(rows, first.state, first.events)
    assert numbers(second) == (0, 3, 0)
    assert second.events == ()


def test_what_was_taken_back_does_not_come_again() -> None:
    first = take([row("Her", 1.0)])
    undo = Feedback(9, 7, 7, 2, 1, NOW, Kind.UNDO, "", 0.0, Scope.ALWAYS, {"undoes": [1, 2]})
    assert numbers(take([row("Her", 1.0)], first.state, (*first.events, undo))) == (0, 1, 0)


def test_a_changed_rating_is_imported() -> None:
    first = take([row("Her", 1.0)])
    second = take([row("Her", 0.2)], first.state, first.events)
    assert events(second) == [("dislike", "her")]
    third = take([row("Her", 1.0)], second.state, (*first.events, *second.events))
    assert events(third) == [("love", "her")]


def test_what_the_person_said_stands() -> None:
    taken = take([row("Her", 1.0)], ChatState(7, turn=1, next_event=2), [told(1, Kind.DISLIKE, "her")])
    assert events(taken) == [("seen", "her")]
    assert [e.event for e in taken.events] == [2]


def test_the_same_verdict_from_two_services_counts_once() -> None:
    first = take([row("Her", 1.0)])
    assert numbers(take([row("Her", 1.0)], first.state, first.events, "trakt")) == (0, 1, 0)


def test_what_was_seen_is_not_saved() -> None:
    assert events(take([row("Her"), row("Her", seen=False, saved=True)])) == [("seen", "her")]
    assert events(take([row("Her", seen=False, saved=True)], log=[told(1, Kind.SEEN, "her")])) == []


def test_a_catalogue_is_no_history() -> None:
    with pytest.raises(FormatError):
        take([Entry(Spot("a.csv", 2), INDEX.items[0])])


def test_refused_rows_are_kept() -> None:
    assert numbers(take([Refused(Spot("a.csv", 3), "broken"), row("Her")])) == (1, 0, 1)


# ---- our own export ----


@pytest.fixture
def spoken(talk: Talk) -> Talk:
    for text in (
        "我喜欢科幻片",
        "今晚不要恐怖片",
        "我看过《星际穿越》，很喜欢",
        "也看过《盗梦空间》，不好看",
        "撤销",
        "《黑客帝国》很好看",
    ):
        talk.say(text)
    return talk


def logits(
    engine: Engine, state: ChatState, log: Sequence[Feedback], starter: Catalog, now: datetime
) -> list[tuple[float, float]]:
    ids = [item.id for item in starter.items[::25]]
    return [(card.logit, card.std) for card in engine.scores(state, log, ids, now)]


def test_an_export_comes_back_to_the_same_scores_bit_for_bit(spoken: Talk, engine: Engine, starter: Catalog) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    taken = restore(raw, "a.json", ChatState(12), (), spoken.now)
    assert numbers(taken) == (len(spoken.log), 0, 0)
    before = logits(engine, spoken.state, spoken.log, starter, spoken.now)
    assert logits(engine, taken.state, taken.events, starter, spoken.now) == before
    later = spoken.now + timedelta(hours=9)  # tonight is over, in both
    assert logits(engine, taken.state, taken.events, starter, later) == logits(
        engine, spoken.state, spoken.log, starter, later
    )
    assert {e.chat_id for e in taken.events} == {12}
    assert taken.state.next_event == spoken.state.next_event


def test_a_wish_for_tonight_lasts_as_long_after_an_import(spoken: Talk, engine: Engine, starter: Catalog) -> None:
    spoken.acts(UnderstoodAct(Act.REVEAL_LIKE, Target("genre", "comedy"), polarity=1.0, scope=Scope.TONIGHT))
    spoken.later(5)
    spoken.acts(UnderstoodAct(Act.THANKS))  # nothing is told, and the evening goes on
    assert spoken.log[-1].at < spoken.now - timedelta(hours=4)
    raw = json.loads(export(spoken.state, spoken.log))
    taken = restore(raw, "a.json", ChatState(12), (), spoken.now)
    found = []
    for hours in (3, 9):
        at = spoken.now + timedelta(hours=hours)
        found.append(logits(engine, spoken.state, spoken.log, starter, at))
        assert logits(engine, taken.state, taken.events, starter, at) == found[-1]
    assert found[0] != found[1]


def test_an_export_of_before_holds_less_and_is_taken(spoken: Talk, engine: Engine, starter: Catalog) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    older = {name: raw[name] for name in ("format", "version", "language", "feedback")}
    taken = restore(older, "a.json", ChatState(12), (), spoken.now)
    assert numbers(taken) == (len(spoken.log), 0, 0)
    before = logits(engine, spoken.state, spoken.log, starter, spoken.now)
    assert logits(engine, taken.state, taken.events, starter, spoken.now) == before


def test_an_export_twice_or_into_its_own_chat_imports_nothing(spoken: Talk, engine: Engine) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    assert numbers(restore(raw, "a.json", spoken.state, spoken.log, spoken.now)) == (0, len(spoken.log), 0)
    first = restore(raw, "a.json", ChatState(12), (), spoken.now)
    again = restore(raw, "a.json", first.state, first.events, spoken.now)
    assert numbers(again) == (0, len(spoken.log), 0)


def test_the_persons_own_words_stay_theirs_in_another_chat() -> None:
    rows = [told(1, Kind.LIKE, "her").encode(), told(2, Kind.LIKE, "up").encode() | {"speaker": 5}]
    taken = restore({"feedback": rows}, "a.json", ChatState(12), (), NOW)
    assert [(e.chat_id, e.speaker) for e in taken.events] == [(12, 12), (12, 5)]


def test_an_export_of_an_export_is_the_same(spoken: Talk, engine: Engine) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    taken = restore(raw, "a.json", ChatState(spoken.state.chat_id), (), spoken.now)
    assert json.loads(export(taken.state, taken.events))["feedback"] == raw["feedback"]


def test_in_a_chat_that_goes_on_undo_still_points_at_what_it_undid(
    spoken: Talk, engine: Engine, understander: Understander
) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    other = Talk(engine, understander, ChatState(12))
    other.say("我喜欢喜剧")
    taken = restore(raw, "a.json", other.state, other.log, other.now)
    log = (*other.log, *taken.events)
    assert len({e.event for e in log}) == len(log)
    live = evidence.live(log, taken.state.session)
    assert "item:film:inception-2010" not in {e.target for e in live}
    assert "item:film:interstellar-2014" in {e.target for e in live}
    assert all(e.scope is Scope.ALWAYS for e in live if e in taken.events)


def test_an_old_export_does_not_silence_what_was_said_since(spoken: Talk, engine: Engine) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    since = told(1, Kind.DISLIKE, "interstellar-2014")
    changed = {"at": (spoken.now + timedelta(days=1)).isoformat(), "speaker": spoken.log[0].speaker}
    since = Feedback.decode(since.encode() | changed)
    taken = restore(raw, "a.json", ChatState(7, turn=1, next_event=2), [since], spoken.now + timedelta(days=2))
    assert evidence.known(evidence.live([since, *taken.events], 1)).verdicts["film:interstellar-2014"] is Kind.DISLIKE


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "boo"},
        {"at": "soon"},
        {"at": "2026-01-01T00:00:00"},
        {"value": 9},
        {"event": "1"},
        {"detail": 5},
        {"target": None},
        {"scope": ""},
    ],
)
def test_a_broken_event_is_refused_and_the_others_are_taken(
    spoken: Talk, engine: Engine, change: dict[str, object]
) -> None:
    raw = json.loads(export(spoken.state, spoken.log))
    raw["feedback"][0] |= change
    assert numbers(restore(raw, "a.json", ChatState(12), (), spoken.now)) == (len(spoken.log) - 1, 0, 1)
