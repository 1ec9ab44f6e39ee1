"""One turn, one answer, whatever breaks."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from fakes import NOON, CountingEngine, MemoryStore, Parrot

from core.errors import StoreError
from core.responder import Responder
from core.state import Outcome, Statement
from core.turns import Lang, Menu, Turn


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def responder(store: MemoryStore) -> Responder:
    return Responder(CountingEngine(), Parrot(), store)


def said(key: str, text: str = "hi", chat_id: int = 1) -> Turn:
    return Turn(key, chat_id, chat_id, NOON, text=text)


async def test_a_text_is_understood_and_a_tap_is_not(responder: Responder) -> None:
    text = await responder.respond(said("a"))
    tap = await responder.respond(Turn("b", 1, 1, NOON, action=Menu("help")))
    assert text is not None
    assert text.understood is not None
    assert tap is not None
    assert tap.understood is None


async def test_a_repeated_key_is_answered_once(responder: Responder, store: MemoryStore) -> None:
    assert await responder.respond(said("a")) is not None
    assert await responder.respond(said("a")) is None
    assert len(store.log[1]) == 1


async def test_turns_of_one_chat_follow_one_another(responder: Responder, store: MemoryStore) -> None:
    replies = await asyncio.gather(*(responder.respond(said(f"k{n}")) for n in range(20)))
    assert sorted(event for reply in replies if reply for event in reply.events) == list(range(1, 21))
    assert [event.event for event in store.log[1]] == list(range(1, 21))


async def test_turns_are_answered_in_the_order_in_which_they_came(store: MemoryStore) -> None:
    engine = CountingEngine()
    responder = Responder(engine, Parrot(), store)
    await asyncio.gather(*(responder.respond(said(f"k{n}")) for n in range(10)))
    assert [turn.key for turn in engine.turns] == [f"k{n}" for n in range(10)]


async def test_chats_do_not_wait_for_each_other(store: MemoryStore) -> None:
    first_waits, second_done = asyncio.Event(), asyncio.Event()

    class SlowStore(MemoryStore):
        async def commit(self, turn_key: str, outcome: Outcome, also: Sequence[Statement] = ()) -> None:
            if outcome.state.chat_id == 1:
                first_waits.set()
                await second_done.wait()
            await super().commit(turn_key, outcome, also)

    responder = Responder(CountingEngine(), Parrot(), SlowStore())
    first = asyncio.create_task(responder.respond(said("a", chat_id=1)))
    await first_waits.wait()
    assert await responder.respond(said("b", chat_id=2)) is not None
    second_done.set()
    assert await first is not None


@pytest.mark.parametrize(("text", "lang", "words"), [("boom", None, "sorry"), ("boom", Lang.ZH, "sorry")])
async def test_a_bug_becomes_an_apology_and_leaves_the_chat_as_it_was(
    responder: Responder, store: MemoryStore, caplog: pytest.LogCaptureFixture, text: str, lang: Lang | None, words: str
) -> None:
    await responder.respond(said("a"))
    before = await store.load(1), await store.feedback(1)
    with caplog.at_level(logging.ERROR):
        reply = await responder.respond(Turn("b", 1, 1, NOON, text=text, lang=lang))
    assert reply is not None
    assert reply.text.startswith(words)
    assert [record.exc_info is not None for record in caplog.records] == [True]
    incident = reply.text.split()[-1]
    assert incident in caplog.text
    assert (await store.load(1), await store.feedback(1)) == before
    assert await responder.respond(said("c")) is not None


async def test_a_full_disk_becomes_an_apology(tmp_path_factory: pytest.TempPathFactory) -> None:
    class FullStore(MemoryStore):
        async def commit(self, turn_key: str, outcome: Outcome, also: Sequence[Statement] = ()) -> None:
            raise StoreError(tmp_path_factory.getbasetemp(), "database or disk is full")

    reply = await Responder(CountingEngine(), Parrot(), FullStore()).respond(said("a", "你好"))
    assert reply is not None
    assert reply.text.startswith("对不起")


async def test_the_log_keeps_no_words_of_the_person(responder: Responder, caplog: pytest.LogCaptureFixture) -> None:
    class Breaks(Parrot):
        def understand(self, text: str, context: object) -> None:  # type: ignore[override]
            raise RuntimeError

    responder.understander = Breaks()  # type: ignore[assignment]
    with caplog.at_level(logging.DEBUG):
        await responder.respond(said("a", "我的秘密"))
    assert "我的秘密" not in caplog.text


async def test_scores_are_no_turn(responder: Responder, store: MemoryStore) -> None:
    cards = await responder.scores(1, ["film:her-2013", "nothing"], NOON)
    assert [card.item_id for card in cards] == ["film:her-2013"]
    assert store.chats == {}


async def test_locks_of_quiet_chats_go_away(responder: Responder) -> None:
    await asyncio.gather(*(responder.respond(said(f"k{n}", chat_id=n)) for n in range(100)))
    assert len(responder._locks) == 0


async def test_c53_forgetting_under_a_reader_says_that_traces_stay(responder: Responder, store: MemoryStore) -> None:
    honest = await responder.respond(said("a", "forget me"))
    store.read_elsewhere = True
    held = await responder.respond(said("b", "forget me"))
    assert honest is not None
    assert held is not None
    assert held.text == f"{honest.text}, with traces"
