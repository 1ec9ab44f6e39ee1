from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InteractionsError, ModelError
from core.recsys import ItemFactors

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def logs(draw, n=60, least=0):
    """Rows, all different, and their values."""
    rows = draw(st.lists(st.integers(0, n - 1), unique=True, min_size=least, max_size=25))
    values = draw(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=len(rows), max_size=len(rows)))
    return np.array(rows, dtype=np.int64), np.array(values)


@LAWS
@given(log=logs(), seed=st.integers(0, 99))
def test_order_does_not_matter(factors, log, seed):
    rows, values = log
    order = np.random.default_rng(seed).permutation(len(rows))
    first, second = factors.fold_in(rows, values), factors.fold_in(rows[order], values[order])
    np.testing.assert_allclose(factors.logits(first), factors.logits(second), atol=1e-9)


@LAWS
@given(log=logs(least=1))
def test_taken_back_is_never_said(factors, log):
    rows, values = log
    factors.scores(factors.fold_in(rows, values))
    kept = factors.belief(factors.fold_in(rows, values).observations[:-1])
    np.testing.assert_array_equal(factors.logits(kept), factors.logits(factors.fold_in(rows[:-1], values[:-1])))


@LAWS
@given(log=logs(), strengths=st.lists(st.sampled_from([-2, -1, -0.5, 0.5, 1, 2]), max_size=3))
def test_shares_and_prior_add_up_to_the_logits(model, catalogue, log, strengths):
    rows, values = log
    observations = [model.item_observation(int(r), float(v)) for r, v in zip(rows, values, strict=True)]
    for group, strength in enumerate(strengths):
        observations.insert(0, model.facet_observation(catalogue.members(group), strength))
    belief = model.belief(observations)
    everything = np.arange(len(model.items))
    prior, shares = model.shares(belief, everything)
    assert shares.shape == (len(everything), len(observations))
    np.testing.assert_allclose(prior + shares.sum(1), model.logits(belief), atol=1e-9)


@LAWS
@given(log=logs(), row=st.integers(0, 59), value=st.sampled_from([-1.0, 1.0]), extended=st.booleans())
def test_a_like_lifts_its_item_and_a_dislike_lowers_it(factors, model, log, row, value, extended):
    asked = model if extended else factors
    rows, values = log
    others = rows != row
    before = asked.logits(asked.fold_in(rows[others], values[others]))[row]
    after = asked.logits(asked.fold_in([*rows[others], row], [*values[others], value]))[row]
    assert value * (after - before) > 0


@LAWS
@given(log=logs(), row=st.integers(0, 59))
def test_a_better_word_never_lowers_its_item(factors, log, row):
    rows, values = log
    others = rows != row
    worse, better = (
        factors.logits(factors.fold_in([*rows[others], row], [*values[others], value]))[row] for value in (-1.0, 1.0)
    )
    assert better > worse


@LAWS
@given(log=logs(), strength=st.sampled_from([0.5, 1.0, 2.0]), group=st.integers(0, 2))
def test_a_facet_moves_its_contrast_the_way_it_was_said(model, catalogue, log, strength, group):
    told = list(model.fold_in(*log).observations)
    members = catalogue.members(group)
    contrast = model.facet_contrast(members)
    at = [
        contrast @ model.belief([*told, *more]).mean
        for more in ([model.facet_observation(members, -strength)], [], [model.facet_observation(members, strength)])
    ]
    assert at[0] < at[2]
    if not len(log[0]):
        assert at[0] < at[1] < at[2]


def test_at_a_fixed_number_told_all_is_linear_in_what_was_said(factors):
    """The share of one reaction does not depend on how another item was liked, only on which items were told."""
    flat = replace(factors, response=replace(factors.response, precision=(60.0, 60.0, 60.0)))
    one, other = (flat.shares(flat.fold_in([3, 9, 20], [1, v, 0]), np.arange(30))[1] for v in (1, -1))
    np.testing.assert_allclose(one[:, [0, 2]], other[:, [0, 2]], atol=1e-12)


def test_nothing_told_is_the_popular_order(factors):
    belief = factors.fold_in([], [])
    np.testing.assert_array_equal(factors.scores(belief), factors.offsets)
    prior, shares = factors.shares(belief, [0, 5])
    assert shares.shape == (2, 0)
    np.testing.assert_array_equal(prior, factors.logits(belief)[[0, 5]])


