"""Intents of IARD (Cai and Chen, UMAP 2020), told from the acts of a turn."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.evaluation.understanding.dialogues import Heard
from core.nlu.understand import Understander
from core.turns import Act, Understanding

_SEEN = frozenset((Act.SEEN_LIKED, Act.SEEN_DISLIKED, Act.SEEN_NEUTRAL))
_JUDGED = frozenset((Act.LIKE, Act.LOVE, Act.DISLIKE))
_TALK = frozenset((Act.GREET, Act.THANKS, Act.BYE, Act.CHIT_CHAT))
_ACCEPTED = frozenset((Act.ACCEPT, Act.SAVE, Act.NOT_NOW, Act.YES))
_REJECTED = frozenset((Act.DISLIKE, Act.SEEN_DISLIKED, Act.NO))
CRITIQUES = frozenset(("CRI-F", "CRI-A", "CRI-C"))


@dataclass(frozen=True, slots=True)
class IntentScores:
    """F1 over all intents, of accepting, rejecting, having seen, and of the three critiques taken as one."""

    turns: int
    micro: float
    accept: float
    reject: float
    seen: float
    critique: float


def score_intents(reader: Understander, heard: Iterable[Heard]) -> IntentScores:
    """heard: turns with intents."""
    both: Counter[str] = Counter()
    told: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    turns = 0
    for each in heard:
        turns += 1
        mine = intents(reader.understand(each.said.text, each.context), each)
        for name, found in (("*", mine), ("C", mine & CRITIQUES)):
            wanted = each.said.intents & CRITIQUES if name == "C" else each.said.intents
            if name == "C":
                both["C"] += bool(found and wanted)
                told["C"] += bool(found)
                gold["C"] += bool(wanted)
                continue
            both.update(found & wanted)
            told.update(found)
            gold.update(wanted)

    def f1(*names: str) -> float:
        return 2 * sum(both[n] for n in names) / max(1, sum(told[n] + gold[n] for n in names))

    singles = tuple(name for name in {*told, *gold} if name != "C")
    return IntentScores(turns, f1(*singles), f1("ACC"), f1("REJ"), f1("SEE"), f1("C"))


def intents(read: Understanding, heard: Heard) -> frozenset[str]:
    """The intents that the acts amount to, at that place of the talk."""
    acts = {a.act for a in read.acts}
    shown = bool(heard.context.shown)
    found: set[str] = set()
    named = {a.act for a in read.acts if a.target is not None and a.target.kind == "item" and a.start is not None}
    facets = {a.act for a in read.acts if a.target is not None and a.target.kind != "item"}
    if acts & _TALK:
        found.add("OTH")
    if (
        acts & _SEEN
        or not named & _JUDGED
        and Act.LOVE in acts
        or heard.context.expecting == "seen"
        and Act.YES in acts
    ):
        found.add("SEE")
    if acts & _ACCEPTED and heard.context.expecting != "seen" and shown or Act.LIKE in acts and shown and not named:
        found.add("ACC")
    if shown and (acts & {Act.DISLIKE, Act.SEEN_DISLIKED} or Act.NO in acts and heard.context.expecting != "seen"):
        found.add("REJ")
    if heard.context.expecting == "seen" and Act.NO in acts and not acts - {Act.NO}:
        found.add("NRE")
    if acts & {Act.ASK_INFO, Act.ASK_WHY, Act.COMPARE}:
        found.add("INQ")
    if acts & {Act.MORE, Act.ANOTHER_N, Act.NEXT} or shown and Act.ASK_RECOMMEND in acts - facets:
        found.add("CON" if shown else "IQU")
    if named & (_JUDGED | {Act.REVEAL_LIKE}) or Act.REVEAL_LIKE in acts and shown:
        found.add("PRO")
    if acts & {Act.CRITIQUE_LESS, Act.CRITIQUE_MORE} or shown and Act.REVEAL_DISLIKE in acts:
        found.add("CRI-F")
    if Act.SIMILAR_TO in acts:
        found.add("CRI-C" if shown else "IQU")
    if shown and facets & {Act.MUST, Act.MUST_NOT, Act.ASK_RECOMMEND, Act.REPLACE_CONDITION, Act.ANSWER}:
        found.add("CRI-A")
    if not shown and heard.context.expecting in ("genre", "item") and acts & {Act.ANSWER, Act.REVEAL_LIKE, Act.LIKE}:
        found.add("ANS")
    if not shown and acts & {Act.ASK_RECOMMEND, Act.MUST}:
        found.add("IQU")
    return frozenset(found or {"OTH"})
