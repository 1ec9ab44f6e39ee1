"""Each measure on a world of known truth: what must be better is better, and a second run says the same."""

import numpy as np
import pytest
from rated_world import small

from core.engine import Engine
from core.errors import InteractionsError
from core.evaluation.calibration import calibration
from core.evaluation.cold import cold
from core.evaluation.crossing import crossing
from core.evaluation.data import Data
from core.evaluation.exposure import PARTS
from core.evaluation.fairness import fairness
from core.evaluation.quality import Level, quality
from core.evaluation.results import Cell, Report, Spread, text
from core.evaluation.speed import speed
from core.evaluation.splits import Split

LEVELS = (Level("0", 0), Level("3", 3), Level("all", 10**6), Level("2 likes", 2, likes=True))


def rows(report: Report, key: str) -> dict[object, dict[str, Cell]]:
    """A table's cells by first column, then by column."""
    table = report.table(key)
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def mean(cell: Cell) -> float:
    assert isinstance(cell, Spread)
    return cell.mean


def test_the_list_gets_better_than_popularity_with_what_is_told(split: Split) -> None:
    report = quality(split, 1, LEVELS)
    found = rows(report, "ndcg10")
    assert mean(found["all"]["jianyan"]) > mean(found["all"]["popularity"])
    assert mean(found["all"]["jianyan"]) > mean(found["0"]["jianyan"])
    assert mean(found["2 likes"]["over popularity"]) > 1
    assert mean(found["0"]["popularity"]) == mean(found["all"]["popularity"])
    assert text(quality(split, 1, LEVELS)) == text(report)


def test_the_probability_is_measured_on_the_same_reactions_for_every_n(split: Split) -> None:
    report = calibration(split, (0, 3, 10**6))
    assert [row[0] for row in report.table("error").rows] == ["0", "3", "all"]
    errors = rows(report, "error")
    assert all(0 <= float(str(errors[n]["ECE jianyan"])) < 0.3 for n in errors)
    assert len({errors[n]["ECE rate of likes"] for n in errors}) == 1
    counted = [sum(int(str(cell).rpartition("(")[2][:-1]) for cell in column if cell != "–")
               for column in list(zip(*report.table("reliability").rows, strict=True))[1:]]  # fmt: skip
    assert len(set(counted)) == 1
    looked = rows(report, "monotone")
    assert float(str(looked["looked at"]["items"])) > 0


def test_items_that_nobody_rated_are_found_by_what_they_are(data: Data) -> None:
    split, texts = Split(data, 0, 30, 3, train=small), np.eye(data.size, dtype=np.float32)
    report = cold(split, texts, told=(1, 3))
    assert "plain encoder" in report.table("ndcg10").columns
    found = rows(report, "ndcg10")
    assert mean(found["3"]["jianyan"]) > mean(found["3"]["chance"])
    domains = report.table("domains").rows
    assert {row[0] for row in domains} == {"horror, thriller, crime", "documentary, history, war", "romance, comedy"}
    assert all(0 < mean(cells["inside"]) <= 1 for cells in rows(report, "intervals").values())


def test_liked_films_lift_what_is_like_them_in_other_domains(engine: Engine) -> None:
    table = crossing(engine.catalog, engine.shelf.model)
    assert {row[0] for row in table.rows} >= {"book", "music"}
    more = {row[0]: row[4] for row in table.rows}
    assert all(mean(cell) > 0 for cell in more.values())


def test_cold_and_talk_need_to_know_what_the_items_are(data: Data) -> None:
    bare = Data(data.name, data.digest, data.interactions, None)
    with pytest.raises(InteractionsError, match=r"movies\.csv"):
        cold(Split(bare, 0, folds=3, train=small))


def test_exposure_adds_up_and_groups_are_everybody(split: Split) -> None:
    report = fairness(split, 5)
    exposed = rows(report, "exposure")
    for name, cells in exposed.items():
        shares = [float(str(cells[str(part)])) for part in range(1, PARTS + 1)]
        assert sum(shares) == pytest.approx(1.0), name
    popular, ours = float(str(exposed["popularity"]["coverage"])), float(str(exposed["jianyan"]["coverage"]))
    assert popular < ours < float(str(exposed["chance"]["coverage"])) + 0.2
    knob = report.table("openness").rows
    lesser = [float(str(row[6])) for row in knob[: len(knob) // 2]]
    assert lesser == sorted(lesser)
    assert lesser[0] < lesser[-1]
    assert mean(knob[0][2]) == 1.0
    groups = rows(report, "groups")
    people = {name: cells["people"] for name, cells in groups.items()}
    total = sum(len(list(split.cases(fold))) for fold in split)
    for trait in ("activity", "taste", "sex", "age"):
        inside = [n for name, n in people.items() if str(name).startswith(f"{trait}: ")]
        assert sum(int(str(n)) for n in inside) == total, trait
    gaps = [mean(cells["jianyan"]) for name, cells in groups.items() if str(name).startswith("gap")]
    assert gaps == sorted(gaps, reverse=True)
    assert all(gap >= 0 for gap in gaps)


def test_speed_is_said_for_every_size() -> None:
    report = speed((300, 600), told=5, rounds=10)
    assert [row[0] for row in report.table("stages").rows] == ["300", "600"]
    assert all(float(str(row[3])) > 0 for row in report.table("limit").rows)


def test_every_measure_tells_how_far_it_is(data: Data) -> None:
    said: list[str] = []
    split = Split(data, 0, 5, 3, train=small, progress=lambda stage, done, total: said.append(stage))
    quality(split, 1, LEVELS[:1])
    assert said == ["fold 1 of 1: factors"]