def test_scores_equal_a_dense_second_road(factors):
    rows, values, s = np.array([4, 1, 30]), np.array([1.0, -1.0, 0.0]), factors.response
    v, e, n = factors.vectors[:, ~factors.appraised], factors.vectors[:, factors.appraised], 3
    w, target, q = np.array([60.0, 5.0, 24.0]), np.array([1.0, 0.0, 1.3]), np.array([1.0, -0.4, 0.3])
    kappa = 1 + 0.17 * n**0.75
    lam = np.eye(v.shape[1]) + np.diag(factors.weakness[~factors.appraised]) / np.sqrt(n) + 0.11 * n**1.3 * v.T @ v
    for row, weight in zip(v[rows], w, strict=True):
        lam += weight * np.outer(row, row)
    z = np.linalg.inv(lam) @ (v[rows].T @ (kappa * w * (target - factors.expected[rows])))
    sure = factors.appraisal_precision
    t = np.linalg.inv(np.eye(e.shape[1]) + sure * e[rows].T @ e[rows]) @ (
        sure * e[rows].T @ (0.25 * (values - factors.usual[rows]))
    )
    own = np.zeros(len(factors.items))
    own[rows] = s.own_weight * values
    near = 0.8 * n**0.6 * q @ factors.neighbours.toarray()[rows]
    expected = factors.offsets + v @ z + kappa * e @ t + near + own
    np.testing.assert_allclose(factors.scores(factors.fold_in(rows, values)), expected, atol=1e-9)
    c = factors.calibration
    logits = c.slope(3) * expected + c.shift(3) + c.usual * factors.usual + c.judgement(3) * e @ t / 0.25
    np.testing.assert_allclose(factors.logits(factors.fold_in(rows, values)), logits, atol=1e-9)


def test_love_moves_more_than_a_like(factors):
    like, love = (factors.belief([factors.item_observation(2, 1.0, strength)]) for strength in (1.0, 2.0))
    near = np.argsort(-factors.neighbours[2].toarray()[0])[:5]
    assert (factors.scores(love)[near] > factors.scores(like)[near]).all()


def test_std_is_that_of_sampled_people(factors, rng):
    belief = factors.fold_in([1, 2, 3], [1, 1, -1])
    people = rng.multivariate_normal(belief.mean, np.linalg.inv(belief.precision), 20000)
    c, vectors = factors.calibration, factors.vectors[:10]
    weight = c.usual / factors.response.appraisal
    sampled = (people @ (c.slope(3) * vectors + weight * np.where(factors.appraised, vectors, 0)).T).std(0)
    np.testing.assert_allclose(factors.std(belief, np.arange(10)), sampled, rtol=0.03)
    np.testing.assert_allclose(factors.score_std(belief, np.arange(10)), (people @ vectors.T).std(0), rtol=0.03)


def test_more_is_known_after_every_word(factors):
    """On the whole: weak dimensions are let loose as n grows, so an item that few know may become less sure."""
    steady = replace(factors, calibration=replace(factors.calibration, log_slope_growth=0.0))
    beliefs = [steady.fold_in(np.arange(n), np.ones(n)) for n in range(6)]
    deviations = [steady.std(belief, np.arange(len(steady.items))).mean() for belief in beliefs]
    assert deviations == sorted(deviations, reverse=True)


@pytest.mark.parametrize(
    ("rows", "values", "reason"),
    [
        ([1, 1], [1, 1], "row 1 occurs twice"),
        ([-1], [1], "-1 is not"),
        ([60], [1], "60 is not"),
        ([1], [float("nan")], "NaN"),
        ([1], [2], "2.0 is not"),
        ([1, 2], [1], "length"),
        ([1.0], [1], "integers"),
    ],
)
def test_what_cannot_be_folded_in_is_refused(factors, rows, values, reason):
    with pytest.raises(InteractionsError, match=reason):
        factors.fold_in(rows, values)


def test_input_arrays_are_left_as_they_were(factors):
    rows, values = np.array([9, 4]), np.array([1.0, -1.0])
    belief = factors.fold_in(rows, values)
    factors.scores(belief)
    factors.shares(belief, rows)
    np.testing.assert_array_equal(rows, [9, 4])
    np.testing.assert_array_equal(values, [1, -1])
    np.testing.assert_array_equal(factors.scores(factors.fold_in([], [])), factors.offsets)


@pytest.mark.parametrize("members", [np.ones(3), np.full(110, -1.0), np.full(110, np.nan)])
def test_members_must_be_weights_over_all_rows(model, members):
    with pytest.raises(InteractionsError):
        model.facet_observation(members, 1.0)


def test_a_facet_of_everything_or_nothing_says_nothing_of_taste(model):
    for members in (np.ones(len(model.items)), np.zeros(len(model.items))):
        observation = model.facet_observation(members, 1.0)
        np.testing.assert_allclose(model.belief([observation]).mean, 0, atol=1e-9)


def test_load_gives_what_was_saved(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    again = ItemFactors.load(path)
    belief = model.fold_in([1, 2], [1, -1])
    np.testing.assert_array_equal(again.logits(again.fold_in([1, 2], [1, -1])), model.logits(belief))
    np.testing.assert_array_equal(again.std(belief, [3, 70]), model.std(belief, [3, 70]))
    assert again.response == model.response
    assert [p.name for p in tmp_path.iterdir()] == ["model.npz"]


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(ModelError, match="no such file"):
        ItemFactors.load(path)
    path.write_bytes(b"PK half a file")
    with pytest.raises(ModelError, match="no model"):
        ItemFactors.load(path)
    np.savez(path, format_version=np.array(99))
    with pytest.raises(ModelError, match="format 99"):
        ItemFactors.load(path)
    np.savez(path, format_version=np.array(1))
    with pytest.raises(ModelError, match="settings"):
        ItemFactors.load(path)
