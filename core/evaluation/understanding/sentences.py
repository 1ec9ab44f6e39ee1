"""Labelled sentences: all acts right, F1 of acts, polarity of what is named, and whether confidence keeps its word."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog import Catalog
from core.nlu.understand import Understander
from core.nlu.utterances import read_utterances
from core.turns import Context, Lang, Understanding

BINS = 10
_SIGNED = ("genre", "mood", "keyword", "person", "country", "language", "decade", "domain", "audience", "item")


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """Of n sentences. exact: all acts right; micro: F1 of acts; flipped: named targets told with the other sign;

    ece: expected calibration error of the confidence that all acts are right, over ten bins.
    """

    n: int
    exact: float
    micro: float
    signed: int
    flipped: float
    ece: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence as it was read. right: all acts; signs: (wanted, told) of named targets that have one."""

    lang: Lang
    voice: str
    both: int
    wanted: int
    told: int
    right: bool
    confidence: float
    signs: tuple[tuple[int, int], ...]


def judge(reader: Understander, catalog: Catalog, folder: Path, voices: tuple[str, ...] = ()) -> Iterator[Judged]:
    """Sentences of the folder's files, of these voices or of all, read with as much on the screen as they say."""
    items = [item.id for item in catalog.items if item.domain == "film" and item.about.en][:10]
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for row, utterance in zip(rows, read_utterances([path]), strict=True):
            if voices and utterance.voice not in voices:
                continue
            context = row.get("context") or {}
            shown = tuple(items[: context.get("shown") or 0])
            focus = (shown or tuple(items))[0] if context.get("focus") else None
            where = Context(
                expecting=context.get("expecting"), focus=focus, shown=shown, domain="film" if shown else None
            )
            read = reader.understand(row["text"], where)
            told = {act.act for act in read.acts}
            yield Judged(
                utterance.lang, utterance.voice, len(told & utterance.acts), len(utterance.acts), len(told),
                told == utterance.acts, read.confidence, tuple(_signs(row, read)),
            )  # fmt: skip


def _signs(row: dict[str, Any], read: Understanding) -> Iterator[tuple[int, int]]:  # Any: a row of JSON
    for act in row["acts"]:
        if act.get("kind") not in _SIGNED or not act.get("polarity") or act.get("start") is None:
            continue
        over = [a for a in read.acts if a.start is not None and a.start < act["end"] and act["start"] < (a.end or 0)]
        told = [int(np.sign(a.polarity)) for a in over if a.polarity]
        yield act["polarity"], (act["polarity"] if act["polarity"] in told else told[0]) if told else 0


def score_sentences(judged: Sequence[Judged]) -> SentenceScores:
    """Zeros for none."""
    signs = Counter(wanted * told for each in judged for wanted, told in each.signs)
    sums = [sum(getattr(each, name) for each in judged) for name in ("both", "wanted", "told", "right")]
    return SentenceScores(
        len(judged),
        sums[3] / max(1, len(judged)),
        2 * sums[0] / max(1, sums[1] + sums[2]),
        signs.total(),
        signs[-1] / max(1, signs.total()),
        calibration_error(np.array([j.confidence for j in judged]), np.array([float(j.right) for j in judged])),
    )


def calibration_error(confidence: np.typing.NDArray[np.float64], right: np.typing.NDArray[np.float64]) -> float:
    """Mean gap between confidence and how often it was right, by bins of equal width; both (n,)."""
    if not len(confidence):
        return 0.0
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(BINS)
        if (place == b).any()
    ]
    return float(sum(gaps))
