"""One contract for every ChatStore, and what only a file on disk can promise."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NOON, CountingEngine, MemoryStore, Parrot, card, feedback

from core.database import backup, restore
from core.errors import CorruptDatabase, DatabaseInUse, DuplicateTurn, NewerDatabase, StoreError
from core.migrations import MIGRATIONS
from core.responder import ChatStore, Responder
from core.state import ChatState, Outcome
from core.store import SqliteStore
from core.turns import Lang, Reply, Turn


def outcome(chat_id: int = 1, turn: int = 1, first: int = 1, events: int = 2, forget: bool = False) -> Outcome:
    told = tuple(feedback(n, chat_id, turn=turn) for n in range(first, first + events))
    state = ChatState(chat_id, turn, first + events, last_at=NOON, screen=("film:her-2013",), said=(3, 2**63))
    return Outcome(state, told, Reply("好", Lang.ZH, (card(),)), (0.1, -2.5), forget)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChatStore]:
    made = MemoryStore() if request.param == "memory" else await SqliteStore.open(tmp_path / "chats.db")
    yield made
    await made.close()


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, "model-1")
    try:
        yield store
    finally:
        await store.close()


# ---- the contract ----


async def test_a_stranger_has_no_state_and_no_feedback(store: ChatStore) -> None:
    assert await store.load(7) is None
    assert await store.feedback(7) == ()


@pytest.mark.parametrize("chat_id", [1, -1001234567890, 2**63 - 1])
async def test_what_was_committed_comes_back_equal(store: ChatStore, chat_id: int) -> None:
    told = outcome(chat_id)
    await store.commit("a", told)
    assert await store.load(chat_id) == told.state
    assert await store.feedback(chat_id) == told.events


async def test_events_of_later_turns_follow_in_order(store: ChatStore) -> None:
    first, second = outcome(), outcome(turn=2, first=3)
    await store.commit("a", first)
    await store.commit("b", second)
    assert [event.event for event in await store.feedback(1)] == [1, 2, 3, 4]
    assert await store.load(1) == second.state


async def test_a_turn_key_counts_once(store: ChatStore) -> None:
    await store.commit("a", outcome())
    with pytest.raises(DuplicateTurn):
        await store.commit("a", outcome(turn=2, first=3))
    assert await store.load(1) == outcome().state
    assert len(await store.feedback(1)) == 2


async def test_forgetting_leaves_nothing_of_the_chat_and_all_of_the_others(store: ChatStore) -> None:
    await store.commit("a", outcome(1))
    await store.commit("b", outcome(2))
    await store.forget(1)
    assert await store.load(1) is None
    assert await store.feedback(1) == ()
    assert not any((await store.export(1)).values())
    assert await store.load(2) == outcome(2).state


async def test_a_forgetting_turn_cannot_be_repeated_into_a_new_chat(store: ChatStore) -> None:
    await store.commit("a", outcome())
    await store.commit("b", outcome(turn=2, first=3, events=0, forget=True))
    assert await store.load(1) is None
    with pytest.raises(DuplicateTurn):
        await store.commit("b", outcome(turn=2, first=3, events=0, forget=True))
    assert await store.load(1) is None


async def test_an_export_holds_every_event(store: ChatStore) -> None:
    await store.commit("a", outcome())
    exported = await store.export(1)
    assert [row["event"] for row in exported["feedback"]] == [1, 2]
    assert exported["chats"][0]["chat_id"] == 1


async def test_many_chats_at_once_keep_apart(store: ChatStore) -> None:
    await asyncio.gather(*(store.commit(f"k{n}", outcome(n)) for n in range(50)))
    assert [(await store.load(n)) for n in range(50)] == [outcome(n).state for n in range(50)]


# ---- on disk ----


async def test_a_failed_commit_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", outcome())
        with pytest.raises(StoreError):
            await store.commit("b", outcome(turn=2, first=2))  # event 2 is there already
        assert await store.load(1) == outcome().state
        await store.commit("b", outcome(turn=2, first=3))


async def test_a_cancelled_commit_is_whole_or_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        for n in range(30):
            task = asyncio.create_task(store.commit(f"k{n}", outcome(n)))
            for _ in range(n):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            state, events = await store.load(n), await store.feedback(n)
            assert (state is None) == (len(events) == 0)
        await store.commit("after", outcome(99))


async def test_the_belief_is_little_endian_float64_and_names_its_model(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", outcome())
        row = (await store.export(1))["chats"][0]
        assert row["belief"] == [0.1, -2.5]
        assert row["model_id"] == "model-1"
        assert row["last_event"] == 2


async def test_a_forgotten_word_is_in_no_file(tmp_path: Path) -> None:
    word = "item:film:kept-by-nobody-1999"
    async with opened(tmp_path / "chats.db") as store:
        for n in range(200):
            told = outcome(turn=n + 1, first=n + 1, events=0)
            event = feedback(n + 1, target=word, turn=n + 1)
            await store.commit(f"k{n}", Outcome(told.state, (event,), told.reply))
        assert any(word.encode() in path.read_bytes() for path in tmp_path.iterdir())
        await store.forget(1)
        assert not any(word.encode() in path.read_bytes() for path in tmp_path.iterdir())


async def test_numbers_of_turn_keys_go_on_where_they_ended(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        assert await store.last_number("terminal") == 0
        for n in (1, 9, 10):
            await store.commit(f"terminal:{n}", outcome(n))
        await store.commit("terminals:77", outcome(50))
        assert await store.last_number("terminal") == 10


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", outcome())
        assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("chats.db*") if path.suffix != ".lock"} == {0}


async def test_two_processes_do_not_share_a_database(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    async with opened(path):
        with pytest.raises(DatabaseInUse, match=str(os.getpid())):
            await SqliteStore.open(path)
    async with opened(path):
        pass  # free again


@pytest.mark.parametrize("damage", ["text", "pages", "other program", "cut"])
async def test_a_database_that_is_none_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "chats.db"
    if damage == "text":
        path.write_text("name,stars\nHer,5\n" * 100)
    elif damage == "other program":
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE recipes (name TEXT)")
            db.commit()
    else:
        async with opened(path) as store:
            for n in range(100):
                await store.commit(f"k{n}", outcome(n))
        data = bytearray(path.read_bytes())
        if damage == "cut":
            data = data[: len(data) // 2]
        else:
            data[4096:12288] = b"\xff" * 8192
        path.write_bytes(data)
    before = path.read_bytes()
    with pytest.raises(CorruptDatabase, match=r"chats\.db"):
        await SqliteStore.open(path)
    assert path.read_bytes() == before


async def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="newer"):
        await SqliteStore.open(path)
    assert path.read_bytes() == before


async def test_an_interrupted_migration_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chats.db"
    monkeypatch.setattr("core.store.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE half (x INTEGER)", "no statement")))
    with pytest.raises(StoreError):
        await SqliteStore.open(path)
    monkeypatch.undo()
    async with opened(path) as store:
        await store.commit("a", outcome())


TALK = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from fakes import NOON, CountingEngine, Parrot
from core.responder import Responder
from core.store import SqliteStore
from core.turns import Turn

async def main():
    store = await SqliteStore.open(Path({path!r}))
    responder = Responder(CountingEngine(), Parrot(), store)
    for n in range({first}, 10**6):
        reply = await responder.respond(Turn(f"k{{n}}", 1, 1, NOON, text="hello"))
        print(reply.text, flush=True)
asyncio.run(main())
"""


