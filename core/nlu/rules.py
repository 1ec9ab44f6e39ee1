"""Rules: from what a message names and the cue words around it to its acts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.catalog import Catalog
from core.nlu.clauses import clause_of
from core.nlu.condition_acts import implied_acts, scope_acts, situations_acts, slots_acts
from core.nlu.cues import Cues, Frame
from core.nlu.default_acts import answer_acts, default_acts
from core.nlu.domain_acts import domains_acts
from core.nlu.draft import ABOUT_ITEM, TALK, Draft, Message
from core.nlu.facet_acts import facets_acts
from core.nlu.foreign_acts import foreign_acts
from core.nlu.goods_acts import asks_for_goods, goods_acts, tells_of_goods
from core.nlu.group_acts import group_acts
from core.nlu.item_acts import items_acts, places_acts
from core.nlu.lexicon import Lexicon
from core.nlu.loose_acts import bare_acts, less_acts, old_acts
from core.nlu.noun_acts import nouns_acts
from core.nlu.number_acts import comparatives_acts, numbers_acts
from core.nlu.order_acts import order_acts
from core.nlu.pointing_acts import pointing_acts
from core.nlu.settle import settle
from core.nlu.talk_acts import said_acts
from core.nlu.verdict_acts import verdict_acts
from core.nlu.wish import residue, trimmed
from core.turns import Act, Context, UnderstoodAct

# Only with one of these does what is left of a message count as a wish.
WANTING = frozenset(
    (
        Act.ASK_RECOMMEND, Act.SIMILAR_TO, Act.MUST, Act.CONTEXT, Act.ANSWER, Act.REPLACE_CONDITION, Act.EXPLORE,
        Act.REPAIR, Act.SURPRISE, Act.ANOTHER_N,
    )
)  # fmt: skip
_DOING = re.compile(r"学习|写作业|做饭|开车|通勤|跑步|健身|睡|工作|study|work|run|cook|driv|sleep|train|plane|gym")

_ONE_THING = re.compile(r"(?:(?:i'?m |i |we )?(?:need|want|looking for|after|find|get|buy)(?: me| us)? )?an? [a-z-]+")


# Any word that may turn a clause round; models are deaf to these, and hear some where there are none.
_REFUSAL = re.compile(
    r"[不没别无非莫勿甭免拒厌烦怕恨除少够腻吐雷讨避冇唔太嫌]|有点|过于|算了|劝退|达咩|看多|(?<![a-z])(?:no|not|non|none|nothing|never"
    r"|neither|nor|without|hates?|hated|dislikes?|detest|loathe|stop|except|but|bar|besides|less|too|enough|tired|sick"
    r"|bored|avoid|skip|pass|anti|nah|ban|quit|over|cannot|allergic|scared|afraid|fed up|rather|instead|minus|worst"
    r"|boring|annoy\w*|overdone|off|out|free|fake)(?![a-z])|n'?t(?![a-z])"
)
_ABOUT_IT = re.compile(r"(?:讲|关于|有关)\s*[a-z]{3}|[a-z]{3}\s*搭子")
_HANDS_AND_HEARTS = frozenset("👍❤👎♥😍🥰🔥💯👏🏻🏼🏽🏾🏿 ")
# The order matters: later steps look at what the earlier ones found.
_STEPS: tuple[Callable[[Draft], None], ...] = (
    pointing_acts, places_acts, items_acts, facets_acts, foreign_acts, implied_acts, bare_acts, numbers_acts,
    old_acts, less_acts, nouns_acts, said_acts, comparatives_acts, verdict_acts, slots_acts, situations_acts,
    scope_acts, default_acts, answer_acts, domains_acts,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules make of a message.

    acts: in the order of the text, spans of the normalised text. wish: what no list holds, or None. sure: [0, 1].
    evidence: for each act, log-odds that its words add; 0 where it only stands by default. plain: acts in whose clause
    no word refuses anything.
    """

    acts: tuple[UnderstoodAct, ...]
    wish: str | None
    sure: float
    evidence: tuple[float, ...]
    plain: frozenset[UnderstoodAct] = frozenset()


