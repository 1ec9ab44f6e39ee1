"""Who holds a file: one process at a time, by a lock beside it that the system frees when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DatabaseInUse


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds `path` for this process, by a lock on a file beside it that the system frees when the process ends.

    DatabaseInUse while another holds it.
    """
    with _lock_file(path).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.readline(20).strip() or "unknown"
            reason = f"another jianyan (process {owner}) works here; end that one first, or choose another directory"
            raise DatabaseInUse(path, reason) from None
        note(path, left(path))
        yield


def is_held(path: Path) -> bool:
    """True while a process works on the database."""
    try:
        with _lock_file(path).open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def left(path: Path) -> str:
    """What the last holder has noted for the next one; nothing where there was none."""
    try:
        lines = _lock_file(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return lines[1].strip() if len(lines) > 1 else ""


def note(path: Path, text: str) -> None:
    """Notes it for the next holder. Only the holder may call it."""
    with _lock_file(path).open("r+", encoding="utf-8") as file:
        file.truncate(0)
        file.write(f"{os.getpid()}\n{text}\n")


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
