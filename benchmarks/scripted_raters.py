"""Votes of scripted raters, not people, between the samples of a run of arena-digits.toml.

    python benchmarks/scripted_raters.py RUN FOLDER

Rater k of 12 compares 30 + 6 k pairs. It chooses the image of which the bundled digits classifier is surer:
the larger log(p / (1 - p)), p the highest probability of a class, at most 0.999, each with normal noise of
the deviation 0.5 + 0.25 k. A difference below 0.3 is a tie. Rater 12 does not look and always chooses the
left image. The same run gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from genbench_image.classifiers.digits_classifier import digits_classifier

from genbench import stream
from genbench.arena.pairs import plan_pairs, task_hash
from genbench.arena.samples import arena_samples
from genbench.catalog.catalog import load_catalog
from genbench.results.results import read_results
from genbench.verification.reference import open_request

QUESTIONS = ("Which of the two is more realistic?",)
RATERS, CARELESS = 12, 12
TIE = 0.3
MOST_SURE = 0.999  # above it, float32 rounds differently on other machines, and votes could differ


def main() -> None:
    """Write a file of votes for each rater."""
    run, folder = map(Path, sys.argv[1:])
    with open_request(run) as request:
        samples = arena_samples(request, read_results(run, read_only=True), load_catalog(only=["genbench"]))
    sure = {}
    for trial in samples.trials:
        best = digits_classifier()(trial.samples)["probabilities"].max(axis=1).astype(np.float64)
        best = best.clip(max=MOST_SURE)
        sure |= zip(trial.digests, np.log(best / (1 - best)).tolist(), strict=True)
    folder.mkdir(exist_ok=True)
    for rater in range(1, RATERS + 1):
        pairs = plan_pairs(samples.rivals, pairs=30 + 6 * rater, rater=rater, seed=0)
        body = {
            "genbench-votes": 1,
            "task": task_hash(QUESTIONS, pairs),
            "rater": f"script-{rater}",
            "kind": "script",
            "questions": list(QUESTIONS),
            "votes": [
                {"question": pair.question, "first": pair.first, "second": pair.second, "choice": choice}
                for pair, choice in zip(pairs, choices(rater, pairs, sure), strict=True)
            ],
        }
        (folder / f"script-{rater}.json").write_text(json.dumps(body) + "\n", encoding="ascii")


def choices(rater: int, pairs, sure) -> list[str]:
    """Return the choice of a rater on each pair."""
    if rater == CARELESS:
        return ["first"] * len(pairs)
    rng = stream(0, "scripted raters", str(rater))
    gaps = np.array([sure[pair.first] - sure[pair.second] for pair in pairs])
    gaps += (0.5 + 0.25 * rater) * (rng.normal(size=len(pairs)) - rng.normal(size=len(pairs)))
    return ["tie" if abs(gap) < TIE else "first" if gap > 0 else "second" for gap in gaps.tolist()]


if __name__ == "__main__":
    main()
