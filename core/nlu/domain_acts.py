"""The domain of a request that names none, by its verb: good to watch, what to read next, something to listen to."""

import re

from core.nlu.draft import Draft
from core.turns import Act, Target

_WANTS = (Act.ASK_RECOMMEND, Act.MUST, Act.CONTEXT, Act.EXPLORE, Act.GROUP_SETTLE)
_HINTS = (
    (
        "topic",
        r"谁[也都]不认识|没(?:有)?(?:什么)?(?:朋友|认识的人)|有没有(?:人)?一起|约(?:个|一个)?人|组(?:个)?[队局]"
        r"|找(?:个|点|些)?(?:搭子|伙伴|同好|组织|队友|队伍|伴儿?|群| ?group)"
        r"|(?<![a-z])find (?:me )?(?:a |some )?(?:group|buddy|partner|mates)(?![a-z])"
        r"|(?<![a-z])(?:knows? (?:nobody|no[- ]one)|don'?t know (?:anyone|anybody|a soul)|join me|go with me)(?![a-z])"
        r"|找(?:个|点|些)?人(?:一起|陪|聊|玩)|有(?:没有)?.{0,4}群(?=吗|么|$|[,，。?？ ])"
        r"|找(?:搭子|伙伴|同好|组织)|交(?:点|些|个)?朋友"
        r"|(?<![a-z])(?:meet (?:people|others|folks|someone)|(?:people|ppl|folks) (?:who|to|into)|make friends"
        r"|someone to (?:play|talk|run))(?![a-z])|认识.{0,8}(?:人|朋友)",
    ),
    (
        "music",
        r"听(?!说|你|我|懂|起来|众)"
        r"|(?<![a-z])(?:listen(?:ing)?|hear|headphones on|play (?:me|us|some(?:thing)?))(?![a-z])"
        r"|(?<![a-z])oldies(?![a-z])|(?<!主题)歌(?!剧|舞|手)|(?<![a-z])love songs?(?![a-z])",
    ),
    (
        "book",
        r"读(?!者|书会)|看书|(?<![a-z])(?:to|should i|can i|could i|for|wanna|gonna|i'?ll|let'?s) read(?:ing)?(?![a-z])"
        r"|(?<![a-z])read next(?![a-z])",
    ),
    (
        "product",
        r"装备|(?<![a-z])(?:gear|equipment)(?![a-z])|买|送(?:给|妈|爸|女|男|老|朋友|孩|同事|他|她|啥|什么|点)|(?<![a-z])(?:buy|gifts?|presents?"
        r"|(?:should|can|do|could) i (?:get|give) (?:my|him|her|them|a friend))(?![a-z])",
    ),
    (
        "film",
        r"看(?!看|了|书|上|到|起来|你|我|法|来|不懂|好)|追(?:剧|番)"
        r"|(?<![a-z])(?:watch(?:ing)?|movie|film|binge|screen)(?![a-z])",
    ),
)


# Verbs that leave the domain spoken of: what is read is no film.
_ELSEWHERE = {
    "book": re.compile(r"(?:想|来|找)(?:点|些|个|本)?.{0,3}读的?|(?<![a-z])(?:to|wanna|want to) read(?![a-z])"),
    "film": re.compile(r"看(?:点|些)(?:什么|啥|剧|片)|(?<![a-z])(?:to|wanna|can we) watch(?![a-z])"),
    "music": re.compile(
        r"(?:可|能|好)听的"
        r"|(?:想|来|找)(?:点|些|首)?.{0,3}听(?!说)|(?<![a-z])(?:to|wanna|want to) (?:listen|hear)(?![a-z])"
    ),
}
_NEVER = re.compile(r"(?!)")
_FOR_DOING = re.compile(r".{0,12}[听看读]的(?:[吗呢吧啊有没]|$)*|.{1,10}的时候[听看读].*")  # 适合跑步听的, 开车的时候听
_ONE_SITTING = 40  # minutes: what is read in so short a time is no book
_GOODS = frozenset(
    Target("keyword", value)
    for value in ("headphones", "apron", "umbrella", "lamp", "watch", "cup", "pillow", "blanket", "camera", "tent")
)


def domains_acts(d: Draft) -> None:
    """Adds the domain where the request stands without one."""
    acts = [a for a in d.out if a.act in _WANTS]
    for_doing = bool(acts) and _FOR_DOING.fullmatch(d.folded.strip())
    if not (for_doing or any(a.act is Act.ASK_RECOMMEND or a.act is Act.MUST for a in acts)) or (
        d.context.expecting and Act.ASK_RECOMMEND not in d.kinds
    ):
        return
    named = any(
        a.target and (a.target.kind == "domain" or a.target.kind == "item" and a.act in (Act.SIMILAR_TO, Act.ASK_INFO))
        for a in d.out
    )
    if named:
        return
    standing = d.context.domain if d.shown else None
    goods = {a.target for a in acts if a.act is Act.ASK_RECOMMEND and a.target is not None} & _GOODS
    if standing is None and any((thing.kind, thing.value) in d.catalog.rows_of for thing in goods):
        d.emit(Act.ASK_RECOMMEND, None, 1.0, target=Target("domain", "product"), polarity=1.0)
        return
    measured = next((m.number.domain for m in d.mentions if m.number and m.number.domain), None)
    if measured and measured != standing and (standing is None or measured in ("book", "music")):
        count = next((a.count for a in acts if a.count), None)
        d.emit(Act.ASK_RECOMMEND, None, 1.0, target=Target("domain", measured), polarity=1.0, count=count)
        return  # 一部 is a film, 一首 a song
    kinds = [d.folded[m.start : m.end] for m in d.mentions if m.facet and m.facet.kind == "genre"]
    if standing not in (None, "film") and any(said.endswith(("片", "剧")) for said in kinds):
        count = next((a.count for a in acts if a.count), None)
        d.emit(Act.ASK_RECOMMEND, None, 1.0, target=Target("domain", "film"), polarity=1.0, count=count)
        return  # 纪录片 is seen, whatever was spoken of before
    for domain, words in _HINTS:
        if standing == "book" and domain == "film":
            continue  # a book is 看 too
        if standing and domain not in ("topic", "product") and not _ELSEWHERE.get(domain, _NEVER).search(d.folded):
            continue  # "something to watch after that" in a talk of films says nothing new
        if domain != standing and re.search(words, d.folded):
            count = next((a.count for a in acts if a.count), None)
            if domain == "book" and any(a.kind == "minutes" and (a.value or 0) <= _ONE_SITTING for a in acts):
                domain = "article"
            d.emit(Act.ASK_RECOMMEND, None, 1.0, target=Target("domain", domain), polarity=1.0, count=count)
            return
