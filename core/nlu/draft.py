"""A message under way from names and cues to acts: what is known of it, and the acts so far."""

import re
from dataclasses import dataclass

from core.catalog import Catalog
from core.nlu.clauses import Clause, split
from core.nlu.cues import Cues, Said
from core.nlu.mentions import Mention
from core.nlu.normalise import Normalised
from core.nlu.numbers.number import Use
from core.nlu.segment import Word
from core.nlu.verdicts import judge
from core.turns import Act, Context, Scope, Target, UnderstoodAct

TALK = (
    Act.GREET, Act.THANKS, Act.BYE, Act.HELP, Act.CHIT_CHAT, Act.PRIVACY_SHOW, Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET,
    Act.ASK_PROFILE, Act.LIST_SAVED, Act.SET_STYLE, Act.GROUP_JOIN, Act.GROUP_SETTLE, Act.DONT_CARE, Act.DONT_KNOW,
    Act.SURPRISE, Act.EXPLORE,
        Act.BACK, Act.REPEAT, Act.NEXT, Act.MORE, Act.YES, Act.NO,
)  # fmt: skip
ABOUT_ITEM = (
    Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.NOT_NOW,
    Act.SAVE, Act.UNSAVE, Act.ACCEPT, Act.ASK_WHY,
)  # fmt: skip
_POLARITY = {
    Act.LIKE: 1.0, Act.LOVE: 1.0, Act.SEEN_LIKED: 1.0, Act.DISLIKE: -1.0, Act.SEEN_DISLIKED: -1.0,
    Act.SEEN_NEUTRAL: 0.0,
}  # fmt: skip
# What these cue words say is hardly ever meant otherwise.
_PLAIN_SPOKEN = frozenset(
    (
        Act.PRIVACY_SHOW, Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.GROUP_JOIN, Act.GROUP_VETO, Act.GROUP_SETTLE,
        Act.UNDO, Act.SET_LANGUAGE, Act.SET_STYLE, Act.COMPARE, Act.LIST_SAVED, Act.UNSAVE, Act.SURPRISE,
        Act.EXPLORE, Act.BACK, Act.REPEAT, Act.GREET, Act.THANKS, Act.COUNTERFACTUAL, Act.ASK_WHY, Act.ASK_WHY_NOT,
        Act.OUT_OF_SCOPE, Act.HELP, Act.ASK_PROFILE, Act.CORRECT_PROFILE, Act.DONT_KNOW, Act.NEXT, Act.REPAIR,
    )
)  # fmt: skip
# With one of these in a message, a facet that no cue speaks of is no request.
NO_REQUEST = frozenset(ABOUT_ITEM) | {
    Act.COMPARE, Act.LIST_SAVED, Act.PRIVACY_SHOW, Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.ASK_PROFILE,
    Act.ASK_WHY_NOT, Act.SET_LANGUAGE, Act.SET_STYLE, Act.HELP, Act.BACK, Act.REPEAT, Act.UNDO, Act.THANKS, Act.BYE,
    Act.CHIT_CHAT,
}  # fmt: skip
TONIGHT = re.compile(
    r"今晚|今夜|今天(?!起)|今儿|今日|这次|(?<![a-z])(?:tonight|2nite|today|this (?:evening|weekend|week|time)"
    r"|for now|for once)(?![a-z])|就 ?tonight"
)
_ALWAYS = re.compile(
    r"(?<!年)(?<!代)(?<!年 )以后(?!再|说)|从此|从今|往后|永远|一直|平时|平常|向来|从来|一般都|(?<![a-z])(?:always|never"
    r"|from now on|(?<!on )(?<!takes )(?<!took )forever|permanently|normally|usually|in general|generally"
    r"|ever)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message with what it names, the cues it holds, and its words."""

    text: Normalised
    mentions: tuple[Mention, ...]
    said: tuple[Said, ...]
    words: tuple[Word, ...]


class Draft:
    """One message under way. Lives for one call.

    said, kinds: acts whose words stand in the text and are meant (`settle`). cues: frames' words. out: the acts so far,
    with spans of the normalised text; weights: the evidence for each, in log-odds. count: how many are asked for.
    """

    def __init__(self, catalog: Catalog, patterns: Cues, read: Message, context: Context) -> None:
        self.catalog, self.patterns, self.read, self.context = catalog, patterns, read, context
        self.folded = read.text.folded
        self.mentions = list(read.mentions)
        self.clauses = split(self.folded, self.mentions)
        # a cue inside a name is none: 别 in 霸王别姬
        self.cues = [
            c
            for c in patterns.frames(self.folded)
            if not any(
                (m.link or m.facet and m.end - m.start > c.end - c.start) and m.start <= c.start and c.end <= m.end
                for m in self.mentions
            )
        ]
        self.out: list[UnderstoodAct] = []
        self.weights: dict[UnderstoodAct, float] = {}
        self.situations = [
            s
            for s in patterns.spans("situation", self.folded)
            if not any(m.link and m.start < s[2] and s[1] < m.end for m in self.mentions)
        ]
        self.said: list[Said] = []
        self.kinds: set[Act] = set()
        self.count = next(
            (int(m.number.value) for m in self.mentions if m.number and m.use is Use.COUNT and m.number.value), None
        )
        self.shown = bool(context.shown or context.focus)

    def emit(
        self,
        act: Act,
        mention: Mention | None = None,
        evidence: float = 2.0,
        *,
        target: Target | None = None,
        title: str | None = None,
        year: int | None = None,
        kind: str | None = None,
        op: str | None = None,
        value: float | None = None,
        polarity: float | None = None,
        text: str | None = None,
        scope: Scope | None = None,
        place: int | None = None,
        count: int | None = None,
        strength: float = 1.0,
        currency: str | None = None,
    ) -> None:
        """One more act. evidence: log-odds that the words add for it; 0 where it only stands by default."""
        start, end = (mention.start, mention.end) if mention else (None, None)
        if mention and not text:
            text = self.read.text.text[mention.start : mention.end]
        made = UnderstoodAct(
            act,
            target,
            title,
            year,
            kind,
            op,
            value,
            polarity,
            text,
            start,
            end,
            scope,
            place,
            count,
            strength,
            currency,
        )
        self.out.append(made)
        if any(s.whole and s.act is act for s in self.said):
            evidence = 4.0
        elif act in _PLAIN_SPOKEN and act in self.kinds:
            evidence = max(evidence, 3.5)
        self.weights[made] = max(evidence, self.weights.get(made, 0.0))

    def emit_item(
        self,
        act: Act,
        mention: Mention | None,
        place: int | None = None,
        evidence: float = 2.0,
        kind: str | None = None,
    ) -> None:
        """An act about an item: of a link, of a place on the screen, else of the item in focus."""
        target, title, year, text = None, None, None, None
        if mention is not None and mention.link is not None:
            link = mention.link
            target, title, year, text = link.target, link.title, link.year, None if link.target else link.text
        else:
            shown = self.context.shown
            item_id = self.at(place) if place is not None else self.context.focus
            if item_id is None and place is None and len(shown) == 1:
                item_id = shown[0]
            if item_id:
                target = Target("item", item_id)
            item = self.catalog.get(item_id) if item_id else None
            if item:
                title = item.title.in_("zh" if any("一" <= c <= "鿿" for c in self.folded) else "en")
                year = item.year
        self.emit(
            act, mention, evidence, target=target, title=title, year=year, kind=kind, polarity=_POLARITY.get(act),
            text=text, place=place, strength=self._strength(act),
        )  # fmt: skip

    def _strength(self, act: Act) -> float:
        if act is Act.SEEN_NEUTRAL:
            return 1.0 if judge(self.patterns, self.folded).said else 0.0
        return 2.0 if act is Act.LOVE else 1.0

    def count_of(self, mention: Mention) -> int | None:
        """How many are asked for of a kind of thing: "two books and a film". One where nothing is said of this kind."""
        kinds = [m for m in self.mentions if m.facet is not None and m.facet.kind == "domain"]
        if len({m.facet for m in kinds}) < 2:
            return self.count
        after = max((m.end for m in kinds if m.end <= mention.start), default=0)
        near = [m.number for m in self.mentions if m.use is Use.COUNT and after <= m.start and m.end <= mention.start]
        return int(near[-1].value or 1) if near and near[-1] else 1

    def at(self, place: int) -> str | None:
        shown = self.context.shown
        if place == -1:
            return shown[-1] if shown else None
        return shown[place - 1] if 1 <= place <= len(shown) else None

    def referents(self) -> list[tuple[Mention, int | None]]:
        """Items spoken of, by place in the text: links, and places on the screen."""
        found: list[tuple[Mention, int | None]] = []
        for m in self.mentions:
            if m.item:
                found.append((m, None))
            elif m.use is Use.ORDINAL and m.number:
                found.extend((m, place) for place in m.number.places)
        return found

    def fields_asked(self) -> list[tuple[str, int, int]]:
        if Act.HELP in self.kinds and not self.names_items():
            return []  # "how much does it cost to use you"
        spans = self.patterns.spans("field", self.folded)
        named = [m for m in self.mentions if m.link or m.facet]  # 结局好 is a mood, and no question about the ending
        return [
            s
            for s in spans
            if not any(m.start <= s[1] and s[2] <= m.end and (m.link or m.end - m.start > s[2] - s[1]) for m in named)
        ]

    def scope_of(self, clause: Clause) -> Scope | None:
        words = self.folded[clause.start : clause.end]
        if TONIGHT.search(words) and not re.search(r"天气|weather", words):
            return Scope.TONIGHT
        if _ALWAYS.search(words):
            return Scope.ALWAYS
        if Act.SET_SCOPE in self.kinds and len(self.clauses) == 1:
            return Scope.ALWAYS
        return None

    def settled(self, said: list[Said]) -> None:
        """From here on these acts' words are meant."""
        self.said, self.kinds = said, {s.act for s in said}

    def names_items(self) -> bool:
        return any(m.item for m in self.mentions)


FACETS = ("genre", "mood", "keyword", "country", "language", "decade", "domain", "audience", "person")
