"""The overall rank where the right one is known: the tables of "One vote an aspect" in docs/ranks.md.

    python benchmarks/rank_votes.py worlds [DRAWS [WORLD [N]]]    # graded samplers of three worlds
    python benchmarks/rank_votes.py null [BOARDS]             # boards of equal generators

A graded sampler draws from the law of its world, and replaces a share of its samples by noise: the greater
the share, the worse it is. Each draw is a board of three seeds. A draw is right if the ranks by the means are
1, 2, 3 and 4 in the order of the shares.

In a board of equal generators, the values of all runs have one law; those of one run are correlated by 0.5.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import genbench
from genbench.board.blocks import Block, build_blocks, rank_rows
from genbench.board.leaderboard import build_board
from genbench.board.rows import Entry, Row
from genbench.board.verdict import find_winner
from genbench.contract.specs import VOTING_ASPECTS, MetricFacts
from genbench.results.results import read_results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

#: Worlds, each with n and the shares of noise of its four generators.
GRADES = (
    ("grammar-world", 400, (0.0, 0.1, 0.2, 0.4)),
    ("table-world", 1000, (0.0, 0.1, 0.2, 0.4)),
    ("shapes-world", 100, (0.0, 0.1, 0.2, 0.4)),
    ("shapes-world", 100, (0.0, 0.1, 0.3, 0.6)),
    ("shapes-world", 200, (0.0, 0.1, 0.2, 0.4)),
)
SEEDS = 3
#: By world: the metrics that vote in the bundled suite of its modality, without likelihoods and the slowest;
#: two entries hold more lines than the metric's name.
WORLDS = {
    "grammar-world": (
        "forward-sentence-bleu", "backward-sentence-bleu", "duplicates",
        'mauve"\nextractor = "word-tfidf', 'kid"\nestimator = "full"\nextractor = "char-ngrams',
    ),
    "table-world": (
        "c2st", "shapes", "pair-trends", "pair-trends-strong", "alpha-precision", "tstr-boosting",
        "marginal-kl-to-truth", "pair-kl-to-truth",
    ),
    "shapes-world": ("chamfer", "voxel-jsd", "f-score", "shape-law"),
}  # fmt: skip
POINTS = 128  # of a cloud, as in the suite `points`
GENERATORS = (2, 4, 8)  # of a board of equal generators
SHAPES = ((1, 2), (2, 2), (4, 3))  # its aspects, and the metrics of each

PLUGIN = '''
import numpy as np
import genbench


def graded(train, modality, *, world: str, share: float = 0.0):
    """Return a sampler of a world's law, a share of whose samples is noise."""
    from genbench_points.datasets.shapes_world import ShapesWorld
    from genbench_table.datasets.table_world import shop
    from genbench_text.datasets.grammar_world import LONGEST, SHORTEST, GrammarWorld, small_world

    if world == "grammar-world":
        law = GrammarWorld(small_world(), SHORTEST, LONGEST)
    else:
        law = shop() if world == "table-world" else ShapesWorld(128)
    return Graded(train, law, modality.noise(train), share)


class Graded:
    def __init__(self, train, law, draw_noise, share):
        self.train, self.law, self.draw_noise, self.share = train, law, draw_noise, share

    def sample(self, n, *, rng):
        bad = rng.binomial(n, self.share)
        good = self.law.sample(n, rng=rng).take(np.arange(n - bad))
        if bad == 0:
            return good
        noise = genbench.Samples(self.draw_noise(bad, rng), self.train.space)
        return genbench.concat([genbench.Samples(good.data, self.train.space), noise])


@genbench.hookimpl
def genbench_generators():
    return [genbench.GeneratorSpec(name="graded", make=graded, chunk=None)]
