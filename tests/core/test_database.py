"""The database as a file, where things go wrong outside of the program (cases c53 to c56)."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.health import wal, wal_bytes
from core import mounts
from core import store as stores
from core.database import backup, check, restore
from core.errors import CorruptDatabase, StoreError
from core.holding import exclusive
from core.store import SqliteStore
from core.wal import log_salt

SECRET = "a wish that nobody should read"
CRASH = """
import asyncio, os, signal, sys
from pathlib import Path
from core.store import SqliteStore
async def main():
    store = await SqliteStore.open(Path(sys.argv[1]))
    await store.write([("INSERT OR REPLACE INTO settings VALUES ('left', ?)", (sys.argv[2],))])
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def set_to(name: str, value: str) -> tuple[str, tuple[object, ...]]:
    return ("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def crash(path: Path, value: str) -> None:
    """A bot that writes, and is killed: its log stays."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(path), value], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert wal_bytes(path) > 0


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """An operator's shell with a transaction open."""
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN")
        shell.execute("SELECT COUNT(*) FROM settings").fetchone()
        yield


async def until(is_so: object) -> None:
    assert callable(is_so)
    for _ in range(2000):
        if is_so():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never was so")


def bytes_of(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(path.parent.glob(f"{path.name}*")) if not p.name.endswith(".lock"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jianyan.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    made = await SqliteStore.open(path)
    yield made
    await made.close()


# ---- c53: other readers and writers ----


async def test_c53_turns_go_on_beside_a_reader_and_the_log_is_watched_and_shrinks(
    store: SqliteStore, path: Path
) -> None:
    with reading(path):
        for n in range(40):
            await store.write([set_to(f"turn {n % 3}", "x" * 600_000)])
        assert wal_bytes(path) > 20 << 20
        assert not wal(path, bound=20 << 20)().well
    for n in range(3):
        await store.write([set_to(f"turn {n}", "short")])
    assert wal_bytes(path) <= 16 << 20
    assert wal(path, bound=20 << 20)().well


async def test_c53_what_was_forgotten_under_a_reader_is_erased_when_the_reader_ends(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stores, "AGAIN_S", 0.01)
    await store.write(
        [("INSERT INTO people (chat_id, kind, language, first_at, last_at) VALUES (7, ?, '', 0, 0)", (SECRET,))]
    )
    with reading(path):
        assert await store.is_read_elsewhere(), "so that the answer can say so"
        begun = time.monotonic()
        await store.forget(7)
        await store.write([set_to("next", "turn")])
        assert time.monotonic() - begun < 2, "nobody waits for the reader"
        assert await store.read("SELECT * FROM people") == []
        assert SECRET.encode() in bytes_of(path)
        assert "holds what was to be erased" in caplog.text
    await until(lambda: SECRET.encode() not in bytes_of(path))
    await until(lambda: "is erased now" in caplog.text)
    assert not await store.is_read_elsewhere()


async def test_c53_a_writer_elsewhere_is_waited_for(store: SqliteStore, path: Path) -> None:
    held, free = threading.Event(), threading.Event()

    def shell() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            free.wait(10)
            other.execute("COMMIT")

    thread = threading.Thread(target=shell)
    thread.start()
    await asyncio.to_thread(held.wait, 10)
    writing = asyncio.create_task(store.write([set_to("a", "1")]))
    done, _ = await asyncio.wait([writing], timeout=0.2)
    assert not done, "no instant 'locked'"
    free.set()
    assert await writing == 1
    thread.join()


async def test_c53_what_a_crash_left_to_be_erased_is_erased_at_the_next_start(path: Path) -> None:
    crash(path, SECRET)
    again = await SqliteStore.open(path)
    assert log_salt(path) is not None
    await again.write([("DELETE FROM settings WHERE name = 'left'", ())])
    await again.forget(1)
    assert SECRET.encode() not in bytes_of(path)
    await again.close()


# ---- c54: backups ----


async def test_c54_a_backup_holds_all_that_was_committed_before_it_began(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    committed = 0
    stop = False

    async def traffic() -> None:
        nonlocal committed
        while not stop:
            await store.write([set_to(f"turn {committed}", "x" * 500)])
            committed += 1

    running = asyncio.create_task(traffic())
    for n in range(5):
        await until(lambda n=n: committed > 20 * n)
        before = committed
        await asyncio.to_thread(backup, path, tmp_path / f"copy-{n}.db")
        with closing(sqlite3.connect(tmp_path / f"copy-{n}.db")) as copy:
            assert copy.execute("SELECT COUNT(*) FROM settings").fetchone()[0] >= before
            assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    stop = True
    await running


async def test_c54_a_full_disk_is_told_and_leaves_no_stump(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    await store.write([set_to("large", "x" * 3_000_000)])
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from core.database import backup\n"
        "from core.errors import StoreError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\n"
        "try:\n    backup(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except StoreError as error:\n    print(error)\n"
    )
    target = tmp_path / "backups" / "copy.db"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script, path, target], capture_output=True, text=True, timeout=60
    )
    assert "copy.db" in done.stdout
    assert list(target.parent.iterdir()) == []
    assert await store.write([set_to("still", "well")]) == 1


async def test_c54_a_backup_that_is_killed_has_no_final_name(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    await store.write([set_to("large", "x" * 30_000_000)])
    target = tmp_path / "backups" / "copy.db"
    script = "import sys; from pathlib import Path; from core.database import backup; backup(*map(Path, sys.argv[1:]))"
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path), str(target))
    await until(lambda: target.parent.exists() and any(p.stat().st_size for p in target.parent.iterdir()))
    running.kill()
    await running.wait()
    assert not target.exists()
    backup(path, target)
    assert check(target) == check(path)


# ---- c55: logs of others ----


async def test_c55_a_restore_after_a_crash_brings_back_exactly_the_backup(path: Path, tmp_path: Path) -> None:
    crash(path, "old")
    backup(path, tmp_path / "backup.db")
    crash(path, "old, and more")
    restore(tmp_path / "backup.db", path)
    assert wal_bytes(path) == 0
    again = await SqliteStore.open(path)
    assert await again.read("SELECT value FROM settings WHERE name = 'left'") == [("old",)]
    with pytest.raises(StoreError, match="another jianyan"):
        restore(tmp_path / "backup.db", path)
    await again.close()


async def test_c55_the_log_of_a_crash_is_ones_own(path: Path) -> None:
    for n in range(3):
        crash(path, f"run {n}")
        assert check(path) > 0
    again = await SqliteStore.open(path)
    assert await again.read("SELECT value FROM settings WHERE name = 'left'") == [("run 2",)]
    await again.close()


@pytest.mark.parametrize("crashed", [False, True])
async def test_c55_a_foreign_log_is_named_and_not_merged(path: Path, tmp_path: Path, crashed: bool) -> None:
    if crashed:
        crash(path, "ours")
    else:
        await (await SqliteStore.open(path)).close()
    foreign = tmp_path / "elsewhere" / "jianyan.db"
    crash(foreign, "theirs")
    log = path.with_name("jianyan.db-wal")
    shutil.copy(foreign.with_name("jianyan.db-wal"), log)
    before = path.read_bytes(), log.read_bytes()
    for refused in (lambda: check(path), lambda: backup(path, tmp_path / "copy.db")):
        with pytest.raises(CorruptDatabase, match=r"jianyan\.db-wal") as told:
            refused()
        assert "Move it away" in str(told.value)
    with pytest.raises(CorruptDatabase, match=r"jianyan\.db-wal"):
        await SqliteStore.open(path)
    assert (path.read_bytes(), log.read_bytes()) == before
    assert not (tmp_path / "copy.db").exists()
    log.unlink()
    assert check(path) > 0


# ---- c56: places where it cannot live ----


def mounted(tmp_path: Path, *lines: str) -> Path:
    found = tmp_path / "mountinfo"
    found.write_text("".join(f"{line}\n" for line in ("1 0 8:1 / / rw - ext4 /dev/sda1 rw", *lines)))
    return found


async def test_c56_a_file_mounted_alone_is_refused(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = str(path).replace(" ", "\\040")
    monkeypatch.setattr(mounts, "MOUNTS", mounted(tmp_path, f"2 1 8:1 /srv/jianyan.db {point} rw - ext4 /dev/sda1 rw"))
    with pytest.raises(StoreError, match="mount the directory"):
        await SqliteStore.open(path)
    with pytest.raises(StoreError, match="mount the directory"):
        check(path)
    assert not path.exists()


@pytest.mark.parametrize("kind", mounts.NETWORK)
def test_c56_a_network_share_is_refused(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", mounted(tmp_path, f"2 1 0:9 / {tmp_path} rw shared:3 - {kind} nas:/vol rw"))
    with pytest.raises(StoreError, match=f"network share \\({kind}\\).*use a local disk"):
        check(path)


def test_c56_a_read_only_mount_and_another_owner_are_told_apart(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.access
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path and real(place, mode))
    with pytest.raises(StoreError, match=rf"belongs to user \d+ and the bot runs as user {os.geteuid()}: chown"):
        check(path)

    class ReadOnly:
        f_flag = os.ST_RDONLY

    monkeypatch.setattr(os, "statvfs", lambda place: ReadOnly())
    with pytest.raises(StoreError, match="read-only mount"):
        check(path)


def test_c56_where_the_system_tells_no_mounts_nothing_is_refused(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "nowhere")
    assert check(path) == 0
    assert list(tmp_path.iterdir()) == [], "it only looks"


def test_a_check_beside_a_running_bot_changes_nothing(path: Path) -> None:
    with exclusive(path):
        before = path.with_name("jianyan.db.lock").read_text()
        assert check(path) == 0
        assert path.with_name("jianyan.db.lock").read_text() == before
