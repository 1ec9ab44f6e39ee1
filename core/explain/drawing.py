"""Pictures with matplotlib, and letters that it can draw: Chinese ones need a font that not every machine has."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.explain.lettering import say
from core.turns import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PREFERRED = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Noto Sans CJK JP", "Hiragino Sans GB", "Droid Sans Fallback",
)  # fmt: skip
STAND_INS = ("last resort", ".lastresort")  # fonts that have a box for every letter
SAMPLE = "荐言喜欢电影龙"  # who has these has the rest that matters here
BASE = "DejaVu Sans"  # comes with matplotlib
GOOD, BAD, PLAIN, TOTAL = "#2a7fba", "#d1602f", "#9a9a9a", "#3a3a3a"  # told apart by the colour-blind too


@dataclass(frozen=True, slots=True)
class Picture:
    """What was written. font: the one that drew Chinese, None where there was none.

    legend: a text file with the words that no font had, None where all could be drawn.
    """

    path: Path
    font: str | None
    legend: Path | None


@cache
def chinese_font() -> str | None:
    """Family of an installed font that has common Chinese letters; None if there is none."""
    from matplotlib.font_manager import fontManager

    place = {name: n for n, name in enumerate(PREFERRED)}
    entries = [entry for entry in fontManager.ttflist if not entry.name.casefold().startswith(STAND_INS)]
    entries.sort(key=lambda entry: (place.get(entry.name, len(place)), entry.name, entry.weight != 400))
    return next((entry.name for entry in entries if _has(entry.fname, SAMPLE)), None)


@dataclass(slots=True)
class Letters:
    """Words as a picture can show them: what no font has becomes a number, and is listed beside the picture."""

    lang: Lang
    font: str | None = field(default_factory=lambda: chinese_font())  # looked up when it is asked
    numbered: dict[str, int] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """The text, or its number in brackets. Nothing in it is taken for mathematics."""
        text = " ".join(text.split())
        if all(_drawable(letter, self.font) for letter in text):
            return text.replace("$", r"\$")
        return f"[{self.numbered.setdefault(text, len(self.numbered) + 1)}]"

    def said(self, key: str, **values: object) -> str:
        """A phrase of ours; in English where Chinese cannot be drawn."""
        return self.shown(say(key, Lang.EN if self.font is None else self.lang, **values))


def figure(width: float, height: float, letters: Letters) -> tuple["Figure", "Axes"]:
    """An empty figure of that many inches. No window, no global state: it may run in any thread."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), layout="constrained", dpi=150)
    return made, made.subplots()


def written(made: "Figure", path: Path, letters: Letters) -> Picture:
    """Draws into a PNG, and writes the legend beside it if one is needed."""
    from matplotlib.text import Text

    families = [BASE] if letters.font is None else [BASE, letters.font]  # Chinese letters fall through to the second
    for text in made.findobj(Text):
        assert isinstance(text, Text)
        text.set_fontfamily(families)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.savefig(path, format="png")
    legend = path.with_suffix(".txt")
    if not letters.numbered:
        legend.unlink(missing_ok=True)
        return Picture(path, letters.font, None)
    lines = [say("legend", letters.lang), *(f"[{number}] {text}" for text, number in letters.numbered.items())]
    legend.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return Picture(path, letters.font, legend)


def _drawable(letter: str, font: str | None) -> bool:
    from matplotlib.font_manager import FontProperties, findfont

    families = [BASE] if font is None else [BASE, font]
    return any(_has(findfont(FontProperties(family=[name])), letter) for name in families)


def _has(file: str, letters: Iterable[str]) -> bool:
    """False too for a file that matplotlib cannot read."""
    known = _charmap(file)
    return all(ord(letter) in known for letter in letters)


@cache
def _charmap(file: str) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(file).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()
