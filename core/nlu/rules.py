"""Rules: from what a message names and the cue words around it to its acts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.catalog import Catalog
from core.nlu.clauses import Clause, clause_of, govern, split
from core.nlu.cues import Cue, Cues, Frame, Said
from core.nlu.lexicon import Lexicon
from core.nlu.mentions import Mention
from core.nlu.normalise import Normalised
from core.nlu.numbers import Use
from core.nlu.segment import Segmenter, Word
from core.nlu.wish import residue
from core.turns import Act, Context, Scope, Target, UnderstoodAct

# An act that explains the words of another: where both were found, the second goes.
_OVERRULES: dict[Act, tuple[Act, ...]] = {
    Act.PRIVACY_FORGET: (Act.UNDO, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.UNSAVE, Act.ASK_PROFILE, Act.YES, Act.ASK_RECOMMEND),
    Act.PRIVACY_EXPORT: (Act.PRIVACY_SHOW, Act.SAVE, Act.LIST_SAVED, Act.ASK_RECOMMEND, Act.MORE),
    Act.PRIVACY_SHOW: (Act.ASK_PROFILE, Act.LIST_SAVED, Act.SAVE, Act.HELP, Act.ASK_RECOMMEND, Act.REPEAT),
    Act.ASK_PROFILE: (Act.CORRECT_PROFILE, Act.ASK_RECOMMEND, Act.CHIT_CHAT, Act.LIKE, Act.DONT_CARE, Act.LOVE),
    Act.LIST_SAVED: (Act.SAVE, Act.ASK_RECOMMEND, Act.MORE, Act.HELP),
    Act.UNSAVE: (Act.SAVE, Act.UNDO, Act.NO, Act.DISLIKE),
    Act.ASK_WHY_NOT: (Act.ASK_WHY, Act.NO, Act.ASK_RECOMMEND, Act.DISLIKE, Act.MORE),
    Act.ASK_WHY: (Act.LIKE, Act.ASK_RECOMMEND, Act.DISLIKE),
    Act.SET_STYLE: (Act.ASK_RECOMMEND,),
    Act.SET_LANGUAGE: (Act.ASK_RECOMMEND, Act.NO),
    Act.BACK: (Act.REPEAT, Act.MORE) ,
    Act.REPEAT: (Act.MORE, Act.ASK_RECOMMEND, Act.BACK),
    Act.HELP: (Act.CHIT_CHAT, Act.ASK_RECOMMEND, Act.SAVE),
    Act.GROUP_SETTLE: (Act.DONT_CARE,),
    Act.NOT_NOW: (Act.NO, Act.DISLIKE),
    Act.SEEN_LIKED: (Act.SEEN_NEUTRAL, Act.LIKE, Act.SEEN_DISLIKED),
    Act.SEEN_DISLIKED: (Act.SEEN_NEUTRAL, Act.DISLIKE, Act.LIKE, Act.NO),
    Act.SEEN_NEUTRAL: (Act.LIKE,),
    Act.LOVE: (Act.LIKE,),
    Act.SURPRISE: (Act.DONT_CARE, Act.ASK_RECOMMEND, Act.MORE),
    Act.EXPLORE: (Act.ASK_RECOMMEND, Act.MORE),
    Act.MORE: (Act.ASK_RECOMMEND,),
    Act.NEXT: (Act.MORE, Act.ASK_RECOMMEND),
    Act.DONT_CARE: (Act.LIKE, Act.ASK_RECOMMEND),
    Act.DONT_KNOW: (Act.NO,),
    Act.CORRECT_PROFILE: (Act.NO, Act.REPAIR, Act.LIKE, Act.LOVE, Act.DISLIKE),
    Act.UNDO: (Act.DISLIKE, Act.LIKE, Act.NO, Act.LOVE),
    Act.ACCEPT: (Act.LIKE, Act.YES, Act.ASK_RECOMMEND, Act.DISLIKE, Act.MORE),
    Act.COMPARE: (Act.ASK_WHY, Act.LIKE, Act.DISLIKE, Act.ASK_RECOMMEND),
    Act.SAVE: (Act.ASK_RECOMMEND, Act.LIKE),
    Act.COUNTERFACTUAL: (Act.ASK_RECOMMEND, Act.DONT_CARE, Act.MORE, Act.NO),
    Act.GROUP_JOIN: (Act.ASK_RECOMMEND,),
    Act.THANKS: (Act.LIKE,),
}  # fmt: skip
_TALK = (
    Act.GREET, Act.THANKS, Act.BYE, Act.HELP, Act.CHIT_CHAT, Act.PRIVACY_SHOW, Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET,
    Act.ASK_PROFILE, Act.LIST_SAVED, Act.SET_STYLE, Act.GROUP_JOIN, Act.GROUP_SETTLE, Act.DONT_CARE, Act.DONT_KNOW,
    Act.SURPRISE, Act.EXPLORE, Act.BACK, Act.REPEAT, Act.NEXT, Act.MORE, Act.YES, Act.NO,
)  # fmt: skip
_ABOUT_ITEM = (
    Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.NOT_NOW, Act.SAVE, Act.UNSAVE,
    Act.ACCEPT, Act.ASK_WHY,
)  # fmt: skip
_POLARITY = {
    Act.LIKE: 1.0, Act.LOVE: 1.0, Act.SEEN_LIKED: 1.0, Act.DISLIKE: -1.0, Act.SEEN_DISLIKED: -1.0, Act.SEEN_NEUTRAL: 0.0,
}  # fmt: skip
# Only with one of these does what is left of a message count as a wish.
WANTING = frozenset(
    (
        Act.ASK_RECOMMEND, Act.SIMILAR_TO, Act.MUST, Act.CONTEXT, Act.ANSWER, Act.REPLACE_CONDITION, Act.EXPLORE,
        Act.REPAIR, Act.SURPRISE, Act.ANOTHER_N,
    )
)  # fmt: skip
# With one of these in a message, a facet that no cue speaks of is no request.
_NO_REQUEST = frozenset(_ABOUT_ITEM) | {
    Act.COMPARE, Act.LIST_SAVED, Act.PRIVACY_SHOW, Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.ASK_PROFILE, Act.ASK_WHY_NOT,
    Act.SET_LANGUAGE, Act.SET_STYLE, Act.HELP, Act.BACK, Act.REPEAT, Act.UNDO, Act.THANKS, Act.BYE, Act.CHIT_CHAT,
}  # fmt: skip
_ALL = re.compile(r"都(?!行|可以|市|是|有|好(?!看)|怪|要|中)|全都|一个都|none of|all of (?:them|these)|literally all|both|neither|(?:娃说)都")
_SEEN = re.compile(
    r"(?<!没)(?<!没有)(?<!未)(?<!不)(?:看|读|听|玩|刷|追|睇|watch)\s?(?:过|完|了(?!解)|咗)|重温|(?<!haven't )(?<!not )(?<!never )(?<![a-z])(?:seen|watched|rewatched|saw|read(?!ing)|finished(?: reading)?|listened to|just finished)(?![a-z])"
)
_NOT_SEEN = re.compile(r"(?:没|没有|还没|未|冇)\s?(?:看|读|听|玩|睇|watch)过?|(?:haven'?t|never|not|didn'?t) (?:seen|watched|read|heard|yet)")
_GOOD = re.compile(
    r"喜欢|爱了|爱死|超爱|不错|好看|好听|很好|真好|挺好|蛮好|精彩|震撼|感动|神作|封神|yyds|绝绝子|推荐|值得|nice|棒|赞|上头|有意思|经典|破防|哭成|正[!！]|syok|(?<![a-z])(?:loved?|liked|like|great|amazing|good|brilliant|fantastic|excellent|awesome|enjoyed|wonderful|perfect|favou?rite|fun|beautiful|masterpiece|cool|10/10)(?![a-z])"
)
_BAD = re.compile(
    r"不(?:太|怎么|大|是很)?(?:喜欢|好看|行|爽|爱|值得|推荐|合)|没(?:有)?(?:意思|感觉|劲)|(?<![a-z])pass(?![a-z])|失望|难看|烂|弃|无聊|睡着|尬|拖沓|浪费|踩雷|无语|劝退|get 不到|闷|俗|(?<![a-z])(?:awful|terrible|boring|bad|hated?|hate|overrated|disappointing|disappointed|didn'?t (?:like|enjoy)|don'?t like|dislike|not (?:good|great|for me)|rubbish|trash|dull|sucks?|worst|cringe|walked out)(?![a-z])"
)
_MEH = re.compile(r"一般|还行|还可以|凑合|马马虎虎|普普|so[- ]so|(?<!很)(?<!真)普通|无感|平平|中规中矩|(?<![a-z])(?:meh|fine|ok|okay|alright|not bad|average|it was ok|decent|just ok)(?![a-z])")
_STRONG = re.compile(r"yyds|封神|绝绝子|永远的神|神作|最(?:喜欢|爱)|没有之一|爱死|超爱|爱了|(?:四|五|六|七|八|九|十|廿|百)+遍|天下第一|杰作|(?<![a-z])(?:loved?|favou?rite|masterpiece|best (?:film|movie|book)?.{0,6}ever|adore|obsessed|goat)(?![a-z])")
_TONIGHT = re.compile(r"今晚|今夜|今天(?!起)|今儿|今日|这次|(?<![a-z])(?:tonight|2nite|today|this (?:evening|weekend|week|time)|for now|for once)(?![a-z])|就 ?tonight")
_ALWAYS = re.compile(r"(?<!年)(?<!代)(?<!年 )以后(?!再|说)|从此|从今|往后|永远|一直|平时|平常|向来|从来|一般都|(?<![a-z])(?:always|never|from now on|forever|permanently|normally|usually|in general|generally|ever)(?![a-z])")
_LESS_WORDS = {  # comparatives that name a number's kind: (kind, act)
    "minutes": (re.compile(r"短|(?<![a-z])(?:shorter|briefer|too long|less long|not (?:so|as|that) long|quicker)(?![a-z])|太长|这么长|那么长|没那么长|太久"),
                re.compile(r"再长|长一点|更长|(?<![a-z])(?:longer|too short)(?![a-z])|太短")),
    "year": (re.compile(r"太新|(?<![a-z])(?:older|too (?:new|recent|modern))(?![a-z])|老一点|旧一点|再老|更老|早一点的"),
             re.compile(r"新(?:一?点|些|啲)|更新的|更(?:近|新)|太(?:老|旧|古老)|(?<![a-z])(?:newer|more (?:recent|modern)|too (?:old|dated))(?![a-z])|new 的|recent")),
    "price": (re.compile(r"便宜|太贵|(?<![a-z])(?:cheaper|less expensive|too (?:expensive|pricey|dear)|more affordable)(?![a-z])|平(?:啲|价一点)|贵了|没那么贵"),
              re.compile(r"贵一点|高档|(?<![a-z])(?:pricier|more expensive|fancier)(?![a-z])")),
}  # fmt: skip
_CORRECTS = re.compile(r"其实|记错|记反|谁说|谁跟|误会|更正|不对|辟谣|actually|wrong|你以为|你大概")
# Nouns that no list holds, after a cue ("no jumpscares") or before one ("直播带货的别来").
_NOUNS_AFTER = re.compile(
    r"\s*(?:看|听|读|推|推荐|有|来|那种|那些|这种|a |an |the |any |some |that |of |with |in |to |seeing |watching |on )*"
    r"(?P<noun>[一-鿿]{2,8}?(?=的|那种|这种|类|题材|了|$|[,，。!！ ])|(?!(?:it|this|that|them|these|those|me|you|what|how|when|idea|one|ones|more)\b)[a-z][a-z'-]*(?: (?!(?:for|so|because|please|pls|plz|i|i'm|i'll|we|he|she|my|when|at|on|in|and|or|but|is|are|was|with|that|who|which|to|thanks|though|if|the|a)\b)[a-z0-9'-]+){0,2})"
)
_NOUNS_BEFORE = re.compile(r"(?P<noun>[一-鿿]{2,8}?|[a-z][a-z'-]*(?: [a-z'-]+){0,2}?)(?:的|那种|这种|类|题材)?\s*(?:我|就|is|are)?\s*$")
_NO_NOUN = re.compile(r"(?:这个|那个|这部|那部|这些|那些|第.|一样|什么|剧透|意思|办法|我|你|它|他|她|看过|没有|都|你好|真的?|感觉|时候|问题|误会|东西|spoil\w*|thanks|idea|way|problem|worries|rush|of these|of those|of them)")
_COMPANY = re.compile(r"孩子|娃|小朋友|小孩子?|宝宝|kids?|toddlers?|child(?:ren)?|little ones|一家人|全家人?|the family|whole family|大人")
# Kinds of goods; beside a word for another domain they are what a story is about.
_GOODS = frozenset("kitchen home electronics audio computer phone beauty clothing shoes bags toys baby pet tea-coffee stationery tools garden".split())
_DOING = re.compile(r"学习|写作业|做饭|开车|通勤|跑步|健身|睡|工作|study|work|run|cook|driv|sleep|train|plane|gym")
_SITUATION_SLOTS = {"company", "time", "occasion"}


@dataclass(frozen=True, slots=True)
class Message:
    """A message with what it names, the cues it holds, and its words."""

    text: Normalised
    mentions: tuple[Mention, ...]
    said: tuple[Said, ...]
    words: tuple[Word, ...]


class Rules:
    """Turns a read message into acts. Pure."""

    def __init__(self, catalog: Catalog, cues: Cues, lexicon: Lexicon, segmenter: Segmenter) -> None:
        self.catalog, self.cues, self.lexicon, self.segmenter = catalog, cues, lexicon, segmenter

    def apply(self, read: Message, context: Context) -> tuple[list[UnderstoodAct], str | None, float, tuple[float, ...]]:
        """Acts in the order of the text, the wish, how sure the rules are, [0, 1], and each act's evidence in log-odds.

        Spans are of the normalised text.
        """
        return _Reading(self, read, context).acts()


class _Reading:
    """One message under way. Lives for one call."""

    def __init__(self, rules: Rules, read: Message, context: Context) -> None:
        self.rules, self.read, self.context = rules, read, context
        self.folded = read.text.folded
        self.mentions = list(read.mentions)
        self.clauses = split(self.folded, self.mentions)
        # a cue inside a name is none: 别 in 霸王别姬
        self.cues = [c for c in rules.cues.frames(self.folded) if not any(m.link and m.start <= c.start and c.end <= m.end for m in self.mentions)]
        self.out: list[UnderstoodAct] = []
        self.used: list[tuple[int, int]] = []
        self.weights: dict[UnderstoodAct, float] = {}
        self.situations = [
            s for s in rules.cues.spans("situation", self.folded) if not any(m.link and m.start < s[2] and s[1] < m.end for m in self.mentions)
        ]
        self.said = self._settle(read.said)
        self.kinds = {s.act for s in self.said}
        self.count = next((int(m.number.value) for m in self.mentions if m.number and m.use is Use.COUNT and m.number.value), None)
        self.shown = bool(context.shown or context.focus)

    # ---- talk ----

    def _settle(self, said: Iterable[Said]) -> list[Said]:
        found = {s.act: s for s in reversed(tuple(said))}
        if Act.UNSAFE in found:
            return [found[Act.UNSAFE]]
        if Act.LIST_SAVED in found and Act.PRIVACY_SHOW in found:
            words = self.folded
            keep = Act.PRIVACY_SHOW if re.search(r"你|您|data|info|数据|资料|(?<![a-z])you(?![a-z])", words) else Act.LIST_SAVED
            found.pop(Act.LIST_SAVED if keep is Act.PRIVACY_SHOW else Act.PRIVACY_SHOW)
        if self.context.expecting == "drop" and Act.DONT_CARE in found:
            found.pop(Act.DONT_CARE)
        # names are no cues: "Up" in 《Up in the Air》, 好看 in a title
        for act, one in list(found.items()):
            if any(m.link and m.start <= one.start and one.end <= m.end for m in self.mentions):
                found.pop(act)
        if Act.CORRECT_PROFILE in found and any(c.frame is Frame.DOUBLE for c in self.cues) and not _CORRECTS.search(self.folded):
            found.pop(Act.CORRECT_PROFILE)
        for strong, weak in _OVERRULES.items():
            if strong in found:
                for act in weak:
                    other = found.get(act)
                    if other is None:
                        continue
                    # thanks beside a request are two acts; only what shares the words or contradicts goes
                    found.pop(act)
        return sorted(found.values(), key=lambda s: s.start)

    def acts(self) -> tuple[list[UnderstoodAct], str | None, float, tuple[float, ...]]:
        if Act.UNSAFE in self.kinds:
            return [UnderstoodAct(Act.UNSAFE)], None, 0.98, (6.0,)
        if Act.OUT_OF_SCOPE in self.kinds and not self._asks_for_ours():
            self._emit(Act.OUT_OF_SCOPE)
            for act in (Act.GREET, Act.THANKS):
                if act in self.kinds:
                    self._emit(act)
            return self.out, None, 0.9, (4.0,) * len(self.out)
        if self.folded.strip() in ("👍", "❤", "👎", "♥", "😍", "🥰") or set(self.folded.strip()) <= set("👍❤👎♥😍🥰🔥💯👏🏻🏼🏽 "):
            return self._emoji()
        self._places()
        self._items()
        self._facets()
        self._numbers()
        self._nouns()
        self._said()
        self._comparatives()
        self._slots()
        self._situations()
        self._scope()
        self._default()
        self._answers()
        acts = self._tidy()
        evidence = tuple(self.weights.get(a, 2.0) for a in acts)
        return acts, self._wish(acts), self._sure(acts, evidence), evidence

    def _asks_for_ours(self) -> bool:
        """A request of ours beside words that sound like another's task ("a book about the weather")."""
        return any(m.facet and m.facet.kind in ("genre", "mood", "domain") for m in self.mentions) and Act.ASK_RECOMMEND in self.kinds and not re.search(
            r"机票|酒店|外卖|天气|homework|weather|table|flight|作业", self.folded
        )

    def _emoji(self) -> tuple[list[UnderstoodAct], str | None, float, tuple[float, ...]]:
        text = self.folded
        if "👎" in text:
            act = Act.NO if self.context.expecting and not self.context.focus else Act.DISLIKE
        elif self.context.expecting:
            act = Act.YES
        else:
            act = Act.LOVE if set(text) & set("❤♥😍🥰") else Act.LIKE
        if act in (Act.YES, Act.NO):
            self._emit(act)
        elif self.context.focus or self.shown:
            self._emit_item(act, None)
        else:
            self._emit(Act.CHIT_CHAT)
        return self.out, None, 0.9, (4.0,) * len(self.out)

    # ---- emitting ----

    def _emit(self, act: Act, mention: Mention | None = None, evidence: float = 2.0, **fields: object) -> None:
        """evidence: log-odds that the words add for the act; 0 where it only stands by default."""
        start = end = None
        text = fields.pop("text", None)
        if mention is not None:
            start, end = mention.start, mention.end
            self.used.append((start, end))
            text = text or self.read.text.text[start:end]
        self.out.append(UnderstoodAct(act, start=start, end=end, text=text, **fields))  # type: ignore[arg-type]
        whole = any(s.whole and s.act is act for s in self.said)
        self.weights[self.out[-1]] = max(4.0 if whole else evidence, self.weights.get(self.out[-1], 0.0))

    def _emit_item(self, act: Act, mention: Mention | None, place: int | None = None, **fields: object) -> None:
        """An act about an item: of a link, of a place on the screen, else of the item in focus."""
        polarity = _POLARITY.get(act)
        strength = 2.0 if act is Act.LOVE else 1.0
        if mention is not None and mention.link is not None:
            link = mention.link
            text = link.text if link.target is None else None
            self._emit(act, mention, target=link.target, title=link.title, year=link.year, polarity=polarity, strength=strength, text=text, **fields)
            return
        item_id = self._at(place) if place is not None else self.context.focus
        if item_id is None and place is None and len(self.context.shown) == 1:
            item_id = self.context.shown[0]
        target, title, year = None, None, None
        item = self.rules.catalog.get(item_id) if item_id else None
        if item_id:
            target = Target("item", item_id)
        if item:
            lang = "zh" if any("一" <= c <= "鿿" for c in self.folded) else "en"
            title, year = item.title.in_(lang), item.year
        self._emit(act, mention, target=target, title=title, year=year, polarity=polarity, strength=strength, place=place, **fields)

    def _at(self, place: int) -> str | None:
        shown = self.context.shown
        if place == -1:
            return shown[-1] if shown else None
        return shown[place - 1] if 1 <= place <= len(shown) else None

    # ---- places, items ----

    def _places(self) -> None:
        for m in self.mentions:
            if m.use is Use.ORDINAL and m.number:
                for place in m.number.places:
                    item_id = self._at(place)
                    target = Target("item", item_id) if item_id else None
                    self._emit(Act.ORDINAL, m, target=target, place=place)

    def _referents(self) -> list[tuple[Mention, int | None]]:
        """Items spoken of, by place in the text: links, and places on the screen."""
        found: list[tuple[Mention, int | None]] = []
        for m in self.mentions:
            if m.item:
                found.append((m, None))
            elif m.use is Use.ORDINAL and m.number:
                found.extend((m, place) for place in m.number.places)
        return found

    def _items(self) -> None:
        referents = self._referents()
        if not referents:
            return
        if Act.COMPARE in self.kinds or (len(referents) >= 2 and re.search(r"哪|还是|(?<![a-z])(?:which|or|vs|better)(?![a-z])", self.folded) and re.search(r"哪|which|better|\?|？|还是", self.folded) and not self.kinds & {Act.ASK_WHY_NOT, Act.SIMILAR_TO}):
            for mention, place in referents:
                self._emit_item(Act.COMPARE, mention if place is None else None, place)
            return
        about = self._fields()
        for index, (mention, place) in enumerate(referents):
            clause = self.clauses[clause_of(self.clauses, mention.start)]
            end = referents[index + 1][0].start if index + 1 < len(referents) and referents[index + 1][0].start > mention.end else len(self.folded)
            start = 0 if index == 0 else max(clause.start, referents[index - 1][0].end if referents[index - 1][0].end <= mention.start else clause.start)
            around = self.folded[start : mention.start] + " \x00 " + self.folded[mention.end : end]
            cue = govern(mention, clause, self.cues, self.mentions, self.folded)
            self._item(mention, place, around, cue, [f for f in about if start <= f[1] <= end], len(referents))

    def _fields(self) -> list[tuple[str, int, int]]:
        spans = self.rules.cues.spans("field", self.folded)
        return [s for s in spans if not any(m.start <= s[1] and s[2] <= m.end for m in self.mentions if m.link)]

    def _item(self, mention: Mention, place: int | None, around: str, cue: Cue | None, about: list[tuple[str, int, int]], total: int) -> None:
        frame = cue.frame if cue else None
        m = mention if place is None else None  # an ordinal's own span belongs to its ORDINAL act
        if Act.UNDO in self.kinds:
            self._emit_item(Act.UNDO, m, place)
            return
        if Act.UNSAVE in self.kinds or Act.SAVE in self.kinds and not self.kinds & {Act.LIKE, Act.LOVE} and total == 1:
            self._emit_item(Act.UNSAVE if Act.UNSAVE in self.kinds else Act.SAVE, m, place)
            return
        if Act.ASK_WHY_NOT in self.kinds:
            self._emit_item(Act.ASK_WHY_NOT, m, place)
            return
        if Act.ASK_WHY in self.kinds or re.search(r"适合我|我会(?:不会)?喜欢|(?:suits? me|for me\b|would i like|will i like)", around):
            self._emit_item(Act.ASK_WHY, m, place)
            return
        if frame is Frame.SIMILAR or (place is None and re.search(r"(?:类似|像|similar|like)\s*\x00|\x00\s*(?:那样|那种|之类|这种|差不多|-like|-ish|vibe|同款)", around) and frame not in (Frame.LIKE, Frame.DISLIKE)):
            if place is None or self.shown:
                self._emit_item(Act.SIMILAR_TO, m, place)
                return
        if Act.ACCEPT in self.kinds:
            self._emit_item(Act.ACCEPT, m, place)
            return
        if Act.NOT_NOW in self.kinds and total == 1:
            self._emit_item(Act.NOT_NOW, m, place)
            if Act.SAVE in self.kinds:
                self._emit_item(Act.SAVE, m, place)
            return
        seen = bool(_SEEN.search(around)) and not _NOT_SEEN.search(around)
        bad, good, meh = bool(_BAD.search(around)), bool(_GOOD.search(around)), bool(_MEH.search(around))
        asking = bool(about) or bool(re.search(r"[?？吗]\s*$", self.folded.strip()))
        if about and not seen:
            for kind, start, end in about[:2]:
                self._emit_item(Act.ASK_INFO, m, place, kind=kind)
                self.used.append((start, end))
            return
        double = frame is Frame.DOUBLE
        if seen and not (asking and not (bad or good)):
            act = Act.SEEN_DISLIKED if bad and not double else Act.SEEN_NEUTRAL if meh and not good else Act.SEEN_LIKED if good else Act.SEEN_NEUTRAL
            self._emit_item(act, m, place)
            return
        if double:
            self._emit_item(Act.LIKE, m, place)
            return
        if bad or frame in (Frame.DISLIKE, Frame.MUST_NOT):
            self._emit_item(Act.DISLIKE, m, place)
            return
        if meh and not good:
            self._emit_item(Act.SEEN_NEUTRAL, m, place)
            return
        if good or frame is Frame.LIKE or self.kinds & {Act.LOVE, Act.LIKE}:
            if not asking or frame is Frame.LIKE:
                strong = bool(_STRONG.search(around)) or Act.LOVE in self.kinds
                self._emit_item(Act.LOVE if strong else Act.LIKE, m, place)
                return
        if place is not None:
            return  # what is wanted of the place is another act, or nothing
        if self.context.expecting in ("item", "like", "genre", "mood", "choose"):
            self._emit_item(Act.ANSWER, m, None)
            return
        if self.context.expecting in ("yesno", "confirm", "seen") and self.kinds & {Act.YES, Act.NO}:
            return
        if frame is Frame.REQUEST or re.search(r"\x00\s*(?:$|[。.!！?？]|的?(?:电影|书)?$)", around) or asking:
            self._emit_item(Act.ASK_INFO, m, None)
            return
        self._emit_item(Act.ASK_INFO, m, None)

    # ---- facets ----

    def _replacing(self) -> list[tuple[int, int]]:
        spans = [(s, e) for _, s, e in self.rules.cues.spans("replace", self.folded)]
        if Act.MORE in self.kinds or Act.NEXT in self.kinds or Act.COUNTERFACTUAL in self.kinds:
            spans = [s for s in spans if any(m.start >= s[1] and m.start - s[1] <= 6 and m.facet for m in self.mentions)]
        return spans

    def _facets(self) -> None:
        facets = [m for m in self.mentions if m.facet is not None or m.use is Use.DECADE]
        if not facets:
            return
        replacing = self._replacing()
        swap = bool(replacing) and Act.SET_LANGUAGE not in self.kinds
        for m in facets:
            target = m.facet or Target("decade", str(int(m.number.value or 0)) if m.number else "0")
            clause = self.clauses[clause_of(self.clauses, m.start)]
            cue = govern(m, clause, self.cues, self.mentions, self.folded)
            self._facet(m, target, cue, clause, facets, replacing if swap else [])

    def _facet(self, m: Mention, target: Target, cue: Cue | None, clause: Clause, facets: list[Mention], replacing: list[tuple[int, int]]) -> None:
        frame = cue.frame if cue else None
        words = self.folded[clause.start : clause.end]
        scope = self._scope_of(clause)
        kinds = self.kinds
        negative = frame in (Frame.MUST_NOT, Frame.DISLIKE)

        def put(act: Act, polarity: float, **fields: object) -> None:
            self._emit(act, m, target=target, polarity=polarity, scope=scope, **fields)

        if target.kind == "keyword" and any(start <= m.start and m.end <= end for _, start, end in self.situations):
            return
        if target.kind == "domain" and frame in (Frame.LIKE, Frame.MUST_NOT, Frame.DISLIKE, Frame.DOUBLE) and any(
            f is not m and clause.start <= f.start < clause.end for f in (*facets, *(i for i in self.mentions if i.item))
        ):
            return  # "诺兰的片子我都爱" is about him, not about films
        if target.kind == "genre" and target.value in _GOODS and any(
            f.facet and f.facet.kind == "domain" and f.facet.value not in ("product", "topic") for f in facets
        ):
            return
        if kinds & {Act.SET_LANGUAGE} and target.kind in ("language", "country"):
            self.used.append((m.start, m.end))
            return
        if kinds & {Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.HELP, Act.SET_STYLE} and not negative:
            return
        if Act.UNDO in kinds:
            put(Act.UNDO, 0.0)
            return
        if Act.COUNTERFACTUAL in kinds:
            self._emit(Act.COUNTERFACTUAL, m, target=target, kind=target.kind, polarity=-1.0 if re.search(r"不|no|without", words) else 1.0)
            return
        if Act.ASK_WHY_NOT in kinds and target.kind != "domain":
            self._emit(Act.ASK_WHY_NOT, m, target=target)
            return
        if Act.CORRECT_PROFILE in kinds and target.kind != "domain":
            wrong = frame is Frame.DISLIKE or bool(re.search(r"我不(?!是|介意|讨厌|排斥)|never liked|don'?t like|i'?m not|i don'?t", self.folded)) and frame is not Frame.DOUBLE
            put(Act.CORRECT_PROFILE, -1.0 if wrong and not re.search(r"谁说|谁跟你|没有不|唔系唔|以为", self.folded) else 1.0)
            return
        if Act.GROUP_VETO in kinds and target.kind != "domain":
            put(Act.GROUP_VETO, -1.0)
            return
        if Act.REPAIR in kinds and target.kind in ("domain", "genre", "keyword", "mood", "country", "language"):
            wrong = self._not_meant(m)
            self._emit(Act.REPAIR, m, target=target, polarity=-1.0 if wrong else 1.0)
            if not wrong:
                self._emit(Act.ASK_RECOMMEND, m, target=target, polarity=1.0)
            return
        if replacing:
            first = replacing[0]
            after = [f for f in facets if f.start >= first[1]]
            if m.start >= first[1] and (len(after) == len(facets) or not negative or re.search(r"instead of|rather than", self.folded[first[0]: first[1]])):
                turned = bool(re.search(r"(?:instead of|rather than)", self.folded[: m.start])) or (re.search(r"(?:scrap|forget|cancel|nvm|swap|drop|scratch|ditch|enough)[^,，.;]{0,12}$", self.folded[: m.start]) and any(f.start > m.end for f in facets))
                put(Act.REPLACE_CONDITION, -1.0 if turned else 1.0)
                return
            if m.start < first[0] and (negative or frame is None or re.search(r"算了|先不|不要|够|腻|停|放放", self.folded[m.end : first[0] + 1])):
                if not (frame is None and target.kind == "domain" and any(f.start < m.start for f in facets)):
                    put(Act.REPLACE_CONDITION, -1.0)
                    return
        if self._drops(m, words):
            self._emit(Act.DROP_CONDITION, m, target=target, kind=target.kind)
            return
        if frame is Frame.DOUBLE:
            put(Act.REVEAL_LIKE, 0.5)
            return
        if frame is Frame.DISLIKE:
            if target.kind != "domain" or True:
                put(Act.REVEAL_DISLIKE, -1.0)
            return
        compared = self._compared(m, words, clause)
        if self.shown and compared:
            put(Act.CRITIQUE_LESS if compared < 0 else Act.CRITIQUE_MORE, float(compared))
            return
        if compared < 0 and target.kind in ("mood", "keyword", "genre") and frame is not Frame.LIKE:
            put(Act.MUST_NOT, -1.0)
            return
        if frame is Frame.MUST_NOT:
            put(Act.MUST_NOT, -1.0)
            return
        if frame is Frame.LIKE and not self._wants(cue, words):
            put(Act.REVEAL_LIKE, 1.0, strength=2.0 if _STRONG.search(words) or "超" in words else 1.0)
            return
        if frame is Frame.MUST or target.kind in ("decade", "language", "audience") and target.value != "adult":
            said = self.folded[m.start : m.end]
            fits = re.search(r"(?:适合|给|for|for my|suitable for|only|must be|rated)\s*(?:\S{0,3})$", self.folded[: m.start]) or re.match(r"\s*(?:能看|可以看|看的|friendly|版|向|film|movie|book|$)", self.folded[m.end :])
            if target.kind == "audience" and _COMPANY.fullmatch(said) and not (fits and frame is not Frame.MUST_NOT):
                self._emit(Act.CONTEXT, m, 1.0, target=target, kind="situation", scope=Scope.TONIGHT)
                return
            put(Act.MUST, 1.0)
            return
        if frame is Frame.SIMILAR and target.kind == "person":
            put(Act.SIMILAR_TO, 1.0)
            return
        if kinds & _NO_REQUEST and frame is not Frame.REQUEST and not kinds & {Act.ASK_RECOMMEND, Act.GREET}:
            if target.kind in ("domain",) or frame is None and kinds & {Act.ASK_WHY, Act.COMPARE, Act.ACCEPT, Act.SAVE, Act.UNSAVE, Act.NOT_NOW, Act.ASK_PROFILE}:
                return
            if self.context.focus or self.mentions_items():
                sign = -1.0 if kinds & {Act.DISLIKE, Act.SEEN_DISLIKED} else 1.0
                if target.kind in ("mood", "genre", "keyword") and (sign < 0 or kinds & {Act.LIKE, Act.LOVE}):
                    put(Act.CRITIQUE_LESS if sign < 0 else Act.CRITIQUE_MORE, sign)
                return
        if target.kind == "domain" and self._in_passing(m):
            return
        if frame is None and target.kind == "person" and not kinds & {Act.ASK_RECOMMEND} and kinds & {Act.LOVE, Act.LIKE}:
            put(Act.REVEAL_LIKE, 1.0, strength=2.0)
            return
        loose = frame is None and Act.ASK_RECOMMEND not in kinds
        self._emit(Act.ASK_RECOMMEND, m, 0.0 if loose else 2.0, target=target, polarity=1.0, scope=scope, count=self.count)

    def _nouns(self) -> None:
        """What is liked, disliked or refused and stands in no list."""
        if self.context.focus or self.kinds & _NO_REQUEST - {Act.THANKS, Act.LOVE, Act.LIKE, Act.DISLIKE} | self.kinds & {Act.COUNTERFACTUAL, Act.REPAIR, Act.SET_STYLE, Act.NO} and not self.context.expecting:
            return
        acts = {Frame.LIKE: Act.REVEAL_LIKE, Frame.DISLIKE: Act.REVEAL_DISLIKE, Frame.MUST_NOT: Act.MUST_NOT, Frame.DOUBLE: Act.REVEAL_LIKE}
        for cue in self.cues:
            act = acts.get(cue.frame)
            if act is None:
                continue
            clause = self.clauses[clause_of(self.clauses, cue.start)]
            if any(clause.start <= m.start < clause.end and (m.facet or m.item or m.number) for m in self.mentions):
                continue
            if any(s.start <= cue.start < s.end for s in self.said if s.act not in (Act.SET_SCOPE, Act.LIKE, Act.DISLIKE, Act.LOVE, Act.ASK_RECOMMEND, Act.DONT_CARE, Act.GROUP_VETO)):
                continue
            match = _NOUNS_AFTER.match(self.folded, cue.end, clause.end) if cue.before else _NOUNS_BEFORE.search(self.folded, clause.start, cue.start)
            if not match or _NO_NOUN.search(match["noun"]) or self._wants(cue, ""):
                continue
            start, end = match.span("noun")
            noun = match["noun"].strip()
            if any(a.start is not None and a.start < end and start < (a.end or 0) for a in self.out):
                continue
            sign = -1.0 if act in (Act.MUST_NOT, Act.REVEAL_DISLIKE) else 0.5 if cue.frame is Frame.DOUBLE else 1.0
            target = Target("keyword", re.sub(r"\s+", "-", noun))
            if act is Act.MUST_NOT and self.shown and re.search(r"(?:这么|那么|太|so|too)\s*$", self.folded[: start]):
                act = Act.CRITIQUE_LESS
            self._emit(act, Mention(start, end, target=target), 0.5, target=target, polarity=sign, scope=self._scope_of(clause))

    def mentions_items(self) -> bool:
        return any(m.item for m in self.mentions)

    def _not_meant(self, m: Mention) -> bool:
        before, after = self.folded[max(0, m.start - 8) : m.start], self.folded[m.end : m.end + 8]
        return bool(re.search(r"(?:不是|而不是|唔系|不要|给|you give(?: me)?|not|no|told (?:you )?no)\s*(?:a |an |the )?$", before))

    def _in_passing(self, m: Mention) -> bool:
        """A domain word that only points: 这部电影, the film."""
        before = self.folded[max(0, m.start - 5) : m.start]
        return bool(re.search(r"(?:这|那|哪|每|该|此|上)[部本首篇个些]?\s?$|(?:this|that|the|which|my|your)\s$", before)) and Act.ASK_RECOMMEND not in self.kinds

    def _wants(self, cue: Cue | None, words: str) -> bool:
        """ "I'd like a comedy" and "would love some jazz" are requests, not tastes."""
        if cue is None:
            return False
        said = self.folded[max(0, cue.start - 7) : cue.end + 3]
        return bool(re.search(r"(?:i'?d|would|could)\s*(?:really )?(?:like|love|prefer)|id like|prefer (?:a|an|some)(?= )|what .{0,6}like|whatever", said))

    def _drops(self, m: Mention, words: str) -> bool:
        facet = m.facet
        return bool(facet and facet.kind in ("country", "language") and re.search(r"(?:不限|无所谓|放开|any|doesn'?t matter)", words)) and not self.shown

    def _compared(self, m: Mention, words: str, clause: Clause) -> int:
        """+1 for more of it, -1 for less, 0 for no comparison."""
        facet = m.facet
        if facet is None or facet.kind in ("domain", "person", "language", "audience", "country"):
            return 0
        before, after = self.folded[clause.start : m.start], self.folded[m.end : clause.end]
        said = self.folded[m.start : m.end]
        if re.search(r"(?:没那么|没这么|不(?:要|用)?(?:那么|这么|太)|别(?:那么|这么|太)|唔好咁|冇咁|没有(?:那么|这么)|太过?|过于|偏|都太|可以不要这么|能不能别(?:那么|这么)?|别要太|不是那么|少(?:一?点|些|啲)?)\s*$", before):
            return -1
        if re.search(r"(?:(?<![a-z])less|not (?:so|too|as|that|quite so|very)|nothing (?:too|so|that)|too(?: much)?|way too|a bit too|tone down(?: the)?|fewer|isn'?t (?:so|too|as)|without being too)(?: \w+)?\s$", before):
            return -1
        if re.match(r"\s*(?:少(?:一?点|些)|太多|过头|减)", after):
            return -1
        if re.search(r"(?:再|更|多(?:一?点|些)?|加点|越|还要|(?<![a-z])(?:more|even|a bit|a little|bit|much|a touch))\s*(?:a )?$", before):
            return 1
        if re.match(r"\s*(?:一?点(?!半|钟)|些|啲|多点|一些|多些)", after) and not re.search(r"(?:想|来|找|有没有|要|推荐)[^,，。]*$", before):
            return 1
        if re.search(r"(?:er|ier)$", said) and said.isascii() and facet.kind == "mood" and said not in ("wonder",):
            return 1
        return 0

    # ---- numbers ----

    def _numbers(self) -> None:
        expecting = self.context.expecting
        for m in self.mentions:
            number = m.number
            if number is None or m.use in (Use.ORDINAL, Use.DECADE):
                continue
            clause = self.clauses[clause_of(self.clauses, m.start)]
            words = self.folded[clause.start : clause.end]
            if number.use is Use.AGE:
                years = int(number.value or 0)
                value = "child" if years <= 6 else "family" if years <= 12 else "teen" if years < 18 else "adult"
                self._emit(Act.CONTEXT, m, kind="situation", scope=Scope.TONIGHT)
                if years < 18:
                    self._emit(Act.MUST, m, target=Target("audience", value), polarity=1.0, scope=Scope.TONIGHT)
                continue
            if number.use is Use.COUNT:
                self.used.append((m.start, m.end))
                continue
            fields = {"kind": number.kind, "op": number.op, "value": number.value}
            if Act.COUNTERFACTUAL in self.kinds:
                self._emit(Act.COUNTERFACTUAL, m, **fields)
                continue
            if number.kind == "year" and number.op == "=" and (_SEEN.search(words) and not number.exact):
                continue
            cue = govern(m, clause, self.cues, self.mentions, self.folded)
            scope = self._scope_of(clause)
            refused = cue is not None and cue.frame in (Frame.MUST_NOT, Frame.DISLIKE)
            if refused and number.op in (">", ">=") and cue is not None and not re.search(r"(?:不|no|not|别).{0,2}(?:超过|more|over|longer)", self.folded[cue.start : m.end]):
                if number.kind != "year":
                    fields["op"] = ">"
                self._emit(Act.MUST_NOT, m, polarity=-1.0, scope=scope, **fields)
                continue
            if refused and number.op in ("=", "<", "<="):
                # "不要2000年以前的": what is refused is the bound itself
                if number.exact and cue is not None and cue.frame is Frame.MUST_NOT and number.op != "=":
                    self._emit(Act.MUST_NOT, m, polarity=-1.0, scope=scope, **fields)
                    continue
                if number.op == "=":
                    self._emit(Act.MUST_NOT, m, polarity=-1.0, scope=scope, **fields)
                    continue
            if expecting in ("time", "price", "decade") and not self.kinds & {Act.REPAIR}:
                self._emit(Act.ANSWER, m, polarity=1.0, **fields)
                continue
            asked = Act.ASK_INFO if self.context.focus and re.search(r"吗|\?|？", words) and number.kind == "minutes" and not number.exact else None
            if asked:
                self._emit(Act.ASK_INFO, m, kind=number.kind)
                continue
            self._emit(Act.MUST, m, polarity=1.0, scope=scope, **fields)

    # ---- the rest ----

    def _said(self) -> None:
        done = {a.act for a in self.out}
        referents = self._referents()
        for said in self.said:
            act = said.act
            if act in (Act.ASK_RECOMMEND, Act.SET_SCOPE, Act.DROP_CONDITION, Act.ANOTHER_N, Act.NOT_UNDERSTOOD):
                continue
            if act is Act.SET_LANGUAGE:
                self._emit(act, text=self._language_wanted())
            elif act is Act.SET_STYLE:
                longer = re.search(r"长(?:一?点|些)|详细|longer|more detail|写长", self.folded)
                self._emit(act, kind="long" if longer else "short")
            elif act in _ABOUT_ITEM:
                if act in done or self._verdict_given(done, act):
                    continue
                if act is Act.ASK_WHY:
                    self._emit_item(act, None, referents[0][1] if referents and referents[0][1] is not None else None)
                elif referents and act not in (Act.SAVE, Act.NOT_NOW, Act.ACCEPT, Act.UNSAVE):
                    continue  # each item had its own verdict
                elif referents:
                    mention, place = referents[-1]
                    self._emit_item(act, mention if place is None else None, place)
                elif _ALL.search(self.folded) and len(self.context.shown) > 1 and act not in (Act.ACCEPT,):
                    for place in range(1, len(self.context.shown) + 1):
                        self._emit_item(act, None, place)
                elif self._taste_only(act):
                    continue
                else:
                    self._emit_item(act, None)
            elif act is Act.SIMILAR_TO:
                if act not in done:
                    self._emit_item(act, referents[-1][0] if referents and referents[-1][1] is None else None, referents[-1][1] if referents else None)
            elif act is Act.COMPARE:
                if act not in done:
                    places = range(1, min(len(self.context.shown), 5) + 1)
                    for place in places:
                        self._emit_item(act, None, place)
                    if not self.context.shown:
                        self._emit(act)
            elif act in (Act.ASK_WHY_NOT, Act.REPAIR, Act.GROUP_VETO, Act.UNDO, Act.COUNTERFACTUAL, Act.CORRECT_PROFILE):
                if act not in done:
                    if act is Act.COUNTERFACTUAL:
                        self._emit(act, kind=self.rules.cues.first("slot", self.folded))
                    elif act is Act.ASK_WHY_NOT:
                        self._emit(act, text=self._after_words(said))
                    else:
                        self._emit(act)
            elif act in _TALK:
                if act is Act.CHIT_CHAT and (self.out or len(self.said) > 1):
                    continue
                if act is Act.DONT_CARE and self.rules.cues.first("slot", self.folded) and not self.context.expecting:
                    continue
                if act in (Act.MORE, Act.NEXT) and self.count and re.search(r"再|多|more|another|\+", self.folded):
                    continue
                self._emit(act, count=self.count if act is Act.MORE else None)
        self._another()
        self._info()

    def _after_words(self, said: Said) -> str | None:
        rest = re.sub(r"[\s?？。.!！,，呢啊呀的吗]+$", "", self.read.text.text[said.end :]).strip(" ,，")
        return rest or None

    def _verdict_given(self, done: set[Act], act: Act) -> bool:
        verdicts = {Act.LIKE, Act.LOVE, Act.DISLIKE, Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.CORRECT_PROFILE}
        return act in verdicts and bool(done & verdicts)

    def _taste_only(self, act: Act) -> bool:
        """A verdict with nothing on the screen to be about, and no question that it answers."""
        if act in (Act.SAVE, Act.UNSAVE, Act.ACCEPT, Act.NOT_NOW):
            return False
        if self.context.focus or self.shown or self.context.expecting in ("like", "seen", "item"):
            return False
        return act in (Act.LIKE, Act.DISLIKE, Act.LOVE)

    def _another(self) -> None:
        counts = [m for m in self.mentions if m.use is Use.COUNT]
        if not counts or self.count is None:
            return
        more = re.search(r"再(?!见)|另外|(?:还|多)(?:来|要|给)|more|another|\+\d|(?<![a-z])else", self.folded)
        facets = [a for a in self.out if a.act in (Act.ASK_RECOMMEND, Act.REPLACE_CONDITION)]
        if more or (self.shown and not facets and not any(a.act is Act.ASK_RECOMMEND for a in self.out)):
            self.out = [a for a in self.out if a.act not in (Act.MORE, Act.NEXT) and not (a.act is Act.ASK_RECOMMEND and a.target and a.target.kind == "domain")]
            self._emit(Act.ANOTHER_N, counts[0], count=self.count)

    def _info(self) -> None:
        done = {a.act for a in self.out}
        if done & {Act.ASK_INFO, Act.DROP_CONDITION, Act.CONTEXT, Act.COMPARE, Act.ASK_WHY, Act.HELP, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.ASK_PROFILE, Act.UNDO, Act.SET_STYLE, Act.CHIT_CHAT, Act.SET_LANGUAGE, Act.ASK_WHY_NOT, Act.COUNTERFACTUAL, Act.PRIVACY_FORGET, Act.PRIVACY_EXPORT, Act.REPAIR, Act.REPEAT, Act.BACK}:
            return
        places = [(m, p) for m, p in self._referents() if p is not None]
        if not (self.context.focus or places or self.shown):
            return
        fields = self._fields()
        if not fields:
            return
        if self.kinds & {Act.ASK_RECOMMEND} and not places and not re.search(r"[?？]|谁|什么|啥|多", self.folded):
            return
        for kind, start, end in fields[:2]:
            self.used.append((start, end))
            self._emit_item(Act.ASK_INFO, None, places[0][1] if places else None, kind=kind)
        # the field's word is no wish: 评分, mood words of a question
        self.out = [a for a in self.out if not (a.act is Act.ASK_RECOMMEND and not self.kinds & {Act.ASK_RECOMMEND})]

    def _language_wanted(self) -> str:
        text = self.folded
        zh = [m.end() for m in re.finditer(r"中文|汉语|普通话|国语|中国话|chinese|mandarin|繁体|简体|广东话|粤语|东北话", text)]
        en = [m.end() for m in re.finditer(r"英文|英语|english|洋文", text)]
        refused = re.search(r"(?:不要|别|唔好|不用|none of this|no|not|免了).{0,6}(?P<w>英文|英语|english|洋文|中文|chinese)|(?P<v>英文|英语|english|中文|chinese)就?免了", text)
        if refused:
            word = refused["w"] or refused["v"]
            return "zh" if word in ("英文", "英语", "english", "洋文") else "en"
        if zh and en:
            return "zh" if min(zh) < min(en) else "en"
        return "zh" if zh else "en"

    def _comparatives(self) -> None:
        """Shorter, newer, cheaper: comparatives on numbers, of what is on the screen."""
        if not self.shown or self.kinds & {Act.SET_STYLE, Act.COMPARE, Act.ASK_WHY, Act.ASK_WHY_NOT}:
            return
        named = {a.kind for a in self.out if a.kind}
        for kind, (less, more) in _LESS_WORDS.items():
            if kind in named:
                continue
            for pattern, act in ((less, Act.CRITIQUE_LESS), (more, Act.CRITIQUE_MORE)):
                match = pattern.search(self.folded)
                if match and not any(m.start < match.end() and match.start() < m.end for m in self.mentions):
                    mention = Mention(match.start(), match.end(), target=Target("keyword", "x"))
                    self._emit(act, mention, kind=kind, polarity=1.0 if act is Act.CRITIQUE_MORE else -1.0)
                    break
        if any(a.act in (Act.CRITIQUE_LESS, Act.CRITIQUE_MORE) for a in self.out):
            return
        # "something funnier" is settled by the facets; here is what no list holds: "simpler", 简单一点的
        match = re.search(r"(?:再|更)([一-鿿a-z ]{1,8}?)(?:一?点|些)|(?:没|不要|别)(?:那么|这么)([一-鿿]{1,4})|太\s?([一-鿿a-z]{1,10})\s?了|([一-鿿]{2,4})(?:一点|点|些)的", self.folded)
        if match and not self.kinds & {Act.ASK_RECOMMEND, Act.MORE, Act.ASK_INFO} and not any(a.act in (Act.ANOTHER_N,) for a in self.out):
            group = match.lastindex or 1
            less_words = group in (2, 3)
            span = Mention(match.start(group), match.end(group), target=Target("keyword", "x"))
            if span.end > span.start and not any(m.start < span.end and span.start < m.end for m in self.mentions):
                self._emit(Act.CRITIQUE_LESS if less_words else Act.CRITIQUE_MORE, span, 0.7, polarity=-1.0 if less_words else 1.0)

    def _slots(self) -> None:
        """Conditions given up: "年代无所谓了", "length doesn't matter"."""
        if self.kinds & {Act.COUNTERFACTUAL, Act.SET_LANGUAGE, Act.SET_STYLE, Act.PRIVACY_FORGET, Act.UNSAVE, Act.UNDO}:
            return
        for clause in self.clauses:
            words = self.folded[clause.start : clause.end]
            slot = self.rules.cues.first("slot", words)
            drop = self.rules.cues.spans("drop", words)
            asked = self.context.expecting == "drop"
            if not slot or not (drop or asked):
                continue
            if any(a.kind == slot and a.op for a in self.out):
                continue
            if not asked and self.context.expecting == slot:
                continue
            self.out = [a for a in self.out if not (a.start is not None and clause.start <= a.start < clause.end and a.act in (Act.ASK_RECOMMEND, Act.MUST_NOT, Act.DISLIKE)) and a.act is not Act.DONT_CARE]
            spans = [s for s in self.rules.cues.spans("slot", words) if s[0] == slot]
            at = Mention(clause.start + spans[0][1], clause.start + spans[0][2], target=Target("keyword", "x"))
            self._emit(Act.DROP_CONDITION, at, kind=slot)

    def _situations(self) -> None:
        if self.kinds & {Act.NOT_NOW, Act.ACCEPT, Act.ASK_WHY, Act.ASK_INFO, Act.UNDO, Act.PRIVACY_SHOW, Act.REPAIR, Act.BYE, Act.HELP} or any(a.act is Act.CONTEXT for a in self.out):
            return
        if not self.situations:
            return
        _, start, end = self.situations[0]
        at = Mention(start, end, target=Target("keyword", "x"))
        act = Act.ANSWER if self.context.expecting in ("company", "mood") and not any(a.act is Act.ANSWER for a in self.out) else Act.CONTEXT
        self._emit(act, at, 0.7, kind="situation", scope=Scope.TONIGHT)

    def _scope_of(self, clause: Clause) -> Scope | None:
        words = self.folded[clause.start : clause.end]
        if _TONIGHT.search(words) and not re.search(r"天气|weather", words):
            return Scope.TONIGHT
        if _ALWAYS.search(words):
            return Scope.ALWAYS
        if Act.SET_SCOPE in self.kinds and len(self.clauses) == 1:
            return Scope.ALWAYS
        return None

    def _scope(self) -> None:
        if Act.SET_SCOPE not in self.kinds or self.kinds & {Act.SET_LANGUAGE, Act.NOT_NOW, Act.BYE, Act.ACCEPT}:
            return
        said = next(s for s in self.said if s.act is Act.SET_SCOPE)
        scope = Scope.TONIGHT if _TONIGHT.search(self.folded[said.start : said.end + 2]) else Scope.ALWAYS
        at = Mention(said.start, said.end, target=Target("keyword", "x"))
        self._emit(Act.SET_SCOPE, at, scope=scope)

    def _default(self) -> None:
        """A request that names nothing from any list, or nothing at all."""
        acts = {a.act for a in self.out}
        if Act.ASK_RECOMMEND in self.kinds and not acts & {Act.ASK_RECOMMEND, Act.ANOTHER_N, Act.SIMILAR_TO, Act.REPLACE_CONDITION, Act.MORE, Act.ASK_INFO, Act.CORRECT_PROFILE, Act.OUT_OF_SCOPE, Act.COMPARE, Act.ASK_WHY_NOT, Act.EXPLORE, Act.SURPRISE, Act.CRITIQUE_LESS, Act.CRITIQUE_MORE, Act.REPAIR, Act.ANSWER}:
            if not (acts and acts <= {Act.REVEAL_LIKE, Act.REVEAL_DISLIKE, Act.YES, Act.NO, Act.REPAIR} and not re.search(r"推荐|推|来|有没有|有什么|recommend|suggest|show|find|give", self.folded)):
                self._emit(Act.ASK_RECOMMEND, None, 1.0, count=self.count)
                return
        talk = {Act.ORDINAL, Act.GREET, Act.THANKS}
        if acts - talk:
            return
        if Act.ORDINAL in acts:
            if self.context.expecting == "choose":
                return
            place = next(a.place for a in self.out if a.act is Act.ORDINAL)
            if not acts - {Act.ORDINAL}:
                self._emit_item(Act.ASK_INFO, None, place)
            return
        if acts and len(self.folded) < 14:
            return
        if self.count is not None and not acts:
            self._emit(Act.ASK_RECOMMEND, count=self.count)

    def _answers(self) -> None:
        """What a question asked for is an answer."""
        expecting = self.context.expecting
        if not expecting:
            return
        fits = {
            "genre": ("genre", "mood", "keyword", "domain", "country"), "mood": ("mood", "genre", "keyword"), "company": ("audience",), "time": (), "decade": ("decade",),
            "country": ("country", "language"), "price": (), "domain": ("domain", "genre"), "item": ("person",), "language": ("language", "country"), "choose": FACETS,
        }.get(expecting, ())  # fmt: skip
        changed: list[UnderstoodAct] = []
        for act in self.out:
            facet = act.target
            if facet and facet.kind in fits and act.act in (Act.ASK_RECOMMEND, Act.MUST, Act.MUST_NOT, Act.REVEAL_LIKE, Act.REVEAL_DISLIKE):
                act = replace(act, act=Act.ANSWER)
            changed.append(act)
        self.out = changed
        if expecting == "choose" and any(a.act is Act.ORDINAL for a in self.out) and not any(a.act is Act.ANSWER for a in self.out):
            place = next(a.place for a in self.out if a.act is Act.ORDINAL)
            self._emit(Act.ANSWER, place=place)
        said = {a.act for a in self.out}
        core = self.folded.strip(" .。!！?？")
        if not said and self.context.choices:
            for index, label in enumerate(self.context.choices):
                if core and (core == label.casefold() or core in label.casefold() and len(core) > 1):
                    self._emit(Act.ANSWER, text=label, place=index + 1)
                    return
        if not said and expecting in ("genre", "mood", "company", "time", "item", "domain", "price", "country", "decade", "occasion") and core:
            self._emit(Act.ANSWER, text=self.read.text.text.strip(), kind="situation" if expecting in _SITUATION_SLOTS else None)

    def _tidy(self) -> list[UnderstoodAct]:
        """No act twice, domain words folded into what they stand beside, and order of the text."""
        seen: set[tuple[object, ...]] = set()
        kept: list[UnderstoodAct] = []
        for act in self.out:
            mark = (act.act, act.target, act.kind, act.op, act.value, act.place, act.polarity)
            if mark in seen:
                continue
            seen.add(mark)
            kept.append(act)
        order = sorted(range(len(kept)), key=lambda i: (kept[i].start is None, kept[i].start or 0, i))
        return [kept[i] for i in order]

    def _wish(self, acts: list[UnderstoodAct]) -> str | None:
        kinds = {a.act for a in acts}
        if acts and not kinds & WANTING or kinds & {Act.OUT_OF_SCOPE, Act.UNSAFE}:
            return None
        known = self.rules.lexicon.known
        spans = [
            (m.start, m.end)
            for m in self.mentions
            if not (m.target and m.target.kind == "keyword" and (m.target.kind, m.target.value) not in known)
        ]
        spans += [(s.start, s.end) for s in self.said if s.act in (Act.GREET, Act.THANKS, Act.BYE, Act.ANOTHER_N, Act.SET_SCOPE, Act.EXPLORE, Act.SURPRISE)]
        spans += [(c.start, c.end) for c in self.cues if c.frame is Frame.REQUEST]
        spans += [(start, end) for _, start, end in self.situations if not _DOING.search(self.folded[start:end])]
        cut = [(m.start, m.end) for m in self.mentions if m.number or m.item] + [(s.start, s.end) for s in self.said if s.act in (Act.GREET, Act.THANKS)]
        refused = [
            self.clauses[clause_of(self.clauses, a.start)]
            for a in acts
            if a.start is not None and a.act in (Act.MUST_NOT, Act.REVEAL_DISLIKE, Act.REVEAL_LIKE) and self.read.text.raw == self.read.text.text
        ]
        spans += [(c.start, c.end) for c in refused]
        return residue(self.read.text, self.clauses, spans, cut, self.read.words)

    def _sure(self, acts: list[UnderstoodAct], evidence: tuple[float, ...]) -> float:
        if not acts:
            return 0.2
        if any(s.whole for s in self.said):
            return 0.95
        if max(evidence) <= 0.5:
            return 0.85 if len(self.folded) <= 16 else 0.55
        if all(a.target or a.op or a.act in _TALK or a.act in _ABOUT_ITEM or a.place for a in acts):
            return 0.9
        return 0.75


FACETS = ("genre", "mood", "keyword", "country", "language", "decade", "domain", "audience", "person")