def test_killed_between_turns_the_next_reply_is_the_same(tmp_path: Path, root: Path) -> None:
    said: list[str] = []
    for turns in (1, 3, 2):
        script = TALK.format(
            root=str(root), tests=str(root / "tests"), path=str(tmp_path / "c.db"), first=len(said) + 1
        )
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said += [process.stdout.readline().strip() for _ in range(turns)]
            process.send_signal(signal.SIGKILL)

        async def committed() -> int:
            async with opened(tmp_path / "c.db") as store:
                state = await store.load(1)
                assert state is not None
                assert len(await store.feedback(1)) == state.turn  # counted once, and none lost
                return state.turn

        done = asyncio.run(committed())  # a last turn may be on disk whose answer nobody read
        said += [f"第 {n} 轮，{n} 条" for n in range(len(said) + 1, done + 1)]
        assert said == [f"第 {n} 轮，{n} 条" for n in range(1, done + 1)]


# ---- backup and restore ----


async def test_a_backup_of_a_working_store_restores_all_of_it(tmp_path: Path) -> None:
    path, copy = tmp_path / "chats.db", tmp_path / "safe" / "copy.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
        backup(path, copy)
        await store.commit("b", outcome(turn=2, first=3))
    assert [file.name for file in copy.parent.iterdir()] == ["copy.db"]
    restore(copy, path)
    async with opened(path) as store:
        assert await store.load(1) == outcome().state
        assert await store.feedback(1) == outcome().events
        assert (await store.export(1))["slates"]


