"""Cue words: which acts a message's words do, and what the words around a mention say of it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from core.turns import Act, Context

_FILE = Path(__file__).parent / "cues.toml"
_LEAD = re.compile(
    r"^(?:[\s,，.。!！?？~…、:：\"'“”\-]|嗯+|呃+|啊+|哦+|喔|哎呀?|诶+|唉|那个|那|就是说?|然后|emmm*|umm*|uhh?|ok+ so|so"
    r"|well|hmm+|oh|err?|ah)+(?=.)"
)
_TRAIL = re.compile(
    r"(?:[\s,，.。!！?？~…、:：\"'“”]|吧|啊|呀|呢|哈|啦|咯|喔|哦|嘛|哟|诶|欸|耶|喇|囖|咧|leh|lah|哒|的说|please|pls|plz|lol"
    r"|haha|thx|then|tho|though|mate|bro|man)+$"
)


class Frame(StrEnum):
    """What the words around say of a facet, number or item. In the order of their weight where two overlap."""

    DOUBLE = "double"
    DISLIKE = "dislike"
    MUST_NOT = "must_not"
    LIKE = "like"
    MUST = "must"
    SIMILAR = "similar"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Cue:
    """A frame's words at [start, end); `before`: what they speak of comes after them."""

    frame: Frame
    start: int
    end: int
    before: bool


@dataclass(frozen=True, slots=True)
class Said:
    """An act's words at [start, end). whole: they are the whole message."""

    act: Act
    start: int
    end: int
    whole: bool = False


def core_of(folded: str) -> tuple[int, int]:
    """[start, end) of the message without fillers before and particles after it; all of it if it is nothing else."""
    lead = _LEAD.match(folded)
    start = lead.end() if lead else 0
    trail = _TRAIL.search(folded, start)
    end = trail.start() if trail else len(folded)
    return (start, end) if start < end else (0, len(folded))


# English words in a Chinese pattern ("mark", "pass") need their boundaries too, but not in escapes, and not before "+".
_BARE_ENGLISH = re.compile(r"(?<![\\a-z?<])([a-z]{2,}(?: [a-z]{2,})*)(?![a-z+*?{])")


def _compile(zh: list[str], en: list[str]) -> re.Pattern[str] | None:
    parts = [
        *(_BARE_ENGLISH.sub(r"(?<![a-z])\1(?![a-z])", p) for p in zh),
        *(rf"(?<![a-z-])(?:{p})(?![a-z])" for p in en),
    ]
    return re.compile("|".join(f"(?:{p})" for p in parts)) if parts else None


class Cues:
    """All patterns of cues.toml, compiled once."""

    def __init__(self, raw: Mapping[str, Mapping[str, Mapping[str, Mapping[str, list[str]]]]]) -> None:
        self._acts: list[tuple[Act, str, re.Pattern[str]]] = []
        for name, modes in raw["acts"].items():
            for mode, words in modes.items():
                pattern = _compile(words.get("zh", []), words.get("en", []))
                if pattern:
                    self._acts.append((Act(name), mode, pattern))
        frames = raw["frames"]
        self._frames: list[tuple[Frame, bool, re.Pattern[str]]] = []
        for frame in Frame:
            for where in ("before", "after"):
                pattern = _compile(
                    frames[frame].get(where, {}).get("zh", []), frames[frame].get(where, {}).get("en", [])
                )
                if pattern:
                    self._frames.append((frame, where == "before", pattern))
        self._named: dict[str, dict[str, re.Pattern[str]]] = {}
        for group in ("situation", "verdict", "slot", "field", "more", "less", "drop", "replace"):
            self._named[group] = {
                name: pattern
                for name, words in frames[group].items()
                if (pattern := _compile(words.get("zh", []), words.get("en", [])))
            }

    def acts(self, folded: str, context: Context) -> list[Said]:
        """Acts whose words stand in the text, as far as the context lets them mean that."""
        start, end = core_of(folded)
        said: list[Said] = []
        for act, mode, pattern in self._acts:
            if mode.startswith("screen") and not context.shown or mode.startswith("focus") and not context.focus:
                continue
            if mode.startswith("asked") and not context.expecting:
                continue
            if mode.endswith("whole"):
                # particles belong to some answers ("好吧"), so both forms are tried
                if pattern.fullmatch(folded, start, end) or pattern.fullmatch(folded.strip(" .。!！?？~,，")):
                    said.append(Said(act, start, end, True))
            else:
                match = pattern.search(folded)
                if match:
                    said.append(Said(act, match.start(), match.end(), match.start() <= start and match.end() >= end))
        return said

    def frames(self, folded: str) -> list[Cue]:
        """Frame cues by place, none over another: the longer, then the weightier of two that overlap."""
        found = [
            Cue(frame, m.start(), m.end(), before)
            for frame, before, pattern in self._frames
            for m in pattern.finditer(folded)
            if m.end() > m.start()
        ]
        order = list(Frame)
        found.sort(key=lambda c: (-(c.end - c.start), order.index(c.frame), c.start))
        kept: list[Cue] = []
        at: list[list[Cue]] = [[] for _ in folded]  # kept cues by code point; at most two share one
        for cue in found:
            # the same words may look both ways ("X 不喜欢 Y")
            if not any(
                k.frame is not cue.frame or k.before == cue.before for here in at[cue.start : cue.end] for k in here
            ):
                kept.append(cue)
                for here in at[cue.start : cue.end]:
                    here.append(cue)
        return sorted(kept, key=lambda c: c.start)

    def spans(self, group: str, folded: str) -> list[tuple[str, int, int]]:
        """(name, start, end) of a named group's words: fields asked for, slots given up, comparatives ..."""
        return sorted(
            (
                (name, m.start(), m.end())
                for name, p in self._named[group].items()
                for m in p.finditer(folded)
                if m.end() > m.start()
            ),
            key=lambda s: s[1],
        )

    def first(self, group: str, folded: str) -> str | None:
        """Name of the first pattern of a group, in the file's order, that the text holds."""
        return next((name for name, pattern in self._named[group].items() if pattern.search(folded)), None)


@cache
def load() -> Cues:
    """The cues of cues.toml."""
    with _FILE.open("rb") as file:
        return Cues(tomllib.load(file))
