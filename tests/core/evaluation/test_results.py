"""A result says the same to the eye, to a program and on a page, and names where it comes from."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from core.evaluation import plots
from core.evaluation.data import Data
from core.evaluation.provenance import about
from core.evaluation.results import Chart, Report, Series, Spread, Table, markdown, text, to_json, write

TABLE = Table("t", "A table", ("who", "mean", "n", "none"), (("a | b", Spread(0.5, 0.01), 1234, None),), "A note.")
LINES = Chart(
    "lines", "Lines", "x", "y", (Series("one", (1.0, 2.0), (0.1, 0.2), (0.01, 0.02)), Series("two", (1.0,), (0.3,)))
)
BARS = Chart("bars", "Bars", "x", "y", (Series("one", ("a", "b"), (0.1, 0.2)),), bars=True)
TRUE = Chart("true", "Diagonal", "x", "y", (Series("one", (0.1, 0.9), (0.2, 0.8)),), diagonal=True, names=("p", "q"))
REPORT = Report("name", "Title", {"data": "d", "seed": "0"}, (TABLE,), (LINES, BARS, TRUE))


def test_text_and_page_say_what_the_table_says() -> None:
    for said in (text(REPORT), markdown(REPORT, "images")):
        for word in ("A table", "0.500 (0.010)", "1,234", "–", "A note."):
            assert word in said
    assert r"a \| b" in markdown(REPORT, "images")
    assert "![Lines](images/name-lines.svg)" in markdown(REPORT, "images")


def test_json_has_rows_by_column() -> None:
    rows = [{"who": "a | b", "mean": [0.5, 0.01], "n": 1234, "none": None}]
    assert to_json(REPORT)["tables"] == {"t": rows}
    assert to_json(REPORT)["about"] == {"data": "d", "seed": "0"}


def test_a_ratio_has_its_paired_error() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.random(500)
    ours = theirs + rng.normal(0, 0.1, 500)
    found = Spread.ratio(ours, theirs)
    again = [ours[some].mean() / theirs.mean() - (theirs[some].mean() / theirs.mean() - 1)
             for some in (rng.integers(0, 500, 500) for _ in range(2000))]  # fmt: skip
    assert found.mean == pytest.approx(ours.mean() / theirs.mean())
    assert found.error == pytest.approx(np.std(again), rel=0.1)
    assert Spread.of([]) == Spread(0.0, 0.0)


def test_every_chart_is_written_twice_and_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    names = {path.name for path in write(REPORT, tmp_path / "a")}
    assert names == {"name.txt", "name.json", *(f"name-{c.key}.{end}" for c in REPORT.charts for end in ("png", "svg"))}
    write(REPORT, tmp_path / "b")
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert json.loads((tmp_path / "a" / "name.json").read_text(encoding="utf-8")) == to_json(REPORT)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
def test_what_is_drawn_is_seen_on_a_white_page_and_on_a_dark_one(tmp_path: Path, page: str) -> None:
    """Contrast of 3 to 1 for lines and 4 to 1 for words (WCAG 2.1), and no background of its own."""
    pytest.importorskip("matplotlib")
    for colour, least in ((plots.INK, 4.0), *((colour, 3.0) for colour in plots.COLOURS)):
        low, high = sorted((_luminance(colour), _luminance(page)))
        assert (high + 0.05) / (low + 0.05) >= least, colour
    _, svg = plots.draw(LINES, tmp_path / "lines")
    used = set(re.findall(r"#[0-9a-f]{6}", svg.read_text(encoding="utf-8")))
    assert used <= {plots.INK, *plots.COLOURS}
    assert ET.parse(svg).getroot().tag.endswith("svg")


def test_without_matplotlib_there_are_tables_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "able", lambda: False)
    assert {path.name for path in write(REPORT, tmp_path)} == {"name.txt", "name.json"}


def test_a_report_says_where_it_comes_from(data: Data) -> None:
    said = about(data, "a split", 3)
    assert list(said) == ["data", "split", "seed", "machine", "commit"]
    assert data.digest in said["data"]
    assert "cores" in said["machine"]
    assert said["commit"]
