"""Matrices of a transformer laid out once for the processor that reads with them.

A text of twenty tokens multiplies few rows with many columns, and the matrix product spends a third of its time on
bringing the columns into order, at every sentence anew. oneDNN, which torch carries, keeps them in order.
"""

from typing import Any

import torch
from torch import nn

ROWS = 16  # tokens of a usual text, for which the layout is chosen


class PackedLinear(nn.Module):
    """x (..., t, in) to (..., t, out) float32, as the nn.Linear it was made from, which may be thrown away."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), ROWS)
        self.bias = linear.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], "")
        return out


def can_pack() -> bool:
    """Whether this torch, on this processor, has what PackedLinear calls."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")


def pack(module: Any) -> None:  # Any: transformers types its models loosely
    """Replace every float32 nn.Linear below a module, in place. For reading only: nothing can be merged after it."""
    for name, child in module.named_children():
        if type(child) is nn.Linear and child.weight.dtype == torch.float32:
            setattr(module, name, PackedLinear(child))
        else:
            pack(child)
