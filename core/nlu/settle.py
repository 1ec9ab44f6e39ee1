"""Which of the acts whose words were found are meant, when the words of several were."""

import re
from collections.abc import Iterable

from core.nlu.clauses import clause_of
from core.nlu.cues import Frame, Said
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.turns import Act

# An act that explains the words of another: where both were found, the second goes.
_OVERRULES: dict[Act, tuple[Act, ...]] = {
    Act.PRIVACY_FORGET: (Act.UNDO, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.UNSAVE, Act.ASK_PROFILE, Act.YES,
                         Act.ASK_RECOMMEND),
    Act.PRIVACY_EXPORT: (Act.PRIVACY_SHOW, Act.SAVE, Act.LIST_SAVED, Act.ASK_RECOMMEND, Act.MORE),
    Act.PRIVACY_SHOW: (Act.ASK_PROFILE, Act.LIST_SAVED, Act.SAVE, Act.HELP, Act.ASK_RECOMMEND, Act.REPEAT),
    Act.ASK_PROFILE: (Act.CORRECT_PROFILE, Act.ASK_RECOMMEND, Act.CHIT_CHAT, Act.LIKE, Act.DONT_CARE, Act.LOVE),
    Act.LIST_SAVED: (Act.SAVE, Act.ASK_RECOMMEND, Act.MORE, Act.HELP),
    Act.UNSAVE: (Act.SAVE, Act.UNDO, Act.NO, Act.DISLIKE),
    Act.ASK_WHY_NOT: (Act.ASK_WHY, Act.NO, Act.ASK_RECOMMEND, Act.DISLIKE, Act.MORE),
    Act.ASK_WHY: (Act.LIKE, Act.LOVE, Act.ASK_RECOMMEND, Act.DISLIKE),
    Act.SET_STYLE: (Act.ASK_RECOMMEND,),
    Act.SET_LANGUAGE: (Act.ASK_RECOMMEND, Act.NO),
    Act.BACK: (Act.REPEAT, Act.MORE) ,
    Act.REPEAT: (Act.MORE, Act.ASK_RECOMMEND, Act.BACK),
    Act.HELP: (Act.CHIT_CHAT, Act.ASK_RECOMMEND, Act.SAVE, Act.GROUP_JOIN),
    Act.GROUP_SETTLE: (Act.DONT_CARE,),
    Act.NOT_NOW: (Act.NO, Act.DISLIKE),
    Act.SEEN_LIKED: (Act.SEEN_NEUTRAL, Act.LIKE, Act.SEEN_DISLIKED),
    Act.SEEN_DISLIKED: (Act.SEEN_NEUTRAL, Act.DISLIKE, Act.LIKE, Act.NO),
    Act.SEEN_NEUTRAL: (Act.LIKE,),
    Act.LOVE: (Act.LIKE,),
    Act.SURPRISE: (Act.DONT_CARE, Act.ASK_RECOMMEND, Act.MORE),
    Act.EXPLORE: (Act.ASK_RECOMMEND, Act.MORE, Act.SEEN_NEUTRAL),
    Act.MORE: (Act.ASK_RECOMMEND,),
    Act.NEXT: (Act.MORE, Act.ASK_RECOMMEND),
    Act.DONT_CARE: (Act.LIKE, Act.ASK_RECOMMEND),
    Act.DONT_KNOW: (Act.NO,),
    Act.CORRECT_PROFILE: (Act.NO, Act.REPAIR, Act.LIKE, Act.LOVE, Act.DISLIKE),
    Act.UNDO: (Act.DISLIKE, Act.LIKE, Act.NO, Act.LOVE, Act.BACK, Act.MORE),
    Act.ACCEPT: (Act.LIKE, Act.YES, Act.ASK_RECOMMEND, Act.DISLIKE, Act.MORE),
    Act.COMPARE: (Act.ASK_WHY, Act.LIKE, Act.DISLIKE, Act.ASK_RECOMMEND),
    Act.SAVE: (Act.ASK_RECOMMEND, Act.LIKE, Act.DONT_CARE),
    Act.COUNTERFACTUAL: (Act.ASK_RECOMMEND, Act.DONT_CARE, Act.MORE, Act.NO),
    Act.GROUP_JOIN: (Act.ASK_RECOMMEND,),
    Act.THANKS: (Act.LIKE,),
}  # fmt: skip
_CORRECTS = re.compile(r"其实|记错|记反|谁说|谁跟|误会|更正|不对|辟谣|actually|wrong|你以为|你大概")


