"""The list that is shown, in another order: "newest first", 按年份从新到旧排一下."""

import re

from core.nlu.draft import Draft
from core.turns import Act

_SORTS = re.compile(
    r"(?:按|照).{1,6}(?:排|序)|排(?:个|一下|下)?序|从.{1,3}到.{1,3}(?:排|列)"
    r"|(?<![a-z])(?:sort|order|rank)(?:ed)? (?:them |it |these )?by"
    r"|(?<![a-z])(?:newest|oldest|latest|shortest|longest|cheapest|dearest|best rated|highest rated) (?:ones? )?first"
)  # fmt: skip
_KINDS = (
    ("year", r"年|新|旧|老|时间|year|date|newest|oldest|latest|new|old"),
    ("minutes", r"片长|时长|长短|短|长|length|runtime|shortest|longest"),
    ("price", r"价|便宜|贵|price|cheap|dear"),
    ("rating", r"评分|分数|口碑|rating|rated|score"),
    ("pages", r"页|厚|pages"),
)
_RISING = re.compile(r"从(?:旧|老|早|短|低|少|便宜|薄|小)到|oldest|shortest|cheapest|升序|ascending")


def order_acts(d: Draft) -> bool:
    """True where the message asks for the shown list in another order, and nothing else."""
    if not d.context.shown or not _SORTS.search(d.folded):
        return False
    kind = next((kind for kind, words in _KINDS if re.search(words, d.folded)), None)
    if kind is None:
        return False
    rising = (
        bool(_RISING.search(d.folded))
        or kind in ("price", "pages", "minutes")
        and not re.search(r"从(?:高|长|贵|厚)", d.folded)
    )
    d.emit(Act.REPEAT, None, 4.0, kind=kind, op="<" if rising else ">")
    return True