class Rules:
    """Turns a read message into acts. Pure."""

    def __init__(self, catalog: Catalog, cues: Cues, lexicon: Lexicon) -> None:
        self.catalog, self.cues, self.lexicon = catalog, cues, lexicon

    def apply(self, read: Message, context: Context) -> Ruled:
        """The acts of a message that is one (`validity`)."""
        draft = Draft(self.catalog, self.cues, read, context)
        draft.settled(settle(draft, read.said))
        if Act.UNSAFE in draft.kinds:
            return Ruled((UnderstoodAct(Act.UNSAFE),), None, 0.98, (6.0,))
        if Act.OUT_OF_SCOPE in draft.kinds and not _asks_for_ours(draft):
            for act in (Act.OUT_OF_SCOPE, Act.GREET, Act.THANKS):
                if act in draft.kinds:
                    draft.emit(act)
            return Ruled(tuple(draft.out), None, 0.9, (4.0,) * len(draft.out))
        if group_acts(draft):
            return Ruled(tuple(draft.out), None, 0.95, (6.0,) * len(draft.out))
        if order_acts(draft):
            return Ruled(tuple(draft.out), None, 0.9, (4.0,))
        if _only_talk(draft):
            draft.emit(Act.CHIT_CHAT)
            return Ruled(tuple(draft.out), None, 0.9, (4.0,))
        if set(draft.folded) <= _HANDS_AND_HEARTS:
            _emoji(draft)
            return Ruled(tuple(draft.out), None, 0.9, (4.0,) * len(draft.out))
        for step in _STEPS:
            step(draft)
        goods_acts(draft)
        acts = _tidy(draft)
        evidence = tuple(draft.weights.get(a, 2.0) for a in acts)
        wish = _wish(draft, acts, self.lexicon.known)
        plain = frozenset(a for a in acts if a.start is not None and not _refuses(draft, a.start))
        return Ruled(tuple(acts), wish, _sure(draft, acts, evidence), evidence, plain)


def _refuses(d: Draft, at: int) -> bool:
    clause = d.clauses[clause_of(d.clauses, at)]
    return bool(_REFUSAL.search(d.folded, clause.start, clause.end))


def _asks_for_ours(d: Draft) -> bool:
    """A request of ours beside words that sound like another's task ("a book about the weather")."""
    return (
        any(m.facet and m.facet.kind in ("genre", "mood", "domain") for m in d.mentions)
        and Act.ASK_RECOMMEND in d.kinds
        and not re.search(r"机票|酒店|外卖|天气|homework|weather|table|flight|作业", d.folded)
    )


def _only_talk(d: Draft) -> bool:
    """Small talk that fills most of the message; what it names is not asked for."""
    spoken = sum(s.end - s.start for s in d.said if s.act is Act.CHIT_CHAT)
    return spoken > 0.6 * len(d.folded.strip()) and not d.kinds & {Act.ASK_RECOMMEND, Act.GREET, Act.THANKS, Act.BYE}


def _emoji(d: Draft) -> None:
    """A thumb or a heart alone is a verdict on what is shown, or an answer."""
    text = d.folded
    if "👎" in text:
        act = Act.NO if d.context.expecting and not d.context.focus else Act.DISLIKE
    elif d.context.expecting:
        act = Act.YES
    else:
        act = Act.LOVE if set(text) & set("❤♥😍🥰") else Act.LIKE
    if act in (Act.YES, Act.NO):
        d.emit(act)
    elif d.context.focus or d.shown:
        d.emit_item(act, None)
    else:
        d.emit(Act.CHIT_CHAT)


