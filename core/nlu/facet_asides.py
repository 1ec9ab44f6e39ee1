"""Facets that are named, and are no wish of their own: in passing, of somebody else, or known to the last one."""

import re

from core.nlu.cues import Frame
from core.nlu.draft import Draft
from core.nlu.facet_reading import FacetReading
from core.nlu.lexicon import common_words
from core.turns import Act, Scope, Target

# Kinds of goods; beside a word for another domain they are what a story is about.
_GOODS = frozenset(
    "kitchen home electronics audio computer phone beauty clothing shoes bags toys baby pet tea-coffee "
    "stationery tools garden".split()
)
# What is read or watched over a coffee is no coffee.
_CONSUMED = re.compile(
    r"(?<![a-z])(?:to|can|should) (?:read|watch|listen)(?![a-z])|(?:看|读|听)(?:点|些|个|本|部|首|什么|啥)"
)
# All of somebody's works are known: what is asked for next is by others.
_EXHAUSTED = re.compile(
    r"(?:都|全)(?:部|都)?(?:已经)?(?:看|读|听|刷|追)(?:过|完|遍|了)|(?:看|读|听|刷)遍了|(?<![a-z])(?:seen|watched|read|heard)"
    r" (?:all|everything|every one|them all)(?![a-z])"
)
_KNOWN = re.compile(r"的?(?:书|电影|片子|歌|小说)?(?:我|也|早就?|都)*(?:看|读|听)(?:过|完)")
_NOT_FOR = re.compile(r"不是(?:给|适合|为了?)?$|(?<![a-z])(?:not|isn'?t|aren'?t) (?:really |just )?(?:for|made for) $")
_ASLEEP = re.compile(r"(?:'?re| are| r|都|已经|们|刚)* ?(?:asleep|sleeping|in bed|away|at school|睡|不在)")
_OTHERS = re.compile(r"别的|其他|其它|接下来|之后看|还有|还能看|(?<![a-z])(?:next|else|other)(?![a-z])")
_OWN_CHILD = re.compile(r"(?:我家?的?|我们家?的?|(?<![a-z])(?:my|our|the)) ?$")
_DYING = re.compile(r" (?:dying|dies?|deaths?|being hurt|getting hurt|suffering)(?![a-z])")
_OF_PEOPLE = re.compile(r"(?<![a-z])(?:they|he|she|we|i)(?:'?re|'?s|'?m| are| r| is| am) [^.!?]{0,40}$")
_LEARNT = re.compile(r"(?:学|学习|练|练习|(?<![a-z])(?:learn(?:ing)?|practi[cs](?:e|ing)|study(?:ing)?)) ?$")
_SHOPPING = re.compile(
    r"买|购|送|礼物|礼品|商品|下单|块钱|预算|(?<![a-z])(?:buy|buying|gifts?|presents?|shop|shopping|price|cheap|under|budget|order"
    r"|need (?:a|an|some)|for the|gadgets?|get (?:a|an|some|him|her|them|me))(?![a-z])"
)
_WHERE_ONE_IS = re.compile(
    r"(?:搬[到来]|刚[到来]|来到)(?:了)? ?$|(?<![a-z])(?:moved?|moving|relocated?|new) (?:to|in) $"
    r"|(?<![a-z])(?:live|living|based) in $"
)
_COMPANIONS = re.compile(r"找.{0,3}人|一起|群|搭子|(?<![a-z])(?:people|ppl|folks|someone|group|partner|buddy)(?![a-z])")
_WHEN = re.compile(r"(?<![a-z])(?:on|by|until|till|this|next) $")
_NO_MOOD = ("舒服", "开心", "高兴")  # 不舒服 is how ears feel, not what a film is like

_CONTROLS = frozenset(
    (Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.HELP, Act.SET_STYLE)
)


def of_company(d: Draft, f: FacetReading) -> bool:
    """Whether a facet speaks of who is there, or whom it is for; what it says of them is told."""
    m, target = f.mention, f.target
    if target == Target("audience", "child") and any(o.facet == Target("audience", "teen") for o in f.facets):
        return True  # 孩子初中了
    if target.kind == "audience" and _NOT_FOR.search(d.folded[: m.start]):
        f.put(d, Act.MUST_NOT, -1.0)
        return True
    if target.kind == "audience" and _ASLEEP.match(d.folded, m.end):
        return True  # "kids asleep" leaves the grown-ups
    if target.kind == "audience" and f.negative and _OWN_CHILD.search(d.folded[: m.start]):
        d.emit(Act.CONTEXT, m, 1.0, kind="situation", scope=Scope.TONIGHT)
        return True  # "no dying animals pls my kid cries"
    if (
        target.kind in ("language", "country")
        and not m.extra
        and f.frame is None
        and _OF_PEOPLE.search(d.folded[: m.start])
    ):
        return True  # "they are 70, conservative, polish"
    if target.kind == "language" and _LEARNT.search(d.folded[: m.start]) and _COMPANIONS.search(d.folded):
        d.emit(Act.ASK_RECOMMEND, m, 2.0, target=Target("genre", "language"), polarity=1.0)
        return True
    return False


