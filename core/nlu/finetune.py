"""Teaches the encoder acts: adapters on every layer, a head for the message and one for spans, trained together."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.nlu import lora
from core.nlu.encoder import E5Encoder, Tokens, adapted_copy
from core.nlu.examples import ACTS, Example, labels_of, varied
from core.nlu.logistic import Linear, positive_weights
from core.nlu.utterances import SCREEN_FEATURES

if TYPE_CHECKING:
    import torch

Progress = Callable[[int, int], None]
NONE = len(ACTS)  # "no act", the last class of a span
POLARITIES = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """The measured recipe. first_layer: layers below it keep their weights."""

    rank: int = 16
    alpha: float = 32.0
    epochs: int = 8
    batch: int = 32
    rate: float = 2e-3
    head_rate: float = 4e-3
    warmup: float = 0.06
    clip: float = 1.0
    span_weight: float = 0.5
    first_layer: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Finetuned:
    """adapters: of `lora.adapters`. head: message and screen to acts.

    span: span, message and screen to acts, none, and the three polarities.
    """

    adapters: dict[str, npt.NDArray[np.float16]]
    head: Linear
    span: Linear


def finetune(
    encoder: E5Encoder, examples: Sequence[Example], config: FinetuneConfig, progress: Progress | None = None
) -> Finetuned:
    """Reproducible by seed on one machine: one thread, bfloat16 autocast. progress: (steps done, steps in all)."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    model = adapted_copy(encoder.model)
    adapters = lora.attach(model, config.rank, config.alpha, config.first_layer)
    d = encoder.dimension
    pooled_mean, pooled_deviation, token_mean, token_deviation = _statistics(encoder, examples, rng)
    head = nn.Linear(d + SCREEN_FEATURES, len(ACTS))
    span = nn.Linear(2 * d + SCREEN_FEATURES, len(ACTS) + 1 + len(POLARITIES))
    nn.init.normal_(head.weight, std=0.01)
    nn.init.normal_(span.weight, std=0.01)
    nn.init.constant_(head.bias, -3.0)  # nearly every act is absent from a sentence
    labels = labels_of(examples)
    heavier = torch.from_numpy(positive_weights(labels))
    heads = [*head.parameters(), *span.parameters()]
    groups = [
        {"params": adapters, "lr": config.rate, "weight_decay": 0.01},
        {"params": heads, "lr": config.head_rate, "weight_decay": 0.01},
    ]
    optimizer = torch.optim.AdamW(groups)
    steps = config.epochs * math.ceil(len(examples) / config.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, config.warmup))
    done = 0
    model.train()  # the built encoder's dropout (0.1) regularises the adapters
    for _ in range(config.epochs):
        seen = [varied(example, rng) for example in examples]
        tokens = [encoder.tokens(example.text, "query", example.screen.words()) for example in seen]
        for rows in _batches(tokens, config.batch, rng):
            batch, read = [seen[row] for row in rows], [tokens[row] for row in rows]
            with torch.autocast("cpu", torch.bfloat16):
                hidden = model(**padded(read, encoder.padding)).last_hidden_state.float()
            own = own_weights(read, hidden.shape[1])  # (n, t)
            screens = torch.tensor([example.screen.features() for example in batch])
            pooled = ((own[:, None] @ hidden)[:, 0] - pooled_mean) / pooled_deviation
            loss = nn.functional.binary_cross_entropy_with_logits(
                head(torch.cat([pooled, screens], dim=1)), torch.from_numpy(labels[rows]), pos_weight=heavier
            ) * len(ACTS)
            spans = _spans(batch, read, rng)
            if spans is not None:
                where, owner, target, polarity = spans
                words = (where[:, None] @ hidden[owner])[:, 0]  # (k, 1, t) @ (k, t, d)
                parts = [(words - token_mean) / token_deviation, pooled[owner], screens[owner]]
                out = span(torch.cat(parts, dim=1))
                loss = loss + config.span_weight * nn.functional.cross_entropy(out[:, : NONE + 1], target)
                if (polarity >= 0).any():
                    loss = loss + config.span_weight * nn.functional.cross_entropy(
                        out[:, NONE + 1 :], polarity, ignore_index=-1
                    )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*adapters, *heads], config.clip)
            optimizer.step()
            schedule.step()
            done += 1
            if progress is not None:
                progress(done, steps)
    return Finetuned(
        lora.adapters(model),
        _linear(head, pooled_mean, pooled_deviation),
        _linear(span, torch.cat([token_mean, pooled_mean]), torch.cat([token_deviation, pooled_deviation])),
    )


