"""People who write to the bot, and a Telegram that takes what it answers: messages, edits, keyboards, as seen.

The engine is the real one over the starter catalogue; database and outbox are real; HTML is read by the sandbox's
parser, which refuses what Telegram refuses.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from telegram.error import BadRequest

from bot.app import App, Recommender
from bot.budgets import Budget, Limits
from bot.callbacks import Callbacks
from bot.conversation import Conversation
from bot.health import Durations
from bot.inbound import Me
from bot.lanes import Received
from bot.outbox import Outbox
from bot.sandbox.entities import parse_html, units
from bot.settings import Settings
from core import modelling
from core.catalog import Catalog, read
from core.engine import Engine
from core.nlu.understand import Understander
from core.store import SqliteStore

ME = Me(7_000_000_001, "jianyan_demo_bot")
LIN, MEI, SAM = 5_000_000_101, 5_000_000_102, 5_000_000_103
GROUP, FORUM = -1_002_000_000_301, -1_002_000_000_302
NOW = 1_770_000_000
TAGS = {LIN: "zh-hans", MEI: "zh-hant", SAM: "en"}
Json = dict[str, Any]  # Any: the Bot API's values


@cache
def recommender() -> Recommender:
    """Over the starter catalogue, without ratings: made once a run."""
    items, _ = read(sorted((Path(__file__).parents[1] / "catalog").glob("*.jsonl")))
    catalog = Catalog(tuple(items))
    understander = Understander(catalog)
    names = understander.facet_names()
    with TemporaryDirectory() as folder:
        model = modelling.train(catalog, None, None, Path(folder) / "items.npz")
    return Recommender(catalog, Engine(catalog, model, names), understander, Callbacks(catalog), names, "test")


@dataclass(eq=False)
class Telegram:
    """Takes calls as Telegram does. calls: all of them. chats: what stands in each chat, by message id."""

    calls: list[tuple[str, Json]] = field(default_factory=list)
    chats: dict[int, dict[int, Json]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(9001))
    refuses: dict[str, str] = field(default_factory=dict)  # method -> reason

    async def __call__(self, method: str, parameters: Mapping[str, object]) -> Any:
        payload = dict(parameters)
        self.calls.append((method, payload))
        if method in self.refuses:
            raise BadRequest(self.refuses[method])
        for row in payload.get("reply_markup", {}).get("inline_keyboard", ()):  # type: ignore[attr-defined]
            for button in row:
                assert 1 <= len(button.get("callback_data", "u").encode()) <= 64
                assert button["text"].strip()
        chat = self.chats.setdefault(payload.get("chat_id", 0), {})  # type: ignore[arg-type]
        if method.startswith("send") and method != "sendChatAction":
            message = {"message_id": next(self.ids), "date": NOW, "from": {"id": ME.id, "is_bot": True}}
            message["chat"] = chat_of(payload["chat_id"])
            if "message_thread_id" in payload:
                message |= {"message_thread_id": payload["message_thread_id"], "is_topic_message": True}
            if method == "sendPhoto":
                message["photo"] = [{"file_id": f"file-{message['message_id']}"}]
            chat[message["message_id"]] = message
            return self._written(message, payload)
        if method.startswith("edit"):
            return self._written(chat[payload["message_id"]], payload)  # type: ignore[index]
        if method == "deleteMessage":
            del chat[payload["message_id"]]  # type: ignore[arg-type]
        return True

    def _written(self, message: Json, payload: Json) -> Json:
        payload = payload | {k: v for k, v in payload.get("media", {}).items() if k == "caption"}
        for name, limit in (("text", 4096), ("caption", 1024)):
            if name in payload:
                html = payload.get("parse_mode") == "HTML" or "media" in payload
                text, entities = parse_html(payload[name]) if html else (payload[name], [])
                assert text.strip()
                assert units(text) <= limit
                message |= {name: text, "entities" if name == "text" else "caption_entities": entities}
        message.pop("reply_markup", None)
        if keyboard := payload.get("reply_markup", {}).get("inline_keyboard"):
            message["reply_markup"] = {"inline_keyboard": keyboard}
        return message

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]


def chat_of(chat_id: int) -> Json:
    """A chat as it stands in updates."""
    return {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}


def person(user: int) -> Json:
    return {"id": user, "is_bot": False, "first_name": "", "language_code": TAGS.get(user, "zh")}


@dataclass(eq=False)
class World:
    """The bot with its people. Every message gets the next id, every update too."""

    store: SqliteStore
    app: App
    telegram: Telegram = field(default_factory=Telegram)
    traces: list[Json] = field(default_factory=list)
    updates: Iterator[int] = field(default_factory=lambda: itertools.count(500))
    messages: Iterator[int] = field(default_factory=lambda: itertools.count(101))
    now: float = NOW
    inspect: Callable[[Json], object] | None = None
    admin: Any = None  # the admin's room, where a test has one
    outbox: Outbox = field(init=False)
    conversation: Conversation = field(init=False)

    def __post_init__(self) -> None:
        fast = Budget(1e6, 1e6)
        self.outbox = Outbox(self.store, self.telegram, Limits(fast, fast, fast))
        self.conversation = Conversation(
            self.app, self.telegram, self.outbox, ME, Durations(), self.admin, inspect=self.inspect
        )

    # ---- updates ----

    async def update(self, content: Json, **marks: Any) -> int:
        """Handles an update and sends what it leads to; its id. marks: fields of `Received`."""
        number = content.get("update_id", next(self.updates))
        return await self.receive(Received(number, {"update_id": number, **content}, self.now, (number,), **marks))

    async def receive(self, received: Received) -> int:
        self.now += 20
        rows = [(one, received.at, "{}") for one in received.update_ids]
        query = "INSERT OR IGNORE INTO inbox (update_id, at, body) VALUES (?, ?, ?)"
        await self.store.write([(query, row) for row in rows])
        await self.conversation.handle(received)
        await self.outbox.drained()
        return received.update_id

    async def say(self, text: str, user: int = LIN, chat: int | None = None, **more: Any) -> int:
        """A message; its id. A command and mentions of us get their entities."""
        message = self.message(text, user, chat) | more
        await self.update({"message": message})
        return int(message["message_id"])

    def message(self, text: str, user: int = LIN, chat: int | None = None) -> Json:
        message = {"message_id": next(self.messages), "date": int(self.now), "from": person(user)}
        return {**message, "chat": chat_of(chat or user), "text": text, "entities": entities(text)}

    async def edit(self, message_id: int, text: str, user: int = LIN, chat: int | None = None) -> None:
        message = self.message(text, user, chat) | {"message_id": message_id, "edit_date": int(self.now)}
        await self.update({"edited_message": message})

    async def tap(self, label: str, user: int = LIN, chat: int | None = None, **marks: Any) -> Json:
        """Presses the newest button with that label in the chat; the message it hangs on, as it was."""
        for message in reversed(self.seen(chat or user)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label:
                        was = {**message}
                        await self.press(button["callback_data"], was, user, **marks)
                        return was
        raise AssertionError(f"no button {label}")

    async def press(self, data: str, message: Json | None, user: int = LIN, **marks: Any) -> None:
        query = {"id": str(next(self.updates)), "from": person(user), "data": data}
        if message is not None:
            query["message"] = message
        await self.update({"callback_query": query}, **marks)

    async def react(self, message_id: int, before: str | None, after: str | None, user: int = LIN) -> None:
        reactions = [[{"type": "emoji", "emoji": one}] if one else [] for one in (before, after)]
        content = {"chat": chat_of(user), "message_id": message_id, "user": person(user), "date": int(self.now)}
        content |= {"old_reaction": reactions[0], "new_reaction": reactions[1]}
        await self.update({"message_reaction": content})

    # ---- what is to be seen ----

    def seen(self, chat: int = LIN) -> list[Json]:
        """Messages of ours that stand in the chat, in order."""
        return [message for _, message in sorted(self.telegram.chats.get(chat, {}).items())]

    def texts(self, chat: int = LIN) -> list[str]:
        return [message.get("text", message.get("caption", "")) for message in self.seen(chat)]

    def labels(self, message: Json) -> list[list[str]]:
        return [[b["text"] for b in row] for row in message.get("reply_markup", {}).get("inline_keyboard", ())]

    async def events(self, chat: int = LIN) -> list[tuple[str, str]]:
        """(kind, target) of what was told there."""
        rows = await self.store.read("SELECT kind, target FROM feedback WHERE chat_id = ? ORDER BY event", chat)
        return [(str(kind), str(target)) for kind, target in rows]

    @property
    def now_at(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    async def undone(self) -> bool:
        """Whether some update is not marked as done."""
        return bool(await self.store.read("SELECT 1 FROM inbox WHERE state = 0"))


def entities(text: str) -> list[Json]:
    """Those that Telegram would find: a command at the start, mentions."""
    found: list[Json] = []
    for word in re.finditer(r"\S+", text):
        commands = word.group().startswith("/") and (word.start() == 0 or "@" in word.group())
        if commands or word.group().startswith("@"):
            kind = "bot_command" if commands else "mention"
            found.append({"type": kind, "offset": units(text[: word.start()]), "length": units(word.group())})
    return found


async def open_world(folder: Path, **more: Any) -> World:
    store = await SqliteStore.open(folder / "jianyan.sqlite", "test")
    app = App(Settings(data=folder), recommender(), store, iter(()))
    world = World(store, app, **more)
    await world.conversation.start()
    await world.outbox.start()
    return world
