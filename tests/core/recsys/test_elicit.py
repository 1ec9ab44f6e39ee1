import numpy as np

from core.recsys.elicit import question_gains


def question(model, catalogue, group):
    return model.facet_observation(catalogue.members(group), 1.0)


def test_to_a_new_person_the_gain_is_that_of_hearing_both_answers(model, catalogue):
    """Second road: fold in a yes and a no of the mean size of an answer, and choose again."""
    rows = np.flatnonzero(catalogue.domains == 0)
    size = np.sqrt(2 / np.pi)  # mean of |N(0, 1)|

    def best(told):
        return np.sort(model.scores(model.belief(told))[rows])[-3:].mean()

    yes, no = (model.facet_observation(catalogue.members(1), sign * size) for sign in (1, -1))
    expected = model.calibration.slope(0) * ((best([yes]) + best([no])) / 2 - best([]))
    found = question_gains(model, model.belief(), [question(model, catalogue, 1)], rows, places=3)
    np.testing.assert_allclose(found, [expected], atol=1e-9)


def test_a_question_never_harms_and_one_that_says_nothing_is_worth_nothing(model, catalogue):
    belief = model.fold_in(catalogue.catalogue_rows[:4], [1.0, -1.0, 1.0, 0.0])
    empty = model.facet_observation(np.zeros(len(model.items)), 1.0)
    questions = [question(model, catalogue, g) for g in range(3)] + [empty]
    gains = question_gains(model, belief, questions, np.arange(len(model.items)))
    assert (gains >= 0).all()
    assert gains[3] == 0
    assert question_gains(model, model.belief(), questions, np.arange(len(model.items)))[:3].min() > 0


def test_an_answer_makes_its_own_question_worth_less(model, catalogue):
    asked, rows = [question(model, catalogue, 0)], np.arange(len(model.items))
    answered = model.belief([model.facet_observation(catalogue.members(0), 2.0)] * 3)
    assert question_gains(model, answered, asked, rows) < question_gains(model, model.belief(), asked, rows)


def test_who_may_not_answer_is_asked_for_less(model, catalogue):
    asked, rows = [question(model, catalogue, 0)], np.arange(len(model.items))
    sure, unsure = (question_gains(model, model.belief(), asked, rows, answered=p) for p in (1.0, 0.5))
    np.testing.assert_allclose(unsure, sure / 2)


def test_nothing_to_ask_or_to_show_is_worth_nothing(model, catalogue):
    assert question_gains(model, model.belief(), [], [1]).shape == (0,)
    assert question_gains(model, model.belief(), [question(model, catalogue, 0)], []).tolist() == [0]


def test_scores_that_are_known_change_nothing(model, catalogue):
    belief, rows = model.fold_in(catalogue.catalogue_rows[:3], [1.0, 0.0, 1.0]), np.arange(len(model.items))
    questions = [question(model, catalogue, group) for group in range(3)]
    known = question_gains(model, belief, questions, rows, scores=model.scores(belief))
    np.testing.assert_array_equal(known, question_gains(model, belief, questions, rows))