'''


def main() -> None:
    """Print one of the tables."""
    kind, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    grades = [each for each in GRADES if sys.argv[3:] in ([], [each[0]], [each[0], str(each[1])])]
    lines = _list_worlds(count or 10, grades) if kind == "worlds" else _list_null_boards(count or 1000)
    for line in lines:
        print("| " + " | ".join(line) + " |", flush=True)


def _list_worlds(draws: int, grades: Sequence[tuple[str, int, tuple[float, ...]]]) -> Iterator[list[str]]:
    """Yield the lines of the table of worlds."""
    measures = ["order right", "best first", "range holds the rank", "winner named"]
    yield ["world", "noise", "n", "aspects", "draws", *measures]
    yield ["---"] * 9
    for world, n, shares in grades:
        with tempfile.TemporaryDirectory() as folder:
            blocks = [_run_world(world, n, shares, draw, Path(folder) / str(draw)) for draw in range(draws)]
        noise = ", ".join(f"{share:.0%}" for share in shares)
        yield [world, noise, str(n), *_summarize_draws(blocks)]


def _summarize_draws(blocks: Sequence[Block]) -> list[str]:
    """Return the cells of a row: aspects, draws, and shares of draws and of ranks that are right."""
    names = [f"grade-{number}" for number in range(4)]  # the best first, by construction
    boards = [[row for name in names for row in block.rows if row.generator == name] for block in blocks]
    ranked = [(row, rank) for rows in boards for rank, row in enumerate(rows, 1)]
    winners = [find_winner(block) for block in blocks]
    shares = (
        [[row.rank for row in rows] == [1, 2, 3, 4] for rows in boards],
        [rows[0].rank == 1 and rows[1].rank != 1 for rows in boards],
        [row.rank_low <= rank <= row.rank_high for row, rank in ranked],
        [winner is not None and winner.generator == names[0] for winner in winners],
    )
    return [", ".join(blocks[0].votes), str(len(blocks)), *(f"{np.mean(share):.2f}" for share in shares)]


def _run_world(world: str, n: int, noise: Sequence[float], draw: int, folder: Path) -> Block:
    """Return the board of one draw, which has one table: a run of three seeds of its own in a new folder."""
    folder.mkdir()
    (folder / "graded.py").write_text(PLUGIN)
    seeds = list(range(SEEDS * draw, SEEDS * (draw + 1)))
    text = f'name = "graded"\nseeds = {seeds}\nn = {n}\ncontrols = ["genbench:held-out", "genbench:noise"]\n'
    text += f'[[dataset]]\nuse = "{world}"\n' + (f"points = {POINTS}\n" if world == "shapes-world" else "")
    for number, share in enumerate(noise):
        text += (
            f'[[generator]]\nuse = "graded"\nname = "grade-{number}"\nworld = "{world}"\nshare = {share}\n'
        )
    text += "".join(f'[[metric]]\nuse = "{metric}"\n' for metric in WORLDS[world])
    (folder / "graded.toml").write_text(text)
    run = genbench.run(folder / "graded.toml", output=folder / "out", plugins=[folder / "graded.py"], jobs=1)
    results = read_results(run.folder)
    (block,) = build_board(results.plan, results.records).blocks(world)
    return block


def _list_null_boards(boards: int) -> Iterator[list[str]]:
    """Yield the lines of the table of boards of equal generators."""
    yield ["generators", "seeds", "aspects x metrics", "boards", "boards that name a winner"]
    yield ["---"] * 5
    for generators in GENERATORS:
        for seeds in (3, 5):
            for aspects, metrics in SHAPES:
                rng = np.random.default_rng([generators, seeds, aspects, metrics])
                winners = [
                    find_winner(make_null_block(rng, generators, seeds, aspects, metrics)) is not None
                    for _ in range(boards)
                ]
                shape = f"{aspects} x {metrics}"
                yield [str(generators), str(seeds), shape, str(boards), f"{np.mean(winners):.3f}"]


def make_null_block(
    rng: np.random.Generator, generators: int, seeds: int, aspects: int, metrics: int
) -> Block:
    """Return a board of equal generators, ranked as every board, whose metrics are of several aspects."""
    run = rng.normal(size=(generators, 1, 1, seeds))
    noise = rng.normal(size=(generators, aspects, metrics, seeds))
    values = np.sqrt(0.5) * run + np.sqrt(0.5) * noise
    rows = [_make_row(f"g{number}", each) for number, each in enumerate(values)]
    (block,) = build_blocks(rank_rows(rows))
    return block


def _make_row(name: str, values: NDArray[np.float64]) -> Row:
    """Return the row of a generator, without ranks.

    values  (aspects, metrics, seeds); lower is better
    """
    aspects, metrics, count = values.shape
    seeds = tuple(range(count))
    entries = {
        f"m{aspect}{metric}": Entry(
            metric=f"m{aspect}{metric}", facts=MetricFacts(direction="lower"), signature="0", seeds=seeds,
            status="ok", bad=0, values=tuple(values[aspect, metric].tolist()),
            value=float(values[aspect, metric].mean()), vote=VOTING_ASPECTS[aspect],
        )
        for aspect in range(aspects)
        for metric in range(metrics)
    }  # fmt: skip
    return Row(
        dataset="null", generator=name, plugin="null 1", control=None, seeds=seeds, n=(1,), entries=entries,
        same_as=(name,),
    )  # fmt: skip


if __name__ == "__main__":
    main()
