"""Bounds on numbers in Chinese: prices, ratings and lengths of CrossWOZ (Zhu et al., TACL 2020)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.evaluation.understanding.dialogues import Heard
from core.nlu.normalise import normalise
from core.nlu.understand import Understander

_KINDS = {"人均消费": "price", "价格": "price", "门票": "price", "评分": "rating", "游玩时间": "minutes"}
_VALUE = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?P<of>小时|分钟)?(?:\s?-\s?(?P<high>\d+(?:\.\d+)?))?(?:元|分|小时|分钟)?(?P<side>以上|以下)?"
)
_SIDES = {"以上": ">=", "以下": "<=", None: "="}
_MINUTES = {"小时": 60.0, "分钟": 1.0}

Bound = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class BoundScores:
    """Of bounds whose numbers stand in the text: read with kind, operator and value; and of those read, the right.

    Where the data name no operator ("评分5分") any will do. Hotels are none of our business, so the numbers are scored
    as they are read, whatever the message asks for.
    """

    turns: int
    said: int
    recall: float
    precision: float


def score_bounds(reader: Understander, heard: Iterable[Heard]) -> BoundScores:
    """heard: turns with acts [intent, domain, slot, value]."""
    turns = said = right = told = 0
    for each in heard:
        wanted = {
            bound for act in each.said.acts if act[0] == "Inform" for bound in bounds(act[2], act[3], each.said.text)
        }
        if not wanted:
            continue
        turns += 1
        either = {(kind, value) for kind, op, value in wanted if op == "="}
        found = {(kind, "=" if (kind, value) in either else op, value) for kind, op, value in _read(reader, each)}
        said += len(wanted)
        right += len(found & wanted)
        told += len(found)
    return BoundScores(turns, said, right / max(1, said), right / max(1, told))


def _read(reader: Understander, heard: Heard) -> set[Bound]:
    numbers = (m.number for m in reader.read(normalise(heard.said.text), heard.context).mentions)
    return {(n.kind, n.op, n.value) for n in numbers if n and n.kind and n.op and n.value is not None}


def bounds(slot: str, value: str, text: str) -> frozenset[Bound]:
    """The bounds that a slot's value stands for; none where it is no number, or the text says it in other digits."""
    kind, match = _KINDS.get(slot), _VALUE.fullmatch(value.strip())
    if kind is None or match is None or any(n and n not in text for n in (match["low"], match["high"])):
        return frozenset()
    scale = _MINUTES.get(match["of"] or "小时", 1.0) if kind == "minutes" else 1.0
    if match["high"]:
        return frozenset(((kind, ">=", float(match["low"]) * scale), (kind, "<=", float(match["high"]) * scale)))
    return frozenset(((kind, _SIDES[match["side"]], float(match["low"]) * scale),))
