"""Low-rank adapters for a BERT encoder: W + scale * up @ down on every matrix of a layer, and its own layer norms.

Hu et al. (2021), "LoRA". At run time the product is added to the weights once, so that reading costs nothing more.
"""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch
    from torch import nn

MATRICES = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
Arrays = Mapping[str, npt.NDArray[np.generic]]


def attach(encoder: "nn.Module", rank: int, alpha: float, first: int = 0) -> list["nn.Parameter"]:
    """Freeze the encoder's weights in bfloat16 and put trainable adapters on its layers from `first` on.

    The weights are cast once because autocast would convert frozen float32 weights at every step: three times slower.
    Returns what is to be trained. `up` starts at zero: the encoder reads as before until it learns.
    """
    import torch
    from torch import nn

    for parameter in encoder.parameters():
        parameter.requires_grad_(False)
    trained: list[nn.Parameter] = []
    for layer, module in _layers(encoder):
        for name in MATRICES:
            linear = cast(nn.Linear, module.get_submodule(name))
            linear.to(torch.bfloat16)
            if layer >= first:
                adapter = _adapter(linear, rank, alpha)
                _replace(module, name, adapter)
                trained.extend((adapter.down, adapter.up))
        for name in NORMS:
            norm = cast(nn.LayerNorm, module.get_submodule(name))
            if layer >= first:
                norm.weight.requires_grad_(True)
                norm.bias.requires_grad_(True)
                trained.extend((norm.weight, norm.bias))
    return trained


def adapters(encoder: "nn.Module") -> dict[str, npt.NDArray[np.float16]]:
    """What `attach` made and training changed, by name, as float16; `merge` takes it."""
    found: dict[str, npt.NDArray[np.float16]] = {}
    for layer, module in _layers(encoder):
        for name in MATRICES:
            adapter: Any = module.get_submodule(name)  # Any: the class is made inside _adapter, where torch is imported
            if hasattr(adapter, "down"):
                root = math.sqrt(adapter.scale)
                found[f"{layer}.{name}.down"] = _half(adapter.down * root)
                found[f"{layer}.{name}.up"] = _half(adapter.up * root)
        for name in NORMS:
            norm: Any = module.get_submodule(name)
            if norm.weight.requires_grad:
                found[f"{layer}.{name}.weight"] = _half(norm.weight)
                found[f"{layer}.{name}.bias"] = _half(norm.bias)
    return found


def merge(encoder: "nn.Module", arrays: Arrays) -> None:
    """Add adapters to the float32 weights of an encoder, in place. ValueError if they are of another shape."""
    import torch

    with torch.no_grad():
        for layer, module in _layers(encoder):
            for name in MATRICES:
                if f"{layer}.{name}.down" not in arrays:
                    continue
                down, up = (
                    torch.from_numpy(arrays[f"{layer}.{name}.{part}"].astype(np.float32)) for part in ("down", "up")
                )
                weight = cast(torch.Tensor, module.get_submodule(name).weight)
                if (up.shape[0], down.shape[1]) != tuple(weight.shape):
                    raise ValueError(f"{layer}.{name}: adapter of another shape")
                weight += up @ down  # (out, r) @ (r, in)
            for name in NORMS:
                for part in ("weight", "bias"):
                    key = f"{layer}.{name}.{part}"
                    if key in arrays:
                        value = torch.from_numpy(arrays[key].astype(np.float32))
                        cast(torch.Tensor, getattr(module.get_submodule(name), part)).copy_(value)


def _layers(encoder: "nn.Module") -> Iterator[tuple[int, "nn.Module"]]:
    layers: Any = encoder.get_submodule("encoder").get_submodule("layer")  # Any: a ModuleList, untyped in transformers
    yield from enumerate(layers)


def _replace(module: "nn.Module", name: str, new: "nn.Module") -> None:
    parent, _, leaf = name.rpartition(".")
    setattr(module.get_submodule(parent) if parent else module, leaf, new)


def _half(tensor: "torch.Tensor") -> npt.NDArray[np.float16]:
    return np.asarray(tensor.detach().float().cpu().numpy(), dtype=np.float16)


def _adapter(linear: "nn.Linear", rank: int, alpha: float) -> Any:  # Any: its class lives here, where torch is imported
    import torch
    from torch import nn

    class Adapted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.base, self.scale = linear, alpha / rank
            self.down = nn.Parameter(torch.randn(rank, linear.in_features) / math.sqrt(linear.in_features))
            self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            low = nn.functional.linear(x, self.down)
            return cast(torch.Tensor, self.base(x) + nn.functional.linear(low, self.up) * self.scale)

    return Adapted()
