"""An admin's long work: import, retrain, reload, broadcast, backup. Each runs beside the chats, one of a kind."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import importing
from bot.admin.orders import Order, SentFile
from bot.admin.speech import say, size
from bot.admin.training import Tell, build_apart
from bot.admin.works import Post, Progress, Works, ended
from bot.broadcast import STOPPED, Broadcasts, Standing
from bot.health import Durations, Health
from bot.logs import Journal
from bot.markup import LONGEST, cut, units
from bot.outgoing import Outgoing
from bot.ports import Call, Store
from bot.progress import STAGES
from bot.settings import Settings
from core.building import BuildConfig
from core.database import backup
from core.sources import gathering
from core.sources.files import Files
from core.sources.rows import Options
from core.turns import Lang

SENT_BYTES = 45 << 20  # Telegram takes 50 MB from a bot
TAKEN_BYTES = 20 << 20  # and gives it 20
BACKUPS = 14  # kept
SHOWN_REFUSALS = 8

Build = Callable[[BuildConfig, Tell], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What the admin's rooms work with.

    call: a method of the Bot API and its parameters -> its result, now. post: into the outbox, durably. fetch: a file
    of Telegram's into a path. reload: opens the engine anew and swaps it. clock: seconds since 1970. model: its id.
    """

    settings: Settings
    store: Store
    call: Call
    post: Post
    fetch: Callable[[str, Path], Awaitable[None]]
    reload: Callable[[], Awaitable[None]]
    health: Health
    turns: Durations
    journal: Journal
    broadcasts: Broadcasts
    model: Callable[[], str]
    clock: Callable[[], float] = time.time
    build: Build = build_apart
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Jobs:
    """Starts work and says how it goes."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.works = desk, Works()
        self._swapping = asyncio.Lock()
        self._stale = False  # the catalogue was edited since the engine was opened

    async def resume(self) -> None:
        """After a start: what a kill has ended is said to be over; a broadcast that was not done goes on."""
        await ended(self.desk.store, self.desk.post)
        for broadcast in await self.desk.broadcasts.running():
            admin = await self.desk.broadcasts.admin_of(broadcast)
            rows = await self.desk.store.read("SELECT language FROM people WHERE chat_id = ?", admin)
            self.send(broadcast, admin, Lang.EN if rows and rows[0][0] == "en" else Lang.ZH)

    # ---- import ----

    def take_in(self, order: Order, file: SentFile, form: str, name: str) -> bool:
        return self.works.start("import", partial(self._take_in, order, file, form, name))

    async def _take_in(self, order: Order, file: SentFile, form: str, name: str) -> None:
        shown = Path(file.name).name or "file"
        async with self._progress(
            order.chat_id, order.lang, say("import.reading", order.lang, name=shown, share="")
        ) as progress:
            place = gathering.directory(self.desk.settings.data, name)

            def step(done: int, total: int) -> None:
                progress.text = say("import.reading", order.lang, name=shown, share=_share(done, total))

            with tempfile.TemporaryDirectory(prefix="jianyan-") as folder:
                path = Path(folder) / shown
                await self.desk.fetch(file.file_id, path)
                files = await asyncio.to_thread(Files.of, [path], step)
                taken, counts = await asyncio.to_thread(importing.into_catalogue, form, files, place, Options())
            progress.text = say(
                "import.done",
                order.lang,
                name=shown,
                format=taken.name,
                read=counts.read,
                imported=counts.imported,
                merged=counts.merged,
                refused=len(counts.refused),
            )
            if counts.imported or counts.merged:
                progress.text += "\n" + say("import.next", order.lang, terms=taken.terms).strip()
            for one in counts.refused[:SHOWN_REFUSALS]:
                reason = cut(one.reason, 200)
                if one.spot.column is not None:
                    reason = f"{one.spot.column}: {reason}"
                row = say("import.refused", order.lang, line=one.spot.line, file=one.spot.file, reason=reason)
                if units(progress.text) + units(row) < LONGEST - 100:
                    progress.text += f"\n{row}"
            if (more := len(counts.refused) - SHOWN_REFUSALS) > 0:
                progress.text += "\n" + say("import.more", order.lang, count=more)

    # ---- model ----

    def retrain(self, order: Order) -> bool:
        return self.works.start("retrain", partial(self._retrain, order))

    async def _retrain(self, order: Order) -> None:
        settings, started = self.desk.settings, time.monotonic()

        def tell(stage: str, done: int, total: int) -> None:
            seconds = round(time.monotonic() - started)
            progress.text = say(
                "retrain.stage", order.lang, stage=_stage(stage, order.lang), share=_share(done, total), seconds=seconds
            )

        async with self._progress(order.chat_id, order.lang, say("retrain.begin", order.lang)) as progress:
            ran = await self.desk.build(BuildConfig(settings.data, settings.model, settings.ratings), tell)
            if not ran:
                progress.text = say("retrain.nothing", order.lang)
                return
            progress.text = say("retrain.swap", order.lang)
            async with self._swapping:
                await self.desk.reload()
            stages, seconds = ", ".join(_stage(one, order.lang) for one in ran), round(time.monotonic() - started)
            progress.text = say("retrain.done", order.lang, stages=stages, seconds=seconds)

    def reload(self, order: Order) -> bool:
        return self.works.start("reload", partial(self._reload, order))

    async def _reload(self, order: Order) -> None:
        started = time.monotonic()
        async with self._progress(order.chat_id, order.lang, say("reload.begin", order.lang)) as progress:
            async with self._swapping:
                await self.desk.reload()
            seconds = f"{time.monotonic() - started:.1f}"
            progress.text = say("reload.done", order.lang, seconds=seconds)

    def refresh(self) -> None:
        """Brings edits of the catalogue into the engine, without a word; many edits share a few reloads."""
        self._stale = True
        self.works.start("refresh", self._refresh)

    async def _refresh(self) -> None:
        while self._stale:
            self._stale = False
            async with self._swapping:
                await self.desk.reload()

    # ---- broadcast ----

    def send(self, broadcast: int, admin: int, lang: Lang) -> bool:
        return self.works.start("broadcast", partial(self._send, broadcast, admin, lang))

    async def _send(self, broadcast: int, admin: int, lang: Lang) -> None:
        first = _told(await self.desk.broadcasts.standing(broadcast), False, lang)

        async def watch(standing: Standing, over: bool) -> None:
            progress.text = _told(standing, over, lang)

        async with self._progress(admin, lang, first) as progress:
            await self.desk.broadcasts.run(broadcast, watch)

    # ---- backup ----

    def back_up(self, order: Order) -> bool:
        return self.works.start("backup", partial(self._back_up, order))

    async def _back_up(self, order: Order) -> None:
        folder = self.desk.settings.data / "backups"
        stamp = datetime.fromtimestamp(self.desk.clock(), UTC).strftime("%Y%m%d-%H%M%S")
        path = folder / f"jianyan-{stamp}.db"
        async with self._progress(order.chat_id, order.lang, say("backup.begin", order.lang)) as progress:
            for stump in folder.glob(".jianyan-*.partial*"):  # of one that was killed
                stump.unlink(missing_ok=True)
            await asyncio.to_thread(backup, self.desk.settings.database, path)
            for old in sorted(folder.glob("jianyan-*.db"))[:-BACKUPS]:
                old.unlink(missing_ok=True)
            length = path.stat().st_size
            progress.text = say("backup", order.lang, size=size(length), path=path)
            if length > SENT_BYTES:
                progress.text += "\n" + say("backup.large", order.lang)
                return
            document = {"attach": {"filename": path.name, "path": str(path.resolve())}}
            payload = {"chat_id": order.chat_id, "document": document}
            await self.desk.post([Outgoing("sendDocument", payload, order.chat_id)])

    def _progress(self, chat_id: int, lang: Lang, first: str) -> Progress:
        return Progress(self.desk.call, self.desk.post, chat_id, lang, first, self.desk.sleep)


def _told(standing: Standing, over: bool, lang: Lang) -> str:
    ending = "broadcast.stopped" if standing.state == STOPPED else "broadcast.done"
    return say(
        ending if over else "broadcast.progress",
        lang,
        sent=standing.sent,
        total=standing.total,
        failed=standing.failed,
        skipped=standing.skipped,
        left=standing.waiting,
    )


def _share(done: int, total: int) -> str:
    return f"{min(1.0, done / total):.0%}" if total else ""


def _stage(name: str, lang: Lang) -> str:
    """A build's stage in the admin's language; at a terminal it is told in both."""
    zh, _, en = STAGES.get(name, name).partition(" ")
    return en or zh if lang is Lang.EN else zh
