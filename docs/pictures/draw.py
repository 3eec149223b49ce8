"""Draws the charts of the documentation: `python docs/pictures/draw.py`.

They show the published quickstart, and the curve of docs/training_loop.md from its `curve.csv`. They go into
this folder, or into the one that is named as an argument. Without an argument, the cards of the bundled
metrics are drawn too, into docs/metrics/cards, from the computed cards that the plugins ship.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.kept_cards import list_card_files, read_cards
from genbench.cli.main import main
from genbench.report.charts.cards import card_chart
from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.theme import ACCENT, WIDTH, frame

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
    """Draw all charts into a folder."""
    for name, arguments in PICTURES.items():
        main(["plot", str(BOARD), *arguments, "-o", str(folder / name)], standalone_mode=False)
    (folder / "curve.svg").write_bytes(draw_chart(curve(HERE / "curve.csv"), "svg"))


def draw_cards(folder: Path) -> None:
    """Draw the cards of the bundled metrics into a folder."""
    for component in load_catalog(only=["genbench"]).of_kind("metric"):
        for file in list_card_files(component):
            chart = card_chart(read_cards(file))
            (folder / f"{file.stem}.svg").write_bytes(draw_chart(chart, "svg"))


def curve(path: Path) -> dict:
    """Return the chart of the FID of each epoch in a CSV file of the loop."""
    with path.open(newline="") as file:
        rows = [
            {"epoch": int(row["epoch"]), "fid": float(row["value"])}
            for row in csv.DictReader(file)
            if row["metric"].startswith("fid")
        ]
    view = {
        "data": {"values": rows},
        "width": WIDTH - 60,
        "height": 130,
        "mark": {"type": "line", "point": {"size": 25, "color": ACCENT}, "color": ACCENT},
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "axis": {"tickMinStep": 1}},
            "y": {"field": "fid", "type": "quantitative", "title": "fid ↓"},
        },
    }
    return frame(view, "a small GAN on digits", "fid after each epoch, by genbench.Reference")


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
    if len(sys.argv) == 1:
        draw_cards(HERE.parent / "metrics" / "cards")
