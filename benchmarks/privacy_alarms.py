"""How often attacks on tables alarm on fresh rows, and on planted copies; prints the table of docs/tables.md.

    python benchmarks/privacy_alarms.py [DRAWS]

Train, real and fakes are disjoint draws of diamonds, 500 rows each; a share of the fakes is then copied from
train. An attack alarms if its interval of 95 % lies above what chance gives.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from genbench_table.datasets.plotnine_tables import diamonds
from genbench_table.privacy.domias import domias
from genbench_table.privacy.neighbour_attacks import attribute_inference, linkability
from genbench_table.privacy.singling_out import singling_out_multivariate, singling_out_univariate

from genbench import Samples, Score, Undefined, concat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHARES = (0.0, 0.1, 0.5, 1.0)
ATTACKS: dict[str, Callable[..., Score | Mapping[str, Score]]] = {
    "singling-out-univariate": singling_out_univariate,
    "singling-out-multivariate": singling_out_multivariate,
    "linkability": linkability,
    "attribute-inference": attribute_inference,
    "domias": domias,
}
CHANCE = {"domias-auc": 0.5, "domias-tpr": 0.01}  # 0 for the others


def main(draws: int = 100, n: int = 500) -> None:
    """Print the mean of each number and the share of alarms, among draws with a value, by share of copies."""
    table = diamonds(n=20_000).samples
    found: dict[str, dict[float, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(table))
        train, real, fresh = (table.take(order[start : start + n]) for start in (0, n, 2 * n))
        for share in SHARES:
            copies = round(share * n)
            fake = concat([train.take(np.arange(copies)), fresh.take(np.arange(copies, n))])
            for name, score in attack(fake, train, real, draw):
                found[name][share].append(score)
    print("| number | " + " | ".join(f"{share:.0%} copies" for share in SHARES) + " |")
    print("| --- |" + " --- |" * len(SHARES))
    for name, by_share in found.items():
        print(f"| `{name}` | " + " | ".join(describe(name, by_share[share]) for share in SHARES) + " |")


def attack(fake: Samples, train: Samples, real: Samples, seed: int) -> list[tuple[str, Score]]:
    """Return the numbers of all attacks that have a value."""
    scores: list[tuple[str, Score]] = []
    for name, function in ATTACKS.items():
        try:
            answer = function(fake, train, real, rng=np.random.default_rng(seed))
        except Undefined:
            continue
        scores += [(name, answer)] if isinstance(answer, Score) else list(answer.items())
    return scores


def describe(name: str, scores: list[Score]) -> str:
    """Return the mean of the values, and the share of intervals above chance."""
    alarms = [score.low is not None and score.low > CHANCE.get(name, 0.0) for score in scores]
    return f"{np.mean([score.value for score in scores]):.3f}, {np.mean(alarms):.0%}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
