"""What a tap changes in the message it was made on, beside what is new."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.inbound import Tapped
from bot.markup import LONGEST, LONGEST_CAPTION, escape, html_of, visible
from bot.outgoing import About, Outgoing
from bot.phrases import has
from bot.render.answers import answer
from bot.render.cards import GAP
from bot.render.keyboards import (
    card_rows,
    general_of,
    is_how,
    item_of,
    judged_rows,
    more_row,
    rows_of,
    unanswered_of,
    vote_rows,
)
from bot.render.scene import NO_PREVIEW, Keyboard, Scene
from core.turns import Action, Answer, Button, Card, Drop, Menu, Open, Pick, Rate, Reply, Save, Seen, Undo

# what an earlier tap has left at the end of a card
_STATUS = re.compile(r"\s*(?:<i>[^<]*</i>|<blockquote[^>]*>[^<]*</blockquote>)\s*\Z")


def tapped(reply: Reply, scene: Scene, tap: Tapped, action: Action, items: Sequence[str]) -> list[Outgoing]:
    """The reply to a tap: an edit of the message it hangs on, and what is new as new messages. items: of that one."""
    fresh = answer(reply, scene, folded=explains(action), saved=action == Menu("saved"))
    if tap.message is None or tap.message_id is None:
        return fresh
    if isinstance(action, Answer | Pick | Drop) or action in (Menu("forget_yes"), Menu("forget_no")):
        left = unanswered_of(tap)
        return fresh if left == rows_of(tap) else [_markup(scene, tap, left), *fresh]
    item = _item_on_card(action, items)
    if item is None or not scene.place.private:
        return fresh
    goes_on = reply.question is not None or any(card.item_id != item for card in reply.cards)
    edit = _edit_of_card(reply, scene, tap, action, item, goes_on)
    if edit is None:  # there is no more room
        return fresh
    if not goes_on:
        return [edit]
    asked = tuple(tuple(b for b in row if not _how_it_was(b)) for row in reply.buttons)
    return [edit, *answer(replace(reply, buttons=asked), scene)]


def explains(action: Action | None) -> bool:
    """Whether the answer is a reason, which is folded so that it can be passed over."""
    return action == Menu("why") or isinstance(action, Open) and action.what == "why"


def voted(reply: Reply, scene: Scene, tap: Tapped, action: Action, cards: Sequence[Card]) -> Outgoing:
    """A group's list after a tap on it: the votes on its buttons as they stand, and who has seen what below it."""
    rows = [*vote_rows(cards, scene), *_asked_how(reply, scene), *_below_votes(tap, cards)]
    items = tuple(card.item_id for card in cards)
    if isinstance(action, Seen):
        html = f"{_body(tap)}{GAP}<i>{escape(reply.text).strip()}</i>"
        if visible(html) <= _limit(tap):
            return _edit(scene, tap, html, rows, About(scene.turn, "list", items))
    if _told(tap):
        return _edit(scene, tap, _body(tap), rows, About(scene.turn, "list", items))
    return _markup(scene, tap, rows)


def reacted(scene: Scene, message_id: int, item: str, event: int | None) -> Outgoing:
    """A reaction is seen: the card's keyboard offers to take it back. event: None when it was taken back."""
    rows = card_rows(item, scene) if event is None else judged_rows(item, scene, Undo(event))
    payload = {
        "chat_id": scene.place.chat_id,
        "message_id": message_id,
        "reply_markup": {"inline_keyboard": [*rows, more_row(scene)]},
    }
    return scene.call("editMessageReplyMarkup", payload)


def _item_on_card(action: Action, items: Sequence[str]) -> str | None:
    """The item of a card's message, where the tap speaks of it."""
    if len(items) != 1 or isinstance(action, Open) and action.what != "why":
        return None
    return items[0] if isinstance(action, Undo) or item_of(action) == items[0] else None


def _edit_of_card(reply: Reply, scene: Scene, tap: Tapped, action: Action, item: str, goes_on: bool) -> Outgoing | None:
    text = escape(reply.text).strip()
    if isinstance(action, Open):
        status = f"<blockquote expandable>{text}</blockquote>"
    else:
        status = f"<i>{scene.say(_status(action)) if goes_on else text}</i>"
    html = f"{_body(tap)}{GAP}{status}"
    if visible(html) > _limit(tap):
        return None
    return _edit(scene, tap, html, _after(action, item, reply, scene, tap), About(scene.turn, "card", (item,)))


def _after(action: Action, item: str, reply: Reply, scene: Scene, tap: Tapped) -> Keyboard:
    """The keyboard of a card after a tap on it."""
    if isinstance(action, Open):
        return rows_of(tap)
    if isinstance(action, Undo):
        return [*card_rows(item, scene), *general_of(tap)]
    how = _asked_how(reply, scene) if isinstance(action, Seen) else []
    undo = Undo(reply.events[0] if reply.events else None)
    return [*how, *judged_rows(item, scene, undo), *general_of(tap)]


def _how_it_was(button: Button) -> bool:
    return isinstance(button.action, Rate) and button.action.seen


def _status(action: Action) -> str:
    if isinstance(action, Save):
        return "status.save" if action.on else "status.other"
    name = str(action.verdict) if isinstance(action, Rate) else type(action).__name__.lower()
    return f"status.{name}" if has(f"status.{name}") else "status.other"


def _asked_how(reply: Reply, scene: Scene) -> Keyboard:
    """How was it? For somebody who has seen it."""
    asked = [[b for b in row if _how_it_was(b)] for row in reply.buttons]
    return [scene.row([(b.label, b.action) for b in row]) for row in asked if row]


def _below_votes(tap: Tapped, cards: Sequence[Card]) -> Keyboard:
    """The rows below the votes as they stand, but for what somebody else was asked."""
    rows = ([b for b in row if not is_how(b)] for row in rows_of(tap)[len(cards) :])
    return [row for row in rows if row]


def _html(tap: Tapped) -> str:
    message = tap.message or {}
    text = str(message.get("text", message.get("caption", "")))
    return html_of(text, message.get("entities" if "text" in message else "caption_entities"))


def _body(tap: Tapped) -> str:
    """The tapped message's HTML, without what an earlier tap has left there."""
    return _STATUS.sub("", _html(tap)) or "…"


def _told(tap: Tapped) -> bool:
    """Whether an earlier tap has left something there."""
    return _STATUS.search(_html(tap)) is not None


def _limit(tap: Tapped) -> int:
    return LONGEST_CAPTION if (tap.message or {}).get("photo") else LONGEST


def _markup(scene: Scene, tap: Tapped, rows: Keyboard) -> Outgoing:
    payload = {
        "chat_id": scene.place.chat_id,
        "message_id": tap.message_id,
        "reply_markup": {"inline_keyboard": rows},
    }
    return scene.call("editMessageReplyMarkup", payload)


def _edit(scene: Scene, tap: Tapped, html: str, rows: Keyboard, about: About) -> Outgoing:
    """about: of the message that is sent where this one cannot be edited."""
    photo = bool((tap.message or {}).get("photo"))
    payload: dict[str, Any] = {
        "chat_id": scene.place.chat_id,
        "message_id": tap.message_id,
        "caption" if photo else "text": html,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": rows},
    }
    if not photo:
        payload["link_preview_options"] = NO_PREVIEW
    return scene.call("editMessageCaption" if photo else "editMessageText", payload, about)
