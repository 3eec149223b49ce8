"""The keys and signatures of comparisons."""

from __future__ import annotations

import pytest

from genbench.results.records import read_plan


@pytest.fixture
def cells(rivals, tmp_path):
    """Return a function that runs a comparison and returns its cells by generator."""

    def of(name, **changes):
        folder = tmp_path / name
        folder.mkdir()
        rivals(folder, "mean-rank", **changes)
        return {cell.generator: cell for cell in read_plan(folder / "out").cells}

    return of


def test_the_signature_names_who_took_part_and_at_which_seeds(cells):
    found = cells("one")
    assert found["near"].seed is None
    assert found["near"].seeds == (0, 1)
    signature = found["near"].signature
    assert signature == found["far"].signature
    assert signature["runs"] == [0, 1]
    assert signature["participants"]["far"]["generator"] == "rivals-plugin:constant"
    assert signature["participants"]["far"]["options"] == {"at": 3.0}


def test_keys_differ_by_generator_and_hold_the_samples_of_every_rival(cells):
    one, same = cells("one"), cells("same")
    assert one["near"].key == same["near"].key != one["far"].key
    for name, changed in (
        ("rival", {"generators": (("near", 1.0), ("far", 4.0))}),
        ("joins", {"generators": (("near", 1.0), ("far", 3.0), ("third", 2.0))}),
        ("seeds", {"seeds": (0, 2)}),
        ("n", {"n": 21}),
    ):
        other = cells(name, **changed)
        assert other["near"].key != one["near"].key
        assert other["near"].signature != one["near"].signature
