"""Teaches retrieval an operator's own pairs: what a person says, and the description that fits."""

import copy
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import BuildError, UtteranceError
from core.nlu import lora
from core.nlu.encoder import E5Encoder, Kind, adapted_copy
from core.nlu.finetune import own_weights, padded

Progress = Callable[[int, int], None]
Adapters = dict[str, npt.NDArray[np.float16]]


@dataclass(frozen=True, slots=True)
class Pair:
    """said: a person's words. fits: a text that describes what fits."""

    said: str
    fits: str


@dataclass(frozen=True, slots=True)
class PairsConfig:
    """epochs: at most. patience: epochs without a gain on the validation wishes after which it stops.

    sharpness: temperature of the softmax over the batch. validation, test: shares of the distinct wishes, held out.
    """

    rank: int = 8
    alpha: float = 16.0
    epochs: int = 12
    patience: int = 2
    batch: int = 16
    rate: float = 5e-4
    sharpness: float = 0.05
    validation: float = 0.15
    test: float = 0.2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Of n test wishes: mean reciprocal rank of what fits among all descriptions; how often it is first, in five."""

    n: int
    mrr: float
    first: float
    in_five: float

    def to_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def read_pairs(paths: Iterable[Path]) -> tuple[Pair, ...]:
    """JSONL of {"said", "fits"}. UtteranceError with file, line and field."""
    pairs = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UtteranceError(path, 0, "file", str(error)) from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UtteranceError(path, number, "line", f"no JSON: {error}") from error
            for field in ("said", "fits"):
                if not isinstance(row, dict) or not isinstance(row.get(field), str) or not row[field].strip():
                    raise UtteranceError(path, number, field, "a text is needed")
            pairs.append(Pair(row["said"], row["fits"]))
    return tuple(pairs)


def split(pairs: Sequence[Pair], config: PairsConfig) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Train, validation and test; a wish that is said twice is in one. BuildError if one would be empty."""
    wishes = sorted({pair.said for pair in pairs})
    shuffled = [wishes[i] for i in np.random.default_rng(config.seed).permutation(len(wishes))]
    test, more = round(config.test * len(wishes)), round(config.validation * len(wishes))
    tested, validated = set(shuffled[:test]), set(shuffled[test : test + more])
    parts = (
        [p for p in pairs if p.said not in tested and p.said not in validated],
        [p for p in pairs if p.said in validated],
        [p for p in pairs if p.said in tested],
    )
    if len(parts[0]) < 2 or not parts[1] or not parts[2]:
        raise BuildError(f"{len(wishes)} different wishes are too few to learn from, to stop by and to measure on")
    return parts


def fit_pairs(
    encoder: E5Encoder,
    pairs: Sequence[Pair],
    config: PairsConfig,
    judge: Callable[[Adapters], float],
    progress: Progress | None = None,
) -> tuple[Adapters, list[float]]:
    """Adapters with which a wish lies nearer to what fits than to the batch's other descriptions (InfoNCE).

    judge: how good adapters are, asked after each epoch. The best ones come back with what it said; where none is
    better than the first `patience` before it, learning stops. The encoder's centres stay what they are, while
    learning and after. On a GPU where there is one, else on one thread; reproducible by seed on one machine.
    van den Oord et al. (2018), arXiv:1807.03748. progress: (steps done, in all).
    """
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = adapted_copy(encoder.model)
    trained = lora.attach(model, config.rank, config.alpha)
    if device.type != "cpu":
        model = copy.deepcopy(model).to(device)  # the table of embeddings is the encoder's own, and stays where it is
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=config.rate, weight_decay=0.01)
    per_epoch = math.ceil(len(pairs) / config.batch)
    steps = per_epoch * config.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.rate, total_steps=steps, pct_start=0.1)
    model.train()

    def vectors(texts: Sequence[str], kind: Kind) -> torch.Tensor:
        read = [encoder.tokens(text, kind) for text in texts]
        inputs = {name: tensor.to(device) for name, tensor in padded(read, encoder.padding).items()}
        own = own_weights(read, inputs["input_ids"].shape[1]).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            hidden = model(**inputs).last_hidden_state.float()
        centres = torch.from_numpy(encoder.centres(texts, kind)).to(device)
        return nn.functional.normalize((own[:, None] @ hidden)[:, 0] - centres, dim=1)

    done, best, judged = 0, lora.adapters(model), list[float]()
    for epoch in range(config.epochs):
        order = rng.permutation(len(pairs))
        for at in range(0, len(order), config.batch):
            batch = [pairs[i] for i in order[at : at + config.batch]]
            said, fits = vectors([p.said for p in batch], "query"), vectors([p.fits for p in batch], "passage")
            # two wishes of one batch may want the same description: both count as right
            same = torch.tensor(
                [[float(a.fits == b.fits or a.said == b.said) for b in batch] for a in batch], device=device
            )
            target = same / same.sum(dim=1, keepdim=True)
            similar = said @ fits.T / config.sharpness
            # `same` is symmetric, so descriptions look for wishes with the same target
            loss = nn.functional.cross_entropy(similar, target) + nn.functional.cross_entropy(similar.T, target)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if progress is not None:
                progress(done, steps)
        found = lora.adapters(model)
        judged.append(judge(found))
        if judged[-1] > max(judged[:-1], default=-math.inf):
            best = found
        elif epoch - int(np.argmax(judged)) >= config.patience:
            break
    return best, judged


def measure(encoder: E5Encoder, test: Sequence[Pair], pairs: Sequence[Pair]) -> Retrieval:
    """How high what fits stands among the descriptions of all pairs, for every test wish (its best one counts)."""
    described = sorted({pair.fits for pair in pairs})
    wanted: dict[str, set[int]] = {}
    for pair in test:
        wanted.setdefault(pair.said, set()).add(described.index(pair.fits))
    scores = encoder.encode(list(wanted), "query") @ encoder.encode(described, "passage").T
    ranks = np.array(
        [1 + min(int((row > row[i]).sum()) for i in fits) for row, fits in zip(scores, wanted.values(), strict=True)]
    )
    return Retrieval(len(ranks), float((1 / ranks).mean()), float((ranks == 1).mean()), float((ranks <= 5).mean()))
