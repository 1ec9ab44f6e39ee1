import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.exposure import exposure, gini, mainstream, tenths


def test_every_tenth_holds_a_tenth_of_the_likes() -> None:
    likes = np.random.default_rng(0).permutation(1000 / np.arange(10, 1010))
    parts = tenths(likes)
    held = np.bincount(parts, likes, 10) / likes.sum()
    np.testing.assert_allclose(held, 0.1, atol=0.01)
    assert parts[np.argmax(likes)] == 0
    assert (np.diff(parts[np.argsort(-likes)]) >= 0).all()
    with pytest.raises(ValueError, match="at least one like"):
        tenths(np.zeros(3))


def test_exposure_counts_what_was_shown() -> None:
    seen = exposure([(0, 1), (0, 3)], np.array([0, 4, 4, 9]))
    np.testing.assert_array_equal(seen.by_popularity, [0.5, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25])
    assert seen.coverage == 0.75
    assert exposure([], np.array([0])).by_popularity.sum() == 0


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int]) -> None:
    x = np.array(counts)
    expected = np.abs(x[:, None] - x).mean() / (2 * x.mean()) if x.sum() else 0.0
    assert gini(x) == pytest.approx(expected)


def test_the_mainstream_is_the_half_nearer_to_the_head() -> None:
    parts = np.array([0, 1, 8, 9])
    assert mainstream([(2, 3), (0, 1), (1,), (0, 3)], parts).tolist() == [False, True, True, False]
