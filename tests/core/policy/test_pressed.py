"""What a tap means: each button an act, and the act of the item that it is about."""

import pytest

from core.policy.pressed import acts_of
from core.turns import (
    Act,
    Action,
    Answer,
    Drop,
    Menu,
    More,
    NotNow,
    Open,
    PassOn,
    Pick,
    Rate,
    Save,
    Seen,
    Take,
    Target,
    Undo,
    Verdict,
    item,
)

DUNE = "book:dune-1965"


@pytest.mark.parametrize(
    ("action", "act"),
    [
        (Rate(DUNE, Verdict.LOVE), Act.LOVE),
        (Rate(DUNE, Verdict.LIKE), Act.LIKE),
        (Rate(DUNE, Verdict.DISLIKE), Act.DISLIKE),
        (Rate(DUNE, Verdict.LIKE, seen=True), Act.SEEN_LIKED),
        (Rate(DUNE, Verdict.SOSO, seen=True), Act.SEEN_NEUTRAL),
        (Rate(DUNE, Verdict.DISLIKE, seen=True), Act.SEEN_DISLIKED),
        (Seen(DUNE), Act.SEEN_NEUTRAL),
        (Save(DUNE), Act.SAVE),
        (Save(DUNE, on=False), Act.UNSAVE),
        (Open(DUNE), Act.ASK_INFO),
        (Open(DUNE, "why"), Act.ASK_WHY),
        (Open(DUNE, "similar"), Act.SIMILAR_TO),
        (NotNow(DUNE), Act.NOT_NOW),
        (Take(DUNE), Act.ACCEPT),
    ],
)
def test_what_is_pressed_on_an_item_is_said_of_it(action: Action, act: Act) -> None:
    (found,) = acts_of(action)
    assert (found.act, found.target) == (act, item(DUNE))


@pytest.mark.parametrize(
    ("action", "acts"),
    [
        (More(), [Act.MORE]),
        (Undo(3), [Act.UNDO]),
        (Pick(Target("genre", "comedy"), "film"), [Act.ASK_RECOMMEND, Act.ASK_RECOMMEND]),
        (Answer(4, "yes"), [Act.YES]),
        (Answer(4, "any"), [Act.DONT_CARE]),
        (Answer(4, "genre:comedy"), [Act.ANSWER]),
        (Answer(4, "reading:1"), [Act.ANSWER]),
        (Drop("minutes"), [Act.DROP_CONDITION]),
        (Drop("genre:horror"), [Act.DROP_CONDITION]),
        (Menu("book"), [Act.ASK_RECOMMEND]),
        (Menu("language:zh"), [Act.SET_LANGUAGE]),
        (Menu("forget_yes"), [Act.YES]),
        (Menu("catch_up"), []),
        (PassOn("Solaris"), []),
    ],
)
def test_what_is_pressed_beside_a_list(action: Action, acts: list[Act]) -> None:
    assert [found.act for found in acts_of(action)] == acts


def test_what_is_given_up_is_named() -> None:
    assert [(a.kind, a.target) for w in ("minutes", "genre:horror") for a in acts_of(Drop(w))] == [
        ("minutes", None),
        (None, Target("genre", "horror")),
    ]
