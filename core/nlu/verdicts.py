"""How something was, by the words of a message: seen or not, good, bad or neither, and of which part."""

import re
from dataclasses import dataclass

from core.nlu.cues import Cues
from core.turns import Act

SEEN = re.compile(
    r"(?<!没)(?<!没有)(?<!未)(?<!不)(?<!能)(?<!会)(?<!想)(?:看|读|听|玩|刷|追|睇|watch)\s?(?:过|完|了(?!解)|咗)|重温|不算(?!太|很|特别)"
    r"|(?<!haven't )(?<!not )(?<!never )(?<![a-z])(?:seen|watched|rewatched|saw|read(?!ing)"
    r"|finished(?: reading)?|listened to|just finished|knows? (?:it |them )?by heart|done(?= *(?:$|[,.;!])))(?![a-z])"
)
NOT_SEEN = re.compile(
    r"(?:没|没有|还没|未|冇)\s?(?:看|读|听|玩|睇|watch)(?!懂|明白|进去|够|完)过?"
    r"|(?:haven'?t|never|not|didn'?t) (?:seen|watched|read|heard|yet)"
    r"|(?:i'?ll|i will|gonna|going to|wanna|want to|let'?s|should i|might) (?:\w+ )?(?:see|watch|read|listen|hear)"
)
# "everybody says it's great, I thought it dragged": after what others say, what the writer does.
_OWN = re.compile(
    r"(?:(?<!我)(?:说|吹|夸|推荐|安利|觉得)|(?<![a-z])(?:says?|said|thinks?|raves?|raved|swears? by|recommended"
    r"|(?:loves?|loved) it)(?![a-z])).*?"
    r"(?P<own>我(?:倒|却|自己|个人|就)?(?:觉得|认为|感觉|看着|看完)|(?<![a-z])(?:i (?:think|thought|found|felt|was"
    r"|didn'?t)|to me|for me|me,? not|but not me|i,? (?:not|less) so)(?![a-z]).*)"
)
# Somebody else's verdict, with nothing of one's own: "my wife loved it".
_THEIRS = re.compile(
    r"(?<![a-z])(?:s?he|(?:my|our|his|her) (?!whole|family)[a-z]+)"
    r"(?: (?:really|absolutely|just|all|also|totally))? (?:loved?|likes?|liked|hated?|enjoyed|adored)"
    r" (?:it|this|that|them)"
    r"|(?:[他她]们?|我?(?:爸爸?|妈妈?|老[公婆]|[男女]朋?友|儿子|女儿|孩子))(?:很|最|超|特别|也|都)*(?:喜欢|爱看|讨厌|不喜欢)"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words say. good, bad and meh may stand together; strong: of what is good. refused: what is
    bad is more than a part of it. unseen: it is said not to be seen yet.

    part: the words that praise only a part of it, or None; flaw: those that blame a part.
    """

    seen: bool = False
    good: bool = False
    bad: bool = False
    meh: bool = False
    strong: bool = False
    refused: bool = False
    unseen: bool = False
    part: str | None = None
    flaw: str | None = None

    @property
    def said(self) -> bool:
        """Something is said of how it was."""
        return self.good or self.bad or self.meh

    @property
    def mixed(self) -> bool:
        """One part is praised and another blamed."""
        return self.part is not None and self.flaw is not None

    @property
    def act(self) -> Act:
        """The one act of an item judged so; SEEN_NEUTRAL where nothing is said of how it was."""
        if self.mixed and not self.refused or not self.said or self.meh and not (self.good or self.bad):
            return Act.SEEN_NEUTRAL
        if self.bad:
            return Act.SEEN_DISLIKED if self.seen else Act.DISLIKE
        if self.strong and not self.meh:
            return Act.LOVE
        return Act.SEEN_LIKED if self.seen else Act.LIKE


def judge(cues: Cues, words: str) -> Verdict:
    """The verdict in words of the folded text. Of two cues of which one lies in the other, only the longer counts."""
    own = _OWN.search(words)
    seen = bool(SEEN.search(words)) if own else False
    words = words[own.start("own") :] if own else _THEIRS.sub(" ", words)
    spans = cues.spans("verdict", words)
    whole = [
        (name, start, end)
        for name, start, end in spans
        if not any(s <= start and end <= e and e - s > end - start for n, s, e in spans if n in _SAYS and name in _SAYS)
    ]
    names = {name for name, _, _ in whole}
    parts = {name: words[start:end] for name, start, end in reversed(whole) if name in ("praised", "blamed")}
    blamed = [(start, end) for name, start, end in whole if name == "blamed"]
    bad = [(start, end) for name, start, end in whole if name == "bad"]
    unseen = bool(NOT_SEEN.search(words))
    return Verdict(
        (seen or bool(SEEN.search(words)) or "after" in names) and not unseen,
        bool(names & {"good", "praised"}),
        bool(bad),
        "meh" in names,
        "strong" in names,
        any(not any(s <= start and end <= e for s, e in blamed) for start, end in bad),
        unseen,
        parts.get("praised"),
        parts.get("blamed"),
    )


_SAYS = ("good", "bad", "meh")
