from pathlib import Path

import numpy as np
import pytest

from core.errors import InteractionsError
from core.evaluation.ratings import folds, load_movielens, reactions


def test_stars_become_reactions() -> None:
    assert reactions(np.array([5, 4, 3.5, 3, 2.5, 0.5])).tolist() == [1, 1, 0, 0, -1, -1]


def test_movielens_is_read_and_a_bad_line_refused(directory: Path, tmp_path: Path) -> None:
    found = load_movielens(directory)
    assert len(found.user_ids) == 120
    assert set(found.values.tolist()) == {1.0, 0.0, -1.0}
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,2,good\n")
    with pytest.raises(InteractionsError, match=r"ratings\.csv"):
        load_movielens(tmp_path)
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n")
    with pytest.raises(InteractionsError, match="no interactions"):
        load_movielens(tmp_path)


def test_everybody_is_held_out_once_and_never_trained_on(directory: Path) -> None:
    found = load_movielens(directory)
    seen = np.zeros(len(found.user_ids), int)
    for training, held in folds(found, 3, np.random.default_rng(0), likes=5):
        assert not np.isin(found.user_ids[held], training.user_ids).any()
        seen += held
    assert set(seen.tolist()) <= {0, 1}
