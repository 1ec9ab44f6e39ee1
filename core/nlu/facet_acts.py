"""Acts about facets: what is asked for, liked, refused, swapped or given up, by the words around it."""

import re

from core.nlu.clauses import carried, clause_of, govern
from core.nlu.cues import Frame
from core.nlu.draft import NO_REQUEST, Draft
from core.nlu.facet_asides import in_passing, known_to_the_last, of_company
from core.nlu.facet_comparing import compared
from core.nlu.facet_reading import FacetReading, read_facet
from core.nlu.facet_swaps import beside_an_act, given_up, replacing, swapped
from core.nlu.mentions import Mention
from core.nlu.noun_acts import wants
from core.nlu.numbers.number import Use
from core.nlu.verdicts import judge
from core.turns import Act, Scope, Target

_COMPANY = re.compile(
    r"孩子|娃|小朋友|小孩子?|宝宝|kids?|toddlers?|child(?:ren)?|little ones|一家人|全家人?|the family|whole family|大人"
)
_QUALITY = re.compile(
    r"是不是|会不会|算不算|^(?:so |and |but |ok )*(?:is|are|was)"
    r" (?:it|this|that|they|the (?:first|second|third|last)(?: one)?)(?! not)"
)
# After a facet that is all of a message: "british ofc", 中国的吧.
_NOTHING = re.compile(r"(?:[ 的吧呢啊呀嘛.!?。！？]|ofc|obviously|of course|please|pls|plz|tho|ones?|only)*")
_NEGATED = re.compile(r"no |without |没|无")


def facets_acts(d: Draft) -> None:
    """Acts about every facet that is named."""
    facets = tuple(m for m in d.mentions if m.facet is not None or m.use is Use.DECADE)
    if not facets:
        return
    swaps = replacing(d)
    for m in facets:
        target = m.facet or Target("decade", str(int(m.number.value or 0)) if m.number else "0")
        clause = d.clauses[clause_of(d.clauses, m.start)]
        cue = govern(m, clause, d.cues, d.mentions, d.folded)
        if cue is None:
            cue = carried(m, d.clauses.index(clause), d.clauses, d.cues, d.mentions, d.folded)
        for one in (target, *m.extra):
            f = read_facet(d, m, one, cue, clause, facets)
            if not (
                of_company(d, f)
                or known_to_the_last(d, f)
                or in_passing(d, f)
                or beside_an_act(d, f)
                or swaps
                and swapped(d, f, swaps[0])
                or given_up(d, f)
                or _judged(d, f)
                or _limits(d, f)
                or _beside_items(d, f)
            ):
                _asked_for(d, f)


def _judged(d: Draft, f: FacetReading) -> bool:
    """Whether it is liked, disliked, refused, or wanted more or less than on the screen."""
    m, target = f.mention, f.target
    if f.frame is Frame.DOUBLE:
        f.put(d, Act.REVEAL_LIKE, 0.5)
        return True
    if f.frame is Frame.DISLIKE:
        f.put(d, Act.REVEAL_DISLIKE, -1.0)
        return True
    if d.shown and target.kind == "mood" and Act.ASK_RECOMMEND not in d.kinds and _QUALITY.search(d.folded):
        place = next((p for _, p in d.referents() if p is not None), None)
        if place is not None or d.context.focus:
            d.emit_item(Act.ASK_INFO, None, place, kind="mood")  # "is it scary"
            return True
    more = compared(d, m, f.clause)
    if d.shown and more:
        f.put(d, Act.CRITIQUE_LESS if more < 0 else Act.CRITIQUE_MORE, float(more))
        return True
    if more < 0 and target.kind in ("mood", "keyword", "genre") and f.frame is not Frame.LIKE:
        f.put(d, Act.MUST_NOT, -1.0)
        return True
    if f.frame is Frame.MUST_NOT:
        if not any(a.target == target and a.act is Act.ASK_RECOMMEND and a.end != m.end for a in d.out):
            f.put(d, Act.MUST_NOT, -1.0)  # of "jazz but not elevator jazz" the jazz is wanted
        return True
    if f.frame is Frame.LIKE and not wants(d, f.cue, f.words):
        f.put(d, Act.REVEAL_LIKE, 1.0, strength=2.0 if judge(d.patterns, f.words).strong or "超" in f.words else 1.0)
        return True
    if target.kind == "keyword" and _NEGATED.match(d.folded, m.start):
        d.emit(Act.ASK_RECOMMEND, m, target=target, polarity=1.0, scope=f.scope, count=d.count)
        return True  # "no vocals" are a facet's own words
    return False


