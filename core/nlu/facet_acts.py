"""Acts about facets: what is asked for, liked, refused, swapped or given up, by the words around it."""

import re

from core.nlu.clauses import Clause, carried, clause_of, govern
from core.nlu.cues import Cue, Frame
from core.nlu.draft import NO_REQUEST, SEEN, STRONG, Draft
from core.nlu.mentions import Mention
from core.nlu.noun_acts import _wants
from core.nlu.numbers import Use
from core.turns import Act, Scope, Target

_COMPANY = re.compile(
    r"孩子|娃|小朋友|小孩子?|宝宝|kids?|toddlers?|child(?:ren)?|little ones|一家人|全家人?|the family|whole family|大人"
)
# Kinds of goods; beside a word for another domain they are what a story is about.
_GOODS = frozenset(
    "kitchen home electronics audio computer phone beauty clothing shoes bags toys baby pet tea-coffee "
    "stationery tools garden".split()
)


# What is read or watched over a coffee is no coffee.
_CONSUMED = re.compile(
    r"(?<![a-z])(?:to|can|should) (?:read|watch|listen)(?![a-z])|(?:看|读|听)(?:点|些|个|本|部|首|什么|啥)"
)
_LIFTS = re.compile(
    r"(?:限制|条件|要求|规矩).{0,4}(?:去掉|拿掉|取消|删|不要|放开)|(?:去掉|取消|放开|解除).{0,12}(?:限制|条件|要求)"
    r"|(?:drop|remove|lift|lose|forget) (?:the |that |my )?\S+(?: \S+)? (?:filter|limit|condition|restriction)"
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
_WHOSE_TASTE = re.compile(
    r"(?<![a-z])(?:people|ppl|folks|others|someone|somebody|anyone|friends)(?: who| that| also)* ?$"
)
# Somebody else's taste, right before what they like: "my dad likes coffee", 她爱看科幻.
_THEIRS = re.compile(
    r"(?:[他她]们?|(?:爸爸?|妈妈?|老[公婆]|[男女]朋?友|对象|媳妇|先生|太太|奶奶|爷爷|外婆|外公|姥姥|姥爷|儿子|女儿|闺女|孩子"
    r"|同事|闺蜜|室友)|(?<![a-z])(?:s?he|they|my (?:[a-z]+ )?[a-z]+)(?![a-z]))"
    r"(?:很|最|特别|超|比较|平时|也|都|只|真的|really|also|only|just|absolutely|always|\s)*"
    r"(?:喜欢|爱|迷|(?:likes?|loves?|enjoys?|adores?|is (?:really )?into|are (?:really )?into)(?![a-z]))"
    r"[看听读喝吃玩]?\s*(?:the |a |some |all )?$"
)
# After a facet that is all of a message: "british ofc", 中国的吧.
_NOTHING = re.compile(r"(?:[ 的吧呢啊呀嘛.!?。！？]|ofc|obviously|of course|please|pls|plz|tho|ones?|only)*")
_DYING = re.compile(r" (?:dying|dies?|deaths?|being hurt|getting hurt|suffering)(?![a-z])")
_OF_PEOPLE = re.compile(r"(?<![a-z])(?:they|he|she|we|i)(?:'?re|'?s|'?m| are| r| is| am) [^.!?]{0,40}$")
_LEARNT = re.compile(r"(?:学|学习|练|练习|(?<![a-z])(?:learn(?:ing)?|practi[cs](?:e|ing)|study(?:ing)?)) ?$")
_COMPANIONS = re.compile(r"找.{0,3}人|一起|群|搭子|(?<![a-z])(?:people|ppl|folks|someone|group|partner|buddy)(?![a-z])")
_NO_MORE = re.compile(r"(?:(?<![a-z])(?:no|not|any) more|不要再|别再) ?$")
_NEGATED = re.compile(r"no |without |没|无")
_NO_MOOD = ("舒服", "开心", "高兴")  # 不舒服 is how ears feel, not what a film is like


def _replacing(d: Draft) -> list[tuple[int, int]]:
    spans = [(s, e) for _, s, e in d.patterns.spans("replace", d.folded)]
    if Act.MORE in d.kinds or Act.NEXT in d.kinds or Act.COUNTERFACTUAL in d.kinds:
        spans = [s for s in spans if any(m.start >= s[1] and m.start - s[1] <= 6 and m.facet for m in d.mentions)]
    return spans


def facets_acts(d: Draft) -> None:
    facets = [m for m in d.mentions if m.facet is not None or m.use is Use.DECADE]
    if not facets:
        return
    replacing = _replacing(d)
    swap = bool(replacing) and Act.SET_LANGUAGE not in d.kinds
    for m in facets:
        target = m.facet or Target("decade", str(int(m.number.value or 0)) if m.number else "0")
        clause = d.clauses[clause_of(d.clauses, m.start)]
        cue = govern(m, clause, d.cues, d.mentions, d.folded)
        if cue is None:
            cue = carried(m, d.clauses.index(clause), d.clauses, d.cues, d.mentions, d.folded)
        for one in (target, *m.extra):
            _facet(d, m, one, cue, clause, facets, replacing if swap else [])


def _facet(
    d: Draft,
    m: Mention,
    target: Target,
    cue: Cue | None,
    clause: Clause,
    facets: list[Mention],
    replacing: list[tuple[int, int]],
) -> None:
    frame = cue.frame if cue else None
    words = d.folded[clause.start : clause.end]
    scope = d.scope_of(clause)
    kinds = d.kinds
    if frame is Frame.DOUBLE and cue and not cue.before and target.kind in ("domain", "genre", "keyword", "person"):
        frame = Frame.REQUEST  # "纪录片也可以" asks for some
    if (
        frame is Frame.LIKE
        and cue
        and (_WHOSE_TASTE.search(d.folded[: cue.start]) or re.match(r"的?(?:人|朋友|搭子|同好)", d.folded[m.end :]))
    ):
        frame = Frame.REQUEST  # "people who like board games" are looked for; the taste is theirs
    if frame is Frame.LIKE and _THEIRS.search(d.folded[: m.start]):
        frame = Frame.REQUEST  # what is wanted for them, and no taste of the one who writes
    negative = frame in (Frame.MUST_NOT, Frame.DISLIKE)

    def put(act: Act, polarity: float, strength: float = 1.0) -> None:
        d.emit(act, m, target=target, polarity=polarity, scope=scope, strength=strength)

    if frame is None and any(a.target == target and a.act in (Act.MUST_NOT, Act.REVEAL_DISLIKE) for a in d.out):
        return  # "不要杯子 家里一堆杯子": why it is refused is no wish for it
    if target.kind == "mood" and d.folded[m.start : m.end] in _NO_MOOD and d.folded[: m.start].endswith("不"):
        return
    if target == Target("audience", "child") and any(f.facet == Target("audience", "teen") for f in facets):
        return  # 孩子初中了
    if target.kind == "audience" and _NOT_FOR.search(d.folded[: m.start]):
        put(Act.MUST_NOT, -1.0)
        return
    if target.kind == "audience" and _ASLEEP.match(d.folded, m.end):
        return  # "kids asleep" leaves the grown-ups
    if target.kind == "audience" and negative and _OWN_CHILD.search(d.folded[: m.start]):
        d.emit(Act.CONTEXT, m, 1.0, kind="situation", scope=Scope.TONIGHT)
        return  # "no dying animals pls my kid cries"
    if negative and target.kind == "keyword" and _DYING.match(d.folded, m.end):
        return  # "no dogs dying": dogs are welcome
    if target.kind == "person" and any(i.item and i.start == m.end + 1 and d.folded[m.end] == "的" for i in d.mentions):
        return  # 维伦纽瓦的沙丘 names the film
    said_alone = target.kind in ("language", "country") and not m.extra
    if said_alone and frame is None and _OF_PEOPLE.search(d.folded[: m.start]):
        return  # "they are 70, conservative, polish"
    if target.kind == "language" and _LEARNT.search(d.folded[: m.start]) and _COMPANIONS.search(d.folded):
        d.emit(Act.ASK_RECOMMEND, m, 2.0, target=Target("genre", "language"), polarity=1.0)
        return
    if target == Target("genre", "chinese-traditional") and _spoken_of(d) in ("film", "book"):
        target = Target("keyword", "opera")  # 戏曲 is music to hear, and what a film is about
    if (
        target.kind == "person"
        and frame in (None, Frame.REQUEST, Frame.MUST_NOT)
        and (_EXHAUSTED.search(words) or d.shown and _KNOWN.match(d.folded, m.end))
    ):
        if negative or d.shown or kinds & {Act.ASK_RECOMMEND, Act.MORE, Act.NEXT} or _OTHERS.search(d.folded):
            put(Act.MUST_NOT, -1.0)
        else:
            put(Act.REVEAL_LIKE, 1.0)
        return
    fields = d.patterns.spans("field", d.folded) if target.kind == "keyword" else []
    if any(s < m.end and m.start < e for _, s, e in fields) and Act.ASK_RECOMMEND not in kinds:
        return  # "director 是谁" asks for a field
    if target.kind == "keyword" and any(start <= m.start and m.end <= end for _, start, end in d.situations):
        return
    if (
        target.kind == "domain"
        and frame in (Frame.LIKE, Frame.MUST_NOT, Frame.DISLIKE, Frame.DOUBLE)
        and any(
            f is not m and clause.start <= f.start < clause.end for f in (*facets, *(i for i in d.mentions if i.item))
        )
    ):
        if frame is Frame.LIKE and not d.shown and target.value in ("book", "music", "article"):
            d.emit(Act.ASK_RECOMMEND, m, 1.0, target=target, polarity=1.0)  # 迷上侦探小说: books are spoken of
        return  # "诺兰的片子我都爱" is about him, not about films
    if (
        target.kind == "genre"
        and target.value in _GOODS
        and (
            any(f.facet and f.facet.kind == "domain" and f.facet.value not in ("product", "topic") for f in facets)
            or _CONSUMED.search(d.folded)
        )
    ):
        return
    if kinds & {Act.SET_LANGUAGE} and target.kind in ("language", "country"):
        return
    if (
        kinds & {Act.PRIVACY_EXPORT, Act.PRIVACY_FORGET, Act.PRIVACY_SHOW, Act.LIST_SAVED, Act.HELP, Act.SET_STYLE}
        and not negative
    ):
        return
    if _LIFTS.search(words) and target.kind != "domain":
        d.emit(Act.DROP_CONDITION, m, 3.0, target=target, kind=target.kind)
        return
    if Act.UNDO in kinds:
        put(Act.UNDO, 0.0)
        return
    if Act.COUNTERFACTUAL in kinds:
        d.emit(
            Act.COUNTERFACTUAL,
            m,
            target=target,
            kind=target.kind,
            polarity=-1.0 if re.search(r"不|no|without", words) else 1.0,
        )
        return
    if Act.ASK_WHY_NOT in kinds and target.kind != "domain":
        d.emit(Act.ASK_WHY_NOT, m, target=target)
        return
    if Act.CORRECT_PROFILE in kinds and target.kind != "domain":
        wrong = frame is Frame.DISLIKE or bool(_NOT_MINE.search(d.folded)) and frame is not Frame.DOUBLE
        put(
            Act.CORRECT_PROFILE,
            -1.0 if wrong and not re.search(r"谁说|谁跟你|没有不|唔系唔|以为", d.folded) else 1.0,
        )
        return
    if Act.GROUP_VETO in kinds and target.kind != "domain":
        put(Act.GROUP_VETO, -1.0)
        return
    if Act.REPAIR in kinds and target.kind in ("domain", "genre", "keyword", "mood", "country", "language"):
        wrong = _not_meant(d, m)
        d.emit(Act.REPAIR, m, target=target, polarity=-1.0 if wrong else 1.0)
        if not wrong:
            d.emit(Act.ASK_RECOMMEND, m, target=target, polarity=1.0)
        return
    if replacing:
        first = replacing[0]
        after = [f for f in facets if f.start >= first[1]]
        if m.start >= first[1] and (
            len(after) == len(facets)
            or not negative
            or re.search(r"instead of|rather than", d.folded[first[0] : first[1]])
        ):
            turned = bool(re.search(r"(?:instead of|rather than)", d.folded[: m.start])) or (
                re.search(
                    r"(?:scrap|forget|cancel|nvm|swap|drop|scratch|ditch|enough)[^,，.;]{0,12}$",
                    d.folded[: m.start],
                )
                and any(f.start > m.end for f in facets)
            )
            put(Act.REPLACE_CONDITION, -1.0 if turned else 1.0)
            return
        if m.start < first[0] and (
            negative or frame is None or re.search(r"算了|先不|不要|够|腻|停|放放", d.folded[m.end : first[0] + 1])
        ):
            passing = frame is None and target.kind == "domain" and any(f.start < m.start for f in facets)
            if not passing:
                put(Act.REPLACE_CONDITION, -1.0)
                return
    if _drops(d, m, words):
        d.emit(Act.DROP_CONDITION, m, target=target, kind=target.kind)
        return
    if frame is Frame.DOUBLE:
        put(Act.REVEAL_LIKE, 0.5)
        return
    if frame is Frame.DISLIKE:
        put(Act.REVEAL_DISLIKE, -1.0)
        return
    compared = 0 if _NO_MORE.search(d.folded[: m.start]) else _compared(d, m, words, clause)
    if d.shown and compared:
        put(Act.CRITIQUE_LESS if compared < 0 else Act.CRITIQUE_MORE, float(compared))
        return
    if compared < 0 and target.kind in ("mood", "keyword", "genre") and frame is not Frame.LIKE:
        put(Act.MUST_NOT, -1.0)
        return
    if frame is Frame.MUST_NOT:
        if not any(a.target == target and a.act is Act.ASK_RECOMMEND and a.end != m.end for a in d.out):
            put(Act.MUST_NOT, -1.0)  # of "jazz but not elevator jazz" the jazz is wanted
        return
    if frame is Frame.LIKE and not _wants(d, cue, words):
        put(Act.REVEAL_LIKE, 1.0, strength=2.0 if STRONG.search(words) or "超" in words else 1.0)
        return
    if target.kind == "keyword" and _NEGATED.match(d.folded, m.start):
        d.emit(Act.ASK_RECOMMEND, m, target=target, polarity=1.0, scope=scope, count=d.count)
        return  # "no vocals" are a facet's own words
    if frame is Frame.MUST or target.kind in ("decade", "language", "audience") and target.value != "adult":
        said = d.folded[m.start : m.end]
        fits = re.search(
            r"(?:适合|给|for|for my|suitable for|only|must be|rated)\s*(?:\S{0,3})$", d.folded[: m.start]
        ) or re.match(r"\s*(?:能看|可以看|看的|friendly|版|向|film|movie|book|$)", d.folded[m.end :])
        if target.kind == "audience" and _COMPANY.fullmatch(said) and not fits:
            d.emit(Act.CONTEXT, m, 1.0, target=target, kind="situation", scope=Scope.TONIGHT)
            return
        put(Act.MUST, 1.0)
        return
    if frame is Frame.SIMILAR and target.kind == "person":
        put(Act.SIMILAR_TO, 1.0)
        return
    if kinds & NO_REQUEST and frame is not Frame.REQUEST and not kinds & {Act.ASK_RECOMMEND, Act.GREET}:
        if (
            target.kind in ("domain",)
            or frame is None
            and kinds & {Act.ASK_WHY, Act.COMPARE, Act.ACCEPT, Act.SAVE, Act.UNSAVE, Act.NOT_NOW, Act.ASK_PROFILE}
        ):
            return
        if d.context.focus or d.names_items():
            sign = -1.0 if kinds & {Act.DISLIKE, Act.SEEN_DISLIKED} else 1.0
            if target.kind in ("mood", "genre", "keyword") and (sign < 0 or kinds & {Act.LIKE, Act.LOVE}):
                put(Act.CRITIQUE_LESS if sign < 0 else Act.CRITIQUE_MORE, sign)
            return
    if target.kind == "domain" and (
        _in_passing(d, m) or (frame is None and d.names_items() and Act.ASK_RECOMMEND not in kinds)
    ):
        return
    if frame is None and target.kind == "person" and not kinds & {Act.ASK_RECOMMEND} and kinds & {Act.LOVE, Act.LIKE}:
        put(Act.REVEAL_LIKE, 1.0, strength=2.0)
        return
    bare = bool(_NOTHING.fullmatch(d.folded[m.end :])) and not d.folded[: m.start].strip(" 要那")
    loose = frame is None and Act.ASK_RECOMMEND not in kinds and not bare
    count = d.count_of(m) if target.kind == "domain" else d.count
    d.emit(Act.ASK_RECOMMEND, m, 0.0 if loose else 2.0, target=target, polarity=1.0, scope=scope, count=count)


def _spoken_of(d: Draft) -> str | None:
    """Domain of the message, else of the talk."""
    named = next((m.facet.value for m in d.mentions if m.facet and m.facet.kind == "domain"), None)
    return named or d.context.domain


def _not_meant(d: Draft, m: Mention) -> bool:
    before = d.folded[max(0, m.start - 8) : m.start]
    return bool(
        re.search(r"(?:不是|而不是|唔系|不要|给|you give(?: me)?|not|no|told (?:you )?no)\s*(?:a |an |the )?$", before)
    )


def _in_passing(d: Draft, m: Mention) -> bool:
    """A domain word that only points: 这部电影, the film."""
    before = d.folded[max(0, m.start - 5) : m.start]
    return (
        bool(
            re.search(
                r"(?:这|那|哪|每|该|此|上)[部本首篇个些]?[老新好]?\s?$|(?:this|that|the|which|my|your)\s$", before
            )
        )
        and Act.ASK_RECOMMEND not in d.kinds
    )


def _drops(d: Draft, m: Mention, words: str) -> bool:
    facet = m.facet
    return (
        bool(
            facet
            and facet.kind in ("country", "language")
            and re.search(r"(?:不限|无所谓|放开|any (?:country|language)|doesn'?t matter)", words)
        )
        and not d.shown
    )


_NOT_MINE = re.compile(
    r"我不(?!是|介意|讨厌|排斥)|never liked|don'?t like|i'?m not|i don'?t"
    r"|(?<!跟)(?<!像)一般(?!都)|无感|没兴趣|不感冒|so-so"
)
# "太好哭了" after the film praises it; "太吓人了" of a list complains.
_PRAISED = re.compile(
    r"好[哭笑]|感人|催泪|治愈|温暖|暖|甜|震撼|燃|搞笑|有趣|好玩|幽默|浪漫|touching|funny|moving|sweet|warm"
)
_NOT = re.compile(r"(?<![要是得别])不(?:那么|怎么|太)?$")


def _compared(d: Draft, m: Mention, words: str, clause: Clause) -> int:
    """+1 for more of it, -1 for less, 0 for no comparison."""
    facet = m.facet
    before, after = d.folded[clause.start : m.start], d.folded[m.end : clause.end]
    if facet is not None and facet.kind == "country":
        return -1 if d.shown and re.search(r"(?:太|(?<![a-z])too ?)$", before) else 0
    if facet is None or facet.kind in ("domain", "person", "language", "audience"):
        return 0
    if facet.kind == "mood" and _NOT.search(before) and not before[:-1].endswith(d.folded[m.start]):
        return -1  # 不烧脑; but 好不好笑 asks
    said = d.folded[m.start : m.end]
    if re.search(r"(?:太|so )$", before) and _PRAISED.fullmatch(said) and SEEN.search(d.folded):
        return 0
    if re.search(
        r"(?:没那么|没这么|不(?:要|用)?(?:那么|这么|太)|别(?:那么|这么|太)|唔好咁|冇咁|没有(?:那么|这么)|太过?|过于|偏|都太|可以不要这么|能不能别(?:那么"
        r"|这么)?|别要太|不是那么|少(?:一?点|些|啲)?)\s*$",
        before,
    ):
        return -1
    if re.search(
        r"(?:(?<![a-z])less|not (?:so|too|as|that|quite so|very)|nothing (?:too|so|that)|too(?: much)?"
        r"|way too|a bit too|tone down(?: the)?|fewer|isn'?t (?:so|too|as)"
        r"|without being too)(?: \w+)?\s$",
        before,
    ):
        return -1
    if d.shown and re.search(
        r"(?:(?<![a-z])(?:all|are|is|it'?s|they'?re)(?: (?:all|kinda|so|a bit|very|pretty|rather|way"
        r"|far))+|都(?:是|有点|好|很|偏|太|挺)|全是|净是)\s*$",
        before,
    ):
        return -1
    if re.match(r"\s*(?:少(?:一?点|些)|太多|过头|减)", after):
        return -1
    if re.search(
        r"(?:再|更|多(?:一?点|些)?|加点|越|还要|(?<![a-z])(?:more|even|a bit|a little|bit|much|a touch))\s*(?:a )?$",
        before,
    ):
        return 1
    if re.match(r"\s*(?:一?点(?!半|钟)|些|啲|多点|一些|多些)", after) and not re.search(
        r"(?:想|来|找|有没有|要|推荐)[^,，。]*$", before
    ):
        return 1
    if re.search(r"(?:er|ier)$", said) and said.isascii() and facet.kind == "mood" and said not in ("wonder",):
        return 1
    return 0
