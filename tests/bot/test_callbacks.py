"""Buttons: decode undoes encode, in 64 bytes, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import LIMIT, Callbacks
from core.catalog import Catalog, Item, Name, Person
from core.errors import UnknownAction
from core.turns import (
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
)

LONG = "阿彼察邦·韦拉斯哈古" * 3
CATALOG = Catalog(
    tuple(
        Item(f"film:a-rather-long-name-of-a-film-number-{n}-2001", "film", Name(None, f"F{n}"), 2001, genres=("drama",),
             people=(Person(Name(LONG, None), "director"), Person(Name(None, "Ridley Scott"), "actor")))
        for n in range(30)
    )
)  # fmt: skip
CALLBACKS = Callbacks(CATALOG)
IDS = st.sampled_from([item.id for item in CATALOG.items])
FACETS = st.sampled_from([Target(*facet) for facet in CATALOG.rows_of])
WORDS = st.text("abcdefghijklmnopqrstuvwxyz:_-0123456789 年", min_size=1, max_size=12)
VALUES = st.one_of(WORDS, IDS.map(lambda i: f"item:{i}"), FACETS.map(str), st.sampled_from(["yes", "no", "any", "120"]))
NUMBERS = st.integers(0, 10**12)
MENU = st.sampled_from(
    ["start", "help", "why", "picks", "privacy", "forget_yes", "join", "leave", "settle", "catch_up"]
    + [f"{name}:{value}" for name in ("language", "style") for value in ("zh", "en", "short", "long", "auto")]
)
DOMAINS = st.sampled_from([None, "film", "article"])
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Rate, IDS, st.sampled_from(Verdict), st.booleans()),
    st.builds(Seen, IDS),
    st.builds(Save, IDS, st.booleans()),
    st.builds(Open, IDS, st.sampled_from(["info", "why", "similar"])),
    st.builds(NotNow, IDS),
    st.builds(Take, IDS),
    st.just(More()),
    st.builds(Pick, FACETS, DOMAINS),
    st.builds(Answer, NUMBERS, VALUES),
    st.builds(Drop, VALUES),
    st.builds(Undo, st.none() | NUMBERS),
    st.builds(Menu, MENU),
    st.builds(PassOn, st.text(min_size=1, max_size=15).filter(str.strip)),
)


@given(ACTIONS)
def test_decode_undoes_encode_within_the_limit(action: Action) -> None:
    data = CALLBACKS.encode(action)
    assert 1 <= len(data.encode()) <= LIMIT
    assert CALLBACKS.decode(data) == action


@given(st.text(max_size=80))
def test_other_data_is_an_unknown_action_or_means_the_same_again(data: str) -> None:
    try:
        action = CALLBACKS.decode(data)
    except UnknownAction:
        return
    assert CALLBACKS.decode(CALLBACKS.encode(action)) == action


@pytest.mark.parametrize(
    "data",
    ["", "z", "r:0000000000:l", "m:1", "u:", "u:-1", "u:٣", "a:x:yes", "p::nothing", "p:film:", "s:x:2", "x:", "d:"],
)
def test_what_was_never_written_is_unknown(data: str) -> None:
    with pytest.raises(UnknownAction):
        CALLBACKS.decode(data)


def test_a_button_of_an_item_that_is_gone_is_unknown() -> None:
    data = CALLBACKS.encode(Take(CATALOG.items[0].id))
    with pytest.raises(UnknownAction):
        Callbacks(Catalog(CATALOG.items[1:])).decode(data)


def test_what_fits_nowhere_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="fit"):
        CALLBACKS.encode(Answer(3, "x" * 80))
