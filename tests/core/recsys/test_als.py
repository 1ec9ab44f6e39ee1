import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from core.recsys import Interactions
from core.recsys.als import AlsConfig, fit
from core.recsys.calibration import USUAL
from core.recsys.metrics import top
from core.recsys.slim import SlimConfig, local_slim
from core.recsys.weighted import alternate


def test_als_comes_to_rest_where_each_side_is_the_others_ridge_regression(rng):
    dense = np.where(rng.random((12, 8)) < 0.5, rng.choice([0.4, 0.7, 1.0], (12, 8)), 0.0)
    dense[:, 0] = 1.0
    silence, ridge, steady = 0.3, 0.1, 0.2
    users, items = alternate(sp.csr_matrix(dense, dtype=np.float32), 3, 400, rng, silence, ridge, steady)
    for u in range(12):
        told = dense[u] != 0
        weight = told + silence
        a = (items.T * weight) @ items + (ridge * (told.sum() + silence * 8) + steady) * np.eye(3)
        np.testing.assert_allclose(users[u], np.linalg.solve(a, items[told].T @ dense[u, told]), atol=1e-4)


def test_fold_in_is_textbook_ials_where_prior_and_silence_are_those_of_als(factors, rng):
    """Hu et al.: (V'V g + V_k' W V_k + I)^-1 V_k' W y for g fixed, gain 1, no offset and no item-to-item part."""
    plain = replace(factors.response, direct_scale=0.0, gain_scale=0.0, silence_power=0.0, own_weight=0.0)
    plain = replace(plain, target=(0.0, 0.5, 1.0), precision=(1.0, 1.0, 1.0))
    nothing = np.zeros(len(factors.items))
    chosen = factors.vectors * ~factors.appraised
    textbook = replace(
        factors,
        response=plain,
        vectors=chosen,
        offsets=nothing,
        expected=nothing,
        weakness=np.zeros_like(factors.weakness),
    )
    rows = rng.choice(len(factors.items), 5, replace=False)
    x, all_items = chosen[rows], chosen
    a = plain.silence_scale * all_items.T @ all_items + x.T @ x + np.eye(x.shape[1])
    expected = all_items @ np.linalg.solve(a, x.T @ np.ones(5))
    np.testing.assert_allclose(textbook.scores(textbook.fold_in(rows, np.ones(5))), expected, atol=1e-9)


def test_prior_of_people_is_white_and_silence_is_the_items_gram(factors):
    chosen = factors.vectors[:, ~factors.appraised]
    np.testing.assert_allclose(chosen.T @ chosen, np.diag(factors.silence[~factors.appraised]), atol=1e-8)
    assert not factors.silence[factors.appraised].any()


def test_local_slim_solves_its_non_negative_least_squares(rng):
    x = sp.csr_matrix((rng.random((60, 7)) < 0.4).astype(np.float32))
    config = SlimConfig(sweeps=300)
    weights = local_slim(x, x, config).toarray()
    dense = x.toarray().astype(float)
    gram = dense.T @ dense
    assert (weights >= 0).all()
    assert not weights.diagonal().any()
    for column in range(7):
        others = np.arange(7) != column
        a = gram + np.diag(config.noise * gram.diagonal() + config.ridge * 60)
        slope = (a @ weights[:, column] - gram[:, column] + config.sparsity * np.sqrt(60))[others]
        chosen = weights[others, column] > 1e-4
        np.testing.assert_allclose(slope[chosen], 0, atol=1e-2)  # Karush, Kuhn & Tucker
        assert (slope[~chosen] > -1e-2).all()


def test_people_get_what_their_group_likes(factors, world):
    kinds = world.groups[factors.items // 10 - 1]
    for group in range(3):
        rows = np.flatnonzero(kinds == group)[:3]
        scores = factors.scores(factors.fold_in(rows, np.ones(3)))
        scores[rows] = -np.inf
        assert (kinds[top(scores, 10)] == group).mean() >= 0.7


def test_the_probability_is_true_of_people_it_never_saw(factors, world):
    """A person of group g takes up more of g, likes .9 of it and .2 of the rest; ten reactions tell."""
    kinds = world.groups[factors.items // 10 - 1]
    rng = np.random.default_rng(5)
    predicted, real = [], []
    for person in range(300):
        taste = person % 3
        weights = np.where(kinds == taste, 4.0, 1.0)
        rows = rng.choice(len(kinds), 20, replace=False, p=weights / weights.sum())
        likes = rng.random(20) < np.where(kinds[rows] == taste, 0.9, 0.2)
        belief = factors.fold_in(rows[:10], np.where(likes[:10], 1.0, -1.0))
        predicted.append(1 / (1 + np.exp(-factors.logits(belief)[rows[10:]])))
        real.append(np.where(kinds[rows[10:]] == taste, 0.9, 0.2))
    gap = np.concatenate(predicted) - np.concatenate(real)
    assert abs(gap.mean()) < 0.05
    assert np.corrcoef(np.concatenate(predicted), np.concatenate(real))[0, 1] > 0.6


def test_the_same_seed_gives_the_same_model(world):
    first, second = (fit(world.interactions, AlsConfig(d=4), np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert first.calibration == second.calibration


def test_progress_counts_to_its_total(world):
    steps = []
    fit(world.interactions, AlsConfig(d=4), progress=lambda *step: steps.append(step))
    assert [done for done, _, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1][0] == steps[-1][1]


@pytest.mark.parametrize("values", [None, [-1, -1, -1], [0, 0, 0], [1, 0, -1]])
def test_a_handful_of_reactions_is_enough_to_stand(values):
    model = fit(Interactions.from_arrays([1, 2, 2], [5, 5, 6], values), AlsConfig(d=8))
    assert model.calibration == USUAL
    assert np.isfinite(model.logits(model.fold_in([0, 1], [1, -1]))).all()


def test_one_reaction_alone_is_enough_to_stand():
    model = fit(Interactions.from_arrays([1], [5]))
    assert np.isfinite(model.logits(model.fold_in([0], [1]))).all()


def test_the_room_loads_nothing_heavy():
    heavy = {"torch", "transformers", "jieba", "telegram", "pandas", "matplotlib"}
    code = f"import sys, core.recsys, core.recsys.als, core.recsys.content; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
