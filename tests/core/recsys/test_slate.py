import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InteractionsError
from core.recsys.slate import FOCUSED, VARIED, SlateConfig, choose

PLAIN = SlateConfig(diversity=0.0)


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 40))
def test_without_diversity_it_is_the_order_of_scores_with_ties_by_row(scores, k):
    found = choose(np.array(scores, dtype=float), np.ones((len(scores), 2)), k, config=PLAIN)
    assert found.tolist() == sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]


def test_excluded_rows_never_come_and_what_is_left_is_given():
    excluded = np.array([True, False, True, False])
    found = choose(np.arange(4.0), np.eye(4), 10, excluded=excluded)
    assert found.tolist() == [3, 1]
    assert choose(np.arange(4.0), np.eye(4), 3, excluded=np.ones(4, bool)).tolist() == []


def test_the_best_comes_first_and_its_double_gives_way():
    scores = np.array([1.0, 0.99, 0.9, 0.1, 0.1, 0.1])
    vectors = np.array([[1, 0], [1, 0], [0, 1], [1, 1], [1, 1], [1, 1]], float)
    assert choose(scores, vectors, 2, config=FOCUSED).tolist() == [0, 2]


def test_a_varied_slate_is_more_varied(rng):
    vectors, scores = rng.normal(size=(300, 5)), rng.random(300)
    scores += vectors[:, 0]

    def likeness(config):
        some = vectors[choose(scores, vectors, 8, config=config)]
        some = some / np.linalg.norm(some, axis=1, keepdims=True)
        return (some @ some.T - 2 * np.eye(8)).max(0).mean()  # to the nearest other

    assert likeness(VARIED) < likeness(FOCUSED) <= likeness(PLAIN)


def test_a_reserved_facet_gets_the_last_place_unless_it_is_there():
    scores, vectors = np.array([5.0, 4.0, 3.0, 2.0, 1.0]), np.eye(5)
    low, there = np.array([0, 0, 0, 1, 1], bool), np.array([0, 1, 0, 0, 0], bool)
    assert choose(scores, vectors, 2, reserved=[low], config=PLAIN).tolist() == [0, 3]
    assert choose(scores, vectors, 2, reserved=[there], config=PLAIN).tolist() == [0, 1]
    assert choose(scores, vectors, 2, reserved=[there, low], config=PLAIN).tolist() == [3, 1]
    excluded = np.array([0, 0, 0, 1, 1], bool)
    assert choose(scores, vectors, 2, excluded, [low], PLAIN).tolist() == [0, 1]
    assert choose(scores, vectors, 1, reserved=[there, low], config=PLAIN).tolist() == [1]


def test_the_same_generator_gives_the_same_slate(rng):
    scores, vectors = rng.random(50), rng.normal(size=(50, 3))
    noisy = SlateConfig(jitter=0.5)
    first, second = (choose(scores, vectors, 5, config=noisy, rng=np.random.default_rng(4)) for _ in range(2))
    assert first.tolist() == second.tolist()
    slates = {tuple(choose(scores, vectors, 5, config=noisy, rng=np.random.default_rng(s))) for s in range(20)}
    assert len(slates) > 5


def test_scores_and_vectors_must_belong_together():
    with pytest.raises(InteractionsError):
        choose(np.ones(3), np.ones((2, 2)), 1)


def test_openness_leaves_the_first_place_and_gives_the_last_to_what_few_know():
    scores, counts = -(np.linspace(0, 1, 300) ** 2), np.geomspace(5000, 1, 300).astype(np.int64)
    found = {
        x: choose(scores, np.eye(300), 10, config=SlateConfig(diversity=0.0, openness=x), counts=counts).tolist()
        for x in (0.0, 0.2, 1.0)
    }
    assert found[0.0] == list(range(10))
    assert {slate[0] for slate in found.values()} == {0}
    assert counts[found[0.0][-1]] > counts[found[0.2][-1]] > counts[found[1.0][-1]]
    assert all(len(set(slate)) == 10 for slate in found.values())
    without = choose(scores, np.eye(300), 10, config=SlateConfig(diversity=0.0, openness=1.0)).tolist()
    assert without == found[0.0]
