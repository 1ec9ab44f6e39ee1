"""A free wish against descriptions: the encoder and the words together."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.catalog import Catalog, Item, Name
from core.nlu.matching import Matcher


class Deaf:
    """An encoder to which every wish means the same: the vector it was given."""

    def __init__(self, *vector: float) -> None:
        self.dimension = len(vector)
        self._vector = np.array(vector, np.float32) / np.float32(np.linalg.norm(vector))

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        return np.repeat(self._vector[None], len(texts), axis=0)


def items(*told: tuple[str, tuple[str, ...]]) -> Catalog:
    return Catalog(
        tuple(
            Item(f"film:x-{n}", "film", Name(None, f"no. {n}"), moods=moods, about=Name(None, about or None))
            for n, (about, moods) in enumerate(told)
        )
    )


def unit(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    matrix = np.array(rows, np.float32)
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def test_without_a_word_in_common_the_order_is_the_encoders() -> None:
    texts = unit((1, 0), (1, 1), (0, 1))
    near = Matcher.build(Deaf(0, 1), texts, items(("a", ()), ("b", ()), ("c", ())))("something else")
    np.testing.assert_allclose(near, texts @ [0, 1], atol=1e-6)


def test_a_thing_that_is_named_is_found_where_the_encoder_is_deaf_to_its_name() -> None:
    told = items(("a lamp for the desk", ()), ("headphones for the train", ()), ("a kettle", ()))
    near = Matcher.build(Deaf(1, 0.2), unit((1, 0), (1, 0.3), (1, 0.1)), told)("headphones")
    assert near.argmax() == 1


def test_items_without_a_description_are_below_all_that_have_one() -> None:
    told = items(("a lamp", ()), ("", ()), ("far off", ()))
    near = Matcher.build(Deaf(1, 0), unit((1, 0), (0, 0), (-1, 0)), told)("no. 1")
    assert near[1] == -1.0
    assert near[1] <= near[[0, 2]].min()


def test_what_is_told_in_other_words_stands_beside_its_kin() -> None:
    told = items(("a", ("dark",)), ("b", ("dark",)), ("c", ("dark",)), ("d", ("light",)), ("e", ("light",)))
    texts = unit((1, 0), (1, 0.1), (0, 1), (0, 1), (0.1, 1))
    near = Matcher.build(Deaf(1, 0), texts, told)("gloomy")
    assert near[2] > near[3]  # the same words, but its like are what is meant
    assert near[0] > near[2]


def test_a_catalogue_without_descriptions_is_nothing_like_a_wish() -> None:
    near = Matcher.build(Deaf(1, 0), np.zeros((2, 2), np.float32), items(("", ()), ("", ())))("anything")
    np.testing.assert_array_equal(near, [-1, -1])
