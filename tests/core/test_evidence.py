"""Live evidence: what is undone never was, the last word counts, conditions fold."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core import evidence
from core.catalog import parse
from core.evidence import holding, known, live, satisfies
from core.state import Feedback, Kind, encode_condition
from core.turns import Condition, Scope, Target

AT = datetime(2026, 1, 1, tzinfo=UTC)
FILM = parse(
    '{"id": "film:a-2001", "domain": "film", "title": {"zh": "甲", "en": "A"}, "year": 2001, "genres": ["drama"],'
    ' "attributes": {"minutes": 100, "audience": "child"}}',
    strict=False,
)


def told(
    event: int,
    kind: Kind,
    target: str = "item:film:a-2001",
    value: float = 1.0,
    *,
    scope: Scope = Scope.ALWAYS,
    session: int = 1,
    turn: int | None = None,
    speaker: int = 1,
    detail: dict[str, object] | None = None,
) -> Feedback:
    return Feedback(event, 7, speaker, turn or event, session, AT, kind, target, value, scope, detail or {})


def asked(event: int, condition: Condition, kind: Kind = Kind.CONDITION, turn: int | None = None) -> Feedback:
    target = str(condition.target or condition.kind)
    return told(event, kind, target, scope=Scope.TONIGHT, turn=turn, detail=encode_condition(condition))


def genre(value: str, must: bool = True) -> Condition:
    return Condition(Target("genre", value), must=must)


def minutes(op: str, value: float) -> Condition:
    return Condition(kind="minutes", op=op, value=value)


VERDICTS = [Kind.LIKE, Kind.LOVE, Kind.SOSO, Kind.DISLIKE]
kinds = st.sampled_from([*VERDICTS, Kind.SEEN, Kind.SAVED, Kind.UNSAVED, Kind.TASTE])
targets = st.sampled_from(["item:film:a-2001", "item:film:b-2002", "genre:drama", "genre:comedy"])
scopes = st.sampled_from(list(Scope))


@st.composite
def logs(draw: st.DrawFn) -> tuple[Feedback, ...]:
    said = draw(st.lists(st.tuples(kinds, targets, scopes, st.integers(1, 2)), max_size=12))
    return tuple(told(n, k, t, scope=s, session=e) for n, (k, t, s, e) in enumerate(said, 1))


@given(logs(), st.data())
def test_undone_is_as_if_never_said(log: tuple[Feedback, ...], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from([e.event for e in log])) if log else st.just(set()))
    undo = told(len(log) + 1, Kind.UNDO, "", detail={"undoes": sorted(gone)})
    assert live((*log, undo), 2) == live(tuple(e for e in log if e.event not in gone), 2)


@given(logs())
def test_one_verdict_a_speaker_and_item(log: tuple[Feedback, ...]) -> None:
    verdicts = [(e.speaker, e.target) for e in live(log, 2) if evidence.FAMILIES.get(e.kind) == "verdict"]
    assert len(verdicts) == len(set(verdicts))


@given(logs())
def test_lasting_first_then_tonight_each_by_event(log: tuple[Feedback, ...]) -> None:
    order = [(e.scope is Scope.TONIGHT, e.event) for e in live(log, 2)]
    assert order == sorted(order)


def test_tonight_ends_with_its_session() -> None:
    log = (told(1, Kind.TASTE, "genre:drama", scope=Scope.TONIGHT, session=1),)
    assert live(log, 1) == log
    assert live(log, 2) == ()


def test_undoing_the_last_verdict_revives_the_one_before() -> None:
    log = (told(1, Kind.LIKE), told(2, Kind.DISLIKE), told(3, Kind.UNDO, "", detail={"undoes": [2]}))
    assert known(live(log, 1)).verdicts == {"film:a-2001": Kind.LIKE}


def test_a_stricter_number_replaces_the_old_one_and_the_other_side_stays() -> None:
    log = (asked(1, minutes("<=", 120)), asked(2, minutes(">=", 60)), asked(3, minutes("<=", 90)))
    assert [h.condition for h in holding(log)] == [minutes(">=", 60), minutes("<=", 90)]


def test_numbers_that_cannot_both_hold_leave_the_newer() -> None:
    log = (asked(1, minutes("<=", 90)), asked(2, minutes(">=", 120)))
    assert [h.condition for h in holding(log)] == [minutes(">=", 120)]


def test_both_ends_of_one_range_in_one_message_stay() -> None:
    log = (asked(1, minutes(">=", 80), turn=1), asked(2, minutes("<=", 100), turn=1))
    assert len(holding(log)) == 2


def test_a_new_genre_replaces_the_asked_one_and_keeps_the_refusal() -> None:
    log = (
        asked(1, genre("horror", must=False)),
        asked(2, genre("comedy"), Kind.REQUEST),
        asked(3, genre("mystery"), Kind.REQUEST),
    )
    assert [h.condition for h in holding(log)] == [genre("horror", must=False), genre("mystery")]


def test_another_domain_gives_up_what_belongs_to_the_old_one() -> None:
    film, book = Condition(Target("domain", "film")), Condition(Target("domain", "book"))
    log = (
        asked(1, film, Kind.REQUEST),
        asked(2, genre("comedy"), Kind.REQUEST),
        asked(3, minutes("<=", 90)),
        asked(4, genre("horror", must=False)),
        asked(5, book, Kind.REQUEST),
    )
    assert [h.condition for h in holding(log)] == [genre("horror", must=False), book]


def test_dropping_years_gives_up_decades_too() -> None:
    log = (asked(1, Condition(Target("decade", "1990"))), told(2, Kind.DROP, "year"))
    assert holding(log) == ()


def test_an_unknown_field_fails_a_must_and_passes_a_refusal() -> None:
    assert satisfies(FILM, minutes("<=", 120))
    assert not satisfies(FILM, Condition(kind="rating", op=">=", value=8))
    assert satisfies(FILM, Condition(Target("language", "ta"), must=False))
    assert not satisfies(FILM, Condition(Target("language", "ta")))


def test_what_suits_a_child_suits_the_family() -> None:
    assert satisfies(FILM, Condition(Target("audience", "family")))
    assert not satisfies(FILM, Condition(Target("audience", "adult")))
