"""Acts of the talk itself, answers, and what is meant by default."""

import re

from core.nlu.cues import Said
from core.nlu.draft import ABOUT_ITEM, TALK, Draft
from core.nlu.numbers.number import Use
from core.turns import Act

_ALL = re.compile(
    r"都(?!行|可以|市|是|有|好(?!看)|怪|要|中)|全都|一个都|none of|all of (?:them|these|those|em)"
    r"|literally all|both(?! (?!of (?:them|these|those)|these|those|them)[a-z])|neither|(?:娃说)都"
)


_BOTH = re.compile(r"(?<![a-z])both(?![a-z])|两(?:个|部|本|首|张|款)都")


def said_acts(d: Draft) -> None:
    done = {a.act for a in d.out}
    referents = d.referents()
    for said in d.said:
        act = said.act
        if act in (Act.ASK_RECOMMEND, Act.SET_SCOPE, Act.DROP_CONDITION, Act.ANOTHER_N, Act.NOT_UNDERSTOOD):
            continue
        if act is Act.SET_LANGUAGE:
            d.emit(act, text=_language_wanted(d))
        elif act is Act.SET_STYLE:
            longer = re.search(
                r"长(?:一?点|些)|详细|[细具]体?一?点|多[讲说]|展开|longer|detail|elaborate|more(?! about)|写长",
                d.folded,
            )
            d.emit(act, kind="long" if longer else "short")
        elif act in ABOUT_ITEM:
            if act in done or _verdict_given(d, done, act):
                continue
            if not referents and _of_a_facet(d, act):
                continue
            if act is Act.ASK_WHY:
                d.emit_item(act, None, referents[0][1] if referents and referents[0][1] is not None else None)
            elif referents and act not in (Act.SAVE, Act.NOT_NOW, Act.ACCEPT, Act.UNSAVE):
                continue  # each item had its own verdict
            elif referents and act in (Act.SAVE, Act.UNSAVE) and all(place is not None for _, place in referents):
                for _, place in referents:
                    d.emit_item(act, None, place)
            elif referents:
                mention, place = referents[-1]
                d.emit_item(act, mention if place is None else None, place)
            elif _ALL.search(d.folded) and len(d.context.shown) > 1 and act not in (Act.ACCEPT,):
                several = 2 if _BOTH.search(d.folded) else len(d.context.shown)
                for place in range(1, several + 1):
                    d.emit_item(act, None, place)
            elif _taste_only(d, act):
                continue
            else:
                d.emit_item(act, None)
        elif act is Act.SIMILAR_TO:
            if act not in done:
                # what it shall be like is not asked about
                d.out = [a for a in d.out if a.act is not Act.ASK_INFO or a.kind is not None]
                d.emit_item(
                    act,
                    referents[-1][0] if referents and referents[-1][1] is None else None,
                    referents[-1][1] if referents else None,
                )
        elif act is Act.COMPARE:
            if act not in done:
                places = range(1, min(len(d.context.shown), 5) + 1)
                for place in places:
                    d.emit_item(act, None, place)
                if not d.context.shown:
                    d.emit(act)
        elif act in (
            Act.ASK_WHY_NOT,
            Act.REPAIR,
            Act.GROUP_VETO,
            Act.UNDO,
            Act.COUNTERFACTUAL,
            Act.CORRECT_PROFILE,
        ):
            if act not in done:
                if act is Act.COUNTERFACTUAL:
                    d.emit(act, kind=d.patterns.first("slot", d.folded))
                elif act is Act.ASK_WHY_NOT:
                    d.emit(act, text=_after_words(d, said))
                else:
                    d.emit(act)
        elif act in TALK:
            if act is Act.CHIT_CHAT and (d.out or len(d.said) > 1):
                continue
            if act is Act.DONT_CARE and d.patterns.first("slot", d.folded) and not d.context.expecting:
                continue
            if act is Act.MORE and not d.shown and any(a.act is Act.ASK_RECOMMEND and a.target for a in d.out):
                continue
            if act in (Act.MORE, Act.NEXT) and d.count and re.search(r"再|多|more|another|\+", d.folded):
                continue
            d.emit(act, count=d.count if act is Act.MORE else None)
    _another(d)
    _info(d)


_KIND_MEANT = re.compile(r"这[种类]|那[种类]|他的|她的|(?<![a-z])(?:those|them)(?![a-z])")


def _of_a_facet(d: Draft, act: Act) -> bool:
    """The verdict's words speak of what else is refused: "周星驰的除外 全看过", "no self help, i hate those"."""
    refused = [a for a in d.out if a.target and a.target.kind != "item" and (a.polarity or 0) < 0]
    if act is Act.SEEN_NEUTRAL or act is Act.DISLIKE and any(a.target and a.target.kind == "person" for a in refused):
        return bool(refused)
    return act is Act.DISLIKE and bool(refused) and bool(_KIND_MEANT.search(d.folded))


