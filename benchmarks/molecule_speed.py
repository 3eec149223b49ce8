"""Time MOSES's metrics, and the same numbers by plain loops over rdkit as MOSES's paper defines them.

    python benchmarks/molecule_speed.py            1,000 molecules against 1,000 of the test
    python benchmarks/molecule_speed.py --n 10000  as many as a board of MOSES has

Needs genbench[molecules] and molsets (`pip install --no-deps molsets==0.3.1`). The loops do what MOSES's
functions do, which do not run on the present pandas and rdkit: each metric parses its molecules, fingerprints
are arrays of bytes, similarities are products of float32 matrices of 5000 rows, and every filter is tried on
every molecule; the FCD is that of the package fcd. Seconds are CPU seconds of one process and one thread;
memory is what numpy and Python allocate for the similarities, at its peak. The numbers of both are compared.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import torch
from genbench_molecule.chemnet.chemnet import chemnet
from genbench_molecule.datasets.moses import moses
from genbench_molecule.descriptors.contrib import sa_score
from genbench_molecule.descriptors.identity import molecule_identity
from genbench_molecule.descriptors.moses_features import fragments_of, moses_features, scaffold_of
from genbench_molecule.descriptors.moses_filters import moses_filters, patterns
from genbench_molecule.metrics.filters import filters
from genbench_molecule.metrics.identity import novelty, uniqueness
from genbench_molecule.metrics.property_distances import property_distances
from genbench_molecule.metrics.similarity import internal_diversity, snn
from genbench_molecule.metrics.substructures import fragment_similarity, scaffold_similarity
from rdkit import Chem
from rdkit.Chem import QED, Crippen, Descriptors, rdFingerprintGenerator
from scipy.stats import wasserstein_distance

from genbench import Moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench import Samples

_ROWS = 5000  # of a matrix of fingerprints in MOSES
_PROPERTIES = {"logp": Crippen.MolLogP, "sa": sa_score(), "qed": QED.qed, "weight": Descriptors.MolWt}


def quiet(*_: int) -> None:
    """Show nothing."""


def ours(train: Samples, real: Samples, fake: Samples) -> dict[str, Callable[[], dict[str, float]]]:
    """Return the steps of genbench by name, each a function that returns numbers."""
    known: dict[str, dict] = {}

    def arrays(extractor, side):
        found = extractor(side)
        return {name: array[found.valid] for name, array in found.arrays.items()}

    def features():
        extractor = moses_features(log=quiet)
        known["real"], known["fake"] = arrays(extractor, real), arrays(extractor, fake)
        return {}

    def counts():
        a, b = known["real"], known["fake"]
        found = property_distances(a["properties"], b["properties"])
        found.pop("np-distance")
        found["frag"] = fragment_similarity(a["fragments"], b["fragments"])
        found["scaf"] = scaffold_similarity(a["scaffold"], b["scaffold"])
        return found

    def similarities():
        a, b = known["real"]["fingerprint"], known["fake"]["fingerprint"]
        return {"snn": snn(a, b), **internal_diversity(b)}

    def identities():
        extractor = molecule_identity(log=quiet)
        a, b = arrays(extractor, train)["identity"], arrays(extractor, fake)["identity"]
        return {"uniqueness": uniqueness(b), "novelty": novelty(a, b)}

    def passes():
        return {"filters": filters(arrays(moses_filters(log=quiet), fake)["passes"])}

    def distance():
        extractor = chemnet(device="cpu", log=quiet)
        return {"fcd": frechet(*(arrays(extractor, side)["features"] for side in (real, fake)))}

    return {
        "features of both sides": features,
        "properties, fragments, scaffolds": counts,
        "similarities": similarities,
        "uniqueness and novelty": identities,
        "filters": passes,
        "FCD": distance,
    }


def loops(train: Samples, real: Samples, fake: Samples) -> dict[str, Callable[[], dict[str, float]]]:
    """Return the steps of plain loops by name."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=1024)

    def parsed(side):
        return [Chem.MolFromSmiles(text) for text in side.data]

    def bits(side):
        return np.array([list(generator.GetFingerprint(each)) for each in parsed(side)], np.uint8)

    def counts():
        found = {}
        for name, of in _PROPERTIES.items():
            one, two = ([of(each) for each in parsed(side)] for side in (real, fake))
            found[f"{name}-distance"] = wasserstein_distance(one, two)
        for name, parts in (("frag", fragments_of), ("scaf", lambda each: filter(None, [scaffold_of(each)]))):
            texts = ((text for each in parsed(side) for text in parts(each)) for side in (real, fake))
            one, two = map(Counter, texts)
            rows = np.array([[count[text] for text in {*one, *two}] for count in (one, two)], float)
            found[name] = rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])
        return found

    def similarities():
        a, b, again = bits(real), bits(fake), bits(fake)
        return {
            "snn": tanimoto(a, b).max(axis=0).mean(),
            "intdiv": 1 - tanimoto(b, b).mean(),
            "intdiv2": 1 - np.sqrt((tanimoto(again, again) ** 2).mean(axis=0)).mean(),
        }

    def identities():
        known, made = ([Chem.MolToSmiles(each) for each in parsed(side)] for side in (train, fake))
        new = {*made} - {*known}
        return {"uniqueness": len({*made}) / len(made), "novelty": len(new) / len({*made})}

    def passes():
        queries = patterns()
        return {"filters": np.mean([passes_all(each, queries) for each in parsed(fake)])}

    def distance():
        import fcd

        network = fcd.load_ref_model()
        sides = (fcd.get_predictions(network, list(side.data), n_jobs=0) for side in (real, fake))
        return {"fcd": frechet(*sides)}

    return {
        "properties, fragments, scaffolds": counts,
        "similarities": similarities,
        "uniqueness and novelty": identities,
        "filters": passes,
        "FCD": distance,
    }


