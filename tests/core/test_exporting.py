"""What /export writes of a chat, and what of it makes the chat stand as it stood."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exporting import export, standing
from core.state import ChatState, Feedback, Kind
from core.turns import Lang, Scope

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CARRIED = ("language", "spoken", "traditional", "style", "session", "last_at", "shown")
STATES = st.builds(
    ChatState,
    st.integers(-(2**40), 2**40),
    session=st.integers(1, 50),
    last_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    language=st.none() | st.sampled_from(Lang),
    spoken=st.sampled_from(Lang),
    style=st.sampled_from((None, "short", "long")),
    traditional=st.booleans(),
    shown=st.lists(st.text(max_size=8)).map(tuple),
)


def event(kind: Kind, **detail: object) -> Feedback:
    return Feedback(1, -7, 5, 1, 1, NOON, kind, "", 0.0, Scope.ALWAYS, detail)


@given(STATES)
def test_a_chat_stands_as_it_stood(state: ChatState) -> None:
    found = standing(json.loads(export(state, ())), ChatState(9))
    assert [getattr(found, name) for name in CARRIED] == [getattr(state, name) for name in CARRIED]
    assert found.chat_id == 9


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"session": 0, "spoken": "fr", "style": "loud", "language": 5, "last_at": "soon"},
        {"session": True, "shown": [1], "traditional": "no", "last_at": "2026-01-01T00:00:00"},
        {"session": "3", "shown": "all", "spoken": None, "last_at": 5},
    ],
)
def test_what_is_nothing_of_ours_changes_nothing(raw: dict[str, object]) -> None:
    before = ChatState(9, session=2, last_at=NOON, style="short", spoken=Lang.EN)
    assert standing(raw, before) == before


def test_what_a_member_brought_along_is_left_out() -> None:
    log = (event(Kind.JOINED, **{"for": {"film:secret": 1.0}, "against": {"film:other": 0.5}}), event(Kind.WISH, a=1))
    written = export(ChatState(-7), log)
    assert "film:" not in written
    assert [row["detail"] for row in json.loads(written)["feedback"]] == [{}, {"a": 1}]
