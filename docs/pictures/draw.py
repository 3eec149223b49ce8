"""Draws the pictures of the documentation from the published quickstart: `python docs/pictures/draw.py`.

They go into this folder, or into the one that is named as an argument.
"""

from __future__ import annotations

import sys
from pathlib import Path

from genbench.cli.main import main

HERE = Path(__file__).parent
BOARD = HERE.parents[1] / "results" / "published" / "quickstart"

#: The arguments of `genbench plot` after the folder of the run, by the name of the picture.
PICTURES = {
    "seeds.svg": ["seeds", "--metric", "fid"],
    "ranks.svg": ["ranks"],
    "trade-off.svg": ["trade-off", "--metric", "precision", "--metric", "recall"],
    "training.svg": ["training", "--log", "loss"],
    "cost.svg": ["cost", "--metric", "fid"],
    "wins.svg": ["wins"],
    "samples.svg": ["samples", "--show-real"],
}


def draw(folder: Path) -> None:
    """Draw all pictures into a folder."""
    for name, arguments in PICTURES.items():
        main(["plot", str(BOARD), *arguments, "-o", str(folder / name)], standalone_mode=False)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
