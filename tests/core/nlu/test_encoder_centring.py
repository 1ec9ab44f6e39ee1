"""Centres by language: what a language adds to every vector is gone, what a text is about stays."""

import numpy as np
import pytest

from core.nlu.centring import Centres, chinese_share, unit


@pytest.mark.parametrize(
    ("text", "share"), [("恐怖片", 1), ("a horror film", 0), ("来个 horror", 2 / 3), ("", 0), ("1990 !?", 0)]
)
def test_share_of_chinese(text, share):
    assert chinese_share(text) == pytest.approx(share)


def test_a_text_finds_its_translation_among_its_own_language(rng):
    topics = rng.normal(size=(20, 16)).astype(np.float32)
    chinese = topics + 20 * np.eye(16, dtype=np.float32)[0]
    english = topics - 20 * np.eye(16, dtype=np.float32)[1] + 0.1 * rng.normal(size=topics.shape).astype(np.float32)
    texts = ["片"] * 20 + ["film"] * 20
    vectors = np.concatenate([chinese, english])
    scores = unit(chinese) @ unit(vectors).T
    assert (scores[:, 20:].max(axis=1) < scores[:, :20].min(axis=1)).mean() > 0.9  # languages keep to themselves
    centred = unit(vectors - Centres.fit(vectors, texts).of(texts))
    scores = centred[:20] @ centred[20:].T
    assert (scores.argmax(axis=1) == np.arange(20)).all()
    np.testing.assert_allclose(centred[:20], unit(topics - topics.mean(axis=0)), atol=1e-4)


def test_a_language_without_texts_gets_the_mean_of_all(rng):
    vectors = rng.normal(size=(3, 4)).astype(np.float32)
    found = Centres.fit(vectors, ["a", "b", "c"])
    np.testing.assert_allclose(found.chinese, vectors.mean(axis=0), atol=1e-6)
    back = Centres.read(found.arrays("x"), "x")
    np.testing.assert_array_equal(back.of(["片 b"]), found.of(["片 b"]))
    assert found.of([]).shape == (0, 4)
