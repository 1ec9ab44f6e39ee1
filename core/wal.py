"""The write-ahead log beside a database: whose it is, and how it is emptied."""

import sqlite3
from pathlib import Path

from core import holding
from core.errors import CorruptDatabase

BUSY_MS = 5000  # how long a statement waits for a writer elsewhere
RESETS = 1 << 24  # of a log in one run: far more than there can be, far fewer than there are salts
CLOSED = "closed"


def check_log(path: Path) -> None:
    """CorruptDatabase if the write-ahead log beside the database is not the one that its last holder wrote.

    SQLite would merge it whatever it is. What the last holder left is known from the file of the lock; where that says
    nothing, the log is believed.
    """
    log = path.with_name(f"{path.name}-wal")
    salt = log_salt(path)
    if salt is None:
        return
    left = holding.left(path)
    if left == CLOSED:
        reason = f"a log that does not belong to {path.name}, which was closed in good order"
    elif left.isdecimal() and (salt - int(left)) % (1 << 32) >= RESETS:
        reason = f"a log of another database than {path.name}"
    else:
        return
    raise CorruptDatabase(log, f"{reason}; nothing of it was merged. Move it away, or restore a backup")


def begin_log(path: Path, db: sqlite3.Connection) -> None:
    """Empties what a crash has left, begins a new log, and notes that it is ours. Only the holder may call it."""
    empty_log(db)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    db.execute(f"PRAGMA user_version = {version}")  # a write that changes nothing
    holding.note(path, str(log_salt(path)))


def end_log(path: Path) -> None:
    """Notes, once the last connection is closed, whether a log is left. Only the holder may call it."""
    if log_salt(path) is None:
        holding.note(path, CLOSED)


def empty_log(db: sqlite3.Connection) -> bool:
    """False where a reader or writer of another process keeps the log from being emptied; it is not waited for."""
    db.execute("PRAGMA busy_timeout = 0")
    try:
        return not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def log_salt(path: Path) -> int | None:
    """First salt of the write-ahead log, which SQLite counts up each time the log begins anew; None for no log."""
    try:
        with path.with_name(f"{path.name}-wal").open("rb") as file:
            head = file.read(32)
    except FileNotFoundError:
        return None
    return int.from_bytes(head[16:20], "big") if len(head) == 32 else None
