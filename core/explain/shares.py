"""A logit taken apart: prior + one share a piece of feedback. What taking one back would change stands beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.explain.drawing import BAD, GOOD, PLAIN, TOTAL, Letters, Picture, figure, written
from core.explain.lettering import bars, cells, fitted, say
from core.turns import Card, Lang

MOST_ROWS = 12  # shares of their own in a text or picture; the smaller ones are added up


@dataclass(frozen=True, slots=True)
class Share:
    """One feedback's part of the logit. effect: what taking it back would add to the logit; None: not tried."""

    event: int
    label: str
    value: float
    effect: float | None = None


@dataclass(frozen=True, slots=True)
class Decomposition:
    """logit = prior + sum of the shares, which stand largest first."""

    title: str
    prior: float
    shares: tuple[Share, ...]
    logit: float

    @property
    def score(self) -> float:
        return 1 / (1 + math.exp(-self.logit))

    def condensed(self, most: int, lang: Lang) -> tuple[Share, ...]:
        """At most `most` shares; the smallest as one, of which nothing is known alone (event 0)."""
        if len(self.shares) <= most:
            return self.shares
        rest = self.shares[most - 1 :]
        added = Share(0, say("others", lang, count=len(rest)), math.fsum(share.value for share in rest))
        return (*self.shares[: most - 1], added)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall: from `start` to `end` on the logit axis."""

    label: str
    start: float
    end: float
    effect: float | None = None


def decompose(card: Card, without: Callable[[int], Card] | None = None) -> Decomposition:
    """The card's logit by feedback, largest share first. without: the card as it stands with one event taken back."""
    shares = [
        Share(part.event, part.label, part.value, None if without is None else without(part.event).logit - card.logit)
        for part in card.parts
    ]
    shares.sort(key=lambda share: (-abs(share.value), share.event))
    return Decomposition(card.title, card.prior, tuple(shares), card.logit)


def steps(found: Decomposition, lang: Lang, most: int = MOST_ROWS) -> tuple[Step, ...]:
    """The prior, each share where the one before ended, and the total from zero: what adds up is seen to add up."""
    made, at = [Step(say("prior", lang), 0.0, found.prior)], found.prior
    for share in found.condensed(most, lang):
        made.append(Step(share.label, at, at + share.value, share.effect))
        at += share.value
    return (*made, Step(say("total", lang), 0.0, found.logit))


def text(found: Decomposition, lang: Lang, width: int = 80) -> str:
    """A bar a row, the sum, and what taking each back would change."""
    shares = found.condensed(MOST_ROWS, lang)
    rows = [(say("prior", lang), found.prior), *((share.label, share.value) for share in shares)]
    head = say("chance", lang, title=found.title, logit=f"{found.logit:+.2f}", percent=f"{found.score:.0%}")
    tried = [share for share in shares if share.effect is not None]
    lines = [head, *bars([*rows, (say("total", lang), found.logit)], width - (16 if tried else 0))]
    if tried:
        effects: list[float | None] = [None, *(share.effect for share in shares), None]
        room = max(map(cells, lines[1:]))
        title = fitted("", room) + f"  {say('effect', lang)}"
        ends = ["" if effect is None else f"  {effect:+.2f}" for effect in effects]
        lines = [head, title, *(fitted(line, room) + end for line, end in zip(lines[1:], ends, strict=True))]
    if not found.shares:
        lines.append(f"  {say('nothing_told', lang)}")
    return "\n".join(line.rstrip() for line in lines)


def picture(found: Decomposition, path: Path, lang: Lang) -> Picture:
    """A waterfall: grey prior, blue and orange shares that go on where the last one ended, dark total."""
    letters = Letters(lang)
    spoken = lang if letters.font else Lang.EN
    rows = steps(found, spoken)
    made, axes = figure(8.5, 1.3 + 0.36 * len(rows), letters)
    last = len(rows) - 1
    ends = [value for row in rows for value in (row.start, row.end)]
    span = max(max(ends) - min(ends), 1e-6)
    for y, row in enumerate(rows):
        colour = PLAIN if y == 0 else TOTAL if y == last else GOOD if row.end >= row.start else BAD
        axes.barh(y, row.end - row.start, left=row.start, height=0.62, color=colour, zorder=2)
        right = max(row.start, row.end)
        axes.text(right + 0.012 * span, y, f"{row.end - row.start:+.2f}", va="center", fontsize=9, color=colour)
        if y < last:  # from the end of this bar down to where the next one starts, or the total ends
            axes.plot([row.end, row.end], [y, y + 1], color="#bbbbbb", linewidth=0.8, zorder=1)
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    axes.set_yticks(range(len(rows)), [letters.shown(row.label) for row in rows])
    axes.set_xlim(min(0.0, *ends) - 0.04 * span, max(0.0, *ends) + 0.14 * span)
    axes.set_ylim(last + 0.6, -0.6)
    axes.set_xlabel(letters.said("shares_axis"))
    title, percent = letters.shown(found.title), f"{found.score:.0%}"
    axes.set_title(letters.said("chance", title=title, logit=f"{found.logit:+.2f}", percent=percent), fontsize=11)
    if any(row.effect is not None for row in rows):
        beside = axes.secondary_yaxis("right")
        beside.set_yticks(range(len(rows)), ["" if row.effect is None else f"{row.effect:+.2f}" for row in rows])
        beside.set_ylabel(letters.said("effect"), rotation=270, labelpad=14)
        beside.tick_params(length=0, labelsize=8, colors="#666666")
    axes.spines[["top", "right"]].set_visible(False)
    return written(made, path, letters)
