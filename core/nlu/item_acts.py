"""Acts about items: verdicts, questions, comparisons, of what is named or stands on the screen."""

import re

from core.nlu.clauses import clause_of, govern
from core.nlu.cues import Cue, Frame
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.nlu.numbers.number import Use
from core.nlu.verdict_acts import emit_mixed
from core.nlu.verdicts import judge
from core.turns import Act, Target

_OFTEN = re.compile(r"[两三四五六七八九十百\d]+遍|(?:three|four|five|six|seven|ten|twenty|many|\d+) times")

# "ok, the first one" judges nothing
_STARTS = re.compile(r"^\s*(?:ok|okay|fine|alright|good|great|好|好的|行)(?=[\s,，.!！]|$)")
_NEXT = re.compile(r"接下来|还能看|之后看|(?<![a-z])(?:what'?s next|what next|what now)(?![a-z])")
_TOO = re.compile(
    r"\s*(?:也|有点|实在|是)?(?:(?:is |was |are |looks )?too |太)"
    r"(?:长|厚|老|慢|贵|闷|long|thick|old|slow|expensive|heavy)"
)
# "something to read after Harry Potter"
_FOLLOWS = re.compile(
    r"(?:something|anything|sth|smth|what|book|film|movie|show)(?: \S+){0,4} after "
    r"(?:(?:reading|watching|finishing) )?\s*\x00"
    r"|看完\s*\x00\s*(?:还|该|接着|之后|后|看|读)"
)
_ASKS = re.compile(r"(?:so |and |but |hey |ok )*(?:is|are|was|were|does|do|did|should|would|can|will|has) ")


_QUALITY = re.compile(
    r"是不是|会不会|算不算|^(?:so |and |but )*(?:is|are|was|were) "
)  # asks how it is, and judges nothing
_NEAR = 5  # code points between a verb and its object
_EMPHASIS = re.compile(r"好[吗么嘛][?？!！~ ]*$")  # 封神好吗 asks nothing
_GOES_ON = re.compile(r"\s*(?:但|不过|可是|只是|就是|but|though|however|just)")


_LAST_SAID = re.compile(r"(?:that |the )?last (?:one|thing|bit)")


def places_acts(d: Draft) -> None:
    if Act.UNDO in d.kinds:  # "scratch that last one" is the last thing said, not the last that is shown
        d.mentions = [m for m in d.mentions if not (m.number and _LAST_SAID.fullmatch(d.folded[m.start : m.end]))]
    for m in d.mentions:
        if m.use is Use.ORDINAL and m.number:
            for place in m.number.places:
                item_id = d.at(place)
                target = Target("item", item_id) if item_id else None
                d.emit(Act.ORDINAL, m, target=target, place=place)


def items_acts(d: Draft) -> None:
    referents = d.referents()
    if not referents:
        return
    if Act.COMPARE in d.kinds or (
        len(referents) >= 2
        and re.search(r"哪|还是|(?<![a-z])(?:which|or|vs|better)(?![a-z])", d.folded)
        and re.search(r"哪|which|better|\?|？|还是", d.folded)
        and not d.kinds & {Act.ASK_WHY_NOT, Act.SIMILAR_TO}
    ):
        for mention, place in referents:
            d.emit_item(Act.COMPARE, mention if place is None else None, place)
        return
    about = d.fields_asked()
    for index, (mention, place) in enumerate(referents):
        clause = d.clauses[clause_of(d.clauses, mention.start)]
        start, end = (clause.start if index else 0), len(d.folded)
        if index and referents[index - 1][0].end <= mention.start:
            start = max(start, referents[index - 1][0].end)
        following = next((m for m, _ in referents[index + 1 :] if m.start >= mention.end), None)
        if following is not None:
            other = d.clauses[clause_of(d.clauses, following.start)]
            end = other.start if other != clause else following.start
        before = _STARTS.sub(" ", d.folded[start : mention.start]) + " \x00 "
        around = wide = before + d.folded[mention.end : end]
        own = d.folded[clause.start : mention.start] + " \x00 " + d.folded[mention.end : clause.end]
        stopped = re.search(r"[.!?。！？]\s*$", d.folded[: clause.end]) is not None
        if len(referents) == 1 and stopped and judge(d.patterns, own).said and not _GOES_ON.match(d.folded, clause.end):
            # "… are my fav ever. Hated 3.": the verdict that comes after is of another
            around = before + d.folded[mention.end : clause.end]
        cue = govern(mention, clause, d.cues, d.mentions, d.folded)
        _item(d, mention, place, (around, wide), cue, [f for f in about if start <= f[1] <= end], len(referents))


