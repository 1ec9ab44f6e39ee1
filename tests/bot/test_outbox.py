"""The outbox against a Telegram that breaks by script, on a clock that only the tests move."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from clocks import WALL as NOON
from clocks import Clock
from hypothesis import given
from hypothesis import strategies as st
from outbox_world import Desk, Disk, Lost, Telegram, edit, message
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.budgets import Budget, Limits
from bot.outbox_rows import TRIES
from bot.outgoing import BROADCAST, PROGRESS, About, Outgoing, insert
from bot.sending import ON_THE_WIRE
from bot.transport import NotSent, Unanswered

HER = About(3, "card", ("film:her-2013",), "film:her-2013")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock, disk = Clock(100.0), Disk()
    made = await Desk(disk, clock, Telegram(clock)).open()
    yield made
    await made.outbox.stop(0)
    disk.close()


# ---- on disk before and after ----


async def test_it_is_marked_on_disk_before_it_is_sent_and_remembered_after(desk: Desk) -> None:
    """Transactions 3 and 4."""
    desk.telegram.latency = 1.0
    await desk.say("她", about=HER)
    assert desk.left() == [(1, 1, 0)]
    await desk.clock.advance(1.0)
    assert desk.left() == []
    at = NOON + 101.0
    assert desk.disk.rows("SELECT * FROM messages") == [(1, 1001, 1, 3, "card", '["film:her-2013"]', at)]
    assert desk.disk.rows("SELECT * FROM media") == [("film:her-2013", "file-1001")]


async def test_an_edit_needs_no_mark(desk: Desk) -> None:
    desk.telegram.latency = 1.0
    await desk.put(edit("新"))
    assert desk.left() == [(1, 0, 0)]
    assert len(desk.disk.writes) == 1  # the turn's
    await desk.clock.advance(1.0)
    assert desk.left() == []


async def test_a_chat_has_its_messages_in_order_and_others_do_not_wait(desk: Desk) -> None:
    desk.telegram.latency = 1.0
    await desk.say("a", "b", "c")
    await desk.say("x", chat=2)
    await desk.clock.advance(5)
    assert desk.telegram.texts(1) == ["a", "b", "c"]
    assert [at for at, _, p in desk.telegram.asked if p["chat_id"] == 2] == [100.0]


async def test_answers_go_before_progress_and_progress_before_broadcasts(desk: Desk) -> None:
    await desk.put(
        message("news", chat=1, priority=BROADCAST),
        message("half way", chat=2, priority=PROGRESS),
        message("answer", chat=3),
        message("another", chat=1),
    )
    assert desk.said == ["answer", "another", "half way", "news"]


async def test_few_new_messages_are_on_the_wire_at_once(desk: Desk) -> None:
    """Fault 6: so many may come twice after a kill, of 400 in a burst of 40 chats."""
    desk.telegram.latency = 0.05
    await desk.put(*(message(f"{n}", chat=1 + n % 40) for n in range(400)))
    await desk.clock.advance(1.0)
    # at 50 ms each, five times as many as Telegram lets a bot send
    assert 150 <= len(desk.said) <= 160
    await desk.kill()
    before = len(desk.said)
    await desk.open()
    await desk.clock.advance(5.0)
    assert set(desk.said) == {f"{n}" for n in range(400)}
    assert len(desk.said) - 400 <= ON_THE_WIRE <= 10
    assert before < 400
    assert desk.telegram.most_at_once == ON_THE_WIRE
    assert desk.left() == []


async def test_after_a_crash_nothing_is_missing_and_edits_repeat(desk: Desk) -> None:
    """Fault 6: what was accepted and not yet noted comes once more, the rest once."""
    desk.telegram.latency = 1.0
    await desk.say("a", "b")
    await desk.put(edit("e", chat=2))
    await desk.clock.advance(0.6)
    await desk.kill()
    assert desk.left() == [(1, 1, 0), (2, 0, 0), (3, 0, 0)]
    await desk.open()
    await desk.clock.advance(5)
    assert desk.telegram.texts(1) == ["a", "a", "b"]
    assert desk.telegram.texts(2) == ["e", "e"]


async def test_a_message_that_ends_every_process_is_given_up(desk: Desk) -> None:
    desk.telegram.latency = 1.0
    await desk.say("poison")
    for _ in range(TRIES + 1):
        await desk.kill()
        await desk.open()
        await desk.clock.advance(0.1)
    assert len(desk.telegram.asked) == TRIES
    assert desk.left() == []


async def test_a_stop_lets_what_is_on_the_wire_end_and_leaves_the_rest(desk: Desk) -> None:
    """Fault 7."""
    desk.telegram.latency = 1.0
    await desk.say("a", "b")
    stopping = asyncio.create_task(desk.outbox.stop(60))
    await desk.clock.advance(5)
    await stopping
    assert desk.said == ["a"]
    assert desk.left() == [(2, 0, 0)]
    await desk.open()
    await desk.clock.advance(5)
    assert desk.said == ["a", "b"]


async def test_whoever_is_forgotten_gets_nothing_more_and_leaves_no_row(desk: Desk) -> None:
    desk.telegram.latency = 1.0
    await desk.say("a", "b", about=HER)
    await desk.disk.write([("DELETE FROM outbox WHERE conversation = 1", ())])
    await desk.clock.advance(5)
    assert desk.said == ["a"]
    assert desk.disk.rows("SELECT count(*) FROM messages") == [(0,)]
    assert desk.outbox.waiting == 0


async def test_a_row_that_cannot_be_read_stops_nobody(desk: Desk) -> None:
    row = ("INSERT INTO outbox (chat_id, conversation, priority, method, payload) VALUES (1, 1, 0, 'm', '{')", ())
    await desk.disk.write([row])
    await desk.say("a")
    assert desk.said == ["a"]
    assert desk.left() == []


async def test_more_rows_than_fit_into_memory_are_sent_in_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outbox.IN_MEMORY", 10)
    desk.telegram.latency = 0.01
    await desk.put(*(message(f"{n}", chat=1 + n % 3) for n in range(60)))
    assert desk.outbox.waiting == 10
    await desk.clock.advance(5)
    for chat in (1, 2, 3):
        assert desk.telegram.texts(chat) == [f"{n}" for n in range(60) if 1 + n % 3 == chat]


# ---- the disk ----


async def test_a_full_disk_sends_nothing_twice(desk: Desk) -> None:
    """Fault 21: the message is there; only the note of it waits."""
    desk.telegram.latency = 1.0
    await desk.say("a", about=HER)
    desk.disk.fails = 3
    await desk.clock.advance(1.0)
    assert desk.left() == [(1, 1, 0)]
    await desk.clock.advance(10)
    assert desk.said == ["a"]
    assert desk.left() == []
    assert desk.disk.rows("SELECT count(*) FROM messages") == [(1,)]


async def test_nothing_is_sent_that_could_not_be_marked(desk: Desk) -> None:
    await desk.disk.write(insert([message("a"), message("b", chat=2)]))
    desk.disk.fails = 1  # both are marked in one write
    desk.outbox.wake()
    await desk.clock.advance(0.9)
    assert desk.said == []
    await desk.clock.advance(1)
    assert desk.said == ["a", "b"]


# ---- 429 ----


async def test_a_429_makes_only_that_chat_wait_and_keeps_its_order(desk: Desk) -> None:
    """Fault 1."""
    desk.telegram.by_chat[1] = deque([RetryAfter(30)])
    await desk.say("a", "b")
    await desk.say("x", chat=2)
    await desk.say("c")
    await desk.clock.advance(29.9)
    assert desk.said == ["x"]
    await desk.clock.advance(0.2)
    assert desk.said == ["x", "a", "b", "c"]
    assert desk.alarms == []
    assert desk.outbox.figures()["retried_total"] == 1
    assert desk.outbox.figures()["error_RetryAfter_total"] == 1


async def test_an_hour_of_429_is_on_disk_and_told_once_while_others_are_served(desk: Desk) -> None:
    """Fault 2."""
    desk.telegram.by_chat[1] = deque([RetryAfter(3600), RetryAfter(3600)])
    await desk.say("a")
    assert desk.disk.rows("SELECT state, due FROM outbox") == [(0, NOON + 100 + 3600)]
    await desk.clock.advance(600)
    await desk.kill()
    await desk.open()
    await desk.say("b")
    await desk.say("x", chat=2)
    await desk.clock.advance(2999)
    assert desk.said == ["x"]
    assert len(desk.telegram.asked) == 2
    await desk.clock.advance(2)
    assert desk.said == ["x"]
    assert len(desk.telegram.asked) == 3
    await desk.clock.advance(3600)
    assert desk.said == ["x", "a", "b"]
    assert len(desk.alarms) == 2  # once a process
    assert desk.alarms[0] == 3600


async def test_a_429_of_several_chats_slows_down_all_for_a_while(desk: Desk) -> None:
    for chat in (1, 2, 3):
        desk.telegram.by_chat[chat] = deque([RetryAfter(5 if chat < 3 else 3600)])
        await desk.say("a", chat=chat)
    await desk.say("x", chat=4)
    assert desk.said == []
    await desk.clock.advance(31)  # not for an hour: that is one chat's
    assert sorted(p["chat_id"] for _, _, p in desk.telegram.done) == [1, 2, 4]


# ---- 5xx, no network, lost answers ----


async def test_a_5xx_is_tried_again_after_pauses_that_grow(desk: Desk) -> None:
    """Fault 3."""
    desk.telegram.script.extend([NetworkError("Bad Gateway (502)")] * 4)
    await desk.say("a", "b")
    await desk.clock.advance(1000)
    assert desk.telegram.times() == [0, 1, 3, 8, 18, 18]
    assert desk.said == ["a", "b"]


async def test_what_a_server_never_takes_is_given_up_without_its_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.telegram.by_chat[1] = deque([NetworkError("Bad Gateway (502)")] * TRIES)
    await desk.say("我的秘密", "b")
    await desk.say("x", chat=2)
    await desk.clock.advance(1000)
    assert desk.said == ["x", "b"]
    assert desk.left() == []
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "incident" in errors[0]
    assert "秘密" not in caplog.text


async def test_without_a_network_everything_waits_as_long_as_it_takes(desk: Desk) -> None:
    desk.telegram.script.extend([NotSent("no connection: ClientConnectorError")] * 40)
    await desk.say("a")
    await desk.say("b", chat=2)
    await desk.clock.advance(3600)
    assert sorted(desk.said) == ["a", "b"]
    assert desk.left() == []
    pauses = sorted({round(b - a) for a, b in zip(desk.telegram.times(), desk.telegram.times()[1:], strict=False)})
    assert pauses[-1] <= 30


@pytest.mark.parametrize("error", [Unanswered("the connection broke: ServerDisconnectedError"), TimedOut()])
async def test_a_lost_answer_sends_no_second_message_and_the_chat_goes_on(desk: Desk, error: Exception) -> None:
    """Fault 4."""
    desk.telegram.script.append(Lost(error))
    await desk.say("a", "b")
    await desk.clock.advance(100)
    assert desk.said == ["a", "b"]
    assert desk.left() == []
    assert desk.outbox.figures()["unsure_total"] == 1


async def test_a_lost_answer_repeats_an_edit(desk: Desk) -> None:
    """Fault 4."""
    desk.telegram.script.append(Lost(Unanswered("the connection broke: ClientOSError")))
    await desk.put(edit("a"))
    await desk.clock.advance(100)
    assert desk.said == ["a", "a"]


# ---- refusals ----


async def test_nobody_there_drops_what_waits_and_is_not_asked_again(desk: Desk) -> None:
    """Fault 12."""
    await desk.disk.write([("INSERT INTO people VALUES (1, 'private', 'zh', 0, 0, 0, 1)", ())])
    desk.telegram.by_chat[1] = deque([Forbidden("Forbidden: bot was blocked by the user")])
    await desk.put(message("news", priority=BROADCAST), message("a"), edit("b"), message("x", chat=2))
    await desk.clock.advance(100)
    assert desk.said == ["x"]
    assert desk.left() == []
    assert desk.disk.rows("SELECT inactive FROM people") == [(1,)]
    assert desk.outbox.waiting == 0
    await desk.say("back again")
    assert desk.said == ["x", "back again"]


async def test_a_group_with_a_new_id_gets_what_waited_for_it(desk: Desk) -> None:
    """Fault 13, as 400 with parameters."""
    desk.telegram.by_chat[-5] = deque([ChatMigrated(-100)])
    await desk.put(*(message(text, chat=-5, about=HER) for text in "abc"))
    await desk.clock.advance(1)
    assert desk.telegram.texts(-100) == ["a", "b", "c"]
    assert desk.left() == []
    assert desk.disk.rows("SELECT DISTINCT chat_id, conversation FROM messages") == [(-100, -100)]
    desk.telegram.by_chat[-5] = deque([ChatMigrated(-100)])
    await desk.put(message("late", chat=-5))
    assert desk.telegram.texts(-100)[-1] == "late"


async def test_a_group_that_moves_and_moves_ends(desk: Desk) -> None:
    desk.telegram.script.extend(ChatMigrated(-100 - n) for n in range(50))
    await desk.put(message("a", chat=-5))
    await desk.clock.advance(100)
    assert desk.left() == []
    assert len(desk.telegram.asked) == TRIES + 1


@pytest.mark.parametrize(
    "reason", ["Message is not modified: specified new content", "Query is too old and response timeout expired"]
)
async def test_what_needs_no_word_gets_none(desk: Desk, caplog: pytest.LogCaptureFixture, reason: str) -> None:
    """Fault 14."""
    desk.telegram.script.append(BadRequest(reason))
    await desk.put(edit("a"))
    await desk.say("b")
    assert desk.said == ["b"]
    assert desk.left() == []
    assert not caplog.records


async def test_an_edit_of_a_message_that_is_gone_comes_as_a_new_one(desk: Desk) -> None:
    """Fault 14."""
    desk.telegram.script.append(BadRequest("Message to edit not found"))
    await desk.put(edit("a", parse_mode="HTML"))
    await desk.say("b")
    assert [(method, p["text"]) for _, method, p in desk.telegram.done] == [("sendMessage", "a"), ("sendMessage", "b")]


async def test_whoever_is_answered_may_have_deleted_it(desk: Desk) -> None:
    """Fault 14."""
    await desk.put(message("a", chat=-5, reply_parameters={"message_id": 9}))
    assert desk.telegram.done[0][2]["reply_parameters"] == {"message_id": 9, "allow_sending_without_reply": True}


async def test_what_cannot_be_parsed_comes_plain(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 15."""
    desk.telegram.script.append(BadRequest("Can't parse entities: unsupported start tag"))
    await desk.put(message("<b>1 &lt; 2</b>", parse_mode="HTML"))
    assert desk.said == ["1 < 2"]
    assert desk.left() == []


