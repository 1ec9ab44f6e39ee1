"""The database as a file: whether it is sound, backups."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from core import holding, wal
from core.errors import CorruptDatabase, NewerDatabase, StoreError
from core.migrations import APPLICATION_ID, MIGRATIONS
from core.mounts import check_place


def take(path: Path, held: ExitStack) -> int:
    """Takes the database for this process, makes an empty one where there is none, and tells its version."""
    check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    held.enter_context(holding.exclusive(path))
    held.callback(wal.end_log, path)
    wal.check_log(path)
    holding.note(path, "")  # from here on, whatever log there is is ours
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # what people say is nobody else's
    return verify(path)


def check(path: Path) -> int:
    """Looks without changing anything; the version, 0 where there is no database yet. StoreError says what is wrong."""
    check_place(path)
    if not path.exists():
        return 0
    if not holding.is_held(path):
        wal.check_log(path)
    return verify(path)


def verify(path: Path) -> int:
    """Version of a sound database of ours, 0 for an empty file. Reads only.

    CorruptDatabase for anything else, NewerDatabase for one that this program cannot know.
    """
    if not path.stat().st_size:
        return 0
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise CorruptDatabase(
                path, "this is no SQLite database; it was left as it is. Name another, or restore a backup"
            )
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            owner = int(db.execute("PRAGMA application_id").fetchone()[0])
            tables = int(db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()[0])
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise CorruptDatabase(path, f"damaged ({error}); it was left as it is. Restore a backup") from error
    if found != "ok":
        raise CorruptDatabase(path, f"damaged ({found}); it was left as it is. Restore a backup")
    if owner != APPLICATION_ID and tables:
        raise CorruptDatabase(path, "a database of another program; it was left as it is. Name another")
    if version > len(MIGRATIONS):
        known = f"form {version}, and this version knows forms up to {len(MIGRATIONS)}"
        raise NewerDatabase(path, f"written by a newer version ({known}); it was left as it is. Update jianyan")
    return version if tables else 0


def backup(database: Path, target: Path) -> None:
    """A sound copy of the database in one file, also while a bot works on it. `target` appears whole or not at all."""
    with speaking_of(database):
        if not database.exists():
            raise StoreError(database, "there is no database yet")
        if not holding.is_held(database):
            wal.check_log(database)
        verify(database)
    with speaking_of(target):
        if target.exists() and target.samefile(database):
            raise StoreError(target, "this is the database itself; name another file")
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(database, target)


def restore(source: Path, database: Path) -> None:
    """Puts a backup in the database's place. The backup is verified first; nothing changes where it is unsound.

    It brings back what was forgotten since. DatabaseInUse while a bot works on it.
    """
    if not source.exists():
        raise StoreError(source, "no such file")
    if not verify(source):
        raise CorruptDatabase(source, "empty: no backup")
    with speaking_of(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        check_place(database)
        with holding.exclusive(database):
            if database.exists() and _is_ours(database):
                # what is committed leaves the log before the log goes: ended in between, the old state is whole
                with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as old:
                    old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _copy(source, database)
            wal.end_log(database)


def _copy(source: Path, target: Path) -> None:
    """Copies beside, verifies, and renames into place."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with (
            closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(beside)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        verify(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        for leftover in ("-wal", "-shm"):  # of the old database: they must never be read into the new one
            target.with_name(target.name + leftover).unlink(missing_ok=True)
        os.replace(beside, target)
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        for stump in (beside, beside.with_name(f"{beside.name}-journal")):
            stump.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    try:
        wal.check_log(path)
        verify(path)
    except StoreError:
        return False
    return True


@contextmanager
def speaking_of(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and the file system into ours."""
    try:
        yield
    except sqlite3.Error as error:
        damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        raise (CorruptDatabase if damaged else StoreError)(path, str(error)) from error
    except OSError as error:
        raise StoreError(path, error.strerror or str(error)) from error


def _quoted(path: Path) -> str:
    """The path as SQLite's URIs want it."""
    return str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
