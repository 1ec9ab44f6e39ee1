"""Order in memory: pure, so that every clock here is a number."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from bot.lanes import ALBUM_S, CATCH_UP_S, FLOOD, LONGEST_S, ORDER_S, SLOW_DOWN_S, STALE_S, Lanes, Received, Row, Update

WALL = 1_800_000_000.0


def message(update_id: int, chat: int = 1, person: int | None = None, age: float = 0.0, **more: object) -> Row:
    content = {"date": int(WALL - age), "chat": {"id": chat}, "from": {"id": person or chat}, "text": "嗯", **more}
    return row(update_id, {"update_id": update_id, "message": content}, chat)


def row(update_id: int, body: Update, chat: int | None) -> Row:
    return Row(update_id, (0, update_id) if chat is None else (chat, 0), body, WALL, 100)


def filled(*rows: Row, now: float = 0.0) -> Lanes:
    lanes = Lanes()
    for one in rows:
        lanes.add(one, now, WALL)
    return lanes


def drain(lanes: Lanes, now: float = 0.0) -> list[Received]:
    """Everything that can be handled now, one after the other."""
    found = []
    while (received := lanes.next(now, WALL)) is not None:
        found.append(received)
        lanes.done(received)
    return found


def ids(found: list[Received]) -> list[int]:
    return [received.update_id for received in found]


def test_conversations_take_turns_and_keep_their_order() -> None:
    lanes = filled(*(message(n, chat=1) for n in range(1, 5)), message(5, chat=2), message(6, chat=3))
    assert ids(drain(lanes)) == [1, 5, 6, 2, 3, 4]
    assert not lanes.ids
    assert lanes.size == 0


def test_one_item_of_a_conversation_is_at_work_at_a_time() -> None:
    lanes = filled(message(1), message(2), message(3, chat=2))
    first, other = lanes.next(0, WALL), lanes.next(0, WALL)
    assert first is not None
    assert other is not None
    assert (first.update_id, other.update_id) == (1, 3)
    assert lanes.next(0, WALL) is None
    lanes.done(first)
    assert ids(drain(lanes)) == [2]


def test_what_belongs_to_no_conversation_waits_for_nobody() -> None:
    lanes = filled(*(row(n, {"update_id": n, "inline_query": {"id": "q"}}, None) for n in (1, 2, 3)))
    assert [lanes.next(0, WALL) is not None for _ in range(4)] == [True, True, True, False]


def test_an_update_that_was_overtaken_is_waited_for_a_short_while() -> None:
    lanes = Lanes()
    lanes.count_from(9)
    lanes.see([11], 0.0)
    lanes.add(message(11), 0.0, WALL)
    assert lanes.next(0.1, WALL) is None
    assert lanes.due() == ORDER_S
    lanes.see([10], 0.2)
    lanes.add(message(10), 0.2, WALL)
    assert ids(drain(lanes, 0.2)) == [10, 11]


def test_an_update_that_never_comes_delays_the_next_by_the_window_only() -> None:
    lanes = Lanes()
    lanes.count_from(9)
    lanes.see([11], 0.0)
    lanes.add(message(11), 0.0, WALL)
    assert drain(lanes, ORDER_S - 0.01) == []
    assert ids(drain(lanes, ORDER_S)) == [11]
    lanes.see([10], 5.0)
    lanes.add(message(10), 5.0, WALL)
    assert ids(drain(lanes, 5.0)) == [10]  # late, but not lost


def test_a_burst_that_telegram_sends_one_by_one_holds_up_the_others_for_a_moment_only() -> None:
    lanes, handled = Lanes(), {}
    lanes.count_from(9)
    parts, somebody_elses = [(0.1 * n, 10 + n, 1) for n in range(10)], (0.05, 20, 2)
    for now, update_id, chat in sorted([*parts, somebody_elses]):
        handled |= {found.update_id: now for found in drain(lanes, now)}
        lanes.see([update_id], now)
        lanes.add(message(update_id, chat), now, WALL)
        handled |= {found.update_id: now for found in drain(lanes, now)}
    assert handled[20] - 0.05 <= 0.2
    assert ids(drain(lanes, 1.0)) == []


def test_a_new_count_of_ids_is_no_gap() -> None:
    lanes = Lanes()
    lanes.count_from(900_000_000)
    for update_id in (71_000, 71_001):
        lanes.see([update_id], 0.0)
        lanes.add(message(update_id), 0.0, WALL)
    assert ids(drain(lanes)) == [71_000, 71_001]


@given(st.permutations(range(1, 16)), st.lists(st.integers(1, 3), min_size=15, max_size=15))
def test_any_shuffle_within_the_window_comes_out_in_order(arrival: list[int], chats: list[int]) -> None:
    lanes, order = Lanes(), defaultdict[int, list[int]](list)
    lanes.count_from(0)
    for update_id in arrival:
        lanes.see([update_id], 0.0)
        lanes.add(message(update_id, chats[update_id - 1]), 0.0, WALL)
        for received in drain(lanes, 0.0):
            order[received.key[0]].append(received.update_id)
    assert all(found == sorted(found) for found in order.values())
    assert sorted(n for found in order.values() for n in found) == sorted(arrival)
    assert lanes.due() is None


def test_an_album_is_one_item_once_no_further_part_comes() -> None:
    lanes = filled(message(1, media_group_id="a"), message(2, chat=2))
    assert ids(drain(lanes)) == [2]  # the other conversation does not wait
    lanes.add(message(3, media_group_id="a", caption="喜欢"), 0.5, WALL)
    lanes.add(message(4), 0.6, WALL)
    assert drain(lanes, ALBUM_S) == []
    album, after = drain(lanes, 0.5 + ALBUM_S)
    assert album.update_ids == (1, 3)
    assert [part["update_id"] for part in album.album] == [1, 3]
    assert after.album == ()


def test_a_full_album_waits_for_nothing_and_two_albums_stay_two() -> None:
    lanes = filled(
        *(message(n, media_group_id="a") for n in range(10)), *(message(n, media_group_id="b") for n in (10, 11))
    )
    assert [len(found.update_ids) for found in drain(lanes)] == [10]
    assert [found.update_ids for found in drain(lanes, ALBUM_S)] == [(10, 11)]


def test_beyond_twenty_waiting_messages_a_person_is_learnt_from_quietly_and_told_once() -> None:
    lanes = filled(*(message(n) for n in range(60)))
    found = drain(lanes)
    assert [n.update_id for n in found if not n.quiet] == list(range(FLOOD))
    assert [n.update_id for n in found if n.slow_down] == [FLOOD]
    for n in range(100, 150):
        lanes.add(message(n), 10.0, WALL)
    assert not any(n.slow_down for n in drain(lanes, 10.0))
    for n in range(200, 250):
        lanes.add(message(n), SLOW_DOWN_S + 1, WALL)
    assert sum(n.slow_down for n in drain(lanes, SLOW_DOWN_S + 1)) == 1


def test_a_flood_of_one_member_leaves_the_others_of_a_group_their_answers() -> None:
    lanes = filled(*(message(n, chat=-5, person=7) for n in range(40)), message(40, chat=-5, person=8))
    assert not drain(lanes)[-1].quiet


def test_stale_messages_are_quiet_and_the_last_asks_for_one_line() -> None:
    lanes = filled(*(message(n, age=STALE_S + 60) for n in (1, 2, 3)), message(4, chat=2, age=30))
    found = drain(lanes)
    assert [(n.update_id, n.quiet, n.catch_up) for n in found] == [
        (1, True, False),
        (4, False, False),
        (2, True, False),
    ]
    lanes.add(message(5, age=STALE_S + 30), 1.0, WALL)  # the backlog goes on coming
    assert ids(drain(lanes, CATCH_UP_S)) == [3]
    (last,) = drain(lanes, 1.0 + CATCH_UP_S)
    assert (last.update_id, last.quiet, last.stale, last.catch_up) == (5, True, True, True)


def test_stale_messages_that_never_end_keep_nobody_waiting_for_ever() -> None:
    lanes = filled(message(1, age=86_400))
    for second in range(1, 60):
        lanes.add(message(1 + second, chat=100 + second, age=86_400), second, WALL)
        if 1 in ids(drain(lanes, second)):
            break
    assert second == LONGEST_S


def test_a_fresh_message_behind_stale_ones_does_not_wait() -> None:
    found = drain(filled(message(1, age=86_400), message(2, age=80_000), message(3)))
    assert [(n.quiet, n.catch_up) for n in found] == [(True, False), (True, True), (False, False)]


def test_stale_rows_on_disk_are_the_later_ones() -> None:
    lanes = filled(message(1, age=86_400))
    lanes.unread[1] = 1
    (found,) = drain(lanes)
    assert not found.catch_up


def test_what_waited_here_too_long_is_stale_too_and_service_messages_never_are() -> None:
    tap = row(1, {"update_id": 1, "callback_query": {"from": {"id": 1}, "data": "m"}}, 1)
    joined = row(2, {"update_id": 2, "my_chat_member": {"from": {"id": 2}, "date": 5}}, 2)
    lanes = filled(tap, joined)
    found = [lanes.next(CATCH_UP_S, WALL + STALE_S + 1), lanes.next(CATCH_UP_S, WALL + STALE_S + 1)]
    assert [(n.update_id, n.stale) for n in found if n] == [(1, True), (2, False)]


def test_a_date_of_the_future_is_not_stale() -> None:
    assert [n.stale for n in drain(filled(message(1, age=-86_400)))] == [False]


def test_what_could_not_be_written_waits_longer_each_time_and_holds_up_nobody_else() -> None:
    lanes = filled(message(1), message(2), message(3, chat=2))
    now, pauses = 0.0, []
    for _ in range(8):
        received = lanes.next(now, WALL)
        assert received is not None
        assert received.update_id == 1
        pauses.append(lanes.retry(received, now, 0.5, 30.0))
        assert [n.update_id for n in drain(lanes, now)] == ([3] if now == 0 else [])
        assert lanes.paused == {(1, 0)}
        now += pauses[-1]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert ids(drain(lanes, now)) == [1, 2]
    assert not lanes.paused


@given(
    st.lists(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2),
            st.dictionaries(st.sampled_from(["from", "date", "chat", "media_group_id", "id", "user"]), st.one_of(
                st.none(), st.integers(), st.text(max_size=3), st.dictionaries(st.just("id"), st.one_of(
                    st.none(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))))),
        ),
        min_size=1, max_size=6,
    ),
    st.sampled_from(["message", "edited_message", "callback_query", "message_reaction", "poll", "never_heard_of"]),
)  # fmt: skip
def test_no_form_of_an_update_stops_the_queue(contents: list[object], kind: str) -> None:
    lanes = filled(*(row(n, {"update_id": n, kind: content}, 1) for n, content in enumerate(contents)))
    assert sorted(n for found in drain(lanes, CATCH_UP_S) for n in found.update_ids) == list(range(len(contents)))
