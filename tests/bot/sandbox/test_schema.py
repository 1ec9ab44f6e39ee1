"""Requests held to the table of the Bot API."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.methods import Methods
from bot.sandbox.schema import Refusal, checked, facts, methods
from bot.sandbox.world import World

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMED = {"String", "InputFile", "Integer", "Boolean", "Object"}


def test_every_type_that_the_table_names_is_in_it_and_every_method_is_played() -> None:
    table = facts()
    kinds = {
        kind.rstrip("!").removesuffix("[]").removesuffix("[]")
        for part in ("methods", "types")
        for fields in table[part].values()
        for types in fields.values()
        for kind in types.rstrip("!").split("|")
        if not kind.startswith("=")
    }
    assert kinds <= NAMED | set(table["types"]) | set(table["unions"])
    assert all(set(options) <= set(table["types"]) for options in table["unions"].values())
    assert Methods(World()).names == set(methods().values())


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        ("sendMessage", {"text": "a"}, "parameter chat_id is required"),
        ("sendMessage", {"chat_id": 1, "text": 7}, "text must be of type String"),
        ("sendMessage", {"chat_id": True, "text": "a"}, "chat_id must be of type Integer"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": "{"}, "can't parse reply_markup"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_parameters": {"messag_id": 1}}, "unknown field messag_id"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, 'can\'t find field "chat_id" of scope'),
        ("setMyCommands", {"commands": [], "scope": {"type": "galaxy"}}, "scope is of another kind"),
        ("setMessageReaction", {"chat_id": 1, "message_id": 1, "reaction": [{"type": "emoji"}]}, '"emoji"'),
        ("answerInlineQuery", {"inline_query_id": "1", "results": [{"type": "article", "id": "1"}]}, '"title"'),
        ("sendMediaGroup", {"chat_id": 1, "media": [{"type": "photo"}]}, '"media"'),
        ("deleteMessages", {"chat_id": 1, "message_ids": [1, "2"]}, "message_ids[1] must be of type Integer"),
    ],
)
def test_what_is_not_published_is_refused(method: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal) as error:
        checked(method, values)
    assert words in error.value.description
    assert error.value.breach


def test_a_forms_texts_become_values_and_texts_stay_texts() -> None:
    given_values = {"chat_id": "-5", "text": "7", "disable_notification": "true", "reply_markup": "", "parse_mode": ""}
    found = checked("sendMessage", given_values)
    assert found == {"chat_id": -5, "text": "7", "disable_notification": True, "parse_mode": ""}
    assert checked("getChat", {"chat_id": "@public"}) == {"chat_id": "@public"}


@given(st.sampled_from(sorted(methods().values())), st.data())
def test_no_values_of_any_shape_break_the_check(method: str, data: st.DataObject) -> None:
    names = st.sampled_from([*facts()["methods"][method], "other"])
    values = data.draw(st.dictionaries(names, JSON, max_size=5))
    with contextlib.suppress(Refusal):
        assert set(checked(method, values)) <= set(values)
