"""Who leaves next: pure, so that every clock here is a number."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outbox_world import FREE

from bot.budgets import Budget, Limits
from bot.departures import HALT_S, IN_FLIGHT, PROGRESS_S, Departures
from bot.outbox_rows import Row
from bot.outgoing import ANSWER, BROADCAST, PROGRESS


def new(row_id: int, chat: int = 1, priority: int = ANSWER) -> Row:
    return Row(row_id, chat, chat, priority, "sendMessage", {"chat_id": chat, "text": f"{row_id}"})


def edit(row_id: int, chat: int = 1, priority: int = ANSWER, message: int = 5, method: str = "editMessageText") -> Row:
    payload = {"chat_id": chat, "message_id": message, "text": f"{row_id}"}
    return Row(row_id, chat, chat, priority, method, payload)


def filled(*rows: Row, limits: Limits = FREE) -> Departures:
    departures = Departures(limits, 0.0)
    for row in rows:
        departures.add(row, 0.0)
    return departures


def off(departures: Departures, now: float = 0.0) -> list[Row]:
    """All that may leave now."""
    found = []
    while (row := departures.next(now)) is not None:
        found.append(row)
    return found


def drain(departures: Departures, now: float = 0.0) -> list[int]:
    """All that leaves now, one after the other, each sent."""
    found = []
    while (row := departures.next(now)) is not None:
        departures.gone(row, now)
        found.append(row.id)
    return found


def test_a_chat_has_one_row_on_the_wire_also_when_more_come() -> None:
    departures = filled(new(1), new(2), new(3, chat=2))
    first, other = off(departures)
    assert (first.id, other.id) == (1, 3)
    departures.add(new(4), 0.0)
    assert off(departures) == []
    assert departures.due(0.0) is None
    departures.gone(first, 0.0)
    assert drain(departures) == [2, 4]


def test_chats_take_turns() -> None:
    assert drain(filled(new(1), new(2), new(3), new(4, chat=2), new(5, chat=3))) == [1, 4, 5, 2, 3]


def test_priorities_hold_within_a_chat_and_between_chats() -> None:
    rows = [new(1, priority=BROADCAST), new(2, priority=PROGRESS), new(3), new(4, 2, BROADCAST), new(5, 3)]
    assert drain(filled(*rows)) == [3, 5, 2, 1, 4]


def test_what_came_back_stands_where_it_stood() -> None:
    departures = filled(new(1), new(2))
    (row,) = off(departures)
    departures.back(row, row, 0.0, until=5.0)
    departures.add(new(3), 1.0)
    assert drain(departures, 4.9) == []
    assert departures.due(4.9) == 5.0
    assert drain(departures, 5.0) == [1, 2, 3]


def test_edits_do_not_wait_for_new_messages_that_fill_the_wire() -> None:
    departures = filled(*(new(n, chat=n) for n in range(1, 40)), edit(50, chat=50), edit(51, chat=51))
    away = off(departures)
    assert [row.id for row in away] == [50, 51, *range(1, IN_FLIGHT[True] + 1)]
    assert departures.flying == len(away)
    assert departures.due(0.0) is None  # somebody has to land first
    departures.gone(away[-1], 0.0)
    assert [row.id for row in off(departures)] == [IN_FLIGHT[True] + 1]


def test_a_budget_holds_one_chat_and_not_the_next() -> None:
    limits = Limits(Budget(1e6, 1e6), Budget(1.0, 2.0), Budget(0.1, 1.0))
    departures = filled(new(1), new(2), new(3), new(4, chat=2), new(5, chat=-1), new(6, chat=-1), limits=limits)
    assert drain(departures) == [1, 4, 5, 2]
    assert departures.due(0.0) == pytest.approx(1.0)
    assert drain(departures, 1.0) == [3]
    assert departures.due(1.0) == pytest.approx(10.0)
    assert drain(departures, 10.0) == [6]
    assert len(departures) == 0


def test_the_budget_of_all_lets_the_answers_go_first() -> None:
    departures = filled(
        *(new(n, chat=n, priority=BROADCAST) for n in range(1, 5)),
        limits=Limits(Budget(1.0, 1.0), Budget(9.0, 9.0), Budget(9.0, 9.0)),
    )
    assert drain(departures) == [1]
    assert departures.due(0.0) == pytest.approx(1.0)
    departures.add(new(9, chat=9), 0.5)
    assert drain(departures, 1.0) == [9]


def test_an_edit_makes_the_waiting_one_of_its_message_needless() -> None:
    departures = filled(edit(1), edit(2, message=6), edit(3, method="editMessageReplyMarkup"))
    assert departures.add(edit(4), 0.0) == [1, 3]  # a text comes with its keyboard
    assert departures.add(edit(5, method="editMessageReplyMarkup"), 0.0) == []
    deletion = Row(6, 1, 1, ANSWER, "deleteMessage", {"chat_id": 1, "message_id": 5})
    assert departures.add(deletion, 0.0) == [4, 5]
    assert departures.add(edit(7, chat=2), 0.0) == []
    assert drain(departures) == [2, 7, 6]
    assert len(departures) == 0


def test_an_edit_that_fails_gives_way_to_the_newer_one() -> None:
    departures = filled(edit(1))
    (old,) = off(departures)
    departures.add(edit(2), 0.0)
    assert departures.back(old, old, 0.0) == [1]
    assert drain(departures) == [2]


def test_progress_waits_and_answers_do_not() -> None:
    departures = filled(edit(1, priority=PROGRESS))
    assert drain(departures) == [1]
    departures.add(edit(2, priority=PROGRESS), 0.1)
    assert drain(departures, 0.1) == []
    assert departures.due(0.1) == PROGRESS_S
    departures.add(edit(3, priority=PROGRESS, message=6), 0.2)
    departures.add(edit(4, chat=2, priority=PROGRESS), 0.2)
    assert drain(departures, 0.2) == [4]  # in its chat, the other message keeps its place
    departures.add(edit(5), 0.3)
    assert drain(departures, 0.3) == [5, 3]


def test_an_edit_is_known_until_another_is_tried() -> None:
    departures = filled(edit(1))
    (row,) = off(departures)
    assert not departures.changes_nothing(row)
    departures.gone(row, 0.0, shown=True)
    same = Row(2, 1, 1, ANSWER, row.method, row.payload)
    assert departures.changes_nothing(same)
    departures.add(edit(3), 0.0)
    (other,) = off(departures)
    departures.gone(other, 0.0)  # nobody knows what became of it
    assert not departures.changes_nothing(same)


def test_three_chats_that_are_too_fast_at_a_time_are_the_bots_fault() -> None:
    departures = filled(*(new(n, chat=n) for n in range(1, 5)))
    departures.too_fast(1, 0.0, 3600.0)
    departures.too_fast(1, 0.1, 3600.0)
    departures.too_fast(2, 0.2, 3600.0)
    assert departures.next(0.2) is not None
    departures.too_fast(3, 0.3, 3600.0)
    assert departures.next(0.3) is None
    assert departures.due(0.3) == 0.3 + HALT_S
    assert departures.next(0.3 + HALT_S) is not None


def test_a_chat_that_is_taken_away_leaves_no_trace() -> None:
    departures = filled(new(1), new(2), new(3))
    (row,) = off(departures)
    assert [one.id for one in departures.take_away(1)] == [2, 3]
    departures.gone(row, 0.0)
    assert len(departures) == 0
    assert departures.oldest() is None
    assert departures.take_away(77) == []
    departures.add(new(4), 1.0)
    assert drain(departures, 1.0) == [4]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from([ANSWER, PROGRESS, BROADCAST])), max_size=40),
    st.lists(st.one_of(st.none(), st.floats(0.1, 5.0)), max_size=20),
)
def test_whatever_comes_back_every_row_leaves_once_in_its_order(
    kinds: list[tuple[int, int]], setbacks: list[float | None]
) -> None:
    limits = Limits(Budget(3.0, 2.0), Budget(1.0, 2.0), Budget(1.0, 1.0))
    departures = filled(*(new(n, chat, priority) for n, (chat, priority) in enumerate(kinds)), limits=limits)
    now, sent, left = 0.0, defaultdict[tuple[int, int], list[int]](list), list(setbacks)
    while len(departures):
        row = departures.next(now)
        if row is None:
            due = departures.due(now)
            assert due is not None
            assert due > now
            now = due
        elif left and (pause := left.pop()) is not None:
            departures.back(row, row, now, now + pause)
        else:
            departures.gone(row, now)
            sent[row.chat_id, row.priority].append(row.id)
    assert sorted(n for found in sent.values() for n in found) == list(range(len(kinds)))
    assert all(found == sorted(found) for found in sent.values())


def test_overdue_are_answers_that_no_429_holds() -> None:
    departures = filled(new(1, chat=1, priority=BROADCAST))
    assert departures.overdue(5.0) is None
    departures.add(new(2, chat=2), 3.0)
    departures.add(new(3, chat=3), 4.0)
    assert departures.overdue(5.0) == 3.0
    refused = next(row for row in off(departures, 5.0) if row.chat_id == 2)
    departures.too_fast(2, 5.0, 600.0)
    departures.back(refused, refused, 5.0, 605.0)
    assert departures.overdue(6.0) is None
    assert departures.overdue(700.0) == 3.0


def test_a_429_that_is_read_from_disk_makes_nothing_overdue() -> None:
    departures = Departures(FREE, 0.0)
    departures.add(new(1), 0.0, 3000.0)
    assert departures.overdue(2999.0) is None
    assert departures.overdue(3001.0) == 0.0


def test_what_a_server_breaks_over_is_overdue_and_what_a_budget_holds_is_not() -> None:
    departures = filled(new(1), new(2), new(3), limits=Limits(Budget(1e6, 1e6), Budget(0.001, 1.0), Budget(1.0, 1.0)))
    (first,) = off(departures)
    departures.back(first, first, 0.0, 30.0)  # a 5xx
    assert departures.overdue(20.0) is None  # the budget was spent on it
    departures = filled(new(1), new(2))
    (first,) = off(departures)
    departures.back(first, first, 0.0, 120.0)
    assert departures.overdue(20.0) == 0.0


def test_while_answers_leave_nothing_is_overdue() -> None:
    departures = filled(
        *(new(n, chat=n) for n in range(1, 5)), limits=Limits(Budget(1.0, 1.0), *[Budget(9.0, 9.0)] * 2)
    )
    (first,) = off(departures)
    departures.gone(first, 0.5)
    assert departures.overdue(1.0) is None
    assert departures.overdue(400.0) == 0.0  # nobody took the next one
