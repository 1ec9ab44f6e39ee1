import numpy as np
from worlds import TasteWorld

from core.evaluation.peers import IalsPeer, ease, like_rates, popularity
from core.recsys import Interactions
from core.recsys.als import AlsConfig


def test_ease_is_the_ridge_regression_of_each_item_on_the_others() -> None:
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


def test_popularity_is_the_share_of_users_who_liked() -> None:
    told = Interactions.from_arrays([1, 2, 2], [7, 7, 8], [1, 1, -1])
    np.testing.assert_array_equal(popularity(told), [1.0, 0.0])


def test_the_rate_of_likes_is_pulled_to_that_of_all() -> None:
    told = Interactions.from_arrays([1, 2, 3, 4], [7, 7, 8, 8], [1, 1, -1, 1])
    np.testing.assert_allclose(like_rates(told, np.array([7, 8, 9])), [(2 + 3.75) / 7, (1 + 3.75) / 7, 0.75])


def test_ials_knows_a_taste_and_its_scale_gives_probabilities(world: TasteWorld) -> None:
    told = world.interactions
    peer = IalsPeer.fit(told, told.item_ids, 0, AlsConfig(d=8))
    mine = np.flatnonzero(world.groups == 0)[:5]
    scores = peer.scores(mine, np.ones(5), np.arange(90))
    assert scores[world.groups == 0].mean() > scores[world.groups == 1].mean()
    found = peer.probabilities(mine, np.ones(5), np.arange(90))
    assert ((found > 0) & (found < 1)).all()
    assert (np.argsort(found) == np.argsort(scores)).all()
