"""From the outbox's rows to Telegram: in order within a chat, side by side between chats, within the budgets.

A new message's row is marked as on the wire before its request is made, and goes with its message id afterwards. So
after a crash only what was on the wire at that instant may be sent twice, and nothing is missing. Edits may repeat.
"""

import asyncio
import json
import logging
import secrets
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.budgets import Budgets, Limits
from bot.outgoing import ANSWER, ON_THE_WIRE, WAITING, About
from bot.transport import NotSent, retry_after
from core.errors import StoreError
from core.state import Statement

_log = logging.getLogger(__name__)

IN_FLIGHT = 8  # new messages on the wire at once; as many may be sent twice after a crash
EDITS_IN_FLIGHT = 16
IN_MEMORY = 2000  # rows; the rest is read when these are sent
TRIES = 5
PAUSES_S = (1.0, 3.0, 10.0, 30.0, 60.0)
LONG_S = 60.0  # a 429 beyond that is told to the operator
CROWD = 3  # chats that were told to wait within CROWD_S: then it is the bot that is too fast, not a chat
CROWD_S = 5.0
PROGRESS_S = 1.5  # between two edits of one message that nobody asked for

_FINE = ("message is not modified", "query is too old", "message to delete not found")
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_GONE = (
    "chat not found", "user is deactivated", "bot was kicked", "bot was blocked", "group chat was deactivated",
    "peer_id_invalid", "have no rights to send", "not enough rights to send", "bot is not a member",
)  # fmt: skip
_PICTURE = (
    "wrong file identifier", "wrong type of the web page content", "failed to get http url content",
    "wrong remote file identifier", "image_process_failed", "photo_invalid_dimensions", "wrong padding",
)  # fmt: skip


class Store(Protocol):
    """Two doors of `core.store.SqliteStore`."""

    async def write(self, statements: Sequence[Statement]) -> int: ...

    async def read(self, query: str, *values: object) -> Sequence[tuple[object, ...]]: ...


class Call(Protocol):
    """A Bot API method with its parameters -> its result. Raises the errors of `telegram.error`."""

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any: ...  # JSON


@dataclass(slots=True)
class Row:
    """A waiting row of the outbox. due: seconds since 1970."""

    id: int
    chat_id: int
    conversation: int
    priority: int
    method: str
    payload: dict[str, Any]  # parameters of the method, as JSON
    about: About | None
    tries: int
    due: float

    @property
    def is_new(self) -> bool:
        """Whether it makes a message, so that twice would be seen."""
        return not self.method.startswith(("edit", "delete", "set"))

    @property
    def edits(self) -> object:
        """The message that it edits, or None."""
        return self.payload.get("message_id") if self.method.startswith("edit") else None


@dataclass(slots=True)
class _Chat:
    waiting: list[Row] = field(default_factory=list)  # by (priority, id)
    busy: bool = False
    not_before: float = 0.0  # monotonic
    edited: dict[object, float] = field(default_factory=dict)  # message -> when its progress was shown last


