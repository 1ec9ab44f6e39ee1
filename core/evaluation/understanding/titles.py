"""Which titles a turn names, and whether they are liked: ReDial, CCPE, KdConv and book dialogues."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.evaluation.understanding.dialogues import Heard
from core.evaluation.understanding.spelling import TitleBook, spelling
from core.nlu.understand import Understander
from core.turns import Act, UnderstoodAct

_LIKED = frozenset((Act.LIKE, Act.LOVE, Act.SEEN_LIKED, Act.REVEAL_LIKE, Act.SAVE, Act.ACCEPT))
_DISLIKED = frozenset((Act.DISLIKE, Act.SEEN_DISLIKED, Act.REVEAL_DISLIKE))
# An act of one of these names an item in its words; the others may only point at the one in focus.
_UNKNOWN = (
    _LIKED | _DISLIKED | {Act.ASK_INFO, Act.SEEN_NEUTRAL, Act.SIMILAR_TO, Act.COMPARE, Act.ANSWER, Act.ASK_WHY_NOT}
)


@dataclass(frozen=True, slots=True)
class TitleScores:
    """Of the titles in a set's turns. known: share that the catalogue has; known_recall: of those.

    judged: titles with a liking in the data; right: told so, flipped: told the other way, dislikes: their recall.
    """

    turns: int
    named: int
    known: float
    precision: float
    recall: float
    f1: float
    known_recall: float
    judged: int = 0
    right: float = 0.0
    flipped: float = 0.0
    dislikes: float = 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a turn was read to name: all spellings of it, and the liking told, or None."""

    names: frozenset[str]
    liked: bool | None


def score_titles(reader: Understander, book: TitleBook, heard: Iterable[Heard], lower: bool = False) -> TitleScores:
    """lower: all text in lower case, as many people type."""
    right = wrong = missed = known = known_right = turns = 0
    told: dict[tuple[str, str], bool | None] = {}
    gold: dict[tuple[str, str], bool] = {}
    for each in heard:
        turns += 1
        text = each.said.text.lower() if lower else each.said.text
        found = _found(reader.understand(text, each.context).acts, book, text)
        wanted = {spelling(n.title): n for n in each.said.named}
        hits = {title for title in wanted if any(title in f.names for f in found)}
        right += len(hits)
        missed += len(wanted) - len(hits)
        wrong += sum(f.names.isdisjoint(wanted) for f in found)
        in_book = {title for title in wanted if title in book}
        known += len(in_book)
        known_right += len(in_book & hits)
        for title, named in wanted.items():
            if named.liked is None:
                continue
            place = each.dialogue, title
            gold[place] = named.liked
            liked = next((f.liked for f in found if title in f.names and f.liked is not None), None)
            told[place] = liked if liked is not None else told.get(place)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    judged = len(gold)
    disliked = [place for place, liked in gold.items() if not liked]
    return TitleScores(
        turns,
        right + missed,
        known / max(1, right + missed),
        precision,
        recall,
        2 * precision * recall / max(1e-9, precision + recall),
        known_right / max(1, known),
        judged,
        sum(told[place] is liked for place, liked in gold.items()) / max(1, judged),
        sum(told[place] is (not liked) for place, liked in gold.items()) / max(1, judged),
        sum(told[place] is False for place in disliked) / max(1, len(disliked)),
    )


def _found(acts: Sequence[UnderstoodAct], book: TitleBook, text: str) -> list[_Found]:
    by_item: dict[frozenset[str], bool | None] = {}
    for act in acts:
        if act.place is not None:
            continue  # a place on the screen names nothing
        if act.target is not None and act.target.kind == "item" and act.start is not None:
            names = book.names(act.target.value) | {spelling(text[act.start : act.end])}
        elif act.target is None and act.text and act.start is not None and act.act in _UNKNOWN and not act.kind:
            names = frozenset((spelling(act.text),))
        else:
            continue
        liked = True if act.act in _LIKED else False if act.act in _DISLIKED else None
        by_item[names] = liked if liked is not None else by_item.get(names)
    return [_Found(names, liked) for names, liked in by_item.items()]