@pytest.mark.parametrize(
    "break_it", [lambda p: p.write_text("nonsense " * 99), lambda p: p.write_bytes(b""), Path.unlink]
)
async def test_an_unsound_backup_changes_nothing(tmp_path: Path, break_it: Callable[[Path], object]) -> None:
    path, copy = tmp_path / "chats.db", tmp_path / "copy.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
    backup(path, copy)
    break_it(copy)
    with pytest.raises(StoreError):
        restore(copy, path)
    async with opened(path) as store:
        assert await store.load(1) == outcome().state


async def test_nothing_is_restored_under_a_working_bot(tmp_path: Path) -> None:
    path, copy = tmp_path / "chats.db", tmp_path / "copy.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
        backup(path, copy)
        with pytest.raises(DatabaseInUse):
            restore(copy, path)


async def test_a_damaged_database_gives_way_to_a_backup(tmp_path: Path) -> None:
    path, copy = tmp_path / "chats.db", tmp_path / "copy.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
    backup(path, copy)
    path.write_bytes(b"\x00" * 5000)
    restore(copy, path)
    async with opened(path) as store:
        assert await store.load(1) == outcome().state


def test_there_is_nothing_to_back_up_before_the_first_chat(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        backup(tmp_path / "chats.db", tmp_path / "copy.db")


async def test_a_backup_never_writes_over_the_database(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    async with opened(path) as store:
        await store.commit("a", outcome())
        with pytest.raises(StoreError, match="itself"):
            backup(path, path)


async def test_turns_answered_through_the_responder_are_on_disk(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        reply = await Responder(CountingEngine(), Parrot(), store).respond(Turn("k", 1, 1, NOON, text="hi"))
        assert reply is not None
        assert [event.event for event in await store.feedback(1)] == list(reply.events)


# ---- an adapter's own statements ----

OUT = "INSERT INTO outbox (chat_id, conversation, priority, method, payload) VALUES (?, ?, 0, 'm', '{}')"
MET = "INSERT INTO people (chat_id, kind, first_at, last_at) VALUES (?, 'private', 0, 0)"


async def people(store: SqliteStore) -> list[object]:
    return [row[0] for row in await store.read("SELECT chat_id FROM people ORDER BY chat_id")]


async def test_an_adapters_statements_are_part_of_the_turn(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", outcome(), [(MET, (1,))])
        with pytest.raises(DuplicateTurn):
            await store.commit("a", outcome(turn=2, first=3), [(MET, (2,))])
        with pytest.raises(StoreError):
            await store.commit("b", outcome(turn=2, first=3), [(MET, (3,)), (MET, (1,))])
        assert await people(store) == [1]
        assert len(await store.feedback(1)) == 2


async def test_writers_at_the_same_time_fail_each_alone(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        ids = [1, 2, 2, 3, 1, 4]
        found = await asyncio.gather(*(store.write([(MET, (n,))]) for n in ids), return_exceptions=True)
        assert [isinstance(one, StoreError) for one in found] == [False, False, True, False, True, False]
        assert await people(store) == [1, 2, 3, 4]


async def test_a_writer_that_gives_up_hinders_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        gone = asyncio.create_task(store.write([(MET, (1,))]))
        others = [asyncio.create_task(store.write([(MET, (n,))])) for n in (2, 3)]
        await asyncio.sleep(0)
        gone.cancel()
        assert await asyncio.gather(*others) == [1, 1]
        assert set(await people(store)) >= {2, 3}


async def test_a_title_passed_on_is_counted_without_its_chat_and_the_last_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.MOST_PASSED_ON", 2)
    async with opened(tmp_path / "chats.db") as store:
        for n, title in enumerate(("Solaris", "Dune", "solaris", "Stalker")):
            await store.commit(f"k{n}", replace(outcome(turn=n + 1, first=2 * n + 1), passed_on=title))
        await store.forget(1)
        assert await store.read("SELECT title, times FROM passed_on ORDER BY id") == [("Dune", 1), ("Stalker", 1)]


async def test_forgetting_takes_the_adapters_rows_too(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", outcome())
        for chat in (1, 2):
            await store.write(
                [
                    (MET, (chat,)),
                    ("INSERT INTO messages VALUES (?, 10, ?, 1, 'card', '[]', 0)", (chat, chat)),
                    ("INSERT INTO heard VALUES (?, 5, 1, 1)", (chat,)),
                    ("INSERT INTO broadcast_targets (broadcast, chat_id) VALUES (1, ?)", (chat,)),
                    (OUT, (chat, chat)),
                ]
            )
        await store.forget(1)
        assert all(not rows for rows in (await store.export(1)).values())
        left = await store.export(2)
        assert {name for name, rows in left.items() if rows} == {
            "people",
            "messages",
            "heard",
            "broadcast_targets",
            "outbox",
        }


async def test_nobody_reads_elsewhere_by_itself(store: ChatStore) -> None:
    await store.commit("a", outcome())
    assert not await store.is_read_elsewhere()


async def test_what_is_kept_in_memory_is_what_stands_on_disk(tmp_path: Path) -> None:
    """Reads beside a write, and statements of an adapter that change a chat's rows."""
    async with opened(tmp_path / "chats.db") as store:
        for turn in range(1, 8):
            if turn % 3:  # at times it is not in memory when it is written
                await store.load(7)
            told = outcome(7, turn, first=2 * turn - 1)
            reads = [asyncio.create_task(store.feedback(7)) for _ in range(3)]
            writing = asyncio.create_task(store.commit(f"k{turn}", told))
            reads += [asyncio.create_task(store.feedback(7)) for _ in range(3)]
            await asyncio.gather(writing, *reads)
            assert await store.load(7) == told.state
            assert [e.event for e in await store.feedback(7)] == list(range(1, 2 * turn + 1))
        await store.write([("DELETE FROM feedback WHERE chat_id = ? AND event = 1", (7,))])
        assert (await store.feedback(7))[0].event == 2
        kept = await store.load(7), await store.feedback(7)
    async with opened(tmp_path / "chats.db") as store:
        assert kept == (await store.load(7), await store.feedback(7))


async def test_a_write_that_fails_leaves_what_stands_on_disk(tmp_path: Path) -> None:
    async with opened(tmp_path / "chats.db") as store:
        await store.commit("a", told := outcome(7))
        await store.load(7)
        with pytest.raises(DuplicateTurn):
            await store.commit("a", outcome(7, 2, first=3))
        assert await store.load(7) == told.state
        assert await store.feedback(7) == told.events


async def test_memory_holds_no_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.KEPT_EVENTS", 10)
    async with opened(tmp_path / "chats.db") as store:
        for chat in range(1, 6):
            await store.commit(f"k{chat}", outcome(chat, events=4))
        for chat in (1, 5, 2, 4, 3, 1):
            assert len(await store.feedback(chat)) == 4
