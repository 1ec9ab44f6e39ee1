"""An admin's room with a real database, and a Telegram that remembers what it was asked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.admin.door import Admin
from bot.admin.orders import Order, SentFile
from bot.admin.training import Tell
from bot.logs import Journal, Redactor
from bot.outgoing import Outgoing, insert
from core.building import BuildConfig
from core.catalog import Item, Name
from core.state import Statement
from core.store import SqliteStore
from core.turns import Lang

ADMIN, NOW = 7, 1_770_000_000.0
TOKEN = "123456789:AAEhBP0av28oFtXf1-made-up_0123456789"


def item(item_id: str, zh: str, en: str, genres: tuple[str, ...] = ("drama",)) -> Item:
    return Item(
        item_id, item_id.partition(":")[0], Name(zh, en), 2013, genres=genres, about=Name("一句话。", "A sentence.")
    )


ITEMS = (
    item("film:her-2013", "她", "Her"),
    item("film:the-martian-2015", "火星救援", "The Martian", ("sci-fi", "drama")),
    item("book:dune", "沙丘", "Dune", ("sci-fi",)),
)


KINDS = ("import", "retrain", "reload", "refresh", "backup", "broadcast")


async def until(is_so: Callable[[], bool]) -> None:
    """Lets the other tasks go on until it is so."""
    for _ in range(5000):
        if is_so():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never was so")


@dataclass(eq=False)
class World:
    """What the admin's room touches. said: every text sent or edited at once; posted: what went to the outbox."""

    data: Path
    store: SqliteStore
    called: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    posted: list[Outgoing] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    reloads: int = 0
    file: bytes = b""
    building: asyncio.Event = field(default_factory=asyncio.Event)
    ran: tuple[str, ...] = ("catalogue", "factors")
    breaks: Exception | None = None
    admin: Admin = field(init=False)
    journal: Journal = field(default_factory=lambda: Journal(Redactor((TOKEN,))))

    async def call(self, method: str, parameters: Mapping[str, object]) -> object:
        self.called.append((method, dict(parameters)))
        self.said.append(str(parameters.get("text")))
        return {"message_id": 40 + len(self.called)}

    async def post(self, messages: Sequence[Outgoing], also: Sequence[Statement] = ()) -> None:
        self.posted += messages
        self.said += [str(message.payload["text"]) for message in messages if "text" in message.payload]
        await self.store.write([*insert(messages), *also])

    async def fetch(self, file_id: str, path: Path) -> None:
        if self.breaks is not None:
            raise self.breaks
        path.write_bytes(self.file)

    async def reload(self) -> None:
        self.reloads += 1
        await asyncio.sleep(0)

    async def build(self, config: BuildConfig, tell: Tell) -> tuple[str, ...]:
        tell("factors", 1, 4)
        await self.building.wait()
        if self.breaks is not None:
            raise self.breaks
        return self.ran

    async def tick(self, _: float) -> None:
        await asyncio.sleep(0)

    async def run(
        self, text: str, file: SentFile | None = None, speaker: int = ADMIN, lang: Lang = Lang.EN
    ) -> list[Outgoing]:
        name, _, args = text.removeprefix("/").partition(" ")
        return await self.admin.run(Order(name, args, speaker, speaker, lang, file))

    async def say(self, text: str, **more: object) -> str:
        """The text of the only answer."""
        (answer,) = await self.run(text, **more)  # type: ignore[arg-type]
        return str(answer.payload.get("text") or answer.payload.get("caption"))

    async def settle(self) -> None:
        """Until no work runs."""
        await until(lambda: not any(kind in self.admin.jobs.works for kind in KINDS))

    @property
    def last_word(self) -> str:
        return self.said[-1]

    async def audit(self) -> list[tuple[object, ...]]:
        return await self.store.read("SELECT admin, command, detail FROM audit ORDER BY id")


async def meet(store: SqliteStore, *chats: int) -> None:
    query = "INSERT INTO people (chat_id, kind, language, first_at, last_at) VALUES (?, 'private', 'en', ?, ?)"
    await store.write([(query, (chat, NOW - 5, NOW)) for chat in chats])
