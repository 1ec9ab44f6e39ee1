"""Composition root: from settings to a responder that answers, and to a terminal around it."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.callbacks import Callbacks
from bot.memory import give_back, trim
from bot.settings import Settings
from core import staging
from core.built import Built, part
from core.catalog import Catalog
from core.engine import Engine
from core.errors import ModelError
from core.llm.helper import Helper, LanguageModel
from core.llm.naming import Remote
from core.llm.opening import open_model
from core.nlu.lexicon import FacetNames
from core.nlu.matching import FLOOR, LIGHT_FLOOR, Matcher
from core.nlu.models import load_models
from core.nlu.understand import Understander
from core.responder import Responder
from core.sources import editing
from core.sources.gathering import require, rows_of
from core.store import SqliteStore
from core.terminal import KEY_PREFIX, turn_keys
from core.turns import Lang, Target


@dataclass(frozen=True, slots=True, eq=False)
class Recommender:
    """What was built, read into memory. Knows no chat."""

    catalog: Catalog
    engine: Engine
    understander: Understander
    callbacks: Callbacks
    names: FacetNames
    model_id: str


def load_recommender(settings: Settings, only: str | None = None) -> Recommender:
    """Reads what was built. ModelError where nothing is, or where another model read the descriptions.

    only: the catalogue to talk about; None: all that was built in.
    """
    with _uncollected():
        recommender = _load(settings, only)
    trim()  # 70 MB that matrices took before they were laid out for reading
    return recommender


def _load(settings: Settings, only: str | None) -> Recommender:
    built = _built(settings)
    model_id = built.model_id()
    catalog = built.read_catalog()
    texts = built.read_vectors(catalog)
    model = built.read_factors(catalog)
    edits = editing.read(settings.data)
    catalog = edits.overlay(catalog)
    if only is not None:
        rows = rows_of(settings.data, only, catalog)
        catalog, texts, model = Catalog(tuple(catalog.items[row] for row in rows)), texts[rows], part(model, rows)
    encoder, acts = load_models(settings.model, built.encoder, wishes=built.taught())
    if encoder.dimension != texts.shape[1]:
        raise ModelError(built.data, "its descriptions were read by another JIANYAN_MODEL: run `jianyan build`")
    understander = Understander(catalog, acts)
    names = understander.facet_names()
    engine = Engine(
        catalog,
        model,
        names,
        model_id,
        texts=texts,
        match=Matcher.build(encoder, texts, catalog),
        floor=LIGHT_FLOOR if settings.model == "light" else FLOOR,
        openness=settings.openness,
        confidant=settings.llm.host if isinstance(settings.llm, Remote) else "",
        hidden=edits.hidden,
    )
    return Recommender(catalog, engine, understander, Callbacks(catalog), names, model_id)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing is collected meanwhile: 350,000 objects are made, to stay, and looking through them takes 0.6 s."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _built(settings: Settings) -> Built:
    staging.settle(settings.data)
    built = Built(settings.data)
    if not built.manifest.exists() and Built(settings.models).manifest.exists():
        return Built(settings.models)  # another database may stand on the models that were built once
    return built


class App:
    """Everything that answers turns. close() when done."""

    def __init__(
        self,
        settings: Settings,
        recommender: Recommender,
        store: SqliteStore,
        keys: Iterator[str],
        model: LanguageModel | None = None,
    ) -> None:
        self.settings, self.recommender, self.store, self.keys = settings, recommender, store, keys
        self.helper = None if model is None else Helper(model, recommender.catalog, recommender.understander)
        self.responder = Responder(recommender.engine, recommender.understander, store, self.helper)

    async def reload(self) -> None:
        """Goes on with what is built now, from the next turn on; as before where it cannot be read."""
        fresh = await asyncio.to_thread(load_recommender, self.settings)
        gc.unfreeze()  # or what was read before stays for good: it hangs in cycles
        self.recommender = fresh
        self.responder.engine, self.responder.understander = fresh.engine, fresh.understander
        if self.helper is not None:
            self.helper.read_with(fresh.catalog, fresh.understander)
        self.store.model_id = fresh.model_id
        await asyncio.to_thread(give_back)  # the one before, as soon as no turn has it: 600 MB after three times

    async def close(self) -> None:
        gc.unfreeze()
        if self.helper is not None:
            self.helper.close()
        await self.store.close()


async def open_app(settings: Settings, only: str | None = None) -> App:
    """Opens the database and reads what was built. ModelError where nothing is built; errors of the store."""
    if only is not None:
        require(settings.data, only)
    model_id = _built(settings).model_id()
    store = await SqliteStore.open(settings.database, model_id)  # first: it is quick, and another process may hold it
    try:
        recommender = load_recommender(settings, only)
        model = None if settings.llm is None else open_model(settings.llm)
        gc.freeze()  # it stays: looking through it took a turn 0.2 s longer now and then
        return App(settings, recommender, store, turn_keys(await store.last_number(KEY_PREFIX)), model)
    except BaseException:
        await store.close()
        raise


def chat_lines(
    settings: Settings, chat_id: int, lang: Lang | None, source: IO[bytes], out: IO[bytes], only: str | None = None
) -> None:
    """Answers request lines until the input ends."""
    from core.terminal.lines import LONGEST_LINE, Lines, write

    with _running(settings, only) as (runner, app):
        lines = Lines(app.responder, app.recommender.callbacks, app.keys, chat_id, lang)
        while line := source.readline(LONGEST_LINE + 2):
            if not line.endswith(b"\n"):  # the rest of a line that is too long, or the last line
                while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
            if line.strip():
                write(runner.run(lines.answer(line)), out)


def chat_screen(settings: Settings, chat_id: int, lang: Lang | None, only: str | None = None) -> None:
    """Talks with the person at the terminal, or answers piped lines."""
    from rich.console import Console

    from core.terminal.screen import Screen, chat

    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    console = Console(highlight=False)
    if console.is_terminal and console.width > 100:
        console.width = 100  # a line longer than that is tiring
    if interactive:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # input() then edits lines, and Chinese ones as they should be
    loading = console.status("…") if interactive and not console.is_dumb_terminal else contextlib.nullcontext()
    with contextlib.ExitStack() as stack:
        with loading:
            runner, app = stack.enter_context(_running(settings, only))

        def genre(value: str, shown: str) -> str:
            return app.recommender.names.name(Target("genre", value), shown)

        screen = Screen(console, app.responder, app.keys, chat_id, lang, Path(), genre=genre)
        chat(runner.run, screen, _typed if interactive else _piped, interactive)


@contextlib.contextmanager
def _running(settings: Settings, only: str | None = None) -> Iterator[tuple[asyncio.Runner, App]]:
    """The app on a loop of its own; between two runs the main thread is free to wait for a key."""
    with asyncio.Runner() as runner:
        app = runner.run(open_app(settings, only))
        try:
            yield runner, app
        finally:
            runner.run(app.close())


def _typed() -> str:
    return input("› ")


def _piped() -> str:
    line = sys.stdin.buffer.readline()
    if not line:
        raise EOFError
    return line.decode(errors="replace")
