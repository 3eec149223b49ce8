"""The generator `checkerboard`: how it learns, draws, saves itself and is loaded again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Interval

from genbench import Samples, Space


@dataclass(frozen=True)
class Board:
    """A fitted checkerboard.

    space   of the images
    dark    tone of one half of the squares, in [0, 255]
    bright  tone of the other half, in [0, 255]
    square  side of a square in pixels
    """

    space: Space
    dark: int
    bright: int
    square: int

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` boards (n, height, width, channels) uint8, corners dark or bright by chance."""
        height, width, channels = self.space.shape
        parity = np.add.outer(np.arange(height) // self.square, np.arange(width) // self.square) % 2
        corner = rng.integers(0, 2, size=(n, 1, 1))
        tones = np.array([self.dark, self.bright], dtype=np.uint8)
        boards = tones[(parity + corner) % 2]
        return Samples(np.repeat(boards[..., None], channels, axis=3), self.space)

    def save(self, folder: Path) -> None:
        """Write all that `load` needs into `folder`."""
        fields = {"dark": self.dark, "bright": self.bright, "square": self.square}
        (folder / "board.json").write_text(
            json.dumps({"space": self.space.to_json()} | fields), encoding="utf-8"
        )


def checkerboard(
    train: Samples,
    *,
    square: Annotated[int, Ge(1)] = 2,
    contrast: Annotated[float, Interval(ge=0.0, le=1.0)] = 0.5,
) -> Board:
    """Return boards of squares `square` pixels wide, in a dark and a bright tone of the images `train`.

    The tones are those quantiles of the training intensities that lie `contrast` apart about the median.
    """
    dark, bright = np.quantile(train.data, [0.5 - contrast / 2, 0.5 + contrast / 2])
    return Board(train.space, round(dark), round(bright), square)


def load(folder: Path) -> Board:
    """Return the board that `Board.save` wrote into `folder`."""
    fields = json.loads((folder / "board.json").read_text(encoding="utf-8"))
    return Board(Space.from_json(fields.pop("space")), **fields)
