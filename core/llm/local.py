"""A model of the hub or of a directory, in this process, through transformers."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import LanguageModelError, ModelError
from core.llm.choice import Choice, Walk
from core.llm.naming import Local

LONGEST_PROMPT = 2048  # tokens: the time to read it is in the deadline


class LocalModel:
    """Generates greedily, on the GPU if there is one. To be called by one thread at a time."""

    def __init__(self, model: Any, tokenizer: Any) -> None:  # transformers' types come with torch
        self._model, self._tokenizer = model, tokenizer
        self._walk: tuple[Choice, Walk] | None = None

    @classmethod
    def load(cls, local: Local) -> "LocalModel":
        """Reads weights and tokenizer; no code of theirs is run, and no pickle read. ModelError where it cannot be."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        where = Path(local.name)
        gpu = torch.cuda.is_available()
        quick = gpu or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
        try:
            tokenizer: Any = AutoTokenizer.from_pretrained(
                local.name, revision=local.revision, trust_remote_code=False, local_files_only=local.revision is None
            )
            model: Any = AutoModelForCausalLM.from_pretrained(
                local.name, revision=local.revision, trust_remote_code=False, local_files_only=local.revision is None,
                use_safetensors=True, dtype=torch.bfloat16 if quick else torch.float32,
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            raise ModelError(where, f"no language model that can be read: {error}") from error
        if tokenizer.chat_template is None:
            raise ModelError(where, "its tokenizer has no chat template: take a model that was taught to answer")
        if tokenizer.eos_token_id is None:
            raise ModelError(where, "its tokenizer has no token that ends an answer")
        return cls(model.to("cuda" if gpu else "cpu").eval(), tokenizer)

    def choose(self, messages: Sequence[tuple[str, str]], choice: Choice, deadline: float) -> str:
        """An answer of the choice, always: no other token can come. LanguageModelError past the deadline."""
        if self._walk is None or self._walk[0] != choice:
            self._walk = choice, Walk(choice, self._encode, self._tokenizer.eos_token_id)
        walk = self._walk[1]
        prompt = self._prompt(messages)
        begun = prompt.shape[1]
        written = self._generate(
            prompt,
            walk.longest,
            deadline,
            prefix_allowed_tokens_fn=lambda _, ids: walk.allowed(ids[begun:].tolist()),
        )
        return walk.text(written)

    def write(self, messages: Sequence[tuple[str, str]], tokens: int, deadline: float) -> str:
        """A text of at most so many tokens. LanguageModelError past the deadline, or where it did not end."""
        written = self._generate(self._prompt(messages), tokens, deadline)
        if self._tokenizer.eos_token_id not in written:
            raise LanguageModelError("it did not come to the end of its answer in time")
        return str(self._tokenizer.decode(written, skip_special_tokens=True)).strip()

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _prompt(self, messages: Sequence[tuple[str, str]]) -> Any:
        said = [{"role": role, "content": text} for role, text in messages]
        # what a template does not know it ignores; thinking aloud costs a minute here
        ids = self._tokenizer.apply_chat_template(
            said, add_generation_prompt=True, return_tensors="pt", return_dict=True, enable_thinking=False
        )["input_ids"]
        if ids.shape[1] > LONGEST_PROMPT:
            raise LanguageModelError("the message is too long for it")
        return ids.to(self._model.device)

    def _generate(self, prompt: Any, tokens: int, deadline: float, **more: Any) -> list[int]:
        import torch
        from transformers import GenerationConfig, StoppingCriteriaList

        def late(ids: Any, *_: object, **__: object) -> Any:
            return torch.full((len(ids),), time.monotonic() > deadline, device=ids.device)

        end = self._tokenizer.eos_token_id
        settings = GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=end, pad_token_id=end)
        with torch.inference_mode():
            out = self._model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                generation_config=settings,
                stopping_criteria=StoppingCriteriaList([late]),
                **more,
            )
        if time.monotonic() > deadline:
            raise LanguageModelError("it took too long")
        return [int(token) for token in out[0, prompt.shape[1] :]]