async def test_a_refused_picture_leaves_a_text_card_and_its_id_is_forgotten(desk: Desk) -> None:
    """Fault 16."""
    await desk.disk.write([("INSERT INTO media VALUES ('film:her-2013', 'old')", ())])
    desk.telegram.script.append(BadRequest("Wrong file identifier/http url specified"))
    payload = {"chat_id": 1, "photo": "old", "caption": "<b>她</b>", "parse_mode": "HTML"}
    await desk.put(Outgoing("sendPhoto", payload, 1, replace(HER, photo_of="film:her-2013")))
    ((_, method, sent),) = desk.telegram.done
    assert (method, sent) == ("sendMessage", {"chat_id": 1, "text": "<b>她</b>", "parse_mode": "HTML"})
    assert desk.disk.rows("SELECT count(*) FROM messages") == [(1,)]


async def test_a_refusal_for_good_is_logged_with_an_id_and_without_a_text(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.telegram.script.append(BadRequest("Can't parse message text: 我的秘密"))
    await desk.say("我的秘密", "b")
    assert desk.said == ["b"]
    assert "incident" in caplog.text
    assert "秘密" not in caplog.text
    assert desk.outbox.figures()["refused_total"] == 1


async def test_a_payload_that_cannot_be_sent_at_all_stops_nobody(desk: Desk) -> None:
    desk.telegram.script.append(FileNotFoundError("stats.png"))
    await desk.say("a", "b")
    assert desk.said == ["b"]
    assert desk.left() == []


@pytest.mark.parametrize("answer", [{"message_id": 2**70}, {"message_id": 5, "photo": [{}]}])
async def test_an_answer_that_nobody_can_keep_stops_nobody(desk: Desk, answer: dict[str, object]) -> None:
    desk.telegram.answers.extend([answer] * 50)
    for chat in range(1, 51):  # more than may be on the wire at once
        await desk.say("a", chat=chat, about=About(1, "card", ("film:her-2013",), "film:her-2013"))
    await desk.say("b")
    assert desk.said == [*["a"] * 50, "b"]
    assert desk.left() == []


async def test_a_mistake_of_ours_costs_one_message_and_stops_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending.memories", lambda row, result, at: 1 / 0)
    for chat in range(1, 51):
        await desk.say("a", chat=chat)
    monkeypatch.undo()
    await desk.say("b")
    assert desk.said[-1] == "b"
    assert desk.left() == []
    assert desk.outbox.figures()["error_ZeroDivisionError_total"] == 50


@pytest.mark.parametrize("payload", ["[]", "{", "7", "{}", "[" * 100_000])
async def test_a_payload_that_somebody_spoiled_stops_nobody(desk: Desk, payload: str) -> None:
    await desk.disk.write(insert([message("a")]))
    await desk.disk.write([("UPDATE outbox SET payload = ?", (payload,))])
    await desk.say("b")
    assert desk.said[-1] == "b"
    assert desk.left() == []


# ---- edits ----


async def test_only_the_newest_waiting_edit_of_a_message_is_sent(desk: Desk) -> None:
    """Fault 1: edits are coalesced."""
    desk.telegram.script.append(RetryAfter(3))
    await desk.put(edit("1"))
    await desk.put(edit("2"), edit("x", message_id=6))
    await desk.put(edit("3"))
    await desk.clock.advance(5)
    assert desk.said == ["x", "3"]
    assert desk.left() == []
    assert desk.outbox.figures()["needless_total"] == 2


async def test_an_edit_that_a_newer_one_has_overtaken_is_not_tried_again(desk: Desk) -> None:
    desk.telegram.latency = 1.0
    desk.telegram.script.append(Lost(RetryAfter(3)))
    await desk.put(edit("old"))
    await desk.put(edit("new"))
    await desk.clock.advance(10)
    assert desk.said == ["old", "new"]
    assert desk.left() == []


async def test_progress_is_shown_at_most_every_one_and_a_half_seconds_and_answers_at_once(desk: Desk) -> None:
    for second in range(6):
        await desk.put(edit(f"{second}", priority=PROGRESS))
        await desk.clock.advance(0.5)
    await desk.put(edit("done"))
    await desk.clock.advance(5)
    assert desk.said == ["0", "2", "5", "done"]
    assert desk.telegram.times() == [0, 1.5, 3, 3]


async def test_an_edit_that_changes_nothing_is_not_sent(desk: Desk) -> None:
    await desk.put(edit("1"))
    await desk.put(edit("1"))
    await desk.put(edit("2"))
    await desk.put(edit("1"))
    assert desk.said == ["1", "2", "1"]
    assert desk.left() == []


# ---- budgets ----


async def test_a_private_chat_has_a_burst_and_then_a_message_a_second() -> None:
    clock, disk = Clock(100.0), Disk()
    desk = await Desk(disk, clock, Telegram(clock), Limits()).open()
    await desk.say(*"abcdefgh")
    await clock.advance(10)
    assert desk.telegram.times() == [0, 0, 0, 0, 0, 1, 2, 3]
    await desk.say(*"abcdefgh", chat=-5)
    await clock.advance(12)
    assert desk.telegram.times()[8:] == [10, 10, 10, 10, 10, 14, 18, 22]
    await desk.outbox.stop(0)
    disk.close()


async def test_all_chats_together_have_thirty_a_second_and_broadcasts_come_last() -> None:
    clock, disk = Clock(100.0), Disk()
    limits = Limits(everywhere=Budget(30.0, 1.0))
    desk = await Desk(disk, clock, Telegram(clock), limits).open()
    await desk.put(*(message("news", chat=n, priority=BROADCAST) for n in range(1, 200)))
    await clock.advance(1.0)
    for n in range(1, 31):
        await desk.say("answer", chat=n)
    await clock.advance(1.0)
    texts = desk.said
    assert 60 <= len(texts) <= 62
    assert texts[:31] == ["news"] * 31
    assert texts[31:61] == ["answer"] * 30
    await desk.outbox.stop(0)
    disk.close()


async def test_figures_tell_what_waits_and_for_how_long(desk: Desk) -> None:
    desk.telegram.script.append(RetryAfter(50))
    await desk.say("a", "b")
    await desk.clock.advance(20)
    figures = desk.outbox.figures()
    assert (figures["waiting"], figures["oldest_age_seconds"], figures["on_the_wire"]) == (2, 20, 0)
    await desk.clock.advance(40)
    assert desk.outbox.oldest_age() is None
    assert desk.outbox.figures()["sent_total"] == 2


# ---- any script at all ----

TEXTS = st.lists(st.sampled_from([1, 2, -5]), min_size=1, max_size=14)
FAULTS = st.one_of(
    st.none(),
    st.integers(1, 100).map(RetryAfter),
    st.just(NetworkError("Bad Gateway (502)")),
    st.just(NotSent("no connection: ClientConnectorError")),
    st.sampled_from([Unanswered("the connection broke: ClientOSError"), TimedOut()]),
    st.sampled_from([Lost(Unanswered("the connection broke: ClientOSError")), Lost(TimedOut())]),
    st.just(Forbidden("Forbidden: bot was blocked by the user")),
    st.sampled_from(["Can't parse entities: x", "Message thread not found", "Message is too long"]).map(BadRequest),
    st.just(ChatMigrated(-100)),
    st.just(FileNotFoundError("stats.png")),
)


@given(TEXTS, st.lists(FAULTS, max_size=25), st.lists(st.floats(0.0, 9.0), max_size=3), st.sampled_from([0.0, 1.0]))
def test_under_any_faults_every_message_is_sent_once_or_refused_in_its_chats_order(
    chats: list[int], faults: list[Exception | None], kills: list[float], latency: float
) -> None:
    """kills: the process ends so many seconds after it began, and the next one begins."""

    async def run() -> None:
        clock, disk = Clock(100.0), Disk()
        telegram = Telegram(clock, latency, deque(faults))
        desk = await Desk(disk, clock, telegram).open()
        try:
            texts = [f"{n}" for n in range(len(chats))]
            await desk.put(*(message(text, chat) for text, chat in zip(texts, chats, strict=True)))
            for pause in kills:
                await clock.advance(pause)
                await desk.kill()
                await desk.open()
            await clock.advance(50_000)
            assert desk.left() == []
            assert desk.outbox.waiting == 0
            for chat in {1, 2, -5}:
                mine = [text for text, of in zip(texts, chats, strict=True) if of == chat]
                said = [text for text in telegram.texts() if text in mine]
                assert list(dict.fromkeys(said)) == [text for text in mine if text in said]
                # twice at most where a process ended with it on the wire
                assert len(said) - len(set(said)) <= len(kills) * bool(latency)
                for text in set(mine) - set(said):
                    assert refused(telegram, text, mine)
        finally:
            await desk.kill()
            disk.close()

    asyncio.run(run())


def refused(telegram: Telegram, text: str, chat: list[str]) -> bool:
    """Whether a message had a reason not to come: its own, or that nobody is there."""
    for_good = (Forbidden, BadRequest, Unanswered, TimedOut, FileNotFoundError)
    if any(isinstance(error, for_good) for error in telegram.errors.get(text, ())):
        return True
    gone = any(isinstance(error, Forbidden) for other in chat for error in telegram.errors.get(other, ()))
    return gone or len(telegram.errors.get(text, ())) >= TRIES
