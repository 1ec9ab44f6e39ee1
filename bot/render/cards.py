"""Cards as HTML and as messages."""

from collections.abc import Sequence

from bot.markup import LONGEST, LONGEST_CAPTION, cut, escape, visible
from bot.outgoing import About, Outgoing
from bot.render.keyboards import card_rows, general_rows, questions_row, vote_rows
from bot.render.scene import Keyboard, Scene
from core.turns import Card, Lang, Reply, Target

GAP = "\n\n"
PICTURE = "picture"  # attribute of an item: the address of its picture
_LIKELY = ((0.85, 4), (0.7, 3), (0.5, 2), (0.3, 1), (0.0, 0))  # score from which a word is said


def card_html(card: Card, scene: Scene, personal: bool = True, limit: int = LONGEST, about: bool = True) -> str:
    """A card's text, of at most `limit` units: what it is about gives way. personal False: nothing of its reader."""
    head, tail = _head(card, scene), _tail(card, scene) if personal else []
    said = card.about if about else ""
    room = limit - visible("\n".join([*head, "", *tail])) - 1
    told = [escape(cut(scene.written(said), room))] if said and room > 20 else []
    return "\n".join([*head, *told, *tail])


def picture_of(card: Card, scene: Scene) -> str | None:
    """File id or address of a card's picture."""
    found = scene.media.get(card.item_id) or card.attributes.get(PICTURE)
    return found if isinstance(found, str) and found else None


def card_message(card: Card, scene: Scene, general: Keyboard, lead: str = "", saved: bool = False) -> Outgoing:
    """A card on its own. lead: HTML before it."""
    photo = picture_of(card, scene)
    limit = (LONGEST if photo is None else LONGEST_CAPTION) - visible(lead) - len(GAP)
    html = card_html(card, scene, limit=limit, about=not _tells(lead, card, scene))
    rows = [*card_rows(card.item_id, scene, saved), *general]
    about = About(scene.turn, "card", (card.item_id,), card.item_id if photo else None)
    return scene.send(f"{lead}{GAP}{html}" if lead else html, rows, about, photo)


def list_message(reply: Reply, scene: Scene, lead: str) -> Outgoing:
    """All cards in one message: a group is no place for many."""
    html = _list_html(reply.cards, scene, lead, about=True)
    if visible(html) > LONGEST:
        html = _list_html(reply.cards, scene, lead, about=False)
    rows = vote_rows(reply.cards, scene)
    if len(reply.cards) == 1:
        rows.append(questions_row(reply.cards[0].item_id, scene))
    about = About(scene.turn, "list", tuple(card.item_id for card in reply.cards))
    return scene.send(html, [*rows, *general_rows(reply, scene)], about, quote=True)


def _list_html(cards: Sequence[Card], scene: Scene, lead: str, about: bool) -> str:
    several = len(cards) > 1
    parts = [lead] if lead else []
    for number, card in enumerate(cards, 1):
        html = card_html(card, scene, about=about and not _tells(lead, card, scene))
        parts.append(f"{number}. {html}" if several else html)
    return GAP.join(parts)


def _tells(lead: str, card: Card, scene: Scene) -> bool:
    """Whether what is said already tells what the card is about."""
    return bool(card.about) and escape(scene.written(card.about)) in lead


def _head(card: Card, scene: Scene) -> list[str]:
    shown = "en" if scene.lang is Lang.EN else "zh"
    other = card.title_zh if shown == "en" else card.title_en
    head = f"<b>{escape(card.title).strip() or '…'}</b>"
    if other and other != card.title:
        head += f" {escape(other)}"
    if card.year:
        head += f" · {card.year}"
    facts = [scene.name(Target("genre", genre), shown) for genre in card.genres[:3]]
    facts += list(card.people[:2])
    line = [escape(scene.written(" · ".join(facts)))] if facts else []
    for name in ("minutes", "pages", "price"):
        value = card.attributes.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            line.append(scene.say(f"card.{name}", n=f"{value:g}"))
    return [head, " · ".join(line)] if line else [head]


def _tail(card: Card, scene: Scene) -> list[str]:
    word = next(word for least, word in _LIKELY if card.score >= least)
    percent = min(99, max(1, round(100 * card.score)))  # nobody is that sure
    standing = scene.say(f"card.{card.standing.name.lower()}")
    score = f"{scene.say(f'card.likely_{word}', percent=percent)} · {standing}"
    return [f"→ {escape(card.reason)}", score] if card.reason else [score]
