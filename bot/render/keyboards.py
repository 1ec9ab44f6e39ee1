"""Keyboards: of a card, of a group's list, of a reply; and what stays of one that is there already."""

from collections.abc import Mapping, Sequence

from bot.callbacks import LIMIT
from bot.deeplinks import link
from bot.inbound import Tapped
from bot.markup import sendable
from bot.render.scene import Keyboard, Scene
from core.turns import Action, Card, More, NotNow, Open, Rate, Reply, Save, Seen, Take, Undo, Verdict

_SHARE = "https://t.me/share/url?url="  # the client then asks with whom
_OF_ITEMS = frozenset("resotn")  # what the data of buttons that are about an item begin with; see `bot.callbacks`


def item_of(action: Action) -> str | None:
    """The item that an action is about."""
    return action.item_id if isinstance(action, Rate | Seen | Save | Open | NotNow | Take) else None


def card_rows(item: str, scene: Scene, saved: bool = False) -> Keyboard:
    """What can be done with a card."""
    keep = (scene.say("button.unsave" if saved else "button.save"), Save(item, not saved))
    verdicts: list[tuple[str, Action]] = [
        (scene.say("button.like"), Rate(item, Verdict.LIKE)),
        (scene.say("button.dislike"), Rate(item, Verdict.DISLIKE)),
        (scene.say("button.seen"), Seen(item)),
    ]
    return [scene.row([*verdicts, keep]), questions_row(item, scene)]


def questions_row(item: str, scene: Scene) -> list[dict[str, str]]:
    """What can be asked of a card, and that it is the one."""
    return scene.row(
        [
            (scene.say("button.why"), Open(item, "why")),
            (scene.say("button.take"), Take(item)),
            (scene.say("button.similar"), Open(item, "similar")),
        ]
    )


def judged_rows(item: str, scene: Scene, undo: Undo) -> Keyboard:
    """A card's keyboard when something was told of it."""
    row = scene.row(
        [
            (scene.say("button.undo"), undo),
            (scene.say("button.why"), Open(item, "why")),
            (scene.say("button.similar"), Open(item, "similar")),
        ]
    )
    return [[*row, share((item,), scene)]]


def vote_rows(cards: Sequence[Card], scene: Scene) -> Keyboard:
    """A row a card: its votes, as counts."""
    rows = []
    for number, card in enumerate(cards, 1):
        mark = f"{number} " if len(cards) > 1 else ""
        likes, dislikes = (f" {count}" if count else "" for count in card.votes)
        buttons: list[tuple[str, Action]] = [
            (f"{mark}{scene.say('button.like')}{likes}", Rate(card.item_id, Verdict.LIKE)),
            (f"{mark}{scene.say('button.dislike')}{dislikes}", Rate(card.item_id, Verdict.DISLIKE)),
            (f"{mark}{scene.say('button.seen')}", Seen(card.item_id)),
        ]
        rows.append(scene.row(buttons))
    return rows


def general_rows(reply: Reply, scene: Scene) -> Keyboard:
    """The reply's buttons but for those that its cards have of their own, and a link to the list."""
    shown = {card.item_id for card in reply.cards}
    rows = []
    for row in reply.buttons:
        kept = [b for b in row if item_of(b.action) not in shown or isinstance(b.action, Rate) and b.action.seen]
        rows.append(scene.row([(b.label, b.action) for b in kept]))
    if len(shown) > 1:
        link_to = share(tuple(card.item_id for card in reply.cards), scene)
        if rows and 0 < len(rows[-1]) < 3:
            rows[-1].append(link_to)
        else:
            rows.append([link_to])
    return [row for row in rows if row]


def more_row(scene: Scene) -> list[dict[str, str]]:
    return scene.row([(scene.say("button.more"), More())])


def share(items: tuple[str, ...], scene: Scene) -> dict[str, str]:
    """Opens the client's list of chats, to send a link there that opens us at these items."""
    return {"text": scene.say("button.share"), "url": _SHARE + link(scene.username, items)}


def rows_of(tap: Tapped) -> Keyboard:
    """The keyboard under which somebody tapped, as far as it is told and is ours."""
    markup = (tap.message or {}).get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, Mapping) else None
    found: Keyboard = []
    for row in rows if isinstance(rows, list) else ():
        made = [_as_sent(button) for button in row if isinstance(button, Mapping)] if isinstance(row, list) else []
        found.append([button for button in made if button is not None])
    return [row for row in found if row]


def _as_sent(button: Mapping[str, object]) -> dict[str, str] | None:
    """A button that came back, as it goes out again; None for what is none of ours."""
    text = sendable(button.get("text", "")).strip()
    for name in ("callback_data", "url"):
        value = sendable(button.get(name) or "")
        if text and value and (name == "url" or len(value.encode()) <= LIMIT):
            return {"text": text, name: value}
    return None


def general_of(tap: Tapped) -> Keyboard:
    """Of that keyboard, the rows that are about no item: answers, more."""
    rows = ([b for b in row if _kind(b) not in (*_OF_ITEMS, "u", "")] for row in rows_of(tap))
    return [row for row in rows if row]


def unanswered_of(tap: Tapped) -> Keyboard:
    """Of that keyboard, what is no answer to a question."""
    rows = ([b for b in row if not _answers(b)] for row in rows_of(tap))
    return [row for row in rows if row]


def is_how(button: Mapping[str, str]) -> bool:
    """Whether it tells how something seen was."""
    return _kind(button) == "r" and button["callback_data"].endswith("+")


def _answers(button: Mapping[str, str]) -> bool:
    return _kind(button) in ("a", "p", "d") or button.get("callback_data", "").startswith("x:forget_")


def _kind(button: Mapping[str, str]) -> str:
    return button.get("callback_data", "").partition(":")[0]
