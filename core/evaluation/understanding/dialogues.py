"""Dialogues of real people, one JSON object a line, and what is on the screen when somebody speaks in one."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.catalog import Catalog
from core.errors import FormatError
from core.evaluation.understanding.spelling import TitleBook
from core.turns import Context, Lang

# Such a year stands in dialogues whose titles were picked from a list, and is seldom typed.
_YEAR = re.compile(r"\s*\((?:19|20)\d{2}\)")
# What the other side has just asked, as our bot would have put it.
_ASKED = (
    ("seen", re.compile(r"(?:have|did) you (?:ever )?(?:seen|see|watch|watched|heard)\b.*\?|看过.*吗", re.I | re.S)),
    ("like", re.compile(r"did you (?:like|enjoy)|do you like (?:it|that|this)\b", re.I)),
    ("genre", re.compile(
        r"(?:what|which) (?:kind|type|sort|genre|are you)\b.*\?|what.*(?:looking for|in the mood)|什么类型", re.I | re.S
    )),
    ("item", re.compile(r"what .*(?:favou?rite|movies? (?:do|have|did) you)", re.I)),
)  # fmt: skip
NOW = datetime(2020, 1, 1, tzinfo=UTC)  # these dialogues were held before


@dataclass(frozen=True, slots=True)
class Named:
    """A title that a turn names. liked: what its speaker said of it afterwards, or None."""

    title: str
    year: int | None = None
    liked: bool | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One turn. intents, acts: labels of the data sets that have such."""

    seeker: bool
    text: str
    named: tuple[Named, ...] = ()
    intents: frozenset[str] = frozenset()
    acts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Turns in order."""

    id: str
    turns: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A seeker's turn with what came before it. first: nothing was asked for before."""

    dialogue: str
    said: Said
    context: Context
    first: bool


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """All dialogues of a file; FormatError with file and line where one is broken."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            found.append(Dialogue(str(row["id"]), tuple(_said(turn) for turn in row["turns"])))
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(path.name, f"{path}:{number}: {error!r}") from error
    return tuple(found)


def _said(turn: dict[str, Any]) -> Said:  # Any: a row of JSON
    named = tuple(Named(str(i["title"]), i.get("year"), i.get("liked")) for i in turn.get("items", ()))
    intents = frozenset(str(intent) for intent in turn.get("intents", ()))
    acts = tuple(tuple(str(part) for part in act) for act in turn.get("acts", ()))
    return Said(turn["role"] == "seeker", str(turn["text"]), named, intents, acts)


@dataclass(slots=True)
class Listener:
    """Follows dialogues the way the bot would: what the other side names is on the screen."""

    catalog: Catalog
    book: TitleBook
    domain: str | None
    lang: Lang
    _rows: dict[str, int] = field(default_factory=dict)

    def heard(self, dialogues: Sequence[Dialogue]) -> Iterator[Heard]:
        """Every turn of a seeker, years cut from its text."""
        for dialogue in dialogues:
            shown: tuple[str, ...] = ()
            asked: str | None = None
            fresh, first = False, True
            for said in dialogue.turns:
                if said.seeker:
                    context = Context(
                        expecting=asked, shown=shown, focus=shown[-1] if shown else None, domain=self.domain,
                        language=self.lang, now=NOW,
                    )  # fmt: skip
                    yield Heard(dialogue.id, replace(said, text=_YEAR.sub("", said.text)), context, first)
                    fresh = False
                    first = first and not shown
                    continue
                items = tuple(dict.fromkeys(i for n in said.named if (i := self.book.item(n.title, n.year))))
                asked = next((slot for slot, words in _ASKED if words.search(said.text)), None)
                if items:
                    shown = (*shown, *items) if fresh else items
                    fresh = True
