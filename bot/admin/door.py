"""The door: which commands and buttons are an admin's, what is answered at once, and what becomes a job."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.admin import checks, figures, items
from bot.admin.jobs import TAKEN_BYTES, Desk, Jobs
from bot.admin.orders import BUTTONS, Order, edited, message
from bot.admin.speech import say, size
from bot.broadcast import AT_ONCE, LONGEST_TEXT, OPT_OUT, ROUND_S, preview
from bot.importing import DEFAULT_NAME
from bot.markup import LONGEST, cut, escape, units
from bot.outgoing import Outgoing
from core.errors import CatalogError, CoreError, UnknownItem
from core.sources.formats import AUTO, FORMATS
from core.state import Statement
from core.turns import Lang

_log = logging.getLogger(__name__)

COMMANDS = (
    "stats", "health", "users", "block", "unblock", "item", "titles", "import", "retrain", "reload",
    "broadcast", "backup", "log",
)  # fmt: skip
SHOWN_USERS, SHOWN_LINES, SHOWN_TITLES = 20, 20, 40
AUDITED = 500  # letters of a command's arguments


class Admin:
    """Answers admins. What is asked for by anybody else, or in a group, is none of its business."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self.jobs = desk, Jobs(desk)
        self._started = time.monotonic()
        self._editing = asyncio.Lock()  # two admins at once must not lose an edit

    def handles(self, name: str) -> bool:
        """True for a command of this room. For whoever is not admitted it is a text like any other."""
        return name in COMMANDS

    def admits(self, speaker: int, chat_id: int) -> bool:
        """True for an admin in the private chat with the bot: in a group all would read along."""
        return speaker in self._desk.settings.admins and chat_id == speaker

    def handles_tap(self, data: str) -> bool:
        """True for a button of this room, or of a broadcast."""
        return data.startswith(BUTTONS)

    async def run(self, order: Order) -> list[Outgoing]:
        """The answer to a command; [] for one that is not admitted. Whatever breaks becomes one line with an id."""
        if not self.handles(order.name) or not self.admits(order.admin, order.chat_id):
            return []
        answer: Callable[[Order], Awaitable[list[Outgoing]]] = getattr(self, f"_{order.name}")
        try:
            await self._desk.store.write([self._audit(order.admin, order.name, order.args)])
            return await answer(order)
        except UnknownItem as error:
            told = [say("item.unknown", order.lang, id=error.item_id)]
            told += [say("item.near", order.lang, ids=", ".join(error.near))] if error.near else []
            return [message(order.chat_id, " ".join(told))]
        except CatalogError as error:  # of the command itself: there is no file or line to tell of
            reason = f"{error.field}: {error.reason}"
            return [message(order.chat_id, say("refused", order.lang, reason=cut(reason, 1000)))]
        except CoreError as error:
            return [message(order.chat_id, say("refused", order.lang, reason=cut(str(error), 1000)))]
        except Exception:
            incident = secrets.token_hex(3)
            _log.exception("incident %s: /%s broke", incident, order.name)
            return [message(order.chat_id, say("broken", order.lang, incident=incident))]

    async def tap(self, data: str, speaker: int, chat_id: int, message_id: int, lang: Lang) -> list[Outgoing]:
        """The answer to a button of this room."""
        if data == OPT_OUT:
            await self._desk.store.write([("UPDATE people SET news = 0 WHERE chat_id = ?", (chat_id,))])
            return [message(chat_id, say("news.is_off", lang))]
        if not self.admits(speaker, chat_id):
            return []
        match data.split(":"):
            case ["!b", number, ("go" | "no") as what] if number.isascii() and number.isdecimal():
                await self._desk.store.write([self._audit(speaker, "broadcast", f"{what} {number}")])
                return [edited(chat_id, message_id, await self._settle(int(number), what == "go", speaker, lang))]
        return []

    async def _settle(self, broadcast: int, go: bool, admin: int, lang: Lang) -> str:
        """Sends or drops a draft; what is said of it."""
        if not go:
            return say("broadcast.cancelled" if await self._desk.broadcasts.stop(broadcast) else "broadcast.gone", lang)
        if broadcast in await self._desk.broadcasts.running():  # tapped twice
            return say("broadcast.begun", lang)
        if "broadcast" in self.jobs.works:
            return say("broadcast.other", lang)
        if not await self._desk.broadcasts.begin(broadcast):
            return say("broadcast.gone", lang)
        self.jobs.send(broadcast, admin, lang)
        return say("broadcast.begun", lang)

    # ---- answered at once ----

    async def _stats(self, order: Order) -> list[Outgoing]:
        desk = self._desk
        found = await figures.gather(desk.store, desk.clock())
        uptime_s = time.monotonic() - self._started
        told = figures.text(found, desk.turns, desk.settings.database, desk.model(), uptime_s, order.lang)
        try:
            place = desk.settings.data / "stats.png"
            drawn = await asyncio.to_thread(figures.picture, found, desk.turns.last, place, order.lang)
        except ImportError:  # matplotlib is an extra
            return [message(order.chat_id, told)]
        photo = {"attach": {"filename": drawn.name, "path": str(drawn.resolve())}}
        payload = {"chat_id": order.chat_id, "photo": photo, "caption": told, "parse_mode": "HTML"}
        return [Outgoing("sendPhoto", payload, order.chat_id)]

    async def _health(self, order: Order) -> list[Outgoing]:
        return [message(order.chat_id, checks.told(await self._desk.health.findings(), order.lang))]

    async def _users(self, order: Order) -> list[Outgoing]:
        count = _count(order.args, SHOWN_USERS)
        query = (
            "SELECT p.chat_id, p.kind, coalesce(p.language, '?'), p.last_at, p.inactive, p.news, b.chat_id, "
            "c.last_event FROM people p LEFT JOIN blocked b USING (chat_id) LEFT JOIN chats c USING (chat_id) "
            "ORDER BY p.last_at DESC LIMIT ?"
        )
        rows = await self._desk.store.read(query, count)
        if not rows:
            return [message(order.chat_id, say("users.none", order.lang))]
        total = (await self._desk.store.read("SELECT COUNT(*) FROM people"))[0][0]
        lines = [say("users", order.lang, total=total, shown=len(rows))]
        for chat, kind, language, last, inactive, news, blocked, events in rows:
            marks = [("inactive", inactive), ("no_news", not news), ("blocked", blocked is not None)]
            flags = "".join(say(f"users.{name}", order.lang) for name, is_so in marks if is_so)
            on = datetime.fromtimestamp(float(str(last)), UTC).strftime("%Y-%m-%d %H:%M")
            line = say(f"users.{kind}", order.lang, id=chat, language=language, on=on, events=events or 0) + flags
            if units("\n".join([*lines, line])) < LONGEST:
                lines.append(line)
        return [message(order.chat_id, "\n".join(lines))]

    async def _block(self, order: Order) -> list[Outgoing]:
        chat = _id(order.args)
        if chat is None:
            return [message(order.chat_id, say("usage.block", order.lang))]
        if chat in self._desk.settings.admins:
            return [message(order.chat_id, say("blocked.admin", order.lang, id=chat))]
        await self._desk.store.write([("INSERT OR IGNORE INTO blocked VALUES (?, ?)", (chat, self._desk.clock()))])
        return [message(order.chat_id, say("blocked", order.lang, id=chat))]

    async def _unblock(self, order: Order) -> list[Outgoing]:
        chat = _id(order.args)
        if chat is None:
            return [message(order.chat_id, say("usage.unblock", order.lang))]
        was = await self._desk.store.write([("DELETE FROM blocked WHERE chat_id = ?", (chat,))])
        return [message(order.chat_id, say("unblocked" if was else "unblocked.not", order.lang, id=chat))]

    async def _log(self, order: Order) -> list[Outgoing]:
        count = _count(order.args, SHOWN_LINES)
        text = "\n".join(self._desk.journal.tail(count))
        if not text:
            return [message(order.chat_id, say("log.empty", order.lang))]
        if units(text) <= LONGEST - 100:
            return [message(order.chat_id, f"<pre>{escape(text)}</pre>")]
        payload = {"chat_id": order.chat_id, "document": {"attach": {"filename": "jianyan.log", "text": text}}}
        return [Outgoing("sendDocument", payload, order.chat_id)]

    async def _item(self, order: Order) -> list[Outgoing]:
        what, rest, *_ = (*order.args.split(None, 1), "", "")
        data, lang = self._desk.settings.data, order.lang
        if what == "add" and rest.strip():
            added = await asyncio.to_thread(items.add, data, items.fields_of(rest))
            key = "item.added" if added.fresh else "item.known"
            return [message(order.chat_id, say(key, lang, id=added.item.id, title=added.item.title.in_(lang)))]
        item_id, told, *_ = (*rest.split(None, 1), "", "") if what == "edit" else (rest.strip(), "")
        if what not in ("edit", "hide", "show") or not item_id or (what == "edit") != bool(told):
            return [message(order.chat_id, say("usage.item", lang))]
        async with self._editing:
            if what == "edit":
                item, changes = await asyncio.to_thread(items.edit, data, item_id, items.fields_of(told)), True
            else:
                item, changes = await asyncio.to_thread(items.hide, data, item_id, what == "hide")
        if changes:
            self.jobs.refresh()
        key = {"edit": "item.edited", "hide": "item.hidden", "show": "item.shown"}[what]
        json = cut(items.pretty(item), LONGEST - 500)
        return [message(order.chat_id, say(key, lang, id=item.id, title=item.title.in_(lang), json=json))]

    async def _titles(self, order: Order) -> list[Outgoing]:
        """Titles that people missed and passed on."""
        if order.args.strip().casefold() == "clear":
            total = await self._desk.store.write([("DELETE FROM passed_on", ())])
            return [message(order.chat_id, say("titles.cleared", order.lang, total=total))]
        rows = await self._desk.store.read("SELECT title, times FROM passed_on ORDER BY times DESC, id DESC")
        if not rows:
            return [message(order.chat_id, say("titles.none", order.lang))]
        lines = [say("titles.one", order.lang, title=title, times=times) for title, times in rows[:SHOWN_TITLES]]
        head = say("titles", order.lang, total=len(rows), shown=len(lines))
        return [message(order.chat_id, "\n".join([head, *lines]))]

    # ---- jobs ----

    async def _import(self, order: Order) -> list[Outgoing]:
        form, _, name = (order.args.strip() or AUTO).partition(" ")
        if order.file is None or form not in (*FORMATS, AUTO):
            formats = ", ".join(f.name for f in FORMATS.values() if f.catalogue)
            return [message(order.chat_id, say("usage.import", order.lang, formats=formats))]
        if order.file.size > TAKEN_BYTES:
            return [message(order.chat_id, say("import.large", order.lang, size=size(order.file.size)))]
        started = self.jobs.take_in(order, order.file, form, name.strip() or DEFAULT_NAME)
        return self._started_or_busy(order, started)

    async def _retrain(self, order: Order) -> list[Outgoing]:
        return self._started_or_busy(order, self.jobs.retrain(order))

    async def _reload(self, order: Order) -> list[Outgoing]:
        return self._started_or_busy(order, self.jobs.reload(order))

    async def _backup(self, order: Order) -> list[Outgoing]:
        return self._started_or_busy(order, self.jobs.back_up(order))

    async def _broadcast(self, order: Order) -> list[Outgoing]:
        text, lang = order.args.strip(), order.lang
        if not text:
            return [message(order.chat_id, say("usage.broadcast", lang))]
        if text.casefold() == "stop":
            stopped = await self._desk.broadcasts.stop()
            return [message(order.chat_id, say("broadcast.stopping" if stopped else "broadcast.none", lang))]
        if units(text) > LONGEST_TEXT:
            return [message(order.chat_id, say("broadcast.long", lang, length=units(text), most=LONGEST_TEXT))]
        count = await self._desk.broadcasts.audience()
        if not count:
            return [message(order.chat_id, say("broadcast.nobody", lang))]
        number = await self._desk.broadcasts.draft(order.admin, text)
        minutes = max(1, round(count / AT_ONCE * ROUND_S / 60))
        buttons = (
            (say("broadcast.go", lang, count=count), f"!b:{number}:go"),
            (say("broadcast.cancel", lang), f"!b:{number}:no"),
        )
        return [
            message(order.chat_id, say("broadcast.preview", lang, count=count, minutes=minutes)),
            preview(order.chat_id, text, lang),
            message(order.chat_id, say("broadcast.sure", lang), buttons),
        ]

    def _started_or_busy(self, order: Order, started: bool) -> list[Outgoing]:
        """Work that has begun speaks for itself."""
        return [] if started else [message(order.chat_id, say("busy", order.lang))]

    def _audit(self, admin: int, command: str, detail: str) -> Statement:
        kept = self._desk.journal.redactor.clean(detail)[:AUDITED]
        row = (self._desk.clock(), admin, command, kept)
        return ("INSERT INTO audit (at, admin, command, detail) VALUES (?, ?, ?, ?)", row)


def _count(text: str, usual: int) -> int:
    """How many lines are asked for."""
    return int(text) if text.isdecimal() and len(text) < 5 and int(text) else usual


def _id(text: str) -> int | None:
    """A chat's id, or None."""
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None
