"""Vision transformer DINOv2, read from its published files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from genbench import DataError
from genbench_image.files.folders import escape
from genbench_image.files.weight_files import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["DinoV2", "read_dinov2"]

_PATCH = 14  # pixels of the side of a patch, in all published sizes
_HEAD = 64  # width of an attention head, in all published sizes
_EPSILON = 1e-6  # of the authors' LayerNorm; torch's default is 1e-5
_NUDGE = 0.1  # added to the sides of the grid before it is scaled, in the published code
_TRAINING_ONLY = ("mask_token",)


class DinoV2(nn.Module):
    """Images (n, 3, height, width), sides divisible by 14, to the normalised class token (n, width).

    width, depth  of the transformer
    hidden        width of the layer inside an MLP
    grid          side of the grid of patches that `pos_embed` is for; it is interpolated to others
    gated         the MLPs are SwiGLU (the largest size) instead of GELU

    Source: Oquab et al. 2023 (arXiv:2304.07193), appendix B.1; Dosovitskiy et al. 2021 (arXiv:2010.11929);
    Touvron et al. 2021 (arXiv:2103.17239) for the scales after each branch; Shazeer 2020 (arXiv:2002.05202)
    for SwiGLU.
    """

    def __init__(self, width: int, depth: int, hidden: int, grid: int, *, gated: bool) -> None:
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, _PATCH, stride=_PATCH)})
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + grid**2, width))
        self.blocks = nn.ModuleList(_Layer(width, hidden, gated=gated) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=_EPSILON)
        self._grid = grid

    def forward(self, images: Tensor) -> Tensor:
        """Return the class token (n, width)."""
        patches = self.patch_embed["proj"](images)
        places = self._places(patches.shape[2], patches.shape[3])
        tokens = torch.cat(
            [self.cls_token.expand(len(images), -1, -1), patches.flatten(2).transpose(1, 2)], 1
        )
        tokens = tokens + places
        for block in self.blocks:
            tokens = block(tokens)
        found: Tensor = self.norm(tokens)[:, 0]
        return found

    def _places(self, rows: int, columns: int) -> Tensor:
        """Return the position embeddings (1, 1 + rows * columns, width), bicubic between the file's."""
        if rows == columns == self._grid:
            return self.pos_embed
        grid = self.pos_embed[:, 1:].reshape(1, self._grid, self._grid, -1).permute(0, 3, 1, 2)
        scale = ((rows + _NUDGE) / self._grid, (columns + _NUDGE) / self._grid)
        resized = functional.interpolate(grid, scale_factor=scale, mode="bicubic")
        return torch.cat([self.pos_embed[:, :1], resized.flatten(2).transpose(1, 2)], 1)


def read_dinov2(path: Path) -> DinoV2:
    """Return the network with the weights in the published file `path`; their shapes determine its size.

    Raises DataError if the file is not such a file.
    """
    tensors = read_state(path, "a DINOv2 network")
    state = {name: tensor for name, tensor in tensors.items() if name not in _TRAINING_ONLY}
    try:
        width, places = state["cls_token"].shape[2], state["pos_embed"].shape[1]
        gated = "blocks.0.mlp.w12.weight" in state
        inner = state["blocks.0.mlp.w3.weight" if gated else "blocks.0.mlp.fc2.weight"].shape[1]
        depth = len({name.split(".")[1] for name in state if name.startswith("blocks.")})
        with torch.device("meta"):
            network = DinoV2(width, depth, inner, round((places - 1) ** 0.5), gated=gated)
        network.load_state_dict(state, assign=True)
    except (KeyError, IndexError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{escape((path.name,))} does not hold a DINOv2 network without registers; expected a file of "
            "dl.fbaipublicfiles.com/dinov2, such as dinov2_vitb14_pretrain.pth"
        ) from error
    return network


class _Layer(nn.Module):
    """Attention and an MLP, each after a normalisation, scaled and added to its input."""

    def __init__(self, width: int, hidden: int, *, gated: bool) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=_EPSILON)
        self.attn = _Attention(width)
        self.ls1 = _Scale(width)
        self.norm2 = nn.LayerNorm(width, eps=_EPSILON)
        self.mlp = _Gated(width, hidden) if gated else _Plain(width, hidden)
        self.ls2 = _Scale(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, tokens, width)."""
        x = x + self.ls1(self.attn(self.norm1(x)))
        found: Tensor = x + self.ls2(self.mlp(self.norm2(x)))
        return found


class _Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, tokens, width)."""
        heads = self.qkv(x).reshape(*x.shape[:2], 3, -1, _HEAD).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(*heads)
        found: Tensor = self.proj(mixed.transpose(1, 2).flatten(2))
        return found


class _Scale(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Return x, each channel scaled."""
        return x * self.gamma


class _Plain(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, tokens, width)."""
        found: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return found


class _Gated(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.w12 = nn.Linear(width, 2 * hidden)
        self.w3 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, tokens, width)."""
        gate, value = self.w12(x).chunk(2, dim=-1)
        found: Tensor = self.w3(functional.silu(gate) * value)
        return found
