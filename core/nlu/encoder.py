"""Sentences to vectors with a transformer, frozen for retrieval and adapted for acts."""

import copy
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from core.errors import ModelError
from core.nlu import lora, weights
from core.nlu.bundle import ADAPTERS, Bundle
from core.nlu.centring import Centres, unit
from core.nlu.reading import Vectors

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

Kind = Literal["query", "passage"]
KINDS: tuple[Kind, ...] = ("query", "passage")
BATCH_TOKENS = 2048
CENTRING = 128  # known sentences that a model without centres of its own is centred on


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the encoder reads it.

    ids: all of them. first, stop: which of them are the text's own, without prefix, marks and context.
    offsets: of the own ones, as code points of the text.
    """

    ids: tuple[int, ...]
    first: int
    stop: int
    offsets: tuple[tuple[int, int], ...]

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Own tokens that touch the code points start..end, as a range that is never empty unless the text is."""
        touched = [i for i, (a, b) in enumerate(self.offsets) if a < end and start < b]
        if not touched:  # between two tokens: the nearest one
            touched = (
                [min(range(len(self.offsets)), key=lambda i: abs(self.offsets[i][0] - start))] if self.offsets else [0]
            )
        return touched[0], touched[-1] + 1


class E5Encoder:
    """A transformer as Encoder. Texts of equal token count run together, so that nothing is ever padded.

    Without padding a text has the same vector alone and in company. The tokenizer is called without changing its
    settings ("Already borrowed" otherwise), so that several threads may read at once; torch runs on one thread.
    """

    def __init__(
        self,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerFast",
        source: str | None = None,
    ) -> None:
        backend = tokenizer.backend_tokenizer  # not a copy (90 MB); nobody else calls it
        longest = int(getattr(model.config, "max_position_embeddings", 512))
        backend.enable_truncation(min(longest, tokenizer.model_max_length, 512), strategy="only_first")
        backend.no_padding()
        self.dimension = int(model.config.hidden_size)
        self.model, self.padding, self.source = model, int(tokenizer.pad_token_id or 0), source
        self.backend = backend
        self._adapted: PreTrainedModel | None = None
        self._retrieval: PreTrainedModel = model
        self._centres: dict[str, Centres] = {}

    @classmethod
    def load(
        cls,
        directory: Path | str,
        adapters: Path | None = ADAPTERS,
        wishes: Path | None = None,
    ) -> Self:
        """A directory written by `build_encoder`, or any local directory or hub id that AutoModel can read.

        adapters: a directory of `core.nlu.bundle`; only `build_encoder`'s weights get its adapters and centres, other
        models are centred on some of its sentences. None: neither. wishes: a file of `core.training.fine_tune_pairs`,
        made for this very model. ModelError if something cannot be read.
        """
        import torch
        from safetensors import safe_open
        from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast
        from transformers.utils import logging

        torch.set_num_threads(1)  # two threads on a busy machine were up to ten times slower
        logging.disable_progress_bar()
        place = Path(directory)
        made = weights.source(place)
        options: dict[str, Any] = {"add_pooling_layer": False} if made else {}  # Any: for AutoModel
        verbosity = logging.get_verbosity()
        logging.set_verbosity_error()  # a checkpoint's unused heads are no news
        try:
            tokenizer = AutoTokenizer.from_pretrained(directory)
            model = AutoModel.from_pretrained(
                directory, dtype=torch.float16 if made else torch.float32, **options
            ).eval()
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(place, f"transformers cannot read it: {error}; `jianyan build` makes it") from error
        finally:
            logging.set_verbosity(verbosity)
        if not isinstance(tokenizer, PreTrainedTokenizerFast):
            raise ModelError(place, "its tokenizer has no fast form, which the spans need")
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        if made:
            # The table of words stays as it is stored, which saves 86 MB: what is added to it is float32.
            for part in (model.encoder, *model.embeddings.children()):
                if part is not model.get_input_embeddings():
                    part.float()
            # By a mapping of its own: that of the whole file goes, and 42 MB of pages that are float32 by now.
            with safe_open(place / "model.safetensors", "pt") as file:
                table = file.get_tensor("embeddings.word_embeddings.weight")
            model.get_input_embeddings().weight = torch.nn.Parameter(table, requires_grad=False)
        encoder = cls(model, tokenizer, made)
        if adapters is not None:
            encoder._learn_acts(adapters)
        if wishes is not None:
            encoder._learn_wishes(wishes)
        return encoder

    def _learn_acts(self, adapters: Path) -> None:
        bundle = Bundle.read(adapters)
        if self.source == bundle.source:
            arrays = bundle.arrays("e5")
            try:
                self.adapt(arrays, {kind: Centres.read(arrays, f"centre.{kind}") for kind in KINDS})
            except (AttributeError, KeyError, ValueError) as error:
                raise ModelError(adapters, f"adapters of another model: {error}") from error
        else:
            some = [each.text for each in bundle.sentences[:: max(1, len(bundle.sentences) // CENTRING)]]
            self._centres = {kind: Centres.fit(self.means(some, kind), some) for kind in KINDS}

    def _learn_wishes(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            self.adapt_wishes(arrays)
        except (OSError, AttributeError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError(
                path, f"no adapters for this model: {error}; `jianyan train encoder` makes them"
            ) from error

    def adapt(self, adapters: Mapping[str, npt.NDArray[np.generic]], centres: Mapping[str, Centres]) -> None:
        """Merge adapters of `lora.adapters` into a second set of layers. Before the first reading only."""
        adapted = adapted_copy(self.model)
        lora.merge(adapted, adapters)
        self._adapted, self._centres = adapted, dict(centres)

    def adapt_wishes(self, adapters: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Merge adapters into a set of layers that `encode` reads with; the acts' frozen model stays as it is."""
        retrieval = adapted_copy(self.model)
        lora.merge(retrieval, adapters)
        self._retrieval = retrieval

    def pack(self) -> None:
        """Lay the layers out for reading: a quarter less time a text. Nothing more can be adapted after it."""
        from core.nlu import packing

        if packing.can_pack():
            for model in (self.model, self._adapted, self._retrieval):
                if model is not None:
                    packing.pack(model)

    @property
    def is_adapted(self) -> bool:
        return self._adapted is not None

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """(n, dimension) float32 of unit length: mean over the text's own tokens, centred by kind and language.

        From the frozen model, or from the one that learnt an operator's pairs.
        """
        vectors = self._means(self._retrieval, texts, kind)
        return unit(vectors - self.centres(texts, kind))

    def centres(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """(n, dimension) what is taken off from the vectors of these texts; zeros if nothing is."""
        if kind not in self._centres:
            return np.zeros((len(texts), self.dimension), dtype=np.float32)
        return self._centres[kind].of(texts)

    def means(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """(n, dimension) float32, the frozen model's mean vectors as they are."""
        return self._means(self.model, texts, kind)

    def _means(self, model: "PreTrainedModel", texts: Sequence[str], kind: Kind) -> Vectors:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens = [self.tokens(text, kind) for text in texts]
        for rows, hidden in self._run(model, tokens):
            first, stop = tokens[rows[0]].first, tokens[rows[0]].stop
            out[rows] = hidden[:, first:stop].mean(axis=1)
        return out

    def states(self, tokens: Sequence[Tokens]) -> list[npt.NDArray[np.float32]]:
        """The frozen model's vectors of each text's own tokens, (t, dimension) float32 each."""
        return self._own(self.model, tokens)

    def adapted(self, tokens: Sequence[Tokens]) -> list[npt.NDArray[np.float32]]:
        """Adapted vectors of each text's own tokens, (t, dimension) float32 each."""
        if self._adapted is None:
            raise RuntimeError("this encoder was loaded without adapters")
        return self._own(self._adapted, tokens)

    def _own(self, model: "PreTrainedModel", tokens: Sequence[Tokens]) -> list[npt.NDArray[np.float32]]:
        out: list[npt.NDArray[np.float32]] = [np.zeros((0, self.dimension), dtype=np.float32)] * len(tokens)
        for rows, hidden in self._run(model, tokens):
            for row, states in zip(rows, hidden, strict=True):
                out[row] = states[tokens[row].first : tokens[row].stop]
        return out

    def attention(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """(t, t) among the text's own tokens in the adapted last layer, mean over heads; rows sum to 1 or less."""
        import torch

        if self._adapted is None:
            raise RuntimeError("this encoder was loaded without adapters")
        model: Any = self._adapted  # Any: transformers types its models loosely
        heads, last = model.config.num_attention_heads, model.encoder.layer[-1].attention.self
        with torch.inference_mode():
            out = model(input_ids=torch.tensor([tokens.ids]), output_hidden_states=True)
            before = out.hidden_states[-2][0]  # (t, d), what the last layer reads
            query, key = (each(before).view(len(before), heads, -1).transpose(0, 1) for each in (last.query, last.key))
            weights = (query @ key.transpose(1, 2) / query.shape[-1] ** 0.5).softmax(dim=-1)  # (heads, t, t)
        own = slice(tokens.first, tokens.stop)
        return np.asarray(weights.mean(dim=0)[own, own].numpy(), dtype=np.float32)

    def tokens(self, text: str, kind: Kind, context: str | None = None) -> Tokens:
        """The text behind its prefix, and the context as a second sentence. Thread-safe."""
        prefix = f"{kind}: "
        whole = text.encode("utf-8", "replace").decode()  # it refuses half a surrogate pair; lengths stay
        encoding = self.backend.encode(prefix + whole, context)
        own = [
            i
            for i, (part, (_, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
            if part == 0 and end > len(prefix)
        ]
        first, stop = (own[0], own[-1] + 1) if own else (0, len(encoding.ids))
        cut = len(prefix)
        offsets = tuple((max(a - cut, 0), b - cut) for a, b in encoding.offsets[first:stop]) if own else ()
        return Tokens(tuple(encoding.ids), first, stop, offsets)

    def _run(
        self, model: "PreTrainedModel", tokens: Sequence[Tokens]
    ) -> "list[tuple[list[int], npt.NDArray[np.float32]]]":
        """(rows, hidden (n, t, d)) of groups that share token count and the place of their own tokens."""
        import torch

        groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for row, each in enumerate(tokens):
            groups[len(each.ids), each.first, each.stop].append(row)
        results = []
        with torch.inference_mode():
            for (length, _, _), rows in groups.items():
                step = max(1, BATCH_TOKENS // length)
                for at in range(0, len(rows), step):
                    some = rows[at : at + step]
                    ids = torch.tensor([tokens[row].ids for row in some])
                    hidden = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
                    results.append((some, hidden.float().numpy()))
        return results


def adapted_copy(model: "PreTrainedModel") -> Any:  # Any: transformers types its models loosely
    """A second BERT with its own layers and the same table of embeddings."""
    twin: Any = copy.copy(model)
    twin._modules = dict(twin._modules)  # a shallow copy shares them with the model it came from
    twin.encoder = copy.deepcopy(twin.encoder)
    return twin
