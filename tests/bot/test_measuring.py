"""`jianyan evaluate`: what it prints, what it writes, and what it says where something is missing."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rated_world import write_movielens
from rich.console import Console
from worlds import taste_world

from bot.__main__ import FAILED, main
from bot.measuring import MEASURES, NO_PICTURES, show
from core.evaluation import plots
from core.evaluation.results import Report, Spread, Table

Run = Callable[..., Path]
WHERE = {"data", "split", "seed", "machine", "commit"}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ml")
    write_movielens(taste_world(np.random.default_rng(5), people=80, items=60, told=25), path)
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*args: str) -> Path:
        assert main(["evaluate", *args, "--out", str(tmp_path / "out")]) == 0
        return tmp_path / "out"

    return run


def test_fairness_is_printed_and_written_with_where_it_comes_from(
    run: Run, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    out = run("fairness", str(directory), "--people", "15", "--seed", "3")
    said = capsys.readouterr()
    written = json.loads((out / "fairness.json").read_text(encoding="utf-8"))
    assert written["about"].keys() == WHERE
    assert written["about"]["seed"] == "3"
    assert "15 people held out" in written["about"]["split"]
    assert said.out == (out / "fairness.txt").read_text(encoding="utf-8")
    assert {path.suffix for path in out.iterdir()} == {".json", ".png", ".svg", ".txt"}
    assert str(out) in said.err


def test_without_matplotlib_it_says_what_to_install(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "able", lambda: False)
    out = run("speed", "--items", "200", "--rounds", "10")
    said = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == {"speed.txt", "speed.json"}
    assert NO_PICTURES in said.err
    assert json.loads((out / "speed.json").read_text(encoding="utf-8"))["about"].keys() == WHERE


def test_a_terminal_shows_every_cell() -> None:
    table = Table("t", "A [table]", ("who", "mean"), (("[we]", Spread(0.5, 0.01)),), "A note.")
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    show(Report("r", "Title", {"seed": "0"}, (table,)), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO, made above
    for words in ("Title", "A [table]", "[we]", "0.500 (0.010)", "A note.", "seed: 0"):
        assert words in shown


def test_a_page_gets_its_table_and_picture_and_keeps_the_rest(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("# Ours\n<!-- speed -->\nwhat was there\n<!-- /speed -->\nours too\n", encoding="utf-8")
    few = ("--items", "200", "--rounds", "10", "--page", str(page))
    for _ in range(2):
        run("speed", *few)
        told = page.read_text(encoding="utf-8")
        assert told.startswith("# Ours\n<!-- speed -->\n")
        assert told.endswith("<!-- /speed -->\nours too\n")
        assert "what was there" not in told
        assert told.count("| items |") == 2
        assert "](../out/speed-stages.svg)" in told
    page.write_text("# Ours\n", encoding="utf-8")
    assert main(["evaluate", "speed", *few]) == FAILED
    assert "<!-- speed -->" in capsys.readouterr().err


@pytest.mark.parametrize("measure", [measure.name for measure in MEASURES])
def test_a_missing_directory_is_named_and_nothing_built_says_so(
    measure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", measure, str(tmp_path)]) == FAILED
    assert "holds none of ratings.csv" in capsys.readouterr().err
    assert main(["evaluate", measure, "--data", str(tmp_path / "new")]) == FAILED
    assert "jianyan build" in capsys.readouterr().err


@pytest.mark.parametrize("args", [(), ("beauty",), ("quality", "--people", "-1"), ("speed", "--items", "few")])
def test_what_it_cannot_measure_is_a_usage_error(args: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["evaluate", *args])
    assert raised.value.code == 2
