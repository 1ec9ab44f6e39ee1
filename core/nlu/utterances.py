"""Labelled sentences: what training reads, and what the nearest-sentence vote remembers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.errors import UtteranceError
from core.turns import Act, Context, Lang

SLOTS = (
    "genre", "mood", "company", "time", "decade", "country", "price", "domain", "item",
    "like", "seen", "confirm", "yesno", "choose", "drop", "other",
)  # fmt: skip
# other names of questions whose answers are labelled
_SAME_SLOT = {"liked": "like", "year": "decade", "minutes": "time", "pages": "time", "language": "country"}
SCREEN_FEATURES = 1 + len(SLOTS) + 2


@dataclass(frozen=True, slots=True)
class Screen:
    """As much of the context as was labelled: what was asked, whether items are shown, whether one is talked of."""

    expecting: str | None = None
    shown: bool = False
    focus: bool = False

    @classmethod
    def of(cls, context: Context) -> Self:
        """A question of another slot counts as `other`."""
        slot = context.expecting and _SAME_SLOT.get(context.expecting, context.expecting)
        return cls(slot if slot is None or slot in SLOTS else "other", bool(context.shown), context.focus is not None)

    def words(self) -> str | None:
        """The context as the encoder reads it, behind the message; None where there is none, for words cost time."""
        asked = [f"asked {self.expecting}"] if self.expecting else []
        return " | ".join([*asked, *["list"] * self.shown, *["focus"] * self.focus]) or None

    def features(self) -> tuple[float, ...]:
        """(SCREEN_FEATURES,) of 0 and 1."""
        asked = [float(self.expecting == slot) for slot in SLOTS]
        return (float(self.expecting is None), *asked, float(self.shown), float(self.focus))


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """Words that name a target, as code points of the text; polarity -1, 0, 1 or None where it has none."""

    act: Act
    start: int
    end: int
    polarity: int | None


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence with its acts. `voice` is who speaks: voices are kept whole when sentences are split."""

    id: str
    text: str
    lang: Lang
    voice: str
    screen: Screen
    acts: frozenset[Act]
    spans: tuple[LabelledSpan, ...] = ()


def read_utterances(paths: Iterable[Path]) -> tuple[Utterance, ...]:
    """All sentences of JSONL files, in order. UtteranceError with file, line and field; ids must not repeat."""
    utterances: list[Utterance] = []
    seen: set[str] = set()
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UtteranceError(path, 0, "file", str(error)) from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            utterance = _utterance(path, number, line)
            if utterance.id in seen:
                raise UtteranceError(path, number, "id", f"{utterance.id!r} was used before")
            seen.add(utterance.id)
            utterances.append(utterance)
    return tuple(utterances)


def _utterance(path: Path, number: int, line: str) -> Utterance:
    def fail(field: str, reason: str) -> UtteranceError:
        return UtteranceError(path, number, field, reason)

    try:
        row = json.loads(line)
    except ValueError as error:
        raise fail("line", f"no JSON: {error}") from error
    if not isinstance(row, dict):
        raise fail("line", "not an object")
    for field in ("id", "text", "lang", "voice"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise fail(field, "a text is needed")
    if row["lang"] not in list(Lang):
        raise fail("lang", f"{row['lang']!r} is none of {', '.join(Lang)}")
    acts = row.get("acts")
    if not isinstance(acts, list) or not acts or not all(isinstance(a, dict) for a in acts):
        raise fail("acts", "a list of at least one act is needed")
    for act in acts:
        if act.get("act") not in list(Act):
            raise fail("act", f"{act.get('act')!r} is no act")
    return Utterance(
        row["id"],
        row["text"],
        Lang(row["lang"]),
        row["voice"],
        _screen({} if row.get("context") is None else row["context"], fail),
        frozenset(Act(a["act"]) for a in acts),
        tuple(_span(a, len(row["text"]), fail) for a in acts if a.get("start") is not None),
    )


def _screen(context: object, fail: Any) -> Screen:  # Any: a closure that builds the error of this line
    if not isinstance(context, Mapping):
        raise fail("context", "not an object")
    expecting, shown, focus = context.get("expecting"), context.get("shown", 0), context.get("focus", False)
    if expecting is not None and _SAME_SLOT.get(expecting, expecting) not in SLOTS:
        raise fail("expecting", f"{expecting!r} is none of {', '.join(SLOTS)}")
    if not isinstance(shown, int) or shown < 0:
        raise fail("shown", "a number of items is needed")
    return Screen(expecting and _SAME_SLOT.get(expecting, expecting), shown > 0, bool(focus))


def _span(act: Mapping[str, object], length: int, fail: Any) -> LabelledSpan:  # Any: as above
    start, end, polarity = act["start"], act.get("end"), act.get("polarity")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= length:
        raise fail("start", f"{start}..{end} is no span of a text of {length}")
    if polarity is not None and polarity not in (-1, 0, 1):
        raise fail("polarity", f"{polarity!r} is none of -1, 0, 1")
    return LabelledSpan(Act(str(act["act"])), start, end, None if polarity is None else int(str(polarity)))
