"""Words that point: "the octopus one" at what is shown, "what else did he do" at who made it."""

import re

from core.catalog import Item
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.nlu.numbers.number import Number, Use
from core.turns import Act, Target

_THE_ONE = re.compile(
    r"(?<![a-z])(?:the|that) (?P<en>[a-z]{3,}) one(?![a-z])"
    r"|(?P<zh>[一-鿿]{2,6}?)(?:的?那[个部本首张篇款]|的(?=不|太|有点|挺))"
)
_THEIRS = re.compile(
    r"(?:他|她|ta|这个? ?(?:导演|作者|歌手|演员|乐队|artist|singer|band|author|director|writer))"
    r" ?(?:们)?还(?:有(?:什么|啥|哪些|别的|没有)|(?:拍|写|唱|演|出|导)(?:过|了|的)?)"
    r"|(?<![a-z])(?:what|anything|which) (?:else|other \w+)(?: \w+)? (?:did|has|have|does|by|from) "
    r"(?:he|she|they|him|her|them|(?:this|that|the) (?:same )?(?:guy|director|author|artist|band|writer))(?![a-z])"
    r"|(?<![a-z])(?:(?:more|anything|others?|something|one)(?: else| \w+)? )?(?:by|from) the same"
    r" (?:director|author|artist|band|writer|singer|person)(?![a-z])"
    r"|同一?(?:个|位)?(?:作者|导演|歌手|作家)(?:的)?(?:还有|别的|其他|再)?"
)
_MAKERS = ("director", "author", "artist", "composer", "performer", "creator")


def pointing_acts(d: Draft) -> None:
    """Marks the shown item that a word of its title tells apart, and asks for more by the maker of the one in focus."""
    for match in _THE_ONE.finditer(d.folded):
        name = "en" if match["en"] else "zh"
        if any(m.start < match.end(name) and match.start(name) < m.end and m.item for m in d.mentions):
            continue
        place = _told_apart(d, match[name])
        if place is not None:
            d.mentions = [m for m in d.mentions if not (m.start < match.end() and match.start() < m.end)]
            number = Number(Use.ORDINAL, *match.span(), places=(place,))
            d.mentions.append(Mention(*match.span(), number=number))
            d.mentions.sort(key=lambda m: (m.start, m.end))
    said = _THEIRS.search(d.folded)
    led = d.context.focus or next(iter(d.context.shown), None)  # of several, the first was spoken of
    item = d.catalog.get(led) if said and led else None
    maker = _maker(item) if item else None
    if said and maker:
        d.settled([s for s in d.said if s.act not in (Act.MORE, Act.ASK_RECOMMEND)])
        d.emit(Act.ASK_RECOMMEND, Mention(*said.span(), target=maker), 3.0, target=maker, polarity=1.0)


def _told_apart(d: Draft, words: str) -> int | None:
    """Place of the only shown item whose title or keywords hold the words, or the last of them in Chinese."""
    shown = [d.catalog.get(item_id) for item_id in d.context.shown]
    tails = [words] if words.isascii() else [words[at:] for at in range(len(words) - 1)]
    for tail in tails:
        places = [place for place, item in enumerate(shown, 1) if item and _names(item, tail)]
        if len(places) == 1:
            return places[0]
    return None


def _names(item: Item, words: str) -> bool:
    names = [person.name for person in item.people]
    if words.isascii():
        said = " ".join([item.title.en or "", *(name.en or "" for name in names)]).casefold()
        return words in re.findall(r"[a-z]+", said) or words in item.keywords
    return words in (item.title.zh or "") or any((name.zh or "").startswith(words) for name in names)


def _maker(item: Item) -> Target | None:
    ranked = sorted((p for p in item.people if p.role in _MAKERS and p.facet), key=lambda p: _MAKERS.index(p.role))
    return Target("person", ranked[0].facet) if ranked else None
