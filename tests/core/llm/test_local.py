"""A tiny model with random weights, made on the spot: what it says means nothing, what it can say is ours."""

import time
from pathlib import Path

import pytest

from core.errors import LanguageModelError, ModelError
from core.llm.choice import Choice
from core.llm.local import LONGEST_PROMPT, LocalModel
from core.llm.naming import Local

CHOICE = Choice(("like", "ask_recommend"), ("genre:war", "genre:western", "mood:light"))
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make(path: Path, template: str | None = TEMPLATE) -> Local:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    special = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("w", "e"), ("we", "s"), ("w", "a"), ("wa", "r"), ("g", "e"), ("ge", "n")]
    vocabulary = [*special, *letters, *(a + b for a, b in merges)]
    tokenizer = Tokenizer(models.BPE({token: n for n, token in enumerate(vocabulary)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    fast.add_special_tokens({"additional_special_tokens": special[1:]})
    if template is not None:
        fast.chat_template = template
    fast.save_pretrained(path)
    config = LlamaConfig(
        vocab_size=len(vocabulary) + 60,  # padded, as real ones are
        hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=4096,
        eos_token_id=0, bos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(path)
    return Local(str(path))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    return LocalModel.load(make(tmp_path_factory.mktemp("model")))


def soon() -> float:
    return time.monotonic() + 60


@pytest.mark.parametrize("text", ["来点战争片", "something light", "", "\x00<|end|>{}", "é" * 200])
def test_whatever_the_weights_are_the_answer_is_one_of_ours(model: LocalModel, text: str) -> None:
    answer = model.choose((("system", "label it"), ("user", text)), CHOICE, soon())
    assert CHOICE.read(answer).act in CHOICE.acts


def test_a_wording_that_does_not_end_is_none(model: LocalModel) -> None:
    with pytest.raises(LanguageModelError, match="end"):
        model.write((("user", "say it"),), 5, soon())


def test_past_the_deadline_it_stops(model: LocalModel) -> None:
    with pytest.raises(LanguageModelError, match="too long"):
        model.choose((("user", "hello"),), CHOICE, time.monotonic() - 1)


def test_a_prompt_that_would_take_minutes_is_not_read(model: LocalModel) -> None:
    with pytest.raises(LanguageModelError, match="too long for it"):
        model.write((("user", "x" * LONGEST_PROMPT),), 5, soon())


def test_a_directory_without_a_model_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        LocalModel.load(Local(str(tmp_path)))


def test_a_model_that_was_not_taught_to_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="chat template"):
        LocalModel.load(make(tmp_path, template=None))
