"""Requests for things to buy: what they are and have is in their words, not in lists of genres and moods."""

import re
from dataclasses import replace

from core.nlu.draft import Draft
from core.turns import Act, Target

_GIFTS = frozenset(Target("keyword", value) for value in ("gift", "gift-for-dad", "gift-for-mum", "gift-for-child"))
# Moods of works, whose words say of goods what they are like: what is light weighs little, what is quiet is not loud.
_BODILY = frozenset(Target("mood", value) for value in ("light", "warm", "calm", "dark", "slow"))
_ASKS = (Act.ASK_RECOMMEND, Act.MUST, Act.ANSWER, Act.CONTEXT, Act.REPLACE_CONDITION)
# What a thing is to have, after such things were shown: "with a strap", 能折叠的.
_QUALITY = re.compile(
    r"(?:with|without|that|which|in|made of|has)(?![a-z]).*|.*(?<![a-z])ones?"
    r"|(?:要|能|可以|带|有|得).{1,12}|.{1,12}的|.{1,6}一点儿?"
)
_COMMA = re.compile(r"\s*[,，、]\s*")
_LONGEST = 40  # letters of such a message


def asks_for_goods(d: Draft) -> bool:
    """Something to buy is asked for, in this message or in the talk that it goes on with."""
    asked = [a.target for a in d.out if a.act in _ASKS and a.target is not None]
    domains = {t.value for t in asked if t.kind == "domain"}
    if domains:
        return domains == {"product"}
    of_genres = [d.catalog.rows_of.get((t.kind, t.value), ()) for t in asked if t.kind == "genre"]
    if any(of_genres):
        return all(_are_goods(d, rows) for rows in of_genres if rows)
    return d.context.domain == "product" and d.shown and not any(a.target and a.target.kind == "item" for a in d.out)


def _are_goods(d: Draft, rows: tuple[int, ...]) -> bool:
    return 2 * sum(d.catalog.items[row].domain == "product" for row in rows) > len(rows)


def tells_of_goods(target: Target) -> bool:
    """A word for this facet is to be found in descriptions, too: it says what the thing is, not what it is for."""
    return target.kind in ("genre", "keyword") and target not in _GIFTS or target in _BODILY


def goods_acts(d: Draft) -> None:
    """Takes back the moods that are none of goods, and hears a quality alone as a wish for goods that have it."""
    if not asks_for_goods(d):
        return
    d.out = [a for a in d.out if a.act not in _ASKS or a.target not in _BODILY]
    if d.context.domain != "product" or not d.shown:
        return
    # more of what nothing measures (轻一点的) is in the descriptions, or nowhere
    d.out = [
        replace(a, act=Act.ASK_RECOMMEND, text=None) if a.act is Act.CRITIQUE_MORE and not (a.target or a.kind) else a
        for a in d.out
    ]
    parts = _COMMA.split(d.folded.strip())
    if not d.out and not d.kinds and len(d.folded) <= _LONGEST and all(map(_QUALITY.fullmatch, parts)):
        d.emit(Act.ASK_RECOMMEND, None, 4.0)
