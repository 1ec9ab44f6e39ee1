"""What a message says that no list holds: the words to match against descriptions."""

import re

from core.nlu.clauses import Clause
from core.nlu.normalise import Normalised
from core.nlu.segment import Word

_ASKING = re.compile(
    r"最近|书荒|剧荒|片荒|歌荒|还是|换成?|改成|算了|有没有|有冇|有木有|有啥|有什么|有咩|有哪些|推荐|推介|介绍|安利|给我|帮我|帮忙|请问|请|麻烦|想看|想听|想读|想买|想找|想要"
    r"|我要|我想"
    r"|来点|来部|来本|来首|来个|来几|找一?[部本首篇个]?|"
    r"求|叫什么来着|叫啥来着|叫什么名字|叫什么|叫啥|什么来着|来着|那个|就是|一部|一本|一首|一篇|几部|几本|几首|几篇|的时候|那种|这种|适合|好看的?|"
    r"呗|吗|呢|吧|啊"
    r"|呀|嘛|哦|啦|了|嗯|么|点|些|看看|看|听|读|买|的$|^的|是|我|你|您|行|那|有|还|也|都|就|再|先|要|想|下|一下|好|不错"
    r"|(?<![a-z])(?:nah|scrap|go|switch|instead|emm+|feel|vibe|style|please|pls|plz|can|could|you"
    r"|u|recommend|recomend|suggest|give|gimme|show|find|get|want|wanna|need|looking|for|i|i'?d|im"
    r"|i'?m|like|would|some|any|something|anything|sth|smth|me|us|good|nice|great|a|an|the|to"
    r"|watch|read|listen|hear|see|of|one|ones|that|is|it|what|whats|what's|where|tonight|and|or|in"
    r"|on|with|my|been|kick|lately|recently|phase|spree|thx|lol|hey|hi|hello|so|just|really|maybe|do|have|got|there|be|more|few|couple"
    r"|must|only|his|her|their|our|we|he|she|they|him|them|next|week|month|today|tomorrow|again|who|which|let's|lets|about|film|movie|book|song)(?![a-z])"
)


_ONLY_ASKS = re.compile(
    r"^(?:(?:嗯|那个|就是说?|那|请|麻烦|我?想找(?:一?[部本首篇个])?|(?:一?[部本首篇个])?电影嘛"
    r"|我?(?:顺便|顺手|再)?[想要]?买(?:一|几|点|些)?[个双副件把台套条顶块瓶盒张支盏辆口款]?|要(?!求|紧|塞)"
    r"|有没有|推荐|我?想(?:看|找|听|读|要)?|给我|帮我|来|找|的|嘛|呗|讲的?是?(?=\s*\w)|关于|有关"
    r"|(?:i'?m|i|we|need|want|looking for|some|any|something|an?|the|that|for|where|film|about)(?![a-z'-]))\s*)+",
    re.IGNORECASE,
)
_KIND_OF_THING = re.compile(
    r"的 ?(?:书|文章?|电影|片子?|剧|歌|音乐|小说|故事|东西|(?:book|article|film|movie|song)s?)$", re.IGNORECASE
)
_BARE_QUESTION = re.compile(
    r"(?:so |and |ok |then )*(?:what|which|anything|something)(?: else)?(?: \w+)?(?: (?:should|can|could|to|would|do))?"
    r"(?: (?:i|we|you|people))? (?:read|watch|hear|listen to|try|get|buy|see|suggest|recommend)"
    r"(?: (?:next|now|tonight|then))?",
    re.IGNORECASE,
)


def residue(
    message: Normalised,
    clauses: list[Clause],
    spans: list[tuple[int, int]],
    cut: list[tuple[int, int]],
    words: tuple[Word, ...],
    one_word: bool = False,
) -> str | None:
    """Clauses that still say something once `spans` are taken out, or None. Only `cut` is left out of what is kept.

    one_word: a single word says enough, as of a thing to buy; else it takes two, or they are chance.
    """
    taken, gone = bytearray(len(message.text)), bytearray(len(message.text))
    for places, marks in ((spans, taken), (cut, gone)):
        for start, end in places:
            for i in range(start, min(end, len(marks))):
                marks[i] = 1
    kept: list[str] = []
    for clause in clauses:
        left = "".join(" " if taken[i] else message.text[i] for i in range(clause.start, clause.end))
        rest = _ASKING.sub(" ", left.lower())
        han = len(re.findall(r"[一-鿿]", rest))
        latin = len(re.findall(r"[a-z]{3,}", rest))
        content = sum(
            1
            for w in words
            if clause.start <= w.start < clause.end
            and not any(taken[w.start : w.end])
            and w.tag[0] in "nvaisjzl"
            and (len(w.text) > 1 or one_word and w.tag[0] == "n")
        )
        if (
            one_word
            and (latin or content)
            or latin >= 2
            or han >= 4
            and content >= 1
            or (han >= 2 and content >= 1 and latin)
        ):
            kept.append(trimmed("".join(" " if gone[i] else message.text[i] for i in range(clause.start, clause.end))))
    text = ", ".join(k for k in kept if k)
    return text or None


def trimmed(text: str) -> str:
    """Without the words that only ask, at both ends."""
    text = re.sub(r"\s+", " ", text).strip(" ,，。.!！?？;；、~")
    text = _ONLY_ASKS.sub("", text)
    if _BARE_QUESTION.fullmatch(text):
        return ""
    text = _KIND_OF_THING.sub("", text)
    return re.sub(r"(?:叫什么来着|叫啥来着|叫什么|叫啥|什么来着|来着|的|吗|呢|吧|啊|呀|嘛)+$", "", text).strip(" ,，")
