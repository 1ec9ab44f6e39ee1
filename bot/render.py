"""Replies as Bot API calls: texts, cards, keyboards. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.callbacks import Callbacks
from bot.deeplinks import link
from bot.inbound import Place, Tapped
from bot.markup import LONGEST, LONGEST_CAPTION, cut, cut_html, escape, html_of, split, units
from bot.outgoing import About, Outgoing
from bot.phrases import has, say
from core.turns import (
    Action,
    Answer,
    Button,
    Card,
    Drop,
    Lang,
    NotNow,
    Open,
    Pick,
    Rate,
    Reply,
    Save,
    Seen,
    Take,
    Target,
    Undo,
    Verdict,
)

Keyboard = list[list[dict[str, str]]]
Naming = Callable[[Target, str], str]  # a facet and a language -> its name

_PICTURE = "picture"  # attribute of an item: the address of its picture
_RULE = "\n\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """What rendering needs beside the reply. seed: varies what is said; media: file ids of pictures sent before."""

    place: Place
    callbacks: Callbacks
    username: str
    name: Naming
    turn: int = 0
    seed: int = 0
    reply_to: int | None = None
    media: Mapping[str, str] = field(default_factory=dict)

    def send(
        self, html: str, keyboard: Keyboard, about: About | None, photo: str | None = None, quote: bool = False
    ) -> Outgoing:
        """A message to this place, in HTML."""
        payload: dict[str, Any] = {"chat_id": self.place.chat_id, "parse_mode": "HTML"}
        if photo is None:
            payload |= {"text": cut_html(html, LONGEST), "link_preview_options": {"is_disabled": True}}
        else:
            payload |= {"photo": photo, "caption": cut_html(html, LONGEST_CAPTION)}
        if self.place.thread is not None:
            payload["message_thread_id"] = self.place.thread
        if quote and self.reply_to is not None and not self.place.private:
            payload["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        if keyboard:
            payload["reply_markup"] = {"inline_keyboard": keyboard}
        method = "sendMessage" if photo is None else "sendPhoto"
        return Outgoing(method, payload, self.place.conversation, about)


def answer(reply: Reply, scene: Scene, first: str = "") -> list[Outgoing]:
    """The reply as new messages. first: HTML that stands before it."""
    if reply.export is not None:
        return [_document(reply, scene)]
    lead = _lead(reply.text, first)
    general = general_rows(reply, scene)
    if not reply.cards:
        rows = rows_of(reply.buttons, scene)
        about = About(scene.turn, "question" if reply.question else "text")
        *before, last = split(lead) if units(lead) > LONGEST else [lead]
        return [*(scene.send(part, [], None) for part in before), scene.send(last, rows, about, quote=not before)]
    if not scene.place.private:
        return [_list(reply, scene, lead)]
    if len(reply.cards) == 1:
        return [_card(reply.cards[0], reply.lang, scene, general, lead)]
    asked = [row for row in general if any(_kind(b) == "a" for b in row)]
    general = [row for row in general if row not in asked]
    found = [scene.send(lead, asked, About(scene.turn, "question" if asked else "lead"))]
    for number, card in enumerate(reply.cards, 1):
        found.append(_card(card, reply.lang, scene, general if number == len(reply.cards) else []))
    return found


def tapped(reply: Reply, scene: Scene, tap: Tapped, action: Action, items: Sequence[str]) -> list[Outgoing]:
    """The reply to a tap: an edit of the message it hangs on, and what is new as new messages. items: of that one."""
    if tap.message is None or tap.message_id is None:
        return answer(reply, scene)
    item = _item(action) or (items[0] if isinstance(action, Undo) and len(items) == 1 else None)
    if isinstance(action, Answer | Pick | Drop):
        return [_answered(scene, tap), *answer(reply, scene)]
    if not scene.place.private:
        return answer(reply, scene)
    if item is None or tuple(items) != (item,):
        return answer(reply, scene)
    fresh = [card for card in reply.cards if card.item_id != item]
    if isinstance(action, Open) and action.what == "similar":
        return answer(reply, scene)
    body = html_of(_text(tap), tap.message.get("entities", tap.message.get("caption_entities")))
    body = body.split(f"{_RULE}<i>", 1)[0].split(f"{_RULE}<blockquote", 1)[0]
    if isinstance(action, Open):
        status = f"{_RULE}<blockquote expandable>{escape(reply.text)}</blockquote>"
    else:
        told = say(f"status.{_status(action)}", reply.lang) if fresh else reply.text
        status = f"{_RULE}<i>{escape(told)}</i>"
    photo = bool(tap.message.get("photo"))
    if units(body + status) > (LONGEST_CAPTION if photo else LONGEST):
        return answer(reply, scene)
    keyboard = _after(action, item, reply, scene, bool(fresh))
    edit = _edit(scene, tap, body + status, keyboard, photo)
    if not fresh:
        return [edit]
    return [edit, *answer(reply, scene)]


def voted(scene: Scene, tap: Tapped, cards: Sequence[Card], lang: Lang) -> Outgoing:
    """A group's list with the votes on its buttons as they stand."""
    return _markup(scene, tap, [*_vote_rows(cards, lang, scene), *_kept_rows(tap)])


