"""Whether words that are some title are meant as one: by what stands around them, capitals and a year."""

import re

from core.nlu.normalise import Normalised
from core.nlu.segment import Segmenter

# What stands right before a title. Groups of the strong ones make even everyday words titles.
_BEFORE = re.compile(
    r"(?:看过|看了|看完|刚看|在看|读过|读了|读完|刚读|听过|听了|玩过|追完|刷完|重温|类似|好像|就像|像|跟|和|与|同|似|比如|叫|名叫|叫做|喜欢|喜歡|超爱|最爱"
    r"|爱看|很爱|讲讲|说说|介绍一下|介绍下|聊聊|了解一下|知道|没有|冇|为啥没|推荐过|搜|搜索|查|找一下|想看|再看|看看|看|读|听|关于电影|代餐|对|把|那"
    r"|vs)\s*(?:电影|小说|这部|那部|一下|下)?\s*$"
    r"|(?<![a-z])(?:seen|watched|watching|watch|rewatched|rewatch|saw|read|reading|finished|finish"
    r"|finished reading|heard|listened to|played|like|liked|love|loved|loving|adore|adored|enjoyed"
    r"|enjoy|hate|hated|disliked|similar to|about|vibes? of|called|named|titled|than|between|vs\.?"
    r"|versus|or|and|compared? (?:to|with)|(?:movie|film|book|novel|album|song)|directed|wrote"
    r"|stars in|starred in|is in|was in|who's in|whos in|why not|where's|wheres|isn't|isnt|not"
    r"|into|of|recommended?|suggest|is|does|save|remove|add|have|wasn't|wasnt)\s(?:the (?:movie"
    r"|film|book|novel|song|album) |the )?$"
)
_BEFORE_CLEAR = re.compile(
    r"(?:看过|看了|看完|刚看完|读过|读完|听过|类似|叫|像)\s*$|(?<![a-z])(?:seen|watched|rewatched|saw|similar to"
    r"|called|titled|(?:movie|film|book|novel|album|song)|after|like|loved|love|reading|read|directed"
    r"|watching|read)\s(?:the )?$"
)
_COMPARES = re.compile(r"哪(?:个|部|本|张|首|篇|款)|更(?:好|适合|值得|推荐)|which|better")
_JOINS = re.compile(r"(?:和|跟|与|还是|或者?|vs)\s*$")
_LIKENESS = re.compile(r"(?:类似于?|有点像|好像|像)\s*$")  # even 活着 names the book in "类似活着的"
_AFTER = re.compile(
    r"\s*(?:$|[,，。.!！?？;；、)）~～…])|\s*(?:这部|那部|这本|那本|这片|这电影|这个电影|讲|说的是|谁演|谁导|是谁|怎么样|咋样|好看|好不好|如何|不错"
    r"|一般|还行|yyds|封神|绝|太|超|真|很|挺|好|是我|我|里|那种|那样|这种|这样|之类|差不多|一样|风格|同款|类似|这类|哪个|和|跟|与|还是|或|吗|呢|啊|吧"
    r"|呀|嘛|啦|也|都|就|适合|多长|片长|哪年|什么时候|评分|有多|值得|看|读|的(?:电影|动画|片|歌|续集|导演|小说|书|主演|剧情|结局|作者|感觉|氛围|风格|原声"
    r"|续集|片长)|有点|可以|vibe|feel|style)"
    r"|\s*(?:is|was|were|suits?|would|for me|by|but|and|or|again|last|yesterday|tonight|already|vs"
    r"|with|movie|film|book|novel|plz|pls|please|thx|lol|too|maybe|tbh|tho|btw|ngl|"
    r"though|one more|yet|in there|in here"
    r"|in the list|on the list|so much|about|'s|directed|worth|twice|a lot|because|except|without"
    r"|next|first|instead|from|the (?:movie|film|book|novel|album|song))(?![a-z])"
)
# After an everyday word these leave no doubt that it is a title.
_AFTER_CLEAR = re.compile(
    r"\s*(?:这部|那部|这本|那本|这片|这电影|这个电影|讲的?(?:是)?(?:什么|啥)|谁[演导]|导演是|主演是|(?:和|跟|与|还是|vs)\s?.{1,40}(?:哪|更)|yyds|片长多|是哪年)"
)
_SEEN_AFTER = re.compile(r"(?:也|都|早就?|已经)?(?:看|读|听|追)(?:过|完|了)")  # 维伦纽瓦的沙丘看过
# "blade runner was kinda boring": what begins a message and is judged at once has a name
_JUDGED = re.compile(
    r"\s(?:was(?:n'?t)?|is (?:so|kinda|really|my|the best)|sucks?|sucked|rocks?|bored|scared)(?![a-z])"
)
_ARTICLE = re.compile(r"^(?:the|an?) ")
# Two plain words and more are a title as the object of these: "liked the green mile", "is die hard the one".
_OBJECT_OF = re.compile(
    r"(?<![a-z])(?:seen|see|saw|watch(?:ed|ing)?|re-?watch(?:ed|ing)?|lik(?:e|ed)|lov(?:e|ed|ing)|enjoy(?:ed)?|hated?"
    r"|missed|forgot|tr(?:y|ied)|recommend(?:ed)?|prefer(?:red)?|(?:minute|part|fan|end) of|heard (?:of|about)|original"
    r"|thoughts on|favou?rites? (?:is|are|was|were)|(?:movie|film|book|album|song)s?(?: like| called| named)?|is that"
    r"|what(?:'s| is| was| about)|how about|i think|read|reading|finished)"
    r"\s(?:both |also |that |the |the (?:original|new|first|old|movie|film|book) |original |movie |film |either )?$"
)
_AFTER_SEVERAL = re.compile(
    r"\s(?:loved?|liked?|hated|thanks|thx|great|good|i|it|that|which|looks?|sounds?|came|overall|both|are|has|had|so|when|on|yet"
    r"|because|the one|not|haha|ok|is|though|as well|just|you)(?![a-z])"
)
_WHERE = re.compile(r"(?<![a-z])(?:to|in|from|at|near|landed|leaving|visiting|around) $")
# Written with a capital wherever they stand.
_DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter halloween".split()
)
_NAME_BEFORE = re.compile(r"(?<![.!?] )(?<!^)(?<![A-Za-z])[A-Z][a-z]+ $")
YEAR_AFTER = re.compile(r"\s*[(（](\d{4})[)）]")


