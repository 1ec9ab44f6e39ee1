"""When to stop is decided by some held-out people and reported on others."""

from dataclasses import replace

import pytest

from core.errors import InteractionsError
from core.evaluation.data import Data
from core.evaluation.results import Spread
from core.evaluation.stopping import stopping
from core.recsys.als import AlsConfig

SMALL = AlsConfig(d=8, epochs=3)


def test_the_best_for_the_validation_people_is_chosen_and_the_usual_stands_beside(data: Data) -> None:
    said: set[str] = set()
    config, report = stopping(data, 0, 4, SMALL, lambda stage, done, total: said.add(stage))
    rows = {str(row[0]): row for row in report.table("epochs").rows}
    assert list(rows) == ["2", "3", "4"]
    means = {name: row[1].mean for name, row in rows.items() if isinstance(row[1], Spread)}
    best = max(means, key=lambda name: means[name])
    assert str(config.epochs) in (best, "3")
    assert "chosen" in str(rows[str(config.epochs)][4])
    assert rows["3"][3] == Spread(1.0, 0.0)
    assert "usual" in str(rows["3"][4])
    assert replace(config, epochs=3) == SMALL
    assert said == {"2 epochs", "3 epochs", "4 epochs"}
    assert "half to stop by" in report.about["split"]


def test_too_few_people_to_stop_by_are_refused(data: Data) -> None:
    told = data.interactions
    few = Data(data.name, data.digest, told.of(told.user_ids < 1012), data.catalog)
    with pytest.raises(InteractionsError, match="too few"):
        stopping(few, 0, 2, SMALL)
