"""Charts as PNG and SVG that are read on a white page and on a dark one: no background, all of middle tone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.evaluation.results import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#787878"  # words and axes: 4.3 to 1 on white as on #0d1117
# At least 3 to 1 on both, and told apart by the colour-blind (after Okabe and Ito 2008), by marker and dash too.
COLOURS = ("#2f7fc1", "#c8601a", "#1a8f6a", "#a765a8", "#94750a", "#8a8a8a")
MARKERS = "osD^vP"
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
SIZE = (7.0, 4.2)  # inches


def able() -> bool:
    """Whether matplotlib is installed (`pip install 'jianyan[plots]'`)."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def draw(chart: Chart, path: Path) -> tuple[Path, Path]:
    """Writes path.png and path.svg, without a background; the same chart gives the same bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {  # Any: the names of settings are a type of matplotlib's own
        "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "axes.titlecolor": INK, "xtick.color": INK,
        "ytick.color": INK, "grid.color": INK, "font.size": 11, "svg.hashsalt": "jianyan", "svg.fonttype": "path",
        "axes.spines.top": False, "axes.spines.right": False, "savefig.transparent": True,
    }  # fmt: skip
    with mpl.rc_context(settings):
        figure = Figure(figsize=(SIZE[1] + 1.6, SIZE[1] + 0.6) if chart.diagonal else SIZE, layout="constrained")
        axes = figure.subplots()
        (_bars if chart.bars else _lines)(chart, axes)
        axes.set_title(chart.title, fontsize=12)
        axes.set_xlabel(chart.x)
        axes.set_ylabel(chart.y)
        axes.grid(visible=True, axis="y", alpha=0.25, linewidth=0.7)
        axes.set_axisbelow(True)
        if len(chart.series) > 1:
            axes.legend(frameon=False, fontsize=10)
        png, svg = path.with_name(path.name + ".png"), path.with_name(path.name + ".svg")
        figure.savefig(png, dpi=160, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None, "Creator": None})
    return png, svg


def _lines(chart: Chart, axes: "Axes") -> None:
    """Lines with markers and bars of doubt; words on the axis stand at equal distances."""
    words = any(isinstance(x, str) for one in chart.series for x in one.x)
    places = list(dict.fromkeys(x for one in chart.series for x in one.x))
    for n, one in enumerate(chart.series):
        aside = 0.05 * (n - (len(chart.series) - 1) / 2)  # bars of doubt beside each other
        x = [places.index(value) + aside for value in one.x] if words else [float(value) for value in one.x]
        axes.errorbar(
            x, one.y, yerr=one.errors or None, label=one.name, color=COLOURS[n % len(COLOURS)], capsize=2,
            marker=MARKERS[n % len(MARKERS)], linestyle=DASHES[n % len(DASHES)], linewidth=1.8, markersize=5,
        )  # fmt: skip
        for name, a, b in zip(chart.names, x, one.y, strict=False):
            axes.annotate(name, (a, b), xytext=(5, 5), textcoords="offset points", fontsize=9)
    if words:
        axes.set_xticks(range(len(places)), [str(place) for place in places])
    if chart.diagonal:
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")


def _bars(chart: Chart, axes: "Axes") -> None:
    """Bars side by side, one group for each x."""
    places = list(dict.fromkeys(str(x) for one in chart.series for x in one.x))
    width = 0.8 / max(len(chart.series), 1)
    for n, one in enumerate(chart.series):
        x = np.array([places.index(str(value)) for value in one.x]) + (n - (len(chart.series) - 1) / 2) * width
        axes.bar(
            x, one.y, 0.92 * width, yerr=one.errors or None, label=one.name, color=COLOURS[n % len(COLOURS)],
            ecolor=INK, capsize=2,
        )  # fmt: skip
    axes.set_xticks(range(len(places)), places)
    if max(map(len, places), default=0) > 12:
        axes.tick_params(axis="x", rotation=20)
