import numpy as np

from core.recsys.factors import NOBODY, NOTHING
from core.recsys.gaussian import Observation, posterior


def seen(x, y, noise_precision, row=0):
    return Observation(x[None], np.array([y]), np.array([noise_precision]), row, 0.0, 0.0, NOBODY, NOTHING)


def test_posterior_equals_batch_least_squares(rng):
    x, y, w = rng.normal(size=(9, 4)), rng.normal(size=9), rng.random(9) + 0.5
    belief = posterior(np.full(4, 2.0), 1.0, [seen(*o) for o in zip(x, y, w, strict=True)])
    expected = np.linalg.solve(2.0 * np.eye(4) + (x.T * w) @ x, x.T @ (w * y))
    np.testing.assert_allclose(belief.mean, expected)
    np.testing.assert_allclose(belief.solve(np.eye(4)) @ belief.precision, np.eye(4), atol=1e-12)


def test_posterior_equals_the_joint_gaussian_conditioned_on_what_was_seen(rng):
    x, y, noise = rng.normal(size=(3, 5)), rng.normal(size=3), 0.3
    belief = posterior(np.ones(5), 1.0, [seen(a, b, 1 / noise) for a, b in zip(x, y, strict=True)])
    covariance = x @ x.T + noise * np.eye(3)  # of y, integrated over z
    np.testing.assert_allclose(belief.mean, x.T @ np.linalg.solve(covariance, y))
    np.testing.assert_allclose(belief.solve(np.eye(5)), np.eye(5) - x.T @ np.linalg.solve(covariance, x))


def test_nothing_seen_is_the_prior():
    belief = posterior(np.array([1.0, 4.0]), 1.0, [])
    assert belief.told == 0
    np.testing.assert_array_equal(belief.mean, [0, 0])
    np.testing.assert_array_equal(belief.precision, np.diag([1.0, 4.0]))


def test_facets_do_not_count_as_told():
    belief = posterior(np.ones(2), 1.0, [seen(np.ones(2), 1.0, 1.0), seen(np.ones(2), 1.0, 1.0, row=None)])
    assert belief.told == 1
