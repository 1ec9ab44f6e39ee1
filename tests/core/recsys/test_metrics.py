import numpy as np
import pytest

from core.recsys.calibration import Calibration
from core.recsys.metrics import coverage, ece, ndcg, popularity_percentile, recall, reliability, top


def test_top_is_a_stable_sort_of_what_is_finite():
    assert top(np.array([1.0, 3.0, -np.inf, 3.0, 2.0]), 3).tolist() == [1, 3, 4]
    assert top(np.array([1.0, -np.inf]), 5).tolist() == [0]
    assert top(np.full(3, -np.inf), 2).tolist() == []


def test_ndcg_is_one_for_the_best_order_and_known_between():
    assert ndcg(np.array([4, 2, 9]), np.array([2, 4])) == 1
    assert ndcg(np.array([9, 4]), np.array([4])) == pytest.approx(1 / np.log2(3))
    assert ndcg(np.array([9]), np.array([4])) == 0
    assert ndcg(np.array([9]), np.array([], int)) == 0
    assert ndcg(np.arange(10), np.arange(50)) == 1


def test_recall_divides_by_what_can_be_reached():
    assert recall(np.array([1, 2, 3]), np.array([1, 7]), k=3) == 0.5
    assert recall(np.array([1, 2]), np.arange(50), k=2) == 1
    assert recall(np.array([1]), np.array([], int)) == 0


def test_coverage_and_popularity():
    assert coverage(np.array([[0, 1], [1, 1]]), 4) == 0.5
    counts = np.array([1.0, 5.0, 9.0])
    assert popularity_percentile(np.array([2]), counts) == 1
    assert popularity_percentile(np.array([0, 2]), counts) == 0.5
    assert popularity_percentile(np.array([1]), np.ones(3)) == 0.5


def test_reliability_of_a_true_and_of_a_false_probability(rng):
    p = rng.random(200_000)
    assert ece(p, (rng.random(len(p)) < p).astype(float)) < 0.01
    assert ece(np.full(1000, 0.9), np.ones(1000)) == pytest.approx(0.1)
    bins = reliability(np.array([0.05, 1.0]), np.array([0.0, 1.0]))
    assert bins.counts.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert np.isnan(bins.observed[1])


def test_calibration_finds_what_made_the_outcomes(rng):
    truth = Calibration(1.0, -0.3, -0.5, 0.2, 1.5, 1.2)
    scores, told, reactions = (
        rng.normal(size=60_000),
        rng.choice([0.0, 1, 3, 10, 30], 60_000),
        rng.normal(size=(2, 60_000)),
    )
    slopes, shifts, judged = (np.array([f(int(n)) for n in told]) for f in (truth.slope, truth.shift, truth.judgement))
    logits = slopes * scores + shifts + truth.usual * reactions[0] + judged * reactions[1]
    liked = (rng.random(60_000) < 1 / (1 + np.exp(-logits))).astype(float)
    found = Calibration.fitted(scores, told, liked, Calibration(0.0, 0.0, 0.0, 0.0), reactions.T, 1.0)
    assert found.usual == pytest.approx(truth.usual, rel=0.05)
    for n in (0, 3, 30):
        assert found.slope(n) == pytest.approx(truth.slope(n), rel=0.05)
        assert found.shift(n) == pytest.approx(truth.shift(n), abs=0.05)
        assert found.judgement(n) == pytest.approx(truth.judgement(n), rel=0.05)


def test_calibration_of_likes_alone_stays_finite():
    found = Calibration.fitted(np.ones(50), np.zeros(50), np.ones(50), Calibration(0.0, 0.0, 0.0, 0.0))
    assert 0 < found.slope(1000) < 1e6


def test_a_better_reaction_never_speaks_against_an_item(rng):
    reactions = rng.normal(size=(9000, 2))
    liked = (reactions.sum(1) < 0).astype(float)
    start = Calibration(0.0, 0.0, 0.0, 0.0, 1.0, 1.0)
    found = Calibration.fitted(np.zeros(9000), np.full(9000, 5.0), liked, start, reactions)
    assert found.usual == found.judged == 0