def _limits(d: Draft, f: FacetReading) -> bool:
    """Whether it must be so, or what is sought must be like it."""
    m, target = f.mention, f.target
    if f.frame is Frame.MUST or target.kind in ("decade", "language", "audience") and target.value != "adult":
        said = d.folded[m.start : m.end]
        fits = re.search(
            r"(?:适合|给|for|for my|suitable for|only|must be|rated)\s*(?:\S{0,3})$", d.folded[: m.start]
        ) or re.match(r"\s*(?:能看|可以看|看的|friendly|版|向|film|movie|book|$)", d.folded[m.end :])
        if target.kind == "audience" and _COMPANY.fullmatch(said) and not fits:
            d.emit(Act.CONTEXT, m, 1.0, target=target, kind="situation", scope=Scope.TONIGHT)
            return True
        f.put(d, Act.MUST, 1.0)
        return True
    if f.frame is Frame.SIMILAR and target.kind == "person":
        f.put(d, Act.SIMILAR_TO, 1.0)
        return True
    return False


def _beside_items(d: Draft, f: FacetReading) -> bool:
    """Whether it speaks of an item that is judged or pointed at."""
    m, target = f.mention, f.target
    if d.kinds & NO_REQUEST and f.frame is not Frame.REQUEST and not d.kinds & {Act.ASK_RECOMMEND, Act.GREET}:
        if (
            target.kind in ("domain",)
            or f.frame is None
            and d.kinds & {Act.ASK_WHY, Act.COMPARE, Act.ACCEPT, Act.SAVE, Act.UNSAVE, Act.NOT_NOW, Act.ASK_PROFILE}
        ):
            return True
        if d.context.focus or d.names_items():
            sign = -1.0 if d.kinds & {Act.DISLIKE, Act.SEEN_DISLIKED} else 1.0
            if target.kind in ("mood", "genre", "keyword") and (sign < 0 or d.kinds & {Act.LIKE, Act.LOVE}):
                f.put(d, Act.CRITIQUE_LESS if sign < 0 else Act.CRITIQUE_MORE, sign)
            return True
    if target.kind == "domain" and (
        _only_points(d, m) or (f.frame is None and d.names_items() and Act.ASK_RECOMMEND not in d.kinds)
    ):
        return True
    if (
        f.frame is None
        and target.kind == "person"
        and not d.kinds & {Act.ASK_RECOMMEND}
        and d.kinds & {Act.LOVE, Act.LIKE}
    ):
        f.put(d, Act.REVEAL_LIKE, 1.0, strength=2.0)
        return True
    return False


def _asked_for(d: Draft, f: FacetReading) -> None:
    m, target = f.mention, f.target
    bare = bool(_NOTHING.fullmatch(d.folded[m.end :])) and not d.folded[: m.start].strip(" 要那")
    loose = f.frame is None and Act.ASK_RECOMMEND not in d.kinds and not bare
    count = d.count_of(m) if target.kind == "domain" else d.count
    d.emit(Act.ASK_RECOMMEND, m, 0.0 if loose else 2.0, target=target, polarity=1.0, scope=f.scope, count=count)


def _only_points(d: Draft, m: Mention) -> bool:
    """A domain word that only points: 这部电影, the film."""
    before = d.folded[max(0, m.start - 5) : m.start]
    return (
        bool(
            re.search(
                r"(?:这|那|哪|每|该|此|上)[部本首篇个些]?[老新好]?\s?$|(?:this|that|the|which|my|your)\s$", before
            )
        )
        and Act.ASK_RECOMMEND not in d.kinds
        and not d.folded[m.end :].lstrip().startswith("呢")
    )
