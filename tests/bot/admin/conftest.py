"""An admin's room that is open."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from admin_world import ADMIN, ITEMS, NOW, TOKEN, World

from bot.admin.door import Admin
from bot.admin.jobs import Desk
from bot.broadcast import Broadcasts
from bot.health import Durations, Finding, Health
from bot.settings import Settings
from core.catalog import line
from core.store import SqliteStore


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "catalog.jsonl").write_text("".join(line(i) + "\n" for i in ITEMS), encoding="utf-8")
    settings = Settings(token=TOKEN, data=tmp_path, models=tmp_path, admins=frozenset({ADMIN}))
    store = await SqliteStore.open(settings.database)
    made = World(tmp_path, store)
    turns = Durations()
    desk = Desk(
        settings=settings,
        store=store,
        call=made.call,
        post=made.post,
        fetch=made.fetch,
        reload=made.reload,
        health=Health({"polling": lambda: Finding(True, {"age_s": 1.5})}, {}, turns),
        turns=turns,
        journal=made.journal,
        broadcasts=Broadcasts(store, lambda: None, lambda: NOW, made.tick),
        model=lambda: "model-1",
        clock=lambda: NOW,
        build=made.build,
        sleep=made.tick,
    )
    made.admin = Admin(desk)
    yield made
    await made.admin.jobs.works.stop()
    await store.close()