class TitleEvidence:
    """Judges spans of messages. Pure and thread-safe."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter

    def meant(self, message: Normalised, start: int, end: int, phrase: str, strength: int, whole: bool) -> bool:
        """A title is meant at [start, end). phrase: the title's key, strength: see `Names.strength`.

        whole: a bare title may be the whole message.
        """
        if strength == 3 or YEAR_AFTER.match(message.folded, end):
            return True
        wide = not phrase.isascii()
        if strength == 2:
            return not wide or self.stands_free(message, start, end)
        before, after = message.folded[:start], message.folded[end:]
        alone = not before.strip(" 嗯啊呃那就") and not re.sub(r"[\s.!?。！？吧啊呀的]|please|pls|plz", "", after)
        if strength == 1 and alone and whole:
            return True
        if strength == 1 and wide:
            return self._everyday_wide(message, start, end, phrase)
        capital = start > 0 and message.text[start].isupper() and not re.search(r"[.!?。！？]\s*$", before)
        capital = capital and not _shouting(message.text) and phrase not in _DATES
        if capital and " " not in phrase and _NAME_BEFORE.search(message.text[:start]):
            return False  # the Forth Bridge
        if strength == 1:
            return _everyday_latin(before, after, phrase, capital)
        noun = re.search(
            r"(?:movie|film|book|novel|album|song|电影|小说|watched|看过|读过|read|reading|finished|loved)\s$",
            before.rstrip() + " ",
        )
        numeric = phrase.replace(" ", "").isdigit()
        named = bool(noun and numeric) or capital and is_clear(before) and end - start > 1
        return named and bool(_AFTER.match(after))

    def _everyday_wide(self, message: Normalised, start: int, end: int, phrase: str) -> bool:
        folded = message.folded
        before, after = folded[:start], folded[end:]
        cue_before, cue_after = bool(_BEFORE.search(before)), bool(_AFTER.match(after))
        ordinary = self._segmenter.frequency(phrase) >= 90 or self._segmenter.everyday(phrase)
        return bool(
            (_COMPARES.search(folded) and _JOINS.search(before) and cue_after)
            or (_LIKENESS.search(before) and (cue_after or after.startswith("的")))
            or _AFTER_CLEAR.match(after)
            or ((before.endswith("的") or _starts(before, phrase)) and _SEEN_AFTER.match(after))
            or (cue_after and (cue_before or not before.strip() and not ordinary))
            or (
                not self._segmenter.frequency(phrase)
                and not ordinary
                and (cue_before or not before.strip() or cue_after)
                and self.stands_free(message, start, end)
            )
        )

    def stands_free(self, message: Normalised, start: int, end: int) -> bool:
        """No word of the language reaches over the edges of the span."""
        words = self._segmenter.cut(message.text)
        return not any(word.start < start < word.end or word.start < end < word.end for word in words)


def is_clear(before: str) -> bool:
    """What stands before leaves no doubt that a title follows."""
    return bool(_BEFORE_CLEAR.search(before))


def _everyday_latin(before: str, after: str, phrase: str, capital: bool) -> bool:
    cue_after = bool(_AFTER.match(after))
    several = " " in _ARTICLE.sub("", phrase)
    if several and _OBJECT_OF.search(before) and (cue_after or _AFTER_SEVERAL.match(after)):
        return True
    if not several and not capital and before.endswith("the "):
        return False  # "the later" is no song
    return bool(
        (is_clear(before) and cue_after and not _generic(before, phrase))
        or (not before.strip() and " " in phrase and _JUDGED.match(after))
        or (capital and (_BEFORE.search(before) or not before.strip() or cue_after and not _WHERE.search(before)))
    )


def _shouting(text: str) -> bool:
    return sum(c.isupper() for c in text) > 0.6 * sum(c.isalpha() and c.isascii() for c in text)


def _starts(before: str, phrase: str) -> bool:
    """活着看过了 begins with what was read; 后来看过了 with when."""
    return not before.strip() and phrase not in ("后来", "以前", "从前", "昨天", "最近", "刚才", "其实", "曾经", "终于")


def _generic(before: str, phrase: str) -> bool:
    """ "something like friends", "i like drama": the verb's object is a word, not a title."""
    return bool(
        re.search(
            r"(?:like|love|loved|about|after|read|reading|saw|watch|watching"
            r"|(?<!the )(?:movie|film|book|novel|album|song))\s$",
            before,
        )
    ) and " " not in _ARTICLE.sub("", phrase)