def in_passing(d: Draft, f: FacetReading) -> bool:
    """Whether the words only belong to something else that is said."""
    m, target = f.mention, f.target
    if f.frame is None and any(a.target == target and a.act in (Act.MUST_NOT, Act.REVEAL_DISLIKE) for a in d.out):
        return True  # "不要杯子 家里一堆杯子": why it is refused is no wish for it
    if target.kind == "mood" and d.folded[m.start : m.end] in _NO_MOOD and d.folded[: m.start].endswith("不"):
        return True
    if f.negative and target.kind == "keyword" and _DYING.match(d.folded, m.end):
        return True  # "no dogs dying": dogs are welcome
    if target.kind == "person" and any(i.item and i.start == m.end + 1 and d.folded[m.end] == "的" for i in d.mentions):
        return True  # 维伦纽瓦的沙丘 names the film
    fields = d.patterns.spans("field", d.folded) if target.kind == "keyword" else []
    field = any(s < m.end and m.start < e and m.end - m.start <= e - s for _, s, e in fields)
    if field and Act.ASK_RECOMMEND not in d.kinds:
        return True  # "director 是谁" asks for a field, "by a female director" does not
    if target.kind == "keyword" and Act.NOT_NOW in d.kinds and _WHEN.search(d.folded[: m.start]):
        return True  # "maybe on Sunday" says when
    if target.kind == "keyword" and any(start <= m.start and m.end <= end for _, start, end in d.situations):
        return True
    if (
        target.kind == "domain"
        and f.frame in (Frame.LIKE, Frame.MUST_NOT, Frame.DISLIKE, Frame.DOUBLE)
        and any(
            o is not m and f.clause.start <= o.start < f.clause.end
            for o in (*f.facets, *(i for i in d.mentions if i.item))
        )
    ):
        if f.frame is Frame.LIKE and not d.shown and target.value in ("book", "music", "article"):
            d.emit(Act.ASK_RECOMMEND, m, 1.0, target=target, polarity=1.0)  # 迷上侦探小说: books are spoken of
        return True  # "诺兰的片子我都爱" is about him, not about films
    if (
        target.kind == "genre"
        and target.value in _GOODS
        and (
            any(o.facet and o.facet.kind == "domain" and o.facet.value not in ("product", "topic") for o in f.facets)
            or _CONSUMED.search(d.folded)
        )
    ):
        return True
    if (
        target.kind == "genre"
        and target.value in _GOODS
        and d.folded[m.start : m.end].isascii()
        and d.folded[m.start : m.end] in common_words()
        and d.context.domain != "product"
        and not _SHOPPING.search(d.folded)
        and not any(o.facet == Target("domain", "product") for o in f.facets)
    ):
        return True  # "the one where nobody comes home" is about no homeware
    if f.negative and target.kind == "domain" and d.folded[: m.start].endswith(("老", "old ", "older ")):
        return True  # who likes no old films likes films
    if target.kind == "keyword" and _WHERE_ONE_IS.search(d.folded[: m.start]):
        return True  # who has moved to Berlin asks for nothing about it
    if d.kinds & {Act.SET_LANGUAGE} and target.kind in ("language", "country"):
        return True
    return bool(d.kinds & _CONTROLS) and not f.negative


def known_to_the_last(d: Draft, f: FacetReading) -> bool:
    """Whether all of a person's works are known: others are wanted, or the person is liked."""
    m, target = f.mention, f.target
    if (
        target.kind == "person"
        and f.frame in (None, Frame.REQUEST, Frame.MUST_NOT)
        and (_EXHAUSTED.search(f.words) or d.shown and _KNOWN.match(d.folded, m.end))
    ):
        if f.negative or d.shown or d.kinds & {Act.ASK_RECOMMEND, Act.MORE, Act.NEXT} or _OTHERS.search(d.folded):
            f.put(d, Act.MUST_NOT, -1.0)
        else:
            f.put(d, Act.REVEAL_LIKE, 1.0)
        return True
    return False