def reacted(scene: Scene, message_id: int, item: str, action: Action, lang: Lang) -> Outgoing:
    """A reaction is seen: the card's keyboard offers to take it back."""
    rows = card_rows(item, lang, scene)
    if isinstance(action, Rate):
        rows = [[_button(say("button.undo", lang), Undo(), scene)], *rows[1:]]
    payload = {
        "chat_id": scene.place.chat_id,
        "message_id": message_id,
        "reply_markup": {"inline_keyboard": rows},
    }
    return Outgoing("editMessageReplyMarkup", payload, scene.place.conversation)


# ---- cards ----


def card_html(card: Card, lang: Lang, scene: Scene, personal: bool = True) -> str:
    """A card's text. personal False: nothing of whom it was picked for."""
    shown = "en" if lang is Lang.EN else "zh"
    other = card.title_zh if shown == "en" else card.title_en
    head = f"<b>{escape(card.title)}</b>"
    if other and other != card.title:
        head += f" {escape(other)}"
    if card.year:
        head += f" · {card.year}"
    lines = [head]
    facts = [scene.name(Target("genre", genre), shown) for genre in card.genres[:3]]
    facts += list(card.people[:2])
    for name in ("minutes", "pages", "price"):
        if isinstance(value := card.attributes.get(name), int | float):
            facts.append(say(f"card.{name}", lang, n=f"{value:g}"))
    if facts:
        lines.append(escape(" · ".join(facts)))
    if card.about:
        lines.append(escape(card.about))
    if personal:
        if card.reason:
            lines.append(f"→ {escape(card.reason)}")
        lines.append(escape(say("card.score", lang, percent=round(100 * card.score))))
    return "\n".join(lines)


def card_rows(item: str, lang: Lang, scene: Scene) -> Keyboard:
    """What can be done with a card."""
    label = {
        name: say(f"button.{name}", lang) for name in ("like", "dislike", "seen", "save", "why", "take", "similar")
    }
    first: list[tuple[str, Action]] = [
        (label["like"], Rate(item, Verdict.LIKE)),
        (label["dislike"], Rate(item, Verdict.DISLIKE)),
        (label["seen"], Seen(item)),
        (label["save"], Save(item)),
    ]
    second: list[tuple[str, Action]] = [
        (label["why"], Open(item, "why")),
        (label["similar"], Open(item, "similar")),
        (label["take"], Take(item)),
    ]
    return [[_button(text, action, scene) for text, action in row] for row in (first, second)]


def _card(card: Card, lang: Lang, scene: Scene, general: Keyboard, lead: str = "") -> Outgoing:
    html = card_html(card, lang, scene)
    photo = scene.media.get(card.item_id) or card.attributes.get(_PICTURE)
    about = About(scene.turn, "card", (card.item_id,), card.item_id if photo else None)
    rows = [*card_rows(card.item_id, lang, scene), *general]
    text = f"{lead}{_RULE}{html}" if lead else html
    return scene.send(text, rows, about, str(photo) if photo else None)


def _list(reply: Reply, scene: Scene, lead: str) -> Outgoing:
    """All cards in one message: a group is no place for many."""
    several = len(reply.cards) > 1
    parts = [lead] if lead else []
    for number, card in enumerate(reply.cards, 1):
        html = card_html(card, reply.lang, scene)
        parts.append(f"{number}. {html}" if several else html)
    rows = [*_vote_rows(reply.cards, reply.lang, scene), *general_rows(reply, scene)]
    about = About(scene.turn, "list", tuple(card.item_id for card in reply.cards))
    return scene.send(_RULE.join(parts), rows, about, quote=True)


