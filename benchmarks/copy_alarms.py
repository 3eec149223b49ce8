"""How often byte copies are found, and perfect generators accused; prints the tables of docs/ranks.md.

    python benchmarks/copy_alarms.py [DRAWS]
    python benchmarks/copy_alarms.py published

The table has shares of generators that are not ranked. A perfect one draws from the distribution of the data,
independently of them; its column has the greater share of boards with 1 and with 3 seeds. Other generators
mix such draws with copies of training samples, at 3 seeds, where genbench splits the data. `published` lists
the counts of all competitors in results/published, from their stored
samples and the data of their suites.
"""

from __future__ import annotations

import functools
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Data, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.contract.specs import DatasetSpec
from genbench.core.splits import split
from genbench.results.copies import ALL, add_copies, count_copies, number_samples
from genbench.results.galleries import read_folder
from genbench.results.results import read_results
from genbench.store.store import open_store
from genbench.suite.components import make_part
from genbench.suite.file import parse_suite
from genbench.trial.copies import count_trial_copies
from genbench.trial.datasets import find_prepared, open_split, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from genbench.results.copies import Copies

    #: The different values of a world, as texts, and their probabilities.
    World = tuple[list[str], np.ndarray[Any, np.dtype[np.float64]]]

SIZES, SEEDS, PARTS = (50, 200, 1000), (1, 3), {"train": 1.0, "test": 1.0, "held_out": 1.0}
SHARES = (0.3, 0.5, 1.0)  # of copies
SYMBOLS = ("[C]", "[=C]", "[O]", "[N]", "[Branch1]", "[Ring1]", "[=O]", "[F]", "[S]", "[Cl]")


