import json

import numpy as np
import pytest
from worlds import taste_world

from core.errors import InteractionsError
from core.evaluation.peers import ease, popularity
from core.evaluation.ratings import cases, folds, load_movielens, reactions
from core.evaluation.report import Protocol, report, table
from core.recsys import Interactions
from core.recsys.als import AlsConfig, fit


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A taste world written as MovieLens writes."""
    path = tmp_path_factory.mktemp("ml")
    told = taste_world(np.random.default_rng(1), people=90, told=24).interactions
    stars = {1.0: 4.5, 0.0: 3.0, -1.0: 1.5}
    lines = [
        f"{told.user_ids[u]},{told.item_ids[i]},{stars[v]},0"
        for u, i, v in zip(told.users, told.items, told.values.tolist(), strict=True)
    ]
    (path / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *lines, ""]))
    return path


def test_stars_become_reactions():
    assert reactions(np.array([5, 4, 3.5, 3, 2.5, 0.5])).tolist() == [1, 1, 0, 0, -1, -1]


def test_movielens_is_read_and_a_bad_line_refused(directory, tmp_path):
    found = load_movielens(directory)
    assert len(found.user_ids) == 90
    assert set(found.values.tolist()) == {1.0, 0.0, -1.0}
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,2,good\n")
    with pytest.raises(InteractionsError, match=r"ratings\.csv"):
        load_movielens(tmp_path)
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n")
    with pytest.raises(InteractionsError, match="no interactions"):
        load_movielens(tmp_path)


def test_everybody_is_held_out_once_and_never_trained_on(directory):
    found = load_movielens(directory)
    seen = np.zeros(len(found.user_ids), int)
    for training, held in folds(found, 3, np.random.default_rng(0), likes=5):
        assert not np.isin(found.user_ids[held], training.user_ids).any()
        seen += held
    assert set(seen.tolist()) <= {0, 1}


def test_what_is_hidden_is_not_in_the_pool(directory):
    found = load_movielens(directory)
    training, held = next(folds(found, 3, np.random.default_rng(0)))
    model = fit(training, AlsConfig(d=4))
    for case in cases(found, held, model, np.random.default_rng(0)):
        assert not np.isin(case.rated, case.pool).any()
        assert np.isin(case.targets, case.rated).all()
        assert (case.ratings[np.isin(case.rated, case.targets)] > 0).all()


def test_ease_is_the_ridge_regression_of_each_item_on_the_others():
    rng = np.random.default_rng(0)
    dense = rng.random((30, 5)) < 0.5
    dense[0] = True
    users, items = np.nonzero(dense)
    weights = ease(Interactions.from_arrays(users, items), np.arange(5), ridge=2.0)
    x = dense.astype(float)[dense.any(1)]
    for item in range(5):
        others = np.arange(5) != item
        a = x[:, others]
        expected = np.linalg.solve(a.T @ a + 2.0 * np.eye(4), a.T @ x[:, item])
        np.testing.assert_allclose(weights[others, item], expected, atol=1e-9)
    assert not weights.diagonal().any()


def test_popularity_is_the_share_of_users_who_liked():
    told = Interactions.from_arrays([1, 2, 2], [7, 7, 8], [1, 1, -1])
    np.testing.assert_array_equal(popularity(told), [1.0, 0.0])


def test_the_report_says_the_same_to_the_eye_and_to_the_machine(directory, tmp_path):
    protocol = Protocol(folds=3, run_folds=2, min_likes=1)
    found = report(directory, tmp_path, 0, AlsConfig(d=8), protocol)
    again = report(directory, tmp_path, 0, AlsConfig(d=8), protocol)
    assert found == again
    assert found["people"] > 30
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["ece"] == found["ece"]
    assert (tmp_path / "report.txt").read_text() == table(found)
    assert (tmp_path / "reliability.png").exists() or (tmp_path / "reliability.txt").exists()
    ours, popular = written["ndcg10"]["jianyan"], written["ndcg10"]["popularity"]
    assert ours["all"][0] > popular["all"][0]
