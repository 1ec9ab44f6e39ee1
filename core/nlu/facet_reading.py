"""A facet with what the words around it say of it."""

import re
from dataclasses import dataclass

from core.nlu.clauses import Clause
from core.nlu.cues import Cue, Frame
from core.nlu.draft import Draft
from core.nlu.mentions import Mention
from core.turns import Act, Scope, Target

_WHOSE_TASTE = re.compile(
    r"(?<![a-z])(?:people|ppl|folks|others|someone|somebody|anyone|friends)(?: who| that| also)* ?$"
)
# Somebody else's taste, right before what they like: "my dad likes coffee", 她爱看科幻.
_THEIRS = re.compile(
    r"(?:[他她]们?|(?:爸爸?|妈妈?|老[公婆]|[男女]朋?友|对象|媳妇|先生|太太|奶奶|爷爷|外婆|外公|姥姥|姥爷|儿子|女儿|闺女|孩子"
    r"|同事|闺蜜|室友)|(?<![a-z])(?:s?he|they|my (?:[a-z]+ )?[a-z]+)(?![a-z]))"
    r"(?:很|最|特别|超|比较|平时|也|都|只|真的|会|肯定|应该|可能|really|also|only|just|absolutely|always|\s)*"
    r"(?:喜欢|爱|迷|(?:likes?|loves?|enjoys?|adores?|is (?:really )?into|are (?:really )?into)(?![a-z]))"
    r"[看听读喝吃玩]?\s*的?老?(?:the |a |some |all )?$"
)


_THEIR_DISLIKE = re.compile(
    r"(?:[他她]们?|我?(?:爸爸?|妈妈?|老[公婆]|[男女]朋?友|对象|媳妇|先生|太太|奶奶|爷爷|儿子|女儿|孩子|同事|室友)"
    r"|(?<![a-z])(?:s?he|they|(?:my|our|his|her) (?:[a-z]+ )?[a-z]+))"
    r"(?:很|最|特别|也|都|真的|一|会|really|also|just|always|absolutely|usually|\s)*$"
)


@dataclass(frozen=True, slots=True)
class FacetReading:
    """One target of a mention in its clause, words of the clause. cue: what speaks of it, or None.

    frame: of the cue, where it is the writer's own. facets: all mentions of facets in the message.
    """

    mention: Mention
    target: Target
    cue: Cue | None
    frame: Frame | None
    clause: Clause
    words: str
    scope: Scope | None
    facets: tuple[Mention, ...]

    @property
    def negative(self) -> bool:
        return self.frame in (Frame.MUST_NOT, Frame.DISLIKE)

    def put(self, d: Draft, act: Act, polarity: float, strength: float = 1.0) -> None:
        """An act about the target."""
        d.emit(act, self.mention, target=self.target, polarity=polarity, scope=self.scope, strength=strength)


def read_facet(
    d: Draft, m: Mention, target: Target, cue: Cue | None, clause: Clause, facets: tuple[Mention, ...]
) -> FacetReading:
    """The reading of one target of a mention."""
    if target == Target("genre", "chinese-traditional") and _spoken_of(d) in ("film", "book"):
        target = Target("keyword", "opera")  # 戏曲 is music to hear, and what a film is about
    frame = cue.frame if cue else None
    if target.kind == "genre" and d.folded.startswith(("non", "非"), m.start):
        frame = Frame.MUST_NOT  # non-fiction is what is no fiction
    if frame is Frame.DISLIKE and cue and target.kind == "domain" and "asleep" in d.folded[cue.start : cue.end]:
        frame = None  # who falls asleep in films does not refuse them
    if frame is Frame.DISLIKE and cue and cue.before and _THEIR_DISLIKE.search(d.folded[clause.start : cue.start]):
        frame = Frame.MUST_NOT  # whoever watches along
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
    words = d.folded[clause.start : clause.end]
    return FacetReading(m, target, cue, frame, clause, words, d.scope_of(clause), facets)


def _spoken_of(d: Draft) -> str | None:
    """Domain of the message, else of the talk."""
    named = next((m.facet.value for m in d.mentions if m.facet and m.facet.kind == "domain"), None)
    return named or d.context.domain
