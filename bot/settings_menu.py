"""/settings: one message whose buttons change what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.inbound import Place
from bot.outgoing import About, Outgoing
from bot.phrases import say
from core.state import ChatState

PREFIX = "="  # begins the data of these buttons; none of `bot.callbacks` does
MENU = About(0, "menu")  # remembered, so that it is known of which topic it is when it is out of reach
VALUES = {"language": ("auto", "zh", "en"), "style": ("auto", "short", "long"), "news": ("1", "0")}


class Store(Protocol):
    """Two doors of `core.store.SqliteStore`."""

    async def load(self, chat_id: int) -> ChatState | None: ...

    async def read(self, query: str, *values: object) -> Sequence[tuple[object, ...]]: ...


@dataclass(frozen=True, slots=True)
class Held:
    """What is set now, as in VALUES."""

    language: str
    style: str
    news: str


async def settings_of(store: Store, place: Place) -> Held:
    state = await store.load(place.conversation)
    rows = await store.read("SELECT news FROM people WHERE chat_id = ?", place.chat_id)
    return Held(
        str(state.language) if state and state.language else "auto",
        state.style if state and state.style else "auto",
        str(rows[0][0]) if rows else "1",
    )


def settings_menu(held: Held, place: Place, message_id: int | None = None) -> Outgoing:
    """The menu in the place's language, as a new message or as an edit of it. News are a private matter."""

    def told(key: str, **values: object) -> str:
        return say(f"settings.{key}", place.lang, 0, place.traditional, **values)

    def row(name: str, now: str) -> list[dict[str, str]]:
        return [
            {
                "text": ("• " if value == now else "") + told(f"{name}_{value}"),
                "callback_data": f"{PREFIX}{name}:{value}",
            }
            for value in VALUES[name]
        ]

    text = told("head", language=told(f"language_{held.language}"), style=told(f"style_{held.style}"))
    rows = [row("language", held.language), row("style", held.style)]
    if place.private:
        news, other = told(f"news_{held.news}"), "0" if held.news == "1" else "1"
        text += "\n" + told("news", news=news)
        label = ("🔔 " if held.news == "1" else "🔕 ") + told("news", news=news)
        rows.append([{"text": label, "callback_data": f"{PREFIX}news:{other}"}])
    payload: dict[str, Any] = {
        "chat_id": place.chat_id,
        "text": text,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": rows},
    }
    if message_id is not None:
        return Outgoing("editMessageText", {**payload, "message_id": message_id}, place.conversation, MENU)
    if place.thread is not None:
        payload["message_thread_id"] = place.thread
    return Outgoing("sendMessage", payload, place.conversation, MENU)
