"""Where a database cannot live: said in one sentence, with what to do instead."""

import os
import re
from pathlib import Path

from core.errors import StoreError

NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs")  # processes there share no memory
MOUNTS = Path("/proc/self/mountinfo")


def check_place(path: Path) -> None:
    """StoreError where a database cannot live, with what to do instead in one sentence."""
    place = next(up for up in path.absolute().parents if up.exists())
    mounts = _mounts()
    if str(path.resolve()) in mounts:
        raise StoreError(path, f"mounted as a single file, and its log would be lost: mount the directory {place}")
    kind = next((mounts[str(up)] for up in (place.resolve(), *place.resolve().parents) if str(up) in mounts), "")
    if kind in NETWORK:
        raise StoreError(place, f"lies on a network share ({kind}), where SQLite's log does not work: use a local disk")
    for needed in (place, *(found for found in (path, *_beside(path)) if found.exists())):
        if not os.access(needed, os.W_OK):
            raise StoreError(needed, _unwritable(needed))


def _unwritable(path: Path) -> str:
    try:
        read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
        owner = path.stat().st_uid
    except OSError:
        return "cannot be written to"
    if read_only:
        return "lies on a read-only mount: mount the data directory so that it can be written to"
    return f"belongs to user {owner} and the bot runs as user {os.geteuid()}: chown {os.geteuid()} it, with all in it"


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _mounts() -> dict[str, str]:
    """Kind of file system by mount point; empty where the system does not tell."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), before.split(" ")[4])
        found[point] = after.split(" ")[0]
    return found
