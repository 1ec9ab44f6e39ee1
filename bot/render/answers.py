"""Replies as new messages, and in place of those that they replace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.markup import LONGEST, LONGEST_CAPTION, cut, escape, sendable, split_html, visible
from bot.outgoing import About, Outgoing
from bot.render.cards import card_message, list_message, picture_of
from bot.render.keyboards import general_rows
from bot.render.scene import Scene
from core.turns import Reply


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours that is there already."""

    message_id: int
    photo: bool


def answer(
    reply: Reply, scene: Scene, first: str = "", last: str = "", folded: bool = False, saved: bool = False
) -> list[Outgoing]:
    """The reply as new messages. first, last: HTML that stands around its text. folded: the text opens on a tap.

    saved: its cards are a list of saved things.
    """
    if reply.export is not None:
        return [_document(reply, scene)]
    text = escape(reply.text).strip()
    if folded and text:
        text = f"<blockquote expandable>{text}</blockquote>"
    lead = "\n".join(part for part in (first, text, last) if part)
    if not reply.cards:
        return _texts(reply, scene, lead)
    if not scene.place.private:
        return [list_message(reply, scene, lead)]
    general = general_rows(reply, scene)
    alone = reply.cards[0] if len(reply.cards) == 1 else None
    if alone is not None and visible(lead) < (LONGEST if picture_of(alone, scene) is None else LONGEST_CAPTION) // 2:
        return [card_message(alone, scene, general, lead, saved)]
    asked = [row for row in general if any(b.get("callback_data", "").startswith("a:") for b in row)]
    below = [row for row in general if row not in asked]
    found = []
    if lead:
        found = [scene.send(lead, asked, About(scene.turn, "question" if asked else "lead"))]
    for number, card in enumerate(reply.cards, 1):
        found.append(card_message(card, scene, below if number == len(reply.cards) else [], saved=saved))
    return found


def in_place(messages: Sequence[Outgoing], sent: Sequence[Sent], scene: Scene) -> list[Outgoing]:
    """An answer that takes the place of an earlier one: its messages are edited, and what is left of it goes.

    Where a text would have to become a picture, all of the earlier ones go.
    """
    pairs = list(zip(messages, sent, strict=False))
    if any(message.method != ("sendPhoto" if old.photo else "sendMessage") for message, old in pairs):
        return [*(_deleted(old, scene) for old in sent), *messages]
    edited = [_edited(message, old) for message, old in pairs]
    return [*edited, *(_deleted(old, scene) for old in sent[len(messages) :]), *messages[len(sent) :]]


def _texts(reply: Reply, scene: Scene, lead: str) -> list[Outgoing]:
    rows = general_rows(reply, scene)
    about = About(scene.turn, "question" if reply.question else "text")
    parts = [part for part in split_html(lead) if part.strip()] or ["…"]
    *before, end = parts
    told = [scene.send(part, [], None, quote=number == 0) for number, part in enumerate(before)]
    return [*told, scene.send(end, rows, about, quote=not before)]


def _document(reply: Reply, scene: Scene) -> Outgoing:
    payload: dict[str, Any] = {
        "chat_id": scene.place.chat_id,
        "document": {"attach": {"filename": "jianyan-chat.json", "text": reply.export}},
        "caption": cut(sendable(reply.text), LONGEST_CAPTION),
    }
    return scene.call("sendDocument", payload, About(scene.turn, "export"))


def _edited(message: Outgoing, old: Sent) -> Outgoing:
    kept = ("chat_id", "text", "caption", "parse_mode", "link_preview_options", "reply_markup")
    payload: dict[str, Any] = {name: value for name, value in message.payload.items() if name in kept}
    payload["message_id"] = old.message_id
    method = "editMessageText"
    if old.photo:
        told = {name: payload.pop(name) for name in ("caption", "parse_mode") if name in payload}
        payload["media"] = {"type": "photo", "media": message.payload["photo"], **told}
        method = "editMessageMedia"
    return replace(message, method=method, payload=payload)


def _deleted(old: Sent, scene: Scene) -> Outgoing:
    return scene.call("deleteMessage", {"chat_id": scene.place.chat_id, "message_id": old.message_id})