def tanimoto(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return all similarities of two sets of bits, by products of blocks, as one matrix."""
    found = np.empty((len(x), len(y)), np.float32)
    for i in range(0, len(x), _ROWS):
        for j in range(0, len(y), _ROWS):
            a, b = (torch.tensor(side).float() for side in (x[i : i + _ROWS], y[j : j + _ROWS]))
            both = a @ b.T
            found[i : i + _ROWS, j : j + _ROWS] = both / (a.sum(1, keepdim=True) + b.sum(1) - both)
    return found


def passes_all(molecule: Chem.Mol, queries: list) -> bool:
    """Return whether a molecule has small rings, common elements, no charge and no pattern."""
    atoms = list(molecule.GetAtoms())
    plain = {"C", "N", "S", "O", "F", "Cl", "Br", "H"}
    if any(len(ring) > 7 for ring in molecule.GetRingInfo().AtomRings()):
        return False
    if any(atom.GetFormalCharge() or atom.GetSymbol() not in plain for atom in atoms):
        return False
    whole = Chem.AddHs(molecule)
    return not any(whole.HasSubstructMatch(query) for query in queries)


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Return the Fréchet distance of two sets of features, the same for both."""
    one, two = Moments.of(real), Moments.of(fake)
    values, vectors = np.linalg.eigh(one.covariance)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    both = np.sqrt(np.linalg.eigvalsh(root @ two.covariance @ root).clip(0)).sum()
    gap = ((one.mean - two.mean) ** 2).sum()
    return float(gap + np.trace(one.covariance) + np.trace(two.covariance) - 2 * both)


def timed(steps: dict[str, Callable[[], dict[str, float]]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the CPU seconds of each step, and all numbers."""
    seconds, numbers = {}, {}
    for name, step in steps.items():
        begin = time.process_time()
        numbers |= step()
        seconds[name] = time.process_time() - begin
    return seconds, numbers


def peak(n: int) -> dict[str, float]:
    """Return the peak of memory of the similarities of n random fingerprints, in MB."""
    bits = np.random.default_rng(0).random((n, 1024)) < 0.045
    words = np.packbits(bits, axis=1).view(">u2").astype(np.float32)
    found = {}
    for name, step in (
        ("genbench", lambda: internal_diversity(words)),
        ("loops", lambda: tanimoto(bits, bits)),
    ):
        tracemalloc.start()
        step()
        found[name] = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=1000)
    n = parser.parse_args().n
    torch.set_num_threads(1)
    data = moses(n=n, n_test=n)
    sides = [data.samples.take(data.splits[name]) for name in ("train", "test", "held_out")]
    warm = [side.take(slice(0, 10)) for side in sides]
    for steps in (ours, loops):
        timed(steps(*warm))
    mine, numbers = timed(ours(*sides))
    theirs, others = timed(loops(*sides))
    for name in dict.fromkeys((*mine, *theirs)):
        print(f"{name:34} {mine.get(name, 0):8.1f} s {theirs.get(name, 0):8.1f} s")
    total, other = sum(mine.values()), sum(theirs.values())
    print(f"{'all':34} {total:8.1f} s {other:8.1f} s   {other / total:.1f} times")
    print("memory of the similarities:", ", ".join(f"{name} {mb:.0f} MB" for name, mb in peak(n).items()))
    for name, value in numbers.items():
        assert np.isclose(value, others[name], rtol=1e-3, atol=1e-4), (name, value, others[name])


if __name__ == "__main__":
    main()
