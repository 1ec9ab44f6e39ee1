"""The composition root: what stays is out of the collector's sight, and what is left behind goes."""

import gc
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot import app
from bot.settings import Settings
from core.building import BuildConfig, build
from core.catalog import Item, Name, line
from core.sources import editing
from core.sources.editing import Edits
from core.turns import Act, Lang, Target, Turn, Understanding, UnderstoodAct


class Letters:
    """An encoder that counts letters."""

    dimension = 26

    def encode(self, texts: Sequence[str], kind: str) -> np.ndarray:
        counts = np.array([[1.0 + text.casefold().count(chr(97 + n)) for n in range(26)] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


class Quiet:
    """A build's Progress that says nothing."""

    def begin(self, stage: str) -> None: ...
    def step(self, done: int, total: int) -> None: ...
    def end(self, seconds: float) -> None: ...
    def note(self, text: str) -> None: ...


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A dozen films are built, with no ratings and a light encoder."""
    from core.catalog import read

    for module in ("core.nlu.models", "bot.app"):
        monkeypatch.setattr(f"{module}.load_models", lambda name, built, wishes=None: (Letters(), None))
    monkeypatch.setattr("core.sources.starter.read", lambda paths: read(paths, strict=False))
    place = tmp_path / "catalog"
    place.mkdir()
    films = [
        Item(
            f"film:n-{n}", "film", Name(f"第{n}号", f"Number {n}"), 1990 + n, genres=("drama",), about=Name("故事", "A")
        )
        for n in range(12)
    ]
    (place / "films.jsonl").write_text("".join(line(film) + "\n" for film in films), encoding="utf-8")
    build(BuildConfig(tmp_path / "data", "light", False, place), Quiet())
    return Settings(data=tmp_path / "data")


async def test_the_collector_looks_through_nothing_of_an_open_app(settings: Settings) -> None:
    before, enabled = gc.get_freeze_count(), gc.isenabled()
    opened = await app.open_app(settings)
    try:
        assert gc.get_freeze_count() > before
        assert not any(each is opened.recommender.catalog for each in gc.get_objects())
        assert gc.isenabled() is enabled
    finally:
        await opened.close()
    assert any(each is opened.recommender.catalog for each in gc.get_objects())


async def test_a_reload_lets_go_of_what_was_read_before(settings: Settings) -> None:
    opened = await app.open_app(settings)
    try:
        before = weakref.ref(opened.recommender.catalog)
        await opened.reload()
        assert opened.responder.engine is opened.recommender.engine
        gc.collect()
        assert before() is None
    finally:
        await opened.close()


def test_what_the_operator_hides_is_known_by_name_and_never_picked(settings: Settings) -> None:
    editing.write(settings.data, Edits().hide("film:n-3").hide("film:n-4"))
    opened = app.load_recommender(settings)
    assert opened.catalog.get("film:n-3") is not None
    state = opened.engine.new_chat(7)
    asks = Understanding((UnderstoodAct(Act.ASK_RECOMMEND, Target("domain", "film"), count=10),), Lang.EN)
    turn = Turn("t0", 7, 1, datetime(2026, 3, 1, tzinfo=UTC), "films")
    cards = opened.engine.respond(state, (), turn, asks).reply.cards
    assert {c.item_id for c in cards} == {f"film:n-{n}" for n in range(12)} - {"film:n-3", "film:n-4"}