_LIKE_THAT = re.compile(r"(?:^|more |sth |something |anything |stuff )like\b")
_VERDICTS = (Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED)

_THEY = re.compile(
    r"(?:(?<![a-z])(?:my|our|his|her|their) [a-z]+|(?<![a-z])(?:s?he|they|you|everyone|people)|我?[他她爸妈][们爸妈]?"
    r"|我?老[公婆]|我?(?:女|男)朋?友|我?(?:孩子|儿子|女儿))"
    r"(?:'d|'ll| would| will| might|肯定|应该|可能|会|也)*(?: really| probably| absolutely)? ?$"
)
_SOMEBODY = re.compile(r"(?<![a-z])(?:s?he|(?:my|our|his|her) (?!whole|family)[a-z]+)(?: really| absolutely)? $")
_WHY_NOT = re.compile(r"[\s,.!]*(?:(?:sure|ok|okay|yeah|yes|well|hm+)[\s,.!]*)*why not[\s,.!]*")
_SPEAKS = re.compile(
    r"(?<![a-z])(?:speak|talk|reply|answer|respond|write|switch|say|chat)(?![a-z])|说|讲|回|答|聊|切换|换成|改用|跟我"
)
_PUT_OFF = re.compile(r"不|没|冇|再|等|有空|改天|下次|(?<![a-z])(?:not?|another|other)(?![a-z])")
_SAID_SO = re.compile(r"说过|以为|(?<![a-z])(?:never|said|told|think i|thought i)(?![a-z])")


def _limits(d: Draft) -> bool:
    """Other conditions are named."""
    return any(m.number is not None or m.facet and m.facet.kind not in ("language", "country") for m in d.mentions)


def _names(m: Mention, one: Said) -> bool:
    """The words are a name's, or a longer facet's: "good" in "feel good"."""
    inside = m.start <= one.start and one.end <= m.end
    longer = m.facet is not None and one.act in _VERDICTS and m.end - m.start > one.end - one.start
    return inside and (m.link is not None or longer)


def _elsewhere(d: Draft, said: Said) -> bool:
    """It stands in a later clause, of something that is named: 就它了，有没有什么圈子."""
    place = clause_of(d.clauses, said.start)
    clause = d.clauses[place]
    return place > 0 and any(m.facet and clause.start <= m.start < clause.end for m in d.mentions)


