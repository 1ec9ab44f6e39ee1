"""The parts of the act models against another road to the same number."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UtteranceError
from core.nlu.bundle import Bundle, Sentence, write_bundle
from core.nlu.examples import example_of, varied, worded
from core.nlu.logistic import fit_logistic, positive_weights
from core.nlu.mixture import Mixture, fit_mixture, sigmoid
from core.nlu.nearest import NEIGHBOURS, SCREEN_WEIGHT, Nearest
from core.nlu.ngrams import Grams, fit_grams, message_grams, span_grams
from core.nlu.scoring import said, score
from core.nlu.utterances import SCREEN_FEATURES, Screen, read_utterances
from core.turns import Act, Context, Lang

LINE = {
    "id": "a-1", "voice": "a", "lang": "zh", "text": "不要恐怖片👎",
    "context": {"expecting": None, "shown": 0, "focus": False},
    "acts": [{"act": "must_not", "start": 2, "end": 5, "polarity": -1, "kind": "genre"}],
}  # fmt: skip


def test_the_nearest_are_those_of_a_full_search(rng):
    vectors, screens = (
        rng.normal(size=(40, 8)).astype(np.float32),
        rng.integers(0, 2, (40, SCREEN_FEATURES)).astype(np.float32),
    )
    labels = np.eye(40, dtype=np.float32)
    model = Nearest.build(vectors, screens, labels)
    asked, seen = rng.normal(size=(6, 8)).astype(np.float32), np.zeros((6, SCREEN_FEATURES), dtype=np.float32)
    rows, similar = model.find(asked, seen)
    for i in range(6):
        whole = []
        for vector, screen in zip(vectors, screens, strict=True):
            a = np.concatenate([asked[i] / np.linalg.norm(asked[i]), SCREEN_WEIGHT * seen[i]])
            b = np.concatenate([vector / np.linalg.norm(vector), SCREEN_WEIGHT * screen])
            whole.append(float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))
        np.testing.assert_array_equal(rows[i], np.argsort(whole)[::-1][:NEIGHBOURS])
        np.testing.assert_allclose(similar[i], sorted(whole)[::-1][:NEIGHBOURS], atol=1e-5)


def test_a_known_sentence_votes_for_itself_and_survives_a_file(rng):
    vectors, screens = rng.normal(size=(30, 16)).astype(np.float32), np.zeros((30, SCREEN_FEATURES), dtype=np.float32)
    model = Nearest.build(vectors, screens, np.eye(30, dtype=np.float32))
    back = Nearest.of(model.arrays("near"), "near", model.labels)
    np.testing.assert_allclose(back.rows, model.rows, atol=0.005)
    assert back.logits(*back.find(vectors, screens)).argmax(axis=1).tolist() == list(range(30))
    with pytest.raises(ValueError, match="vectors for"):
        Nearest.of(model.arrays("near"), "near", model.labels[:-1])


def test_a_logistic_fit_is_at_rest(rng):
    rows = rng.normal(size=(80, 3)).astype(np.float32)
    labels = (rows[:, :1] + rng.normal(size=(80, 2)) > 0).astype(np.float32)
    weight, bias = fit_logistic(rows, labels, l2=0.05, rounds=300)
    heavier = 1 + labels * (positive_weights(labels) - 1)
    residual = heavier * (sigmoid(rows @ weight + bias) - labels) / len(rows)
    np.testing.assert_allclose(rows.T @ residual + 0.05 * weight, 0, atol=2e-3)
    np.testing.assert_allclose(residual.sum(axis=0), 0, atol=2e-3)


def test_grams_learn_words_and_survive_a_file():
    texts = ["不要恐怖片", "no horror", "来点喜剧", "a comedy please"] * 6
    labels = np.array([[1, 0], [1, 0], [0, 1], [0, 1]] * 6, dtype=np.float32)
    features = [list(message_grams(text, Screen())) for text in texts]
    model = fit_grams(features, labels, 1e-5, 60)
    assert (model.logits(features).argmax(axis=1) == labels.argmax(axis=1)).all()
    back = Grams.of(model.arrays("g"), "g")
    np.testing.assert_allclose(back.logits(features), model.logits(features), atol=0.3)
    assert np.isfinite(model.logits([[]])).all()


@given(st.text(max_size=30), st.integers(0, 40), st.integers(0, 40))
def test_any_span_has_grams(text, a, b):
    assert all(isinstance(gram, str) for gram in span_grams(text, min(a, b), max(a, b), Screen()))


def test_a_mixture_is_calibrated_where_it_was_fitted(rng):
    truth = rng.normal(size=(4000, 3)) * 2
    labels = (rng.random(truth.shape) < sigmoid(truth.astype(np.float32))).astype(np.float32)
    votes = {"a": (3 * truth + 1).astype(np.float32), "b": rng.normal(size=truth.shape).astype(np.float32)}
    found = fit_mixture(votes, labels, [{"a": 0.2, "b": 0.8}, {"a": 1.0}])
    assert found.weights == {"a": 1.0}
    probabilities = found.probabilities(votes)
    for low in (0.1, 0.4, 0.7):
        here = (probabilities > low) & (probabilities < low + 0.2)
        assert labels[here].mean() == pytest.approx(probabilities[here].mean(), abs=0.04)
    assert Mixture.of(json.loads(json.dumps(found.to_json()))) == found


def test_scores_of_a_small_case():
    labels = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=np.float32)
    probabilities = np.array([[0.9, 0.2, 0.1], [0.8, 0.3, 0.1], [0.45, 0.1, 0.3]], dtype=np.float32)
    assert said(probabilities, 0.5).tolist() == [[True, False, False], [True, False, False], [True, False, False]]
    found = score(probabilities, labels, 0.5)
    assert found.micro == pytest.approx(2 * 2 / (3 + 4))
    assert (found.exact, found.best_1, found.best_2) == (pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0)
    assert (found.sure, found.sure_right) == (pytest.approx(2 / 3), 1.0)


def test_a_sentence_is_read_with_its_spans(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(LINE, ensure_ascii=False) + "\n\n", encoding="utf-8")
    (utterance,) = read_utterances([path])
    assert (utterance.lang, utterance.acts) == (Lang.ZH, {Act.MUST_NOT})
    example = example_of(utterance)
    assert "👎" not in example.text
    (((start, end), label),) = example.spans.items()
    assert (example.text[start:end], label.acts, label.polarity) == ("恐怖片", (Act.MUST_NOT,), -1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"text": 3}, "text"),
        ({"lang": "fr"}, "lang"),
        ({"acts": []}, "acts"),
        ({"acts": [{"act": "sing"}]}, "act"),
        ({"acts": [{"act": "like", "start": 4, "end": 40}]}, "start"),
        ({"acts": [{"act": "like", "start": 0, "end": 2, "polarity": 3}]}, "polarity"),
        ({"context": {"expecting": "weather"}}, "expecting"),
        ({"context": {"shown": -1}}, "shown"),
        ({"context": []}, "context"),
    ],
)
def test_a_bad_line_is_named_by_file_line_and_field(tmp_path, change, field):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps({**LINE, 'id': 'a-2', **change})}\n", encoding="utf-8")
    with pytest.raises(UtteranceError) as caught:
        read_utterances([path])
    assert (caught.value.path, caught.value.line, caught.value.field) == (path, 2, field)


@pytest.mark.parametrize("text", ["{", "[]", "3"])
def test_what_is_no_object_is_named(tmp_path, text):
    path = tmp_path / "a.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UtteranceError) as caught:
        read_utterances([path])
    assert (caught.value.line, caught.value.field) == (1, "line")


def test_an_id_is_used_once(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE)}\n", encoding="utf-8")
    with pytest.raises(UtteranceError, match="used before"):
        read_utterances([path])


@given(st.text(max_size=30))
def test_worded_text_keeps_its_places(text):
    found = worded(text)
    assert len(found.places) == len(text) + 1
    assert found.places[-1] == len(found.text)
    assert list(found.places) == sorted(found.places)
    for i, char in enumerate(text):
        piece = found.text[found.places[i] : found.places[i + 1]]
        assert piece == char or ord(char) >= 0x2600


def test_what_was_asked_is_never_varied(rng, tmp_path):
    path = tmp_path / "a.jsonl"
    asked = {**LINE, "context": {"expecting": "genre", "shown": 3, "focus": False}}
    path.write_text(json.dumps(asked), encoding="utf-8")
    example = example_of(read_utterances([path])[0])
    screens = {varied(example, rng).screen for _ in range(200)}
    assert {screen.expecting for screen in screens} == {"genre"}
    assert len(screens) > 1


def test_a_screen_is_what_the_context_shows():
    assert Screen.of(Context(expecting="liked", shown=("a",), focus="a")) == Screen("like", True, True)
    assert Screen.of(Context(expecting="colour")) == Screen("other")
    assert Screen.of(Context()).words() is None
    assert Screen("genre", True, True).words() == "asked genre | list | focus"
    assert len(Screen().features()) == SCREEN_FEATURES


def test_a_bundle_comes_back_and_is_written_alike(tmp_path, rng):
    arrays = {"e5": {"x": rng.normal(size=(3, 2)).astype(np.float32)}}
    sentences = [Sentence("好", frozenset({Act.YES})), Sentence("no", frozenset({Act.NO, Act.DISLIKE}))]
    mixtures = {"e5": Mixture({"head": 1.0}, 2.0, -1.0, 0.4)}
    written = []
    for name in ("one", "two", "one"):
        write_bundle(tmp_path / name, "s", tuple(Act), sentences, mixtures, arrays, {"n": 1})
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1] == written[2]
    back = Bundle.read(tmp_path / "one")
    assert (back.sentences, back.mixtures, back.acts) == (tuple(sentences), mixtures, tuple(Act))
    np.testing.assert_array_equal(back.arrays("e5")["x"], arrays["e5"]["x"])
    assert back.labels().sum() == 3
    even = back.mixtures["e5"].probabilities({"head": np.zeros((1, 1), dtype=np.float32)})
    assert even[0, 0] == pytest.approx(1 / (1 + math.e))