def _after_words(d: Draft, said: Said) -> str | None:
    rest = re.sub(r"[\s?？。.!！,，呢啊呀的吗]+$", "", d.read.text.text[said.end :]).strip(" ,，")
    return rest or None


def _verdict_given(d: Draft, done: set[Act], act: Act) -> bool:
    verdicts = {
        Act.LIKE,
        Act.LOVE,
        Act.DISLIKE,
        Act.SEEN_LIKED,
        Act.SEEN_DISLIKED,
        Act.SEEN_NEUTRAL,
        Act.REVEAL_LIKE,
        Act.REVEAL_DISLIKE,
        Act.CORRECT_PROFILE,
    }
    return act in verdicts and bool(done & verdicts)


def _taste_only(d: Draft, act: Act) -> bool:
    """A verdict with nothing on the screen to be about, and no question that it answers."""
    if act in (Act.SAVE, Act.UNSAVE, Act.ACCEPT, Act.NOT_NOW):
        return False
    if d.context.focus or d.shown or d.context.expecting in ("like", "seen", "item"):
        return False
    return act in (Act.LIKE, Act.DISLIKE, Act.LOVE)


def _another(d: Draft) -> None:
    counts = [m for m in d.mentions if m.use is Use.COUNT]
    if not counts or d.count is None or Act.UNDO in d.kinds:
        return
    more = re.search(r"再(?!见)|另外|(?:还|多)(?:来|要|给)|more|another|\+\d|(?<![a-z])else", d.folded)
    facets = [a for a in d.out if a.act in (Act.ASK_RECOMMEND, Act.REPLACE_CONDITION)]
    if more or (d.shown and not facets and not any(a.act is Act.ASK_RECOMMEND for a in d.out)):
        d.out = [
            a
            for a in d.out
            if a.act not in (Act.MORE, Act.NEXT)
            and not (a.act is Act.ASK_RECOMMEND and a.target and a.target.kind == "domain")
        ]
        d.emit(Act.ANOTHER_N, counts[0], count=d.count)


def _info(d: Draft) -> None:
    done = {a.act for a in d.out}
    if done & {
        Act.ASK_INFO,
        Act.DROP_CONDITION,
        Act.CONTEXT,
        Act.COMPARE,
        Act.ASK_WHY,
        Act.HELP,
        Act.PRIVACY_SHOW,
        Act.LIST_SAVED,
        Act.ASK_PROFILE,
        Act.UNDO,
        Act.SET_STYLE,
        Act.CHIT_CHAT,
        Act.SET_LANGUAGE,
        Act.ASK_WHY_NOT,
        Act.COUNTERFACTUAL,
        Act.PRIVACY_FORGET,
        Act.PRIVACY_EXPORT,
        Act.REPAIR,
        Act.REPEAT,
        Act.BACK,
    }:
        return
    if any(a.act is Act.ASK_RECOMMEND and a.target and a.target.kind == "person" for a in d.out):
        return  # "more by the same author"
    places = [(m, p) for m, p in d.referents() if p is not None]
    if not (d.context.focus or places or d.shown):
        return
    fields = d.fields_asked()
    if not fields or Act.MORE in done and len(d.folded) <= 6:
        return
    forms = [kind for kind, _, _ in fields if kind in ("book", "film")]  # "有没有原著": of what is spoken of
    of_form = bool(forms) and re.search(r"推荐|recommend", d.folded) is None
    if d.kinds & {Act.ASK_RECOMMEND} and not places and not (of_form or re.search(r"[?？]|谁|什么|啥|多", d.folded)):
        return
    for kind, _, _ in fields[:2]:
        d.emit_item(Act.ASK_INFO, None, places[0][1] if places else None, kind=kind)
    # the field's word is no wish: 评分, mood words of a question
    d.out = [a for a in d.out if not (a.act is Act.ASK_RECOMMEND and not d.kinds & {Act.ASK_RECOMMEND})]


def _language_wanted(d: Draft) -> str:
    text = d.folded
    zh = [
        m.end()
        for m in re.finditer(r"中文|汉语|普通话|国语|中国话|chinese|mandarin|繁体|简体|广东话|粤语|东北话", text)
    ]
    en = [m.end() for m in re.finditer(r"英文|英语|english|洋文", text)]
    refused = re.search(
        r"(?:不要|别|唔好|不用|none of this|no|not|免了).{0,6}(?P<w>英文|英语|english|洋文|中文|chinese)"
        r"|(?P<v>英文|英语"
        r"|english|中文|chinese)就?免了",
        text,
    )
    if refused:
        word = refused["w"] or refused["v"]
        return "zh" if word in ("英文", "英语", "english", "洋文") else "en"
    if zh and en:
        return "zh" if min(zh) < min(en) else "en"
    return "zh" if zh else "en"