def settle(d: Draft, said: Iterable[Said]) -> list[Said]:
    found = {s.act: s for s in reversed(tuple(said))}
    if Act.UNSAFE in found:
        return [found[Act.UNSAFE]]
    if Act.SAVE in found and d.context.focus and d.folded.strip(" ,，。!！吧") in ("收藏", "saved"):
        found.pop(Act.LIST_SAVED, None)  # with one in hand it is told, not asked for
    if Act.LIST_SAVED in found and Act.PRIVACY_SHOW in found:
        words = d.folded
        keep = (
            Act.PRIVACY_SHOW
            if re.search(r"你|您|data|info|数据|资料|(?<![a-z])you(?![a-z])", words)
            else Act.LIST_SAVED
        )
        found.pop(Act.LIST_SAVED if keep is Act.PRIVACY_SHOW else Act.PRIVACY_SHOW)
    refused = [c for c in d.cues if c.frame in (Frame.MUST_NOT, Frame.DISLIKE)]
    asked = found.get(Act.ASK_RECOMMEND)
    if asked is not None and any(c.start < asked.end and asked.start < c.end for c in refused):
        found.pop(Act.ASK_RECOMMEND)  # "别给我推" asks for nothing
    style = found.get(Act.SET_STYLE)
    if style is not None and d.context.shown and d.folded[style.start : style.end] == "短一点":
        found.pop(Act.SET_STYLE)
    if re.search(r"(?:is|was|are) (?:it|this|that|they)(?: any| really)? good", d.folded):
        found.pop(Act.ASK_RECOMMEND, None)
    alike = any(c.frame is Frame.SIMILAR for c in d.cues) or re.match(r"(?:sth |smth )?like (?!it|this|that)", d.folded)
    if alike:
        d.cues = [c for c in d.cues if not (c.frame is Frame.LIKE and _LIKE_THAT.search(d.folded[: c.end]))]
        if _LIKE_THAT.search(d.folded):
            found.pop(Act.LIKE, None)
        found.pop(Act.SET_LANGUAGE, None)  # "like Amelie but in English" is about the film
    if d.context.expecting == "drop" and Act.DONT_CARE in found:
        found.pop(Act.DONT_CARE)
    # "有点无聊" is a mood, and "有啥好看的电影" asks for some: neither is a verdict
    for act, one in list(found.items()):
        within = any(start <= one.start and one.end <= end for _, start, end in d.situations)
        of_kind = asked is not None and re.match(r"\s?的?(?:电影|片|剧|书|小说|歌|音乐|东西)|的", d.folded[one.end :])
        if act in _VERDICTS and (within or of_kind):
            found.pop(act)
    # names are no cues: "Up" in 《Up in the Air》, 好看 in a title
    for act, one in list(found.items()):
        if any(_names(m, one) for m in d.mentions):
            found.pop(act)
    if Act.CORRECT_PROFILE in found and any(c.frame is Frame.DOUBLE for c in d.cues) and not _CORRECTS.search(d.folded):
        found.pop(Act.CORRECT_PROFILE)
    for act in (Act.LIKE, Act.LOVE, Act.SEEN_LIKED, Act.SEEN_DISLIKED):
        verdict = found.get(act)
        before = d.folded[: verdict.start] if verdict else ""
        last = d.folded.rfind(" ", 0, verdict.end) + 1 if verdict and act not in (Act.LIKE, Act.LOVE) else 0
        alone = act in (Act.LIKE, Act.LOVE) and _THEY.search(before)
        if verdict and (alone or last > verdict.start and _SOMEBODY.search(d.folded[:last])):
            found.pop(act)  # "my wife would love it", "seen it, she loved it"
    if _WHY_NOT.fullmatch(d.folded):
        found.pop(Act.ASK_WHY_NOT, None)  # "sure, why not"
    if Act.SET_LANGUAGE in found and _limits(d) and not _SPEAKS.search(d.folded):
        found.pop(Act.SET_LANGUAGE)  # "under two hours and in English"
    if Act.CORRECT_PROFILE in found and refused and not _CORRECTS.search(d.folded) and not _SAID_SO.search(d.folded):
        found.pop(Act.CORRECT_PROFILE)  # "not a fan of gore, but I do enjoy thrillers"
    repaired = found.get(Act.REPAIR)
    if repaired and any(c.frame is Frame.DOUBLE and c.start < repaired.end and repaired.start < c.end for c in d.cues):
        found.pop(Act.REPAIR)  # 不是不爱看…，就是… says what is liked
    later = found.get(Act.NOT_NOW)
    if later is not None and (Act.ACCEPT in found or Act.SAVE in found and not _PUT_OFF.search(d.folded)):
        found.pop(Act.NOT_NOW)  # 就它，周末看 says when it is taken
    for strong, weak in _OVERRULES.items():
        if strong in found:
            for act in weak:
                other = found.get(act)
                if other is None or strong is Act.ACCEPT and act is Act.ASK_RECOMMEND and _elsewhere(d, other):
                    continue
                # thanks beside a request are two acts; only what shares the words or contradicts goes
                found.pop(act)
    return sorted(found.values(), key=lambda s: s.start)
