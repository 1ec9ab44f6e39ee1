"""Pinned files: fetched once, mended when damaged, refused when they are others."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import DownloadError
from core.sources import download
from core.sources.download import Wheel, fetch

CONTENT = b"a wheel" * 100
WHEEL = Wheel("thing", "1.0", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "MIT")
NAME = "thing-1.0-py3-none-any.whl"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What pip brings, call by call; an empty list is no network."""
    waiting = [CONTENT]

    def pip(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        if not waiting:
            return subprocess.CompletedProcess(
                command, 1, "", "WARNING: retrying\nERROR: No matching distribution found\n"
            )
        Path(command[command.index("--dest") + 1], NAME).write_bytes(waiting.pop(0))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(download.subprocess, "run", pip)
    return waiting


def test_a_file_is_fetched_once(tmp_path: Path, registry: list[bytes]) -> None:
    assert fetch(WHEEL, tmp_path / "downloads").read_bytes() == CONTENT
    assert registry == []
    assert fetch(WHEEL, tmp_path / "downloads").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "downloads").iterdir()] == [NAME]


@pytest.mark.parametrize("damage", [lambda data: data[:50], lambda data: b"x" + data[1:]])
def test_a_damaged_file_is_fetched_again(
    tmp_path: Path, registry: list[bytes], damage: Callable[[bytes], bytes]
) -> None:
    (tmp_path / NAME).write_bytes(damage(CONTENT))
    assert fetch(WHEEL, tmp_path).read_bytes() == CONTENT


def test_another_file_than_the_pinned_one_is_thrown_away(tmp_path: Path, registry: list[bytes]) -> None:
    registry[:] = [b"another"]
    with pytest.raises(DownloadError, match="thrown away"):
        fetch(WHEEL, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_it_says_what_to_do(tmp_path: Path, registry: list[bytes]) -> None:
    registry.clear()
    with pytest.raises(DownloadError, match=r"thing==1\.0.*No matching.*build.*" + str(tmp_path)):
        fetch(WHEEL, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_download_left_goes_away(tmp_path: Path, registry: list[bytes]) -> None:
    (tmp_path / ".partial-x").mkdir()
    (tmp_path / ".partial-x" / NAME).write_bytes(CONTENT[:9])
    fetch(WHEEL, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