def main() -> None:
    """Print the tables."""
    if sys.argv[1:] == ["published"]:
        print_published()
        return
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    perfect = [("official", (n,)) for n in SIZES] + [("host", SIZES)]
    heads = [f"perfect, official, n = {n}" for n in SIZES] + ["perfect, host, any n"]
    heads += [f"{share:.0%} copies, n = {n}" for share in SHARES for n in (SIZES[0], SIZES[-1])]
    print_table(["data", *heads], (
        [
            name,
            *(format_share(max(alarms(world, kind, n, k, draws) for n in sizes for k in SEEDS))
              for kind, sizes in perfect),
            *(format_share(alarms(world, "host", n, 3, max(draws // 10, 1), share))
              for share in SHARES for n in (SIZES[0], SIZES[-1])),
        ]
        for name, world in worlds().items()
    ))  # fmt: skip


def worlds() -> dict[str, World]:
    """Return distributions by name, each with a few or many values."""
    rng = np.random.default_rng(0)
    return {
        **{f"table of {k} binary columns": binary(k, rng) for k in (1, 3, 5, 8, 12)},
        "table of 2 columns, 4 and 5 categories": categories((4, 5), rng),
        "table of 4 columns, 6 categories each": categories((6, 6, 6, 6), rng),
        "words, Zipf, 2,000 of them": zipf(2000, 1.0),
        "short strings, 50,000, of which one is in half of the draws": heavy(50_000),
        "SELFIES of 2 symbols on average": selfies(3, rng),
        "SELFIES of 4 symbols on average": selfies(5, rng),
        "digits of 4 x 4 pixels, 3 grey levels": digits(),
        "300 equally frequent values": zipf(300, 0.0),
        "1,000 equally frequent values": zipf(1000, 0.0),
        "a million equally frequent values": zipf(1_000_000, 0.0),
    }


def binary(k: int, rng: np.random.Generator) -> World:
    """Return the rows of k independent binary columns with random shares."""
    return product([np.array([p, 1 - p]) for p in rng.uniform(0.1, 0.9, k)])


def categories(counts: Iterable[int], rng: np.random.Generator) -> World:
    """Return the rows of independent columns with so many categories of random shares."""
    return product([rng.dirichlet(np.ones(count)) for count in counts])


def product(columns: list[Any]) -> World:
    """Return the rows of independent columns, given the shares of the values of each."""
    shares = np.ones(1)
    for column in columns:
        shares = np.outer(shares, column).ravel()
    return [str(number) for number in range(len(shares))], shares


def zipf(count: int, exponent: float) -> World:
    """Return values whose probabilities go with 1 / rank ** exponent."""
    weights = 1 / np.arange(1, count + 1) ** exponent
    return [str(number) for number in range(count)], weights / weights.sum()


def heavy(count: int) -> World:
    """Return values of which the first has probability 1/2."""
    texts, shares = zipf(count, 0.0)
    return ["", *texts], np.append(0.5, shares / 2)


def selfies(longest: int, rng: np.random.Generator) -> World:
    """Return strings of 1 to `longest` symbols in a chain with random transitions, each length as often."""
    steps = rng.dirichlet(np.full(len(SYMBOLS), 0.4), size=len(SYMBOLS) + 1)
    level = {(symbol,): steps[-1][number] / longest for number, symbol in enumerate(SYMBOLS)}
    every = dict(level)
    for _ in range(longest - 1):
        level = {
            (*word, symbol): p * steps[SYMBOLS.index(word[-1])][number]
            for word, p in level.items()
            for number, symbol in enumerate(SYMBOLS)
        }
        every |= level
    weights = np.array(list(every.values()))
    return ["".join(word) for word in every], weights / weights.sum()


def digits() -> World:
    """Return the 1,797 digits of scikit-learn, shrunk to 4 x 4 pixels of 3 grey levels, as a distribution."""
    from sklearn.datasets import load_digits

    small = load_digits().images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)) // 6
    texts, counts = np.unique(
        ["".join(f"{int(v)}" for v in row.ravel()) for row in small], return_counts=True
    )
    return texts.tolist(), counts / counts.sum()


def alarms(world: World, kind: str, n: int, seeds: int, draws: int, copied: float = 0.0) -> float:
    """Return the share of generators that are not ranked.

    kind    "official": three independent draws of n as splits; "host": 3 n samples that genbench splits
    copied  share of each draw that is training samples, chosen without replacement
    """
    rng = np.random.default_rng(1)
    values = np.array(world[0], dtype=object)

    def draw(size: int) -> list[str]:
        return list(rng.choice(values, size=size, p=world[1]))

    accused = 0
    for _ in range(draws):
        splits = make_splits([draw(n) for _ in PARTS], kind)
        train = list(splits["train"])
        k = min(round(copied * n), len(train))
        fakes = [[*rng.choice(train, size=k, replace=False), *draw(n - k)] for _ in range(seeds)]
        pooled = add_copies([count_all(fake, splits, kind) for fake in fakes])
        accused += any(count.is_excessive for count in pooled.values())
    return accused / draws


def make_splits(parts: list[list[str]], kind: str) -> Mapping[str, tuple[str, ...]]:
    """Return the parts as official splits, or all of their samples split by genbench."""
    if kind == "official":
        return {name: tuple(part) for name, part in zip(PARTS, parts, strict=True)}
    data = Data(Samples.of("text", [text for part in parts for text in part]))
    return {name: samples.data for name, samples in split(data, PARTS).items() if len(samples)}


def count_all(fake: Iterable[str], splits: Mapping[str, Iterable[str]], kind: str) -> dict[str, Copies]:
    """Return the copies of a draw by split, and in all splits together, as a trial does."""
    numbers = {name: number_twice(texts) for name, texts in splits.items()}
    others = {
        name: [numbers[each] for each in numbers if each != name] for name in numbers if kind == "official"
    }
    numbers[ALL] = np.concatenate(list(numbers.values()), axis=1)
    drawn = number_twice(fake)
    return {name: count_copies(drawn, real, others.get(name, ())) for name, real in numbers.items()}


def number_twice(texts: Iterable[str]) -> Any:
    """Return the numbers of texts, twice, since texts have no order that means nothing."""
    return np.stack([number_samples(Samples.of("text", list(texts)))] * 2)


def print_published() -> None:
    """Print the counts of all competitors on the published boards, from their samples and their suites' data.

    A cell has the samples that equal real ones, and the most that chance explains.
    """
    print_table(["board", "generator", "of", "training", "test", "held-out", "all", "ranked"], (
        [folder.name, *cells]
        for folder in sorted((Path(__file__).parents[1] / "results" / "published").iterdir())
        for cells in list_published(folder)
    ))  # fmt: skip


def list_published(folder: Path) -> Iterator[list[str]]:
    """Yield the generator and the counts of each competitor of a published board."""
    plan = read_results(folder, read_only=True).plan
    catalog, (store, _) = load_catalog(), open_store()
    modalities = list_modalities(catalog)
    suite = parse_suite(plan.provenance["suite"], file=folder.name, folder=folder)
    draws = {
        (cell.dataset, cell.generator, cell.seed): path
        for cell in plan.cells
        if not cell.control
        for path in (folder / "samples").glob(f"{cell.dataset}.{cell.generator}.{cell.seed}.*")
    }
    for dataset in (make_part(catalog, DatasetSpec, entry, folder) for entry in suite.datasets):
        if find_prepared(dataset, store, modalities) is None:
            prepare(dataset, store, modalities)
        data = find_prepared(dataset, store, modalities)
        open_data_split = functools.partial(open_split, store, data)
        for generator in sorted({name for of, name, _ in draws if of == dataset.name}):
            paths = [path for key, path in draws.items() if key[:2] == (dataset.name, generator)]
            fakes = [data.modality.admit(read_folder(path, math.inf), data.space) for path in paths]
            counts = add_copies(
                count_trial_copies(fake, data, store, open_data_split, lambda **_: None) for fake in fakes
            )
            cells = [f"{c.equal}, {c.limit}" if (c := counts.get(name)) else "" for name in (*PARTS, ALL)]
            is_ranked = not any(count.is_excessive for count in counts.values())
            yield [generator, str(counts[ALL].of), *cells, "yes" if is_ranked else "no"]


def format_share(share: float) -> str:
    """Return a share in percent with one decimal."""
    return f"{100 * share:.1f} %"


def print_table(heads: list[str], rows: Iterable[list[str]]) -> None:
    """Print rows as Markdown, each as soon as it is known."""
    for row in (heads, ["---"] * len(heads), *[], *rows):
        print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
