"""/settings: one message whose buttons change what it shows."""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.inbound import Place
from bot.outgoing import Outgoing
from bot.phrases import say
from core.state import decode
from core.turns import Lang

PREFIX = "="  # begins the data of these buttons; none of `bot.callbacks` does


class Store(Protocol):
    """A door of `core.store.SqliteStore`."""

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]: ...


@dataclass(frozen=True, slots=True)
class Held:
    """What is set now. language: `zh`, `en`, `auto`. style: `short`, `long`, `auto`."""

    language: str
    style: str
    news: bool


async def settings_of(store: Store, place: Place) -> Held:
    rows = await store.read("SELECT state FROM chats WHERE chat_id = ?", place.conversation)
    state = decode(str(rows[0][0])) if rows else None
    rows = await store.read("SELECT news FROM people WHERE chat_id = ?", place.chat_id)
    return Held(
        str(state.language) if state and state.language else "auto",
        state.style if state and state.style else "auto",
        not rows or rows[0][0] == 1,
    )


def settings_menu(held: Held, place: Place, message_id: int | None = None) -> Outgoing:
    """The menu as a new message, or as an edit of it."""
    lang = place.lang if held.language == "auto" else Lang(held.language)

    def row(name: str, values: tuple[str, ...], now: str) -> list[dict[str, str]]:
        return [
            {
                "text": ("• " if value == now else "") + say(f"settings.{name}_{value}", lang),
                "callback_data": f"{PREFIX}{name}:{value}",
            }
            for value in values
        ]

    news = "1" if held.news else "0"
    rows = [
        row("language", ("auto", "zh", "en"), held.language),
        row("style", ("auto", "short", "long"), held.style),
    ]
    if place.private:
        rows.append(
            [{"text": ("🔔 " if held.news else "🔕 ") + say(f"settings.news_{news}", lang),
              "callback_data": f"{PREFIX}news:{'0' if held.news else '1'}"}]
        )  # fmt: skip
    text = say(
        "settings.head",
        lang,
        language=say(f"settings.language_{held.language}", lang),
        style=say(f"settings.style_{held.style}", lang),
        news=say(f"settings.news_{news}", lang),
    )
    payload: dict[str, Any] = {
        "chat_id": place.chat_id,
        "text": text,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": rows},
    }
    if message_id is not None:
        payload["message_id"] = message_id
        return Outgoing("editMessageText", payload, place.conversation)
    if place.thread is not None:
        payload["message_thread_id"] = place.thread
    return Outgoing("sendMessage", payload, place.conversation)
