"""What the act models make of a message: the shipped n-grams and the light model; the adapted one where it is built."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ModelError
from core.nlu.acts import AdaptedActs, NgramActs
from core.nlu.bundle import ADAPTERS, Bundle
from core.nlu.light import LightActs, LightEncoder
from core.nlu.models import load_models
from core.turns import Act, Context

SHOWN = Context(shown=("a", "b", "c"), focus="a")


@pytest.fixture(scope="module")
def light() -> LightActs:
    _, acts = load_models("light", ADAPTERS / "unused")
    assert isinstance(acts, LightActs)
    return acts


@pytest.fixture(scope="module", params=["ngrams", "light"])
def acts(request: pytest.FixtureRequest, light: LightActs) -> NgramActs | LightActs:
    return light if request.param == "light" else NgramActs.load()


def best(acts, text: str, context: Context = Context()) -> Act:
    found = acts.read(text, context, ()).acts
    return max(found, key=lambda act: found[act])


@given(text=st.text(max_size=40), ends=st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=3))
@settings(max_examples=60)
def test_any_text_is_read(acts, text, ends):
    spans = [(min(pair), max(pair)) for pair in ends]
    reading = acts.read(text, Context(), spans)
    assert set(reading.acts) == set(Act)
    assert all(0 <= p <= 1 for p in reading.acts.values())
    assert len(reading.spans) == len(spans)
    for span in reading.spans:
        assert 0 <= sum(span.acts.values()) <= 1 + 1e-5
        assert -1 - 1e-6 <= span.polarity <= 1 + 1e-6


@pytest.mark.parametrize(
    ("text", "context", "act"),
    [
        ("你好", Context(), Act.GREET),
        ("换一批", SHOWN, Act.MORE),
        ("推荐一部科幻电影", Context(), Act.ASK_RECOMMEND),
        ("why did you pick this one?", SHOWN, Act.ASK_WHY),
        ("第二个", SHOWN, Act.ORDINAL),
        ("谢谢", Context(), Act.THANKS),
        ("delete everything you know about me", Context(), Act.PRIVACY_FORGET),
        ("随便", Context(expecting="genre"), Act.DONT_CARE),
    ],
)
def test_plain_messages_are_understood(acts, text, context, act):
    assert best(acts, text, context) is act


def test_the_question_decides_what_an_answer_is(acts):
    assert acts.read("喜剧", Context(expecting="genre"), ()).acts[Act.ANSWER] > 0.5
    assert acts.read("喜剧", Context(), ()).acts[Act.ANSWER] < 0.3


def test_emoji_are_read_as_words(light):
    assert best(light, "👎", SHOWN) is Act.DISLIKE
    assert best(light, "👍", SHOWN) in (Act.LIKE, Act.LOVE)


def test_spans_keep_their_place_behind_an_emoji(acts):
    plain = acts.read("不要恐怖片", Context(), [(2, 5)]).spans[0]
    behind = acts.read("😭 不要恐怖片", Context(), [(4, 7)]).spans[0]
    for span in (plain, behind):
        assert max(span.acts, key=lambda act: span.acts[act]) is Act.MUST_NOT
        assert span.polarity < -0.3


def test_threads_read_as_one_does(light):
    texts = ["不要恐怖片", "like that one", "换一批", "第二个讲什么的", "thanks", "都行"] * 10
    expected = [light.read(text, SHOWN, [(0, 2)]) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda text: light.read(text, SHOWN, [(0, 2)]), texts)) == expected


def test_the_nearest_sentences_are_known_ones(light):
    nearest = light.read("有没有像星际穿越那样的电影", Context(), ()).nearest
    known = {sentence.text for sentence in light.bundle.sentences}
    assert [text in known for text, _ in nearest] == [True] * 3
    assert [s for _, s in nearest] == sorted((s for _, s in nearest), reverse=True)


def test_the_light_encoder_brings_both_languages_together():
    encoder = LightEncoder.load()
    vectors = encoder.encode(
        ["一个宇航员在火星上求生", "An astronaut survives on Mars", "A wedding in Paris", "", "\ud800"], "query"
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_light_loads_no_torch():
    import subprocess
    import sys

    program = (
        "import sys; from pathlib import Path; from core.nlu.models import load_models; from core.turns import Context;"
        "e, a = load_models('light', Path('x')); a.read('不要恐怖片', Context(), [(2, 5)]);"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_directory_without_adapters_says_so(tmp_path):
    with pytest.raises(ModelError, match="jianyan train acts"):
        NgramActs.load(tmp_path)


def test_adapters_of_another_version_are_refused(tmp_path):
    (tmp_path / "meta.json").write_text('{"version": 0}', encoding="utf-8")
    with pytest.raises(ModelError, match="version 0"):
        Bundle.read(tmp_path)


def test_what_ships_is_small_and_measured():
    assert sum(path.stat().st_size for path in ADAPTERS.iterdir()) < 10_000_000
    report = Bundle.read().report
    assert report["models"]["e5"]["all"]["micro"] > report["models"]["light"]["all"]["micro"] > 0.5


@pytest.mark.model
class TestAdapted:
    """With the encoder that `jianyan build` made."""

    @pytest.fixture
    def acts(self, built_data) -> AdaptedActs:
        _, acts = load_models("", built_data / "encoder")
        assert isinstance(acts, AdaptedActs)
        return acts

    def test_it_reads_what_characters_do_not_tell(self, acts):
        assert best(acts, "那就它吧", SHOWN) is Act.ACCEPT
        assert best(acts, "I could watch that every single night", SHOWN) in (Act.LOVE, Act.LIKE, Act.SEEN_LIKED)
        assert acts.read("不是不喜欢恐怖片", Context(), [(5, 8)]).acts[Act.REVEAL_LIKE] > 0.5

    def test_threads_read_as_one_does(self, acts):
        texts = ["不要恐怖片", "like that one", "换一批 please", "第二个讲什么的"] * 4
        expected = [acts.read(text, SHOWN, [(0, 2)]) for text in texts]
        with ThreadPoolExecutor(4) as pool:
            for found, wanted in zip(pool.map(lambda t: acts.read(t, SHOWN, [(0, 2)]), texts), expected, strict=True):
                assert found.acts == pytest.approx(wanted.acts, abs=1e-5)

    def test_an_explanation_covers_the_message(self, acts):
        found = acts.explain("不要恐怖片", Context())
        assert "".join(found.tokens) == "不要恐怖片"
        assert found.act is Act.MUST_NOT
        assert found.attention.shape == (len(found.tokens), len(found.tokens))
        assert found.occlusion.argmax() == found.tokens.index("不要")
