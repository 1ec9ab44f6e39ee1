"""People are trained on or measured, never both; and the same seed asks the same people the same things."""

import numpy as np
import pytest
from rated_world import small

from core.errors import InteractionsError
from core.evaluation.data import Data
from core.evaluation.splits import Split


def test_everybody_is_held_out_once_and_never_trained_on(split: Split) -> None:
    told = split.data.interactions
    seen = np.zeros(len(told.user_ids), int)
    for fold in split:
        assert not np.isin(told.user_ids[fold.held], fold.training.user_ids).any()
        seen += fold.held
    liked = np.bincount(told.users[told.values > 0], minlength=len(told.user_ids))
    assert seen.tolist() == (liked >= split.likes).astype(int).tolist()


def test_what_is_hidden_is_not_in_the_pool(split: Split) -> None:
    for case in split.cases(next(iter(split))):
        assert not np.isin(case.rated, case.pool).any()
        assert np.isin(case.targets, case.rated).all()
        assert (case.ratings[np.isin(case.rated, case.targets)] > 0).all()
        assert 4 * len(case.rated) <= len(case.pool) + 5


def test_a_few_people_are_the_first_of_all_and_other_folds_are_not_trained(data: Data, split: Split) -> None:
    some = Split(data, 0, people=7, folds=3, train=small)
    folds = list(some)
    assert len(folds) == 1
    assert folds[0].held.sum() == 7
    assert not (folds[0].held & ~next(iter(split)).held).any()
    np.testing.assert_array_equal(folds[0].training.user_ids, next(iter(split)).training.user_ids)
    assert "7 people held out, 3 folds of which 1 were run" in some.about()["split"]
    crowd = {case.user: case for case in split.cases(next(iter(split)))}
    for case in some.cases(folds[0]):
        np.testing.assert_array_equal(case.pool, crowd[case.user].pool)


def test_another_seed_holds_out_others(data: Data) -> None:
    masks = [next(iter(Split(data, seed, folds=3, train=small))).held for seed in (0, 0, 1)]
    assert (masks[0] == masks[1]).all()
    assert (masks[0] != masks[2]).any()


def test_the_likes_are_those_of_the_training_people(split: Split) -> None:
    fold = next(iter(split))
    liked = fold.training.values > 0
    assert fold.likes.sum() == liked.sum()
    best = int(fold.head(1)[0])
    assert fold.likes[best] == (fold.training.item_ids[fold.training.items[liked]] == best).sum() == fold.likes.max()


def test_too_few_people_are_refused(data: Data) -> None:
    with pytest.raises(InteractionsError, match="too few"):
        list(Split(data, 0, likes=10_000, train=small))
