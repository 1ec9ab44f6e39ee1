"""`jianyan train`: what it chooses is kept for the build, reported, and can be taken back."""

import json
from pathlib import Path

import numpy as np
import pytest
from rated_world import write_movielens
from worlds import taste_world

from bot.__main__ import main
from core.building import BuildConfig, Progress
from core.built import Built
from core.evaluation.data import load


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Directories that were built."""
    found: list[Path] = []

    def build(config: BuildConfig, progress: Progress) -> tuple[str, ...]:
        found.append(config.data)
        return ("factors",)

    monkeypatch.setattr("core.building.build", build)
    return found


def test_training_stops_by_people_and_the_build_takes_it(
    builds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_movielens(taste_world(np.random.default_rng(5), people=120, items=60, told=25), tmp_path)
    told = load(tmp_path)
    monkeypatch.setattr("core.evaluation.data.built", lambda directory: told)
    data, out = tmp_path / "data", tmp_path / "out"
    assert main(["train", "--epochs", "2", "--seed", "4", "--data", str(data), "--out", str(out)]) == 0
    training = Built(data).training
    chosen = json.loads(training.read_text(encoding="utf-8"))
    report = json.loads((out / "training.json").read_text(encoding="utf-8"))
    assert report["about"]["seed"] == "4"
    assert [row["epochs"] for row in report["tables"]["epochs"]] == ["2", "8"]
    marks = {row["epochs"]: row[""] for row in report["tables"]["epochs"]}
    assert "chosen" in marks[str(chosen["epochs"])]
    assert chosen["seed"] == 4
    assert "When to stop" not in capsys.readouterr().err
    assert main(["train", "--back", "--data", str(data)]) == 0
    assert not training.exists()
    assert builds == [data, data]


@pytest.mark.parametrize("kept", [True, False])
def test_a_taught_encoder_is_built_with_only_if_it_gained(
    kept: bool, builds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "encoder").mkdir()
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"said": "something calm", "fits": "A slow film."}\n', encoding="utf-8")
    monkeypatch.setattr("core.training.fine_tune_pairs", lambda *_: {"kept": kept, "before": {}, "after": {}})
    assert main(["train", "encoder", str(pairs), "--data", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["kept"] is kept
    assert ("--back" in said.err) is kept
    assert builds == ([tmp_path] if kept else [])


def test_what_was_taught_is_switched_back_and_built(builds: list[Path], tmp_path: Path) -> None:
    wishes = Built(tmp_path).wishes
    wishes.parent.mkdir(parents=True)
    wishes.write_bytes(b"taught")
    for there in (False, True):
        assert main(["train", "encoder", "--back", "--data", str(tmp_path)]) == 0
        assert wishes.exists() is there
    assert builds == [tmp_path, tmp_path]


def test_labelled_sentences_teach_what_messages_do(
    builds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "encoder").mkdir()
    (tmp_path / "own.jsonl").write_text('{"id": "x-1", "acts": []}\n', encoding="utf-8")
    monkeypatch.setattr("core.training.read_utterances", list)
    monkeypatch.setattr("core.training.train_acts", lambda sentences, *_: {"sentences": len(sentences)})
    for paths in ([str(tmp_path)], [str(tmp_path / "own.jsonl")]):
        assert main(["train", "encoder", *paths, "--data", str(tmp_path)]) == 0
        assert json.loads(capsys.readouterr().out) == {"sentences": 1}
    assert builds == []