def _tidy(d: Draft) -> list[UnderstoodAct]:
    """No act twice, domain words folded into what they stand beside, and order of the text."""
    seen: set[tuple[object, ...]] = set()
    kept: list[UnderstoodAct] = []
    for act in d.out:
        mark = (act.act, act.target, act.kind, act.op, act.value, act.place, act.polarity)
        if mark in seen:
            continue
        seen.add(mark)
        kept.append(act)
    order = sorted(range(len(kept)), key=lambda i: (kept[i].start is None, kept[i].start or 0, i))
    return [kept[i] for i in order]


def _wish(d: Draft, acts: list[UnderstoodAct], known: frozenset[tuple[str, str]]) -> str | None:
    """What no list holds. known: facets of the catalogue; a keyword that it lacks stays in the wish.

    Of a thing to buy every word counts: a keyboard is more than one of the computer things.
    """
    kinds = {a.act for a in acts}
    if acts and not kinds & WANTING or kinds & {Act.OUT_OF_SCOPE, Act.UNSAFE}:
        return None
    goods = asks_for_goods(d)
    spans = [
        (m.start, m.end)
        for m in d.mentions
        if not (m.target and m.target.kind == "keyword" and (m.target.kind, m.target.value) not in known)
        and not (goods and m.target and tells_of_goods(m.target))
    ]
    spans += [
        (s.start, s.end)
        for s in d.said
        if s.act in (Act.GREET, Act.THANKS, Act.BYE, Act.ANOTHER_N, Act.SET_SCOPE, Act.EXPLORE, Act.SURPRISE)
    ]
    spans += [(c.start, c.end) for c in d.cues if c.frame is Frame.REQUEST]
    spans += [(start, end) for _, start, end in d.situations if not _DOING.search(d.folded[start:end])]
    cut = [(m.start, m.end) for m in d.mentions if m.number or m.item] + [
        (s.start, s.end) for s in d.said if s.act in (Act.GREET, Act.THANKS)
    ]
    asking = {clause_of(d.clauses, c.start) for c in d.cues if c.frame is Frame.REQUEST and c.end - c.start > 1}
    asking |= {clause_of(d.clauses, s.start) for s in d.said if s.act is Act.ASK_RECOMMEND}
    idle = {clause_of(d.clauses, start) for _, start, _ in d.situations} - asking
    if asking:  # "friends come over on Saturday, something to watch": who comes is not what is sought
        spans += [(d.clauses[place].start, d.clauses[place].end) for place in idle]
    refused = [
        d.clauses[clause_of(d.clauses, a.start)]
        for a in acts
        if a.start is not None and a.act in (Act.MUST_NOT, Act.REVEAL_DISLIKE, Act.REVEAL_LIKE)
    ]
    spans += [(c.start, c.end) for c in refused]
    one_word = goods or bool(_ONE_THING.fullmatch(d.folded.strip(" .!?")) or _ABOUT_IT.search(d.folded))
    told = residue(d.read.text, d.clauses, spans, cut, d.read.words, one_word)
    return told or (trimmed(d.read.text.text) if _situations_alone(d, acts) else None)


def _situations_alone(d: Draft, acts: list[UnderstoodAct]) -> bool:
    """ "Something for a rainy Sunday with my mum": no kind of thing, but two circumstances or more."""
    context = [a for a in acts if a.act is Act.CONTEXT]
    asks = any(a.act is Act.ASK_RECOMMEND for a in acts)
    others = any(a.act not in (Act.CONTEXT, Act.ASK_RECOMMEND) or a.act is not Act.CONTEXT and a.target for a in acts)
    return asks and not others and len({a.target for a in context} | {s[:2] for s in d.situations}) >= 2


def _sure(d: Draft, acts: list[UnderstoodAct], evidence: tuple[float, ...]) -> float:
    """How often such acts are all right by the rules alone, roughly; measured by hand on the labelled sentences."""
    if not acts:
        return 0.2
    if any(s.whole for s in d.said):
        return 0.95
    if max(evidence) <= 0.5:
        return 0.85 if len(d.folded) <= 16 else 0.55
    if all(a.target or a.op or a.act in TALK or a.act in ABOUT_ITEM or a.place for a in acts):
        return 0.9
    return 0.75
