import numpy as np
import pytest

from core.errors import CoreError, InteractionsError
from core.recsys import Interactions


def test_ids_are_sorted_and_positions_point_to_them():
    found = Interactions.from_arrays([7, 3, 7], [50, 20, 20], [1, 0.5, -1])
    np.testing.assert_array_equal(found.user_ids[found.users], [7, 3, 7])
    np.testing.assert_array_equal(found.item_ids, [20, 50])
    np.testing.assert_array_equal(found.item_ids[found.items], [50, 20, 20])


def test_values_none_means_seen_and_chosen():
    np.testing.assert_array_equal(Interactions.from_arrays([1, 2], [1, 2], None).values, [1, 1])


@pytest.mark.parametrize(
    ("users", "items", "values", "reason"),
    [
        ([1, 2], [1], None, "length"),
        ([1, 2], [1, 2], [1.0], "length"),
        ([1], [1], [float("nan")], "NaN"),
        ([1], [1], [1.5], "1.5"),
        ([1], [1], [float("-inf")], "inf"),
        ([1, 1], [4, 4], [1.0, -1.0], "user 1 and item 4 occur twice"),
        ([], [], None, "no interactions"),
        ([1.5], [1], None, "integers"),
        ([[1]], [1], None, "dimension"),
        ([1], [1], ["good"], "numbers"),
    ],
)
def test_what_cannot_be_counted_is_refused(users, items, values, reason):
    with pytest.raises(InteractionsError, match=reason) as caught:
        Interactions.from_arrays(users, items, values)
    assert isinstance(caught.value, CoreError)
    assert isinstance(caught.value, ValueError)


def test_input_arrays_are_neither_changed_nor_shared():
    users, items, values = np.array([2, 1]), np.array([5, 4]), np.array([1.0, -1.0])
    found = Interactions.from_arrays(users, items, values)
    values[:] = 0
    np.testing.assert_array_equal(found.values, [1, -1])
    np.testing.assert_array_equal(users, [2, 1])


def test_of_keeps_some_people_and_drops_what_only_others_had():
    found = Interactions.from_arrays([1, 1, 2], [10, 20, 30]).of(np.array([True, False]))
    np.testing.assert_array_equal(found.item_ids, [10, 20])
    np.testing.assert_array_equal(found.user_ids, [1])