def _rate(step: int, steps: int, warmup: float) -> float:
    """Linear warm-up, then a cosine to 0."""
    rising = max(1, round(warmup * steps))
    return (
        (step + 1) / rising
        if step < rising
        else 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))
    )


def _statistics(encoder: E5Encoder, examples: Sequence[Example], rng: np.random.Generator) -> "list[torch.Tensor]":
    """Mean and deviation of message and of token vectors, of up to 512 sentences as the frozen model reads them."""
    import torch

    some = rng.permutation(len(examples))[:512]
    read = [encoder.tokens(examples[i].text, "query", examples[i].screen.words()) for i in some]
    states = encoder.states(read)
    pooled, tokens = np.stack([each.mean(axis=0) for each in states]), np.concatenate(states)
    both = (pooled.mean(axis=0), pooled.std(axis=0), tokens.mean(axis=0), tokens.std(axis=0))
    return [
        torch.from_numpy(np.maximum(each, 1e-4)) if i % 2 else torch.from_numpy(each) for i, each in enumerate(both)
    ]


def _batches(tokens: Sequence[Tokens], size: int, rng: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    """Rows in random order, but of like length within a batch, so that little is padded."""
    order = rng.permutation(len(tokens))
    pools = [order[at : at + 16 * size] for at in range(0, len(order), 16 * size)]
    batches = []
    for pool in pools:
        ordered = pool[np.argsort([len(tokens[row].ids) for row in pool], kind="stable")]
        batches += [ordered[at : at + size] for at in range(0, len(ordered), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def padded(tokens: Sequence[Tokens], padding: int) -> "dict[str, torch.Tensor]":
    import torch

    width = max(len(each.ids) for each in tokens)
    ids = [[*each.ids, *[padding] * (width - len(each.ids))] for each in tokens]
    mask = [[1] * len(each.ids) + [0] * (width - len(each.ids)) for each in tokens]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def own_weights(tokens: Sequence[Tokens], width: int) -> "torch.Tensor":
    """(n, width) weights that take the mean over each text's own tokens."""
    import torch

    own = torch.zeros(len(tokens), width)
    for row, each in enumerate(tokens):
        own[row, each.first : each.stop] = 1 / (each.stop - each.first)
    return own


def _spans(
    batch: Sequence[Example], tokens: Sequence[Tokens], rng: np.random.Generator
) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor] | None":
    """Labelled spans, and one without an act a sentence.

    where: (k, width) weights of the mean over a span. owner: (k,) row of the batch. target: (k, acts + 1) shares.
    polarity: (k,) class, or -1 where there is none.
    """
    import torch

    width = max(len(each.ids) for each in tokens)
    where, owner, target, polarity = [], [], [], []
    for row, (example, read) in enumerate(zip(batch, tokens, strict=True)):
        taken = np.zeros(read.stop - read.first, dtype=bool)
        for (start, end), span in example.spans.items():
            a, b = read.of(start, end)
            taken[a:b] = True
            where.append((read.first + a, read.first + b))
            target.append([span.acts.count(act) / len(span.acts) for act in ACTS] + [0.0])
            owner.append(row)
            polarity.append(-1 if span.polarity is None else POLARITIES.index(span.polarity))
        free = np.flatnonzero(~taken)
        if len(free):
            a = int(rng.choice(free))
            b = a + 1
            while b < len(taken) and not taken[b] and b - a < 3 and rng.random() < 0.5:
                b += 1
            where.append((read.first + a, read.first + b))
            target.append([0.0] * len(ACTS) + [1.0])
            owner.append(row)
            polarity.append(-1)
    if not where:
        return None
    weights = torch.zeros(len(where), width)
    for k, (a, b) in enumerate(where):
        weights[k, a:b] = 1 / (b - a)
    return weights, torch.tensor(owner), torch.tensor(target), torch.tensor(polarity)


def _linear(layer: "torch.nn.Linear", mean: "torch.Tensor", deviation: "torch.Tensor") -> Linear:
    weight, bias = layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy()
    return Linear(mean.numpy().copy(), deviation.numpy().copy(), weight, bias)