def _item(
    d: Draft,
    mention: Mention,
    place: int | None,
    words: tuple[str, str],
    cue: Cue | None,
    about: list[tuple[str, int, int]],
    total: int,
) -> None:
    """words: around the mention, what judges it and all that is of it."""
    around, wide = words
    frame = cue.frame if cue else None
    m = mention if place is None else None  # an ordinal's own span belongs to its ORDINAL act
    if Act.UNDO in d.kinds:
        d.emit_item(Act.UNDO, m, place)
        return
    if Act.UNSAVE in d.kinds or Act.SAVE in d.kinds and not d.kinds & {Act.LIKE, Act.LOVE} and total == 1:
        d.emit_item(Act.UNSAVE if Act.UNSAVE in d.kinds else Act.SAVE, m, place)
        return
    if Act.ASK_WHY_NOT in d.kinds:
        d.emit_item(Act.ASK_WHY_NOT, m, place)
        return
    if Act.ASK_WHY in d.kinds or re.search(
        r"适合我|我会(?:不会)?喜欢|(?:suits? me|for me\b|would i like|will i like)", around
    ):
        d.emit_item(Act.ASK_WHY, m, place)
        return
    if (
        frame is Frame.SIMILAR
        or (
            place is None
            and re.search(
                r"(?:类似|像|similar|like)\s*\x00|\x00\s*(?:那样|那种|之类|这种|差不多|-like|-ish|vibe|同款)", around
            )
            and frame not in (Frame.LIKE, Frame.DISLIKE)
        )
    ) and (place is None or d.shown):
        d.emit_item(Act.SIMILAR_TO, m, place)
        return
    if place is None and _FOLLOWS.search(around):
        d.emit_item(Act.SIMILAR_TO, m, None)
        return
    if Act.ACCEPT in d.kinds:
        d.emit_item(Act.ACCEPT, m, place)
        return
    if Act.NOT_NOW in d.kinds and total == 1:
        d.emit_item(Act.NOT_NOW, m, place)
        if Act.SAVE in d.kinds:
            d.emit_item(Act.SAVE, m, place)
        return
    told, seen = judge(d.patterns, around), judge(d.patterns, wide).seen
    bad, good, meh = told.bad, told.good, told.meh
    if cue is not None and cue.before and frame is Frame.LIKE and 0 <= mention.start - cue.end <= _NEAR:
        bad = False  # "I loved Inception and hated Tenet": the verb before it is its own
    sure = told.strong and _EMPHASIS.search(d.folded)
    asking = (
        bool(about)
        or bool(re.search(r"[?？吗]\s*$|是不是|会不会|算不算", d.folded.strip()))
        or bool(_ASKS.match(d.folded))
    )
    asking = asking and not sure
    if asking and good and not about and _ASKS.match(d.folded) and Act.ASK_WHY not in d.kinds:
        d.emit_item(Act.ASK_INFO, m, place, kind="rating")
        return
    asking = asking and Act.MORE not in d.kinds  # "第二个不错 还有吗" asks for others
    if Act.ASK_RECOMMEND in d.kinds and not seen and _TOO.match(d.folded, mention.end):
        d.emit_item(Act.NOT_NOW, m, place)
        return
    if about and not seen:
        for kind, _, _ in about[:2]:
            d.emit_item(Act.ASK_INFO, m, place, kind=kind)
        return
    double = frame is Frame.DOUBLE
    if told.mixed and not asking:
        emit_mixed(d, told, m, place)
        return
    if seen and not (asking and not (bad or good)):
        act = (
            Act.SEEN_DISLIKED
            if bad and not double
            else Act.LOVE
            if _OFTEN.search(around) and not meh
            else Act.SEEN_NEUTRAL
            if meh and not good
            else Act.SEEN_LIKED
            if good
            else Act.SEEN_NEUTRAL
        )
        d.emit_item(act, m, place)
        return
    if double:
        d.emit_item(Act.LIKE, m, place)
        return
    if (bad or frame in (Frame.DISLIKE, Frame.MUST_NOT)) and not (asking and _QUALITY.search(d.folded)):
        d.emit_item(Act.DISLIKE, m, place)
        return
    if meh and not good:
        d.emit_item(Act.SEEN_NEUTRAL, m, place)
        return
    liked = good or frame is Frame.LIKE or bool(d.kinds & {Act.LOVE, Act.LIKE})
    if liked and (not asking or frame is Frame.LIKE):
        strong = told.strong or Act.LOVE in d.kinds
        d.emit_item(Act.LOVE if strong else Act.LIKE, m, place)
        return
    if place is not None:
        return  # what is wanted of the place is another act, or nothing
    if d.context.expecting in ("item", "like", "genre", "mood", "choose"):
        d.emit_item(Act.ANSWER, m, None)
        return
    if _NEXT.search(d.folded):
        d.emit_item(Act.LIKE, m, None)  # "Friends, The Office, Seinfeld... what's next"
        return
    if d.context.expecting in ("yesno", "confirm", "seen") and d.kinds & {Act.YES, Act.NO}:
        return
    if frame is Frame.REQUEST or re.search(r"\x00\s*(?:$|[。.!！?？]|的?(?:电影|书)?$)", around) or asking:
        d.emit_item(Act.ASK_INFO, m, None, evidence=1.0)
        return
    d.emit_item(Act.ASK_INFO, m, None, evidence=0.0)
