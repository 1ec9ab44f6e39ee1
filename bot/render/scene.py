"""What rendering needs beside the reply: place, language, names; and the messages and buttons made of these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.callbacks import Callbacks
from bot.inbound import Place
from bot.markup import LONGEST, LONGEST_CAPTION, cut, cut_html, sendable
from bot.outgoing import About, Outgoing
from bot.phrases import say
from core.turns import Action, Lang, Target
from core.wording.script import traditional

Keyboard = list[list[dict[str, str]]]
Naming = Callable[[Target, str], str]  # a facet and a language -> its name

NO_PREVIEW = {"is_disabled": True}
_LABEL = 60  # units; more is not seen on a phone


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a reply goes. lang: the reply's. turn: its number. seed: varies what is said.

    reply_to: the message that it answers, quoted in groups. media: file ids of pictures sent before, by item.
    """

    place: Place
    callbacks: Callbacks
    username: str
    name: Naming
    lang: Lang
    traditional: bool = False
    turn: int = 0
    seed: int = 0
    reply_to: int | None = None
    media: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the adapter's, as HTML."""
        return say(key, self.lang, self.seed, self.traditional, **values)

    def written(self, text: str) -> str:
        """The catalogue's words in the reader's characters."""
        return traditional(text) if self.traditional and self.lang is not Lang.EN else text

    def send(
        self, html: str, keyboard: Keyboard, about: About | None, photo: str | None = None, quote: bool = False
    ) -> Outgoing:
        """A message to this place, cut where it would be too long."""
        payload: dict[str, Any] = {"chat_id": self.place.chat_id, "parse_mode": "HTML"}
        if photo is None:
            payload |= {"text": cut_html(html, LONGEST), "link_preview_options": NO_PREVIEW}
        else:
            payload |= {"photo": photo, "caption": cut_html(html, LONGEST_CAPTION)}
        if quote and self.reply_to is not None and not self.place.private:
            payload["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        if keyboard:
            payload["reply_markup"] = {"inline_keyboard": keyboard}
        return self.call("sendMessage" if photo is None else "sendPhoto", payload, about)

    def call(self, method: str, payload: dict[str, Any], about: About | None = None) -> Outgoing:
        """A call of the Bot API; a new message goes to this topic."""
        if self.place.thread is not None and method.startswith("send"):
            payload["message_thread_id"] = self.place.thread
        return Outgoing(method, payload, self.place.conversation, about)

    def button(self, label: str, action: Action) -> dict[str, str] | None:
        """A button; None where nothing of the catalogue can stand for its action in 64 bytes."""
        try:
            data = self.callbacks.encode(action)
        except ValueError:
            return None
        return {"text": cut(sendable(label), _LABEL).strip() or "…", "callback_data": data}

    def row(self, buttons: Sequence[tuple[str, Action]]) -> list[dict[str, str]]:
        made = [self.button(label, action) for label, action in buttons]
        return [button for button in made if button is not None]