def _vote_rows(cards: Sequence[Card], lang: Lang, scene: Scene) -> Keyboard:
    rows = []
    for number, card in enumerate(cards, 1):
        mark = f"{number} " if len(cards) > 1 else ""
        likes, dislikes = card.votes
        like = f"{mark}{say('button.like', lang)}{f' {likes}' if likes else ''}"
        dislike = f"{mark}{say('button.dislike', lang)}{f' {dislikes}' if dislikes else ''}"
        rows.append(
            [
                _button(like, Rate(card.item_id, Verdict.LIKE), scene),
                _button(dislike, Rate(card.item_id, Verdict.DISLIKE), scene),
                _button(f"{mark}{say('button.seen', lang)}", Seen(card.item_id), scene),
            ]
        )
    return rows


# ---- keyboards ----


def general_rows(reply: Reply, scene: Scene) -> Keyboard:
    """Rows of buttons that are not about one card: answers, more, undo."""
    kept = [tuple(b for b in row if _item(b.action) is None) for row in reply.buttons]
    return rows_of(kept, scene)


def rows_of(rows: Sequence[Sequence[Button]], scene: Scene) -> Keyboard:
    return [[_button(b.label, b.action, scene) for b in row] for row in rows if row]


def _after(action: Action, item: str, reply: Reply, scene: Scene, fresh: bool) -> Keyboard:
    """The keyboard of a card after a tap on it."""
    if isinstance(action, Undo | Open):
        return card_rows(item, reply.lang, scene)
    undo = [_button(say("button.undo", reply.lang), Undo(reply.events[-1] if reply.events else None), scene)]
    if isinstance(action, Seen):
        how = [
            row
            for row in rows_of(reply.buttons, scene)
            if all(_kind(b) == "r" and f"{b['callback_data']}".endswith("+") for b in row)
        ]
        return [*how, undo]
    share = {"text": say("button.share", reply.lang), "url": link(scene.username, (item,))}
    second = card_rows(item, reply.lang, scene)[1][:2]
    return [[*undo, *second, share]]


def _kept_rows(tap: Tapped) -> Keyboard:
    """The rows below the votes of a group's list, as they stand."""
    assert tap.message is not None
    rows: Keyboard = tap.message.get("reply_markup", {}).get("inline_keyboard", [])
    return [row for row in rows if all(_kind(b) not in ("r", "e", "s", "w") for b in row)]


def _button(label: str, action: Action, scene: Scene) -> dict[str, str]:
    return {"text": cut(label, 60), "callback_data": scene.callbacks.encode(action)}


def _kind(button: Mapping[str, str]) -> str:
    return str(button.get("callback_data", "")).partition(":")[0]


def _item(action: Action) -> str | None:
    return action.item_id if isinstance(action, Rate | Seen | Save | Open | NotNow | Take) else None


# ---- edits ----


def _answered(scene: Scene, tap: Tapped) -> Outgoing:
    """A question that is answered offers its answers no more."""
    assert tap.message is not None
    rows: Keyboard = tap.message.get("reply_markup", {}).get("inline_keyboard", [])
    return _markup(scene, tap, [row for row in rows if not any(_kind(b) in ("a", "p", "d") for b in row)])


def _markup(scene: Scene, tap: Tapped, rows: Keyboard) -> Outgoing:
    payload = {
        "chat_id": scene.place.chat_id,
        "message_id": tap.message_id,
        "reply_markup": {"inline_keyboard": rows},
    }
    return Outgoing("editMessageReplyMarkup", payload, scene.place.conversation)


def _edit(scene: Scene, tap: Tapped, html: str, rows: Keyboard, photo: bool) -> Outgoing:
    payload: dict[str, Any] = {
        "chat_id": scene.place.chat_id,
        "message_id": tap.message_id,
        "caption" if photo else "text": html,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": rows},
    }
    if not photo:
        payload["link_preview_options"] = {"is_disabled": True}
    return Outgoing("editMessageCaption" if photo else "editMessageText", payload, scene.place.conversation)


def _document(reply: Reply, scene: Scene) -> Outgoing:
    payload: dict[str, Any] = {
        "chat_id": scene.place.chat_id,
        "document": {"attach": {"filename": "jianyan-chat.json", "text": reply.export}},
        "caption": cut(reply.text, LONGEST_CAPTION),
    }
    if scene.place.thread is not None:
        payload["message_thread_id"] = scene.place.thread
    return Outgoing("sendDocument", payload, scene.place.conversation, About(scene.turn, "export"))


def _lead(text: str, first: str) -> str:
    return "\n".join(part for part in (first, escape(text)) if part)


def _text(tap: Tapped) -> str:
    assert tap.message is not None
    return str(tap.message.get("text", tap.message.get("caption", "")))


def _status(action: Action) -> str:
    name = str(action.verdict) if isinstance(action, Rate) else type(action).__name__.lower()
    return name if has(f"status.{name}") else "other"
