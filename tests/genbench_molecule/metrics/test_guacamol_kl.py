"""GuacaMol's divergences."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.chemistry.text_numbers import numbers
from genbench_molecule.metrics.guacamol_kl import NAMES, guacamol_kl

from genbench import Undefined


def side(seed, n=200, shift=0.0):
    rng = np.random.default_rng(seed)
    values = np.concatenate([rng.normal(shift, 1, (n, 4)), rng.integers(0, 12, (n, 5))], axis=1)
    return {
        "properties": values.astype(np.float32),
        "fingerprint": rng.integers(0, 2**16, (n, 256)).astype(np.float32),
        "identity": numbers([f"{seed} {number}" for number in range(n)]),
    }


def test_a_set_against_itself_scores_one():
    found = guacamol_kl(side(0), side(0))
    assert found.value == pytest.approx(1, abs=1e-12)
    assert list(found.extra) == list(NAMES)


def test_a_shift_of_a_gaussian_has_its_divergence():
    real, fake = side(0, 800), side(1, 800, shift=1.0)
    found = guacamol_kl(real, fake).extra["MolLogP"]
    assert found == pytest.approx(
        0.5, abs=0.12
    )  # (shift / sd)^2 / 2; the estimate is of 800 draws, and smooth


def test_repeated_molecules_count_once():
    fake = side(1)
    twice = {name: np.concatenate([array, array[:50]]) for name, array in fake.items()}
    assert guacamol_kl(side(0), twice).value == guacamol_kl(side(0), fake).value


def test_the_order_of_molecules_does_not_matter():
    turned = [{name: array[::-1] for name, array in side(seed).items()} for seed in (0, 1)]
    assert guacamol_kl(*turned).value == pytest.approx(guacamol_kl(side(0), side(1)).value, rel=1e-9)


def test_fakes_outside_of_all_bins_have_no_density():
    fake = side(1)
    fake["properties"][:, 5] += 100
    with pytest.raises(Undefined, match="no fake molecule has NumHDonors in the range of the real ones"):
        guacamol_kl(side(0), fake)


@pytest.mark.parametrize("n", [0, 1])
def test_two_molecules_are_needed(n):
    fake = {name: array[:n] for name, array in side(1).items()}
    with pytest.raises(Undefined, match=f"two different molecules on each side; fake has {n}"):
        guacamol_kl(side(0), fake)


def test_a_constant_descriptor_has_no_density():
    fake = side(1)
    fake["properties"][:, 1] = 3
    with pytest.raises(Undefined, match="all fake molecules have one value of MolLogP"):
        guacamol_kl(side(0), fake)
