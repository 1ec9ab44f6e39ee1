"""Rows of buttons that several answers share, and what stands on them."""

from core.moves import ButtonPlan, CardPlan, Line, button, line
from core.policy.view import View
from core.policy.want import Want
from core.turns import Condition, Menu, More, Open, Rate, Save, Seen, Take, Target, Verdict


def starters() -> tuple[ButtonPlan, ...]:
    return tuple(button("label.start", Menu(d), target=Target("domain", d)) for d in ("film", "book", "music"))


def list_buttons(cards: tuple[CardPlan, ...], group: bool) -> tuple[tuple[ButtonPlan, ...], ...]:
    """A row a card, then what comes next. A group settles on one of several by its votes."""
    rows: list[tuple[ButtonPlan, ...]] = []
    for place, card in enumerate(cards, 1):
        number = place if len(cards) > 1 else None
        rows.append(
            (
                button("label.like", Rate(card.item_id, Verdict.LIKE), place=number),
                button("label.dislike", Rate(card.item_id, Verdict.DISLIKE), place=number),
                button("label.seen", Seen(card.item_id), place=number, domain=domain_of(card.item_id)),
                button("label.save", Save(card.item_id), place=number),
            )
        )
    first = cards[0].item_id
    one = button("label.settle", Menu("settle")) if group and len(cards) > 1 else button("label.take", Take(first))
    rows.append((button("label.more", More()), button("label.why", Open(first, "why")), one))
    return tuple(rows)


def item_buttons(view: View, item_id: str) -> tuple[tuple[ButtonPlan, ...], ...]:
    saved = item_id in view.known.saved
    return (
        (
            button("label.like", Rate(item_id, Verdict.LIKE), place=None),
            button("label.dislike", Rate(item_id, Verdict.DISLIKE), place=None),
            button("label.seen", Seen(item_id), place=None, domain=domain_of(item_id)),
            button("label.unsave" if saved else "label.save", Save(item_id, not saved), place=None),
        ),
        (button("label.similar", Open(item_id, "similar")), button("label.why", Open(item_id, "why"))),
    )


def how_it_was(view: View, want: Want) -> tuple[tuple[Line, tuple[ButtonPlan, ...]], ...]:
    """How something was that they have seen: asked by the way, with three answers. No question that waits."""
    if want.how is None:
        return ()
    row = (
        button("label.liked", Rate(want.how, Verdict.LIKE, seen=True)),
        button("label.soso", Rate(want.how, Verdict.SOSO, seen=True)),
        button("label.disliked", Rate(want.how, Verdict.DISLIKE, seen=True)),
    )
    return ((line("ask.how", item=view.item(want.how), domain=domain_of(want.how)), row),)


def domain_of(item_id: str) -> Target:
    return Target("domain", item_id.partition(":")[0])


def name_of(condition: Condition) -> str:
    return str(condition.target) if condition.target is not None else str(condition.kind)