class Outbox:
    """Sends what stands in the outbox. `start`, then `wake` after every commit that wrote rows.

    clock: seconds since 1970. monotonic, sleep: for budgets and pauses. alarm: is told what an operator should know.
    migrate: moves a group's rows to its new id.
    """

    def __init__(
        self,
        store: Store,
        call: Call,
        limits: Limits = Limits(),
        *,
        migrate: Callable[[int, int], Awaitable[object]] | None = None,
        alarm: Callable[[str], object] = lambda _: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store, self._call, self._migrate, self._alarm = store, call, migrate, alarm
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._budgets = Budgets(limits, monotonic())
        self._chats: dict[int, _Chat] = {}
        self._ready: tuple[deque[int], ...] = (deque(), deque(), deque())  # chats by the priority of their next row
        self._known: set[int] = set()  # ids of rows in memory
        self._last = 0  # highest id that was read
        self._more = False  # rows are left on disk
        self._open = False
        self._reading: asyncio.Task[None] | None = None
        self._again = False
        self._alarm_task: asyncio.Task[None] | None = None
        self._alarm_at = float("inf")
        self._work: set[asyncio.Task[None]] = set()
        self._flying: Counter[bool] = Counter()  # by is_new
        self._halted = 0.0  # all wait until then; monotonic
        self._told: deque[tuple[float, int]] = deque(maxlen=16)  # (when, chat) of 429s
        self._warned: set[int] = set()
        self._sent = self._refused = self._retried = 0
        self._errors: Counter[str] = Counter()

    async def start(self) -> None:
        """Goes on with what waits, also with what was on the wire when the last process ended."""
        self._open = True
        await self._store.write([(f"UPDATE outbox SET state = {WAITING} WHERE state = {ON_THE_WIRE}", ())])
        self.wake()

    def wake(self) -> None:
        """There are new rows."""
        self._again = True
        if self._open and self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def stop(self, deadline_s: float) -> None:
        """Begins nothing more and lets what is on the wire end, in this time; the rest stays on disk."""
        self._open = False
        for task in (self._alarm_task, self._reading):
            if task is not None:
                task.cancel()
        if self._work:
            _, late = await asyncio.wait([*self._work], timeout=deadline_s)
            for task in late:
                task.cancel()

    async def drained(self) -> None:
        """Returns when nothing waits that could be sent now."""
        while self._reading is not None or self._work:
            await asyncio.wait([task for task in (self._reading, *self._work) if task is not None])
            await asyncio.sleep(0)

    @property
    def waiting(self) -> int:
        """Rows in memory, those on the wire included."""
        return len(self._known)

    def figures(self) -> Mapping[str, float]:
        errors = {f"error_{name}_total": count for name, count in sorted(self._errors.items())}
        return {
            "waiting": self.waiting,
            "on_the_wire": self._flying.total(),
            "sent_total": self._sent,
            "refused_total": self._refused,
            "retried_total": self._retried,
            **errors,
        }

    # ---- from disk ----

    async def _read(self) -> None:
        try:
            while self._open and (self._again or self._more) and len(self._known) < IN_MEMORY:
                self._again = False
                query = (
                    "SELECT id, chat_id, conversation, priority, method, payload, about, tries, due FROM outbox "
                    "WHERE id > ? ORDER BY id LIMIT ?"
                )
                found = await self._store.read(query, self._last, IN_MEMORY)
                self._more = len(found) == IN_MEMORY
                superseded: list[int] = []
                for values in found:
                    row = _row(values)
                    self._last = row.id
                    superseded += self._add(row)
                if superseded:
                    await self._store.write([("DELETE FROM outbox WHERE id = ?", (one,)) for one in superseded])
                self._pump()
        except StoreError as error:
            _log.warning("the outbox cannot be read: %s", error)
            await self._sleep(1.0)
            self._again = True
        finally:
            self._reading = None
        if self._again and self._open:
            self.wake()

    def _add(self, row: Row) -> list[int]:
        """Takes a row; which earlier edits of the same message it makes needless."""
        chat = self._chats.setdefault(row.chat_id, _Chat())
        self._known.add(row.id)
        needless = []
        if row.edits is not None:
            same = [r for r in chat.waiting if r.edits == row.edits and r.method == row.method]
            needless = [r.id for r in same]
            chat.waiting = [r for r in chat.waiting if r not in same]
            self._known.difference_update(needless)
        chat.waiting.append(row)
        chat.waiting.sort(key=lambda r: (r.priority, r.id))
        self._line_up(row.chat_id, chat)
        return needless

    def _line_up(self, chat_id: int, chat: _Chat) -> None:
        if chat.waiting and not chat.busy:
            line = self._ready[chat.waiting[0].priority]
            if chat_id not in line:
                line.append(chat_id)

    # ---- to the wire ----

    def _pump(self) -> None:
        """Begins what may go now, answers first; wakes when more may."""
        if not self._open:
            return
        now, soonest = self._monotonic(), float("inf")
        if self._halted > now:
            soonest = self._halted
        else:
            for priority, line in enumerate(self._ready):
                for _ in range(len(line)):
                    chat_id = line.popleft()
                    chat = self._chats.get(chat_id)
                    if chat is None or chat.busy or not chat.waiting or chat.waiting[0].priority != priority:
                        continue  # it stands in the line that is right, or stands up again when it is free
                    until = self._until(chat_id, chat, now)
                    if until > now:
                        soonest = min(soonest, until)
                        line.append(chat_id)
                        continue
                    row = chat.waiting[0]
                    if self._flying[row.is_new] >= (IN_FLIGHT if row.is_new else EDITS_IN_FLIGHT):
                        line.appendleft(chat_id)
                        break
                    if (pause := self._budgets.wait_for_all(now)) > 0:
                        soonest = min(soonest, now + pause)
                        line.appendleft(chat_id)
                        break
                    self._begin(chat_id, chat, chat.waiting.pop(0), now)
        self._set_alarm(soonest)

    def _until(self, chat_id: int, chat: _Chat, now: float) -> float:
        """When the chat's next row may go; monotonic."""
        row = chat.waiting[0]
        until = max(chat.not_before, now + self._budgets.wait_for(chat_id, now))
        if row.due:
            until = max(until, now + row.due - self._clock())
        if row.edits is not None and row.priority != ANSWER and row.edits in chat.edited:
            until = max(until, chat.edited[row.edits] + PROGRESS_S)
        return until

    def _begin(self, chat_id: int, chat: _Chat, row: Row, now: float) -> None:
        chat.busy = True
        self._budgets.take(chat_id, now)
        if row.edits is not None and row.priority != ANSWER:
            chat.edited = {row.edits: now}
        self._flying[row.is_new] += 1
        task = asyncio.create_task(self._send(chat, row))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _set_alarm(self, at: float) -> None:
        if at == float("inf") or (self._alarm_task is not None and self._alarm_at <= at):
            return
        if self._alarm_task is not None:
            self._alarm_task.cancel()
        self._alarm_at, self._alarm_task = at, asyncio.create_task(self._ring(at))

    async def _ring(self, at: float) -> None:
        await self._sleep(max(0.0, at - self._monotonic()))
        self._alarm_task, self._alarm_at = None, float("inf")
        self._pump()

    async def _send(self, chat: _Chat, row: Row) -> None:
        try:
            if row.is_new:
                await self._store.write([(f"UPDATE outbox SET state = {ON_THE_WIRE} WHERE id = ?", (row.id,))])
            try:
                result = await self._call(row.method, row.payload)
            except TelegramError as error:
                await self._failed(chat, row, error)
            else:
                await self._done(row, result)
        except StoreError as error:
            _log.warning("the outbox cannot be written: %s", error)
            self._later(chat, row, 5.0)
        except asyncio.CancelledError:
            raise
        except Exception:  # a payload that cannot even be sent
            incident = secrets.token_hex(3)
            _log.exception("incident %s: a %s was given up", incident, row.method)
            await self._drop(row)
        finally:
            self._flying[row.is_new] -= 1
            chat.busy = False
            self._line_up(row.chat_id, chat)
            if not chat.waiting and not chat.edited and chat.not_before <= self._monotonic():
                self._chats.pop(row.chat_id, None)
            if self._more and len(self._known) < IN_MEMORY // 2:
                self.wake()
            self._pump()

    async def _done(self, row: Row, result: Any) -> None:
        """The row goes, and what is to be remembered of the message comes, at once."""
        self._sent += 1
        await self._store.write([("DELETE FROM outbox WHERE id = ?", (row.id,)), *self._memories(row, result)])
        self._known.discard(row.id)

    def _memories(self, row: Row, result: Any) -> list[Statement]:
        sent = result[0] if isinstance(result, list) and result else result
        if row.about is None or not isinstance(sent, dict) or "message_id" not in sent:
            return []
        about = row.about
        values = (row.chat_id, sent["message_id"], row.conversation, about.turn, about.kind, json.dumps(about.items))
        found: list[Statement] = [
            ("INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)", (*values, self._clock()))
        ]
        if about.photo_of is not None and (photo := sent.get("photo")):
            found.append(("INSERT OR REPLACE INTO media VALUES (?, ?)", (about.photo_of, photo[-1]["file_id"])))
        return found

    # ---- what may go wrong ----

    async def _failed(self, chat: _Chat, row: Row, error: TelegramError) -> None:
        self._errors[type(error).__name__] += 1
        if isinstance(error, RetryAfter):
            await self._too_fast(chat, row, retry_after(error))
        elif isinstance(error, ChatMigrated):
            await self._moved(row, error.new_chat_id)
        elif isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _says(error, _GONE)):
            await self._unreachable(chat, row)
        elif isinstance(error, BadRequest):
            await self._refused_as_bad(chat, row, error)
        elif isinstance(error, NetworkError | TimedOut | Conflict) and not _may_be_accepted(row, error):
            await self._again_later(chat, row, error)
        elif isinstance(error, NetworkError):  # on the wire, and no answer: maybe it is there
            _log.warning("no answer to a %s: it may have arrived and is not sent again", row.method)
            await self._drop(row)
        else:  # 401: the poller ends the process
            await self._again_later(chat, row, error)

    async def _too_fast(self, chat: _Chat, row: Row, pause: float) -> None:
        now = self._monotonic()
        self._retried += 1
        chat.not_before = now + pause
        self._told.append((now, row.chat_id))
        if len({chat_id for at, chat_id in self._told if now - at <= CROWD_S}) >= CROWD:
            self._halted = max(self._halted, now + pause)
        if pause > LONG_S and row.chat_id not in self._warned:
            self._warned.add(row.chat_id)
            self._alarm(f"Telegram lets no message into one chat for {pause:.0f} s (429); others go on")
        due = self._clock() + pause
        query = f"UPDATE outbox SET state = {WAITING}, due = ? WHERE id = ?"
        await self._store.write([(query, (due, row.id))])
        row.due = due
        self._put_back(chat, row)

    async def _again_later(self, chat: _Chat, row: Row, error: TelegramError) -> None:
        """Nothing was accepted: tried again, a few times for what the server answers, always for want of a network."""
        if not isinstance(error, NotSent):
            row.tries += 1
        if row.tries >= TRIES:
            incident = secrets.token_hex(3)
            _log.error("incident %s: a %s was given up after %d tries: %s", incident, row.method, TRIES, _name(error))
            await self._drop(row)
            return
        self._retried += 1
        pause = PAUSES_S[min(row.tries, len(PAUSES_S) - 1)]
        query = f"UPDATE outbox SET state = {WAITING}, tries = ?, due = ? WHERE id = ?"
        row.due = self._clock() + pause
        await self._store.write([(query, (row.tries, row.due, row.id))])
        self._put_back(chat, row)

    def _later(self, chat: _Chat, row: Row, pause: float) -> None:
        """The database's trouble: the row stands there as it was."""
        row.due = self._clock() + pause
        self._put_back(chat, row)

    def _put_back(self, chat: _Chat, row: Row) -> None:
        chat.waiting.append(row)
        chat.waiting.sort(key=lambda r: (r.priority, r.id))

    async def _refused_as_bad(self, chat: _Chat, row: Row, error: BadRequest) -> None:
        """400: what can be mended is sent in another form, once."""
        if _says(error, _FINE):
            await self._done(row, None)
            return
        payload = dict(row.payload)
        mended: tuple[str, dict[str, Any]] | None = None
        statements: list[Statement] = []
        if row.edits is not None and _says(error, _UNEDITABLE):
            text = payload.get("text") or payload.get("caption")
            kept = ("chat_id", "message_thread_id", "parse_mode", "reply_markup", "link_preview_options")
            mended = (
                ("sendMessage", {**{k: v for k, v in payload.items() if k in kept}, "text": text}) if text else None
            )
        elif "can't parse entities" in error.message.lower() and "parse_mode" in payload:
            del payload["parse_mode"]
            mended = (row.method, payload)
        elif "photo" in payload and _says(error, _PICTURE):
            if row.about is not None and row.about.photo_of is not None:
                statements = [("DELETE FROM media WHERE item_id = ?", (row.about.photo_of,))]
            del payload["photo"]
            payload["text"] = payload.pop("caption", "…")
            mended = ("sendMessage", payload)
        elif "message thread not found" in error.message.lower() and "message_thread_id" in payload:
            del payload["message_thread_id"]
            mended = (row.method, payload)
        elif "reply_parameters" in payload and "replied not found" in error.message.lower():
            del payload["reply_parameters"]
            mended = (row.method, payload)
        if mended is None:
            self._refused += 1
            _log.error("incident %s: Telegram refuses a %s: %s", secrets.token_hex(3), row.method, _name(error))
            await self._drop(row, statements)
            return
        row.method, row.payload = mended
        query = f"UPDATE outbox SET state = {WAITING}, method = ?, payload = ? WHERE id = ?"
        values = (row.method, json.dumps(row.payload, ensure_ascii=False), row.id)
        await self._store.write([*statements, (query, values)])
        self._put_back(chat, row)

    async def _unreachable(self, chat: _Chat, row: Row) -> None:
        """Blocked, deleted, left: nothing more goes there until somebody speaks there again."""
        self._refused += 1
        for waiting in chat.waiting:
            self._known.discard(waiting.id)
        chat.waiting.clear()
        await self._drop(
            row,
            [
                ("UPDATE people SET inactive = 1 WHERE chat_id = ?", (row.chat_id,)),
                ("DELETE FROM outbox WHERE chat_id = ?", (row.chat_id,)),
            ],
        )

    async def _moved(self, row: Row, to: int) -> None:
        """The group has a new id: its rows move, and what waits goes there."""
        moved = self._chats.pop(row.chat_id, _Chat())
        if self._migrate is not None:
            await self._migrate(row.chat_id, to)
        for one in (row, *moved.waiting):
            one.payload = {**one.payload, "chat_id": to}
            one.conversation = to if one.conversation == one.chat_id else one.conversation
            one.chat_id = to
        query = f"UPDATE outbox SET state = {WAITING}, chat_id = ?, conversation = ?, payload = ? WHERE id = ?"
        rows = (row, *moved.waiting)
        moved.waiting = []
        values = [(to, one.conversation, json.dumps(one.payload, ensure_ascii=False), one.id) for one in rows]
        await self._store.write([(query, value) for value in values])
        for one in rows:
            self._add(one)

    async def _drop(self, row: Row, statements: Sequence[Statement] = ()) -> None:
        await self._store.write([*statements, ("DELETE FROM outbox WHERE id = ?", (row.id,))])
        self._known.discard(row.id)


def _row(values: Sequence[Any]) -> Row:  # Any: columns, as the schema types them
    number, chat_id, conversation, priority, method, payload, about, tries, due = values
    told = None if about is None else About.decode(about)
    return Row(number, chat_id, conversation, priority, method, json.loads(payload), told, tries, due)


def _may_be_accepted(row: Row, error: TelegramError) -> bool:
    """Whether a new message may be there although no answer came. Edits may come twice, so they never count."""
    if not row.is_new or isinstance(error, NotSent | Conflict):
        return False
    return isinstance(error, TimedOut) or not _answered(error)


def _answered(error: TelegramError) -> bool:
    """Whether the server has answered, with a 5xx: PTB makes a NetworkError of both."""
    return not error.message.startswith("the connection broke")


def _says(error: TelegramError, parts: Sequence[str]) -> bool:
    return any(part in error.message.lower() for part in parts)


def _name(error: TelegramError) -> str:
    """Type and, where Telegram answered with a reason of its own, that reason."""
    return f"{type(error).__name__}: {error.message}" if isinstance(error, BadRequest) else type(error).__name__
