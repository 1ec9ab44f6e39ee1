"""A build in a process of its own."""

import asyncio
import multiprocessing
import os
from pathlib import Path

import pytest

from bot.admin.training import build_apart
from core.building import BuildConfig
from core.errors import BuildError


async def test_what_the_child_says_arrives_and_an_error_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()  # without a single item
    told: list[tuple[str, int, int]] = []
    config = BuildConfig(tmp_path / "data", "light", ratings=False, catalog=tmp_path / "catalog")
    with pytest.raises(BuildError, match="no item in the catalogue"):
        await build_apart(config, lambda *step: told.append(step))
    assert told == [("catalogue", 0, 0)]


async def test_cancelled_the_child_ends(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    os.mkfifo(tmp_path / "catalog" / "items.jsonl")  # it waits here for ever
    config = BuildConfig(tmp_path / "data", "light", ratings=False, catalog=tmp_path / "catalog")
    work = asyncio.create_task(build_apart(config, lambda *_: None))
    await asyncio.sleep(0)
    assert [child.name for child in multiprocessing.active_children()] == ["jianyan-build"]
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert multiprocessing.active_children() == []
