"""E5Encoder on a tiny random BERT, and on the built encoder where there is one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from core.nlu import lora
from core.nlu.encoder import E5Encoder, adapted_copy
from tests.core.nlu.tiny import write_tiny

TEXTS = [
    "我想看恐怖片", "a", "", "something to laugh at, please", "不要恐怖片，来点喜剧", "这部看过了", "a",
    "x" * 300, "\ud800 ok",
]  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def encoder(directory: Path) -> E5Encoder:
    return E5Encoder.load(directory, adapters=None)


def random_adapters(encoder: E5Encoder, rng: np.random.Generator, rank: int = 2) -> dict[str, np.ndarray]:
    """As `lora.adapters` would give them, with everything moved."""
    model = adapted_copy(encoder.model)
    lora.attach(model, rank, 2.0)
    return {
        name: rng.normal(scale=0.3, size=value.shape).astype(np.float16) for name, value in lora.adapters(model).items()
    }


def test_vectors_have_unit_length(encoder):
    vectors = encoder.encode(TEXTS, "query")
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([], "passage").shape == (0, encoder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_company(encoder):
    together = encoder.encode(TEXTS, "query")
    alone = np.concatenate([encoder.encode([text], "query") for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_query_is_not_a_passage(encoder):
    assert not np.allclose(encoder.encode(["片"], "query"), encoder.encode(["片"], "passage"), atol=1e-3)


def test_threads_read_as_one_does(encoder):
    texts = [f"{text} {n}" for n in range(20) for text in TEXTS[:6]]
    expected = encoder.encode(texts, "query")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.encode([text], "query")[0], texts))
    np.testing.assert_allclose(np.stack(found), expected, atol=1e-6)


@given(st.text(max_size=60), st.sampled_from([None, "asked genre", "list | focus"]))
def test_own_tokens_lie_in_the_text_and_nowhere_else(encoder, text, context):
    tokens = encoder.tokens(text, "query", context)
    assert 0 <= tokens.first < tokens.stop <= len(tokens.ids)
    assert all(0 <= start <= end <= len(text) for start, end in tokens.offsets)
    assert len(tokens.offsets) in (0, tokens.stop - tokens.first)
    if context is not None and tokens.offsets:
        assert tokens.stop < len(tokens.ids) - 2  # the context stands behind them


def test_a_span_touches_its_tokens(encoder):
    tokens = encoder.tokens("不要恐怖片", "query", "list")
    first, stop = tokens.of(2, 5)
    assert "".join("不要恐怖片"[a:b] for a, b in tokens.offsets[first:stop]) == "恐怖片"


def test_a_long_text_is_cut(encoder):
    assert len(encoder.tokens("好" * 1000, "query", "list").ids) <= 128


def test_adapters_read_apart_from_the_frozen_model(directory, rng):
    encoder = E5Encoder.load(directory, adapters=None)
    before, tokens = encoder.encode(TEXTS, "query"), encoder.tokens("想看片", "query")
    with pytest.raises(RuntimeError):
        encoder.adapted([tokens])
    encoder.adapt(random_adapters(encoder, rng), {})
    np.testing.assert_array_equal(encoder.encode(TEXTS, "query"), before)
    assert not np.allclose(encoder.adapted([tokens])[0], encoder.states([tokens])[0], atol=1e-2)


def test_merged_adapters_read_as_attached_ones(encoder, rng):
    import torch

    arrays = random_adapters(encoder, rng)
    merged, attached = adapted_copy(encoder.model), adapted_copy(encoder.model)
    lora.merge(merged, arrays)
    lora.attach(attached, rank=2, alpha=2.0)  # a scale of 1
    with torch.no_grad():
        for name, value in arrays.items():
            layer, _, rest = name.partition(".")
            path, _, part = rest.rpartition(".")
            module = attached.encoder.layer[int(layer)].get_submodule(path)
            getattr(module, part).copy_(torch.from_numpy(value.astype(np.float32)))
        attached.float()
        ids = torch.tensor([[0, 5, 9, 30, 40, 2]])
        expected = attached(input_ids=ids).last_hidden_state
        found = merged(input_ids=ids).last_hidden_state
    np.testing.assert_allclose(found, expected, atol=0.05)  # what was attached to was rounded to bfloat16


def test_fresh_adapters_change_nothing(encoder):
    model = adapted_copy(encoder.model)
    lora.attach(model, rank=2, alpha=4.0)
    again = adapted_copy(encoder.model)
    lora.merge(again, lora.adapters(model))
    for name, value in encoder.model.encoder.state_dict().items():
        np.testing.assert_allclose(again.encoder.state_dict()[name], value, atol=1e-3)  # norms were rounded to float16


def test_a_packed_encoder_reads_as_before(directory, rng):
    encoder = E5Encoder.load(directory, adapters=None)
    arrays = random_adapters(encoder, rng)
    encoder.adapt(arrays, {})
    tokens = [encoder.tokens(text, "query") for text in TEXTS]
    vectors, states = encoder.encode(TEXTS, "query"), encoder.adapted(tokens)
    attention = encoder.attention(tokens[4])
    encoder.pack()
    encoder.pack()
    np.testing.assert_allclose(encoder.encode(TEXTS, "query"), vectors, atol=1e-5)
    for packed, before in zip(encoder.adapted(tokens), states, strict=True):
        np.testing.assert_allclose(packed, before, atol=1e-4)
    np.testing.assert_allclose(encoder.attention(tokens[4]), attention, atol=1e-5)


def test_adapters_of_another_size_are_refused(encoder, tmp_path, rng):
    arrays = random_adapters(encoder, rng)
    arrays["0.output.dense.up"] = arrays["0.output.dense.up"][:-1]
    with pytest.raises(ValueError, match="another shape"):
        lora.merge(adapted_copy(encoder.model), arrays)


def test_attention_is_that_of_the_last_layer(directory, rng):
    import torch

    encoder = E5Encoder.load(directory, adapters=None)
    arrays = random_adapters(encoder, rng)
    encoder.adapt(arrays, {})
    tokens = encoder.tokens("不要恐怖片", "query", "list")
    reference = type(encoder.model)._from_config(encoder.model.config, attn_implementation="eager")
    reference.load_state_dict(encoder.model.state_dict(), strict=False)
    lora.merge(reference.float().eval(), arrays)
    with torch.no_grad():
        out = reference(input_ids=torch.tensor([tokens.ids]), output_attentions=True)
    own = slice(tokens.first, tokens.stop)
    np.testing.assert_allclose(encoder.attention(tokens), out.attentions[-1][0].mean(dim=0)[own, own], atol=1e-4)


def test_any_model_of_transformers_is_read_without_adapters(tmp_path):
    encoder = E5Encoder.load(write_tiny(tmp_path / "other", stamped=False))
    assert not encoder.is_adapted
    vectors = encoder.encode(["我想看恐怖片", "not that"], "query")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("name", ["nothing/here", "empty"])
def test_a_directory_without_a_model_says_so(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="jianyan build"):
        E5Encoder.load(tmp_path / name)


def test_adapters_of_our_encoder_do_not_fit_a_tiny_one(directory):
    with pytest.raises(ModelError, match="another model"):
        E5Encoder.load(directory)


@pytest.mark.model
def test_what_is_meant_alike_lies_near(built_data):
    encoder = E5Encoder.load(built_data / "encoder")
    said = encoder.encode(["一个人在火星上求生", "想看恐怖片"], "query")
    told = encoder.encode(["An astronaut stranded on Mars must survive alone.", "A ghost haunts a family."], "passage")
    scores = said @ told.T
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]
