"""What is meant where no word says it: a request by default, an answer by its question."""

import re
from dataclasses import replace

from core.nlu.draft import FACETS, Draft
from core.turns import Act, UnderstoodAct

_SITUATION_SLOTS = {"company", "time", "occasion"}


_ANY = re.compile(r"(?:那|嗯|哎呀?|[, ，])*(?:哪|啥|什么|怎么|随便|都|反正)")


def default_acts(d: Draft) -> None:
    """A request that names nothing from any list, or nothing at all."""
    acts = {a.act for a in d.out}
    if (
        Act.ASK_RECOMMEND in d.kinds
        and not acts
        & {
            Act.ASK_RECOMMEND,
            Act.ANOTHER_N,
            Act.SIMILAR_TO,
            Act.REPLACE_CONDITION,
            Act.MORE,
            Act.ASK_INFO,
            Act.CORRECT_PROFILE,
            Act.OUT_OF_SCOPE,
            Act.COMPARE,
            Act.ASK_WHY_NOT,
            Act.EXPLORE,
            Act.SURPRISE,
            Act.CRITIQUE_LESS,
            Act.CRITIQUE_MORE,
            Act.REPAIR,
            Act.ANSWER,
        }
        and not (
            acts
            and acts <= {Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.YES, Act.NO, Act.REPAIR}
            and not re.search(r"推荐|推|来|有没有|有什么|recommend|suggest|show|find|give", d.folded)
        )
    ):
        d.emit(Act.ASK_RECOMMEND, None, 1.0, count=d.count)
        return
    if acts == {Act.DONT_CARE} and not (d.context.expecting or _ANY.match(d.folded) or any(s.whole for s in d.said)):
        d.emit(Act.ASK_RECOMMEND, None, 0.5, count=d.count)  # "后羿的故事和皇后的故事都行" is a wish
        return
    if not acts and len(d.folded) <= 14 and (fields := d.fields_asked()):
        d.emit(Act.ASK_INFO, None, 1.0, kind=fields[0][0])  # of nothing yet; which one is to be asked
        return
    talk = {Act.ORDINAL, Act.GREET, Act.THANKS}
    if acts - talk:
        return
    if Act.ORDINAL in acts:
        if d.context.expecting == "choose":
            return
        place = next(a.place for a in d.out if a.act is Act.ORDINAL)
        if not acts - {Act.ORDINAL}:
            # the one that was liked, or else what it is
            d.emit_item(Act.LIKE if d.context.expecting in ("like", "item") else Act.ASK_INFO, None, place)
        return
    if acts and len(d.folded) < 14:
        return
    if d.count is not None and not acts:
        d.emit(Act.ASK_RECOMMEND, count=d.count)


_ANSWERS = frozenset(
    (
        Act.ASK_RECOMMEND,
        Act.MUST,
        Act.MUST_NOT,
        Act.REVEAL_LIKE,
        Act.REVEAL_DISLIKE,
    )
)
_COMPARED = (Act.CRITIQUE_LESS, Act.CRITIQUE_MORE)
_ASKS_FOR = re.compile(r"[的有]?(?:呢|吗|有没有|有么)|[?？]|(?<![a-z])(?:what|how) about|(?<![a-z])any(?![a-z])")


def _liked(act: UnderstoodAct) -> UnderstoodAct:
    """A bare name, as one that is liked; a place on the screen is no name."""
    named = act.target is not None and act.start is not None and act.place is None
    if not named or act.act not in (Act.ASK_RECOMMEND, Act.ASK_INFO) or act.kind not in (None, "plot"):
        return act
    if act.target is not None and act.target.kind == "person":
        return replace(act, act=Act.REVEAL_LIKE, polarity=1.0, kind=None)
    item = act.target is not None and act.target.kind == "item"
    return replace(act, act=Act.LIKE, polarity=1.0, kind=None) if item else act


def answer_acts(d: Draft) -> None:
    """What a question asked for is an answer."""
    expecting = d.context.expecting
    if not expecting:
        return
    fits = {
        "genre": ("genre", "mood", "keyword", "domain", "country"), "mood": ("mood", "genre", "keyword"),
        "company": ("audience",),
        "time": (), "decade": ("decade",),
        "country": ("country", "language"), "price": (), "domain": ("domain", "genre"), "item": ("person",),
        "language": ("language", "country"), "choose": FACETS,
    }.get(expecting, ())  # fmt: skip
    changed: list[UnderstoodAct] = []
    asks_anew = Act.ASK_RECOMMEND in d.kinds and len(d.folded) > 8
    for act in d.out:
        facet = act.target
        if expecting == "item":  # "which did you like?": a name is one that was liked
            asks = d.fields_asked() or Act.ASK_RECOMMEND in d.kinds or _ASKS_FOR.search(d.folded)
            changed.append(act if asks else _liked(act))
            continue
        if asks_anew:
            changed.append(act)
            continue
        compared = facet is not None and facet.kind == expecting and act.act in _COMPARED
        if compared or facet and facet.kind in fits and act.act in _ANSWERS:
            act = replace(act, act=Act.ANSWER)
        changed.append(act)
    d.out = changed
    if (
        expecting == "choose"
        and any(a.act is Act.ORDINAL for a in d.out)
        and not any(a.act is Act.ANSWER for a in d.out)
    ):
        place = next(a.place for a in d.out if a.act is Act.ORDINAL)
        d.emit(Act.ANSWER, place=place)
    said = {a.act for a in d.out}
    core = d.folded.strip(" .。!！?？")
    if not said and d.context.choices:
        for index, label in enumerate(d.context.choices):
            if core and (core == label.casefold() or core in label.casefold() and len(core) > 1):
                d.emit(Act.ANSWER, text=label, place=index + 1)
                return
    if (
        not said
        and expecting
        in ("genre", "mood", "company", "time", "item", "domain", "price", "country", "decade", "occasion")
        and core
    ):
        d.emit(
            Act.ANSWER,
            text=d.read.text.text.strip(),
            kind="situation" if expecting in _SITUATION_SLOTS else None,
        )
