"""What a model looked at in a message: attention between its tokens, and what each token does for the act."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.explain.drawing import BAD, GOOD, Letters, Picture, figure, written
from core.explain.lettering import bars, cells, fitted, say
from core.turns import Lang

Array = npt.NDArray[np.floating]
WIDEST_TOKEN = 16  # cells
LOOKED_AT = 3  # tokens that a row of the text form names
NUMBERS_UP_TO = 14  # tokens; with more of them the cells are too small to write in


def text(tokens: Sequence[str], attention: Array, lang: Lang) -> str:
    """For each token the ones it looks at most, with their weights. attention: (t, t), row looks at column."""
    _check(tokens, attention)
    names = [token.strip() for token in tokens]
    room = min(WIDEST_TOKEN, max((cells(name) for name in names), default=0))
    lines = [say("attention", lang)]
    for name, row in zip(names, attention, strict=True):
        seen = np.argsort(-row, kind="stable")[:LOOKED_AT]
        lines.append(f"  {fitted(name, room)} → " + "  ".join(f"{names[k]} {row[k]:.2f}" for k in seen))
    return "\n".join(lines)


def picture(tokens: Sequence[str], attention: Array, path: Path, lang: Lang) -> Picture:
    """A heat map: the word of a row looks at the words of the columns."""
    _check(tokens, attention)
    letters = Letters(lang)
    count = len(tokens)
    side = max(5.0, 1.6 + 0.42 * count)
    made, axes = figure(side + 0.8, side, letters)
    most = max(float(attention.max(initial=0.0)), 1e-9)
    drawn = axes.imshow(attention, cmap="Blues", vmin=0.0, vmax=most)
    names = [letters.shown(token) for token in tokens]
    axes.set_xticks(range(count), names, rotation=60 if any(len(name) > 4 for name in names) else 0)
    axes.set_yticks(range(count), names)
    axes.tick_params(length=0, labelsize=9)
    if count <= NUMBERS_UP_TO:
        for row, column in np.ndindex(count, count):
            value = float(attention[row, column])
            shade = "white" if value > 0.6 * most else "#444444"
            axes.text(column, row, f"{value:.2f}".lstrip("0"), ha="center", va="center", fontsize=6.5, color=shade)
    made.colorbar(drawn, ax=axes, shrink=0.8)
    axes.set_title(letters.said("attention"), fontsize=10)
    return written(made, path, letters)


def occlusion_text(tokens: Sequence[str], occlusion: Array, act: str, lang: Lang, width: int = 80) -> str:
    """A bar a token. occlusion: (t,), by how much the log-odds of the act fall when the token is left out."""
    rows = [(fitted(token.strip(), WIDEST_TOKEN), float(v)) for token, v in zip(tokens, occlusion, strict=True)]
    return "\n".join([say("occlusion", lang, act=act), *bars(rows, width)])


def occlusion_picture(tokens: Sequence[str], occlusion: Array, act: str, path: Path, lang: Lang) -> Picture:
    """Bars in the order of the text: blue speaks for the act, orange against it."""
    letters = Letters(lang)
    values = [float(value) for value in occlusion]
    made, axes = figure(7.0, 1.4 + 0.3 * len(values), letters)
    axes.barh(range(len(values)), values, height=0.65, color=[GOOD if value >= 0 else BAD for value in values])
    span = max(max(values, default=0.0), 0.0) - min(min(values, default=0.0), 0.0) or 1.0
    for y, value in enumerate(values):
        side = "left" if value >= 0 else "right"
        axes.text(value + (0.01 if value >= 0 else -0.01) * span, y, f"{value:+.2f}", va="center", ha=side, fontsize=8)
    axes.margins(x=0.14)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(values)), [letters.shown(token) for token in tokens])
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_title(letters.said("occlusion", act=act), fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return written(made, path, letters)


def _check(tokens: Sequence[str], attention: Array) -> None:
    if attention.shape != (len(tokens), len(tokens)):
        raise ValueError(f"attention is {attention.shape}, the tokens are {len(tokens)}")
