"""A sound dataset passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.kinds.datasets import CHECKS

GOOD = plugin_text("""
def recognizes(head, suffix):
    return None if suffix == "/" else bool(head)

def caution(samples):
    return "there are few rows" if len(samples) < 9 else ""

class Law:
    def sample(self, n, *, rng):
        return Samples.of("vector", rng.normal(size=(n, 3)))

def cloud(*, rng, path: Path | None = None):
    data = rng.normal(size=(30, 3))
    labels = np.arange(30) % 2
    splits = {"train": np.arange(20), "test": np.arange(20, 30)}
    samples = Samples.of("vector", data, labels, classes=("even", "odd"))
    return Data(samples, splits=splits, truth=Law())

DatasetSpec(name="cloud", make=cloud, summary="normal vectors", modalities=("vector",), reads=(".npy", "/"),
            extractor="genbench:given", recognizes=recognizes, caution=caution)
""")

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "recognizes": [
        ("bool(head)", "head"),
        ("bool(head)", "head[0] == 1"),
        ("None if", '"no" if'),
        ("recognizes=recognizes", 'recognizes="nowhere:nothing"'),
    ],
    "caution": [
        ('else ""', "else None"),
        ('else ""', "else len(samples)"),
        ('else ""', 'else "two\\nlines"'),
        ('else ""', 'else 301 * "x"'),
        ('    return "there', '    samples.data[:] = 0\n    return "there'),
        ("len(samples)", "len(samples.rows)"),
    ],
    "splits": [
        (', "test": np.arange(20, 30)}', "}"),
        ('{"train": np.arange(20), "test"', '{"held_out": np.arange(20), "test"'),
    ],
    "disjoint-splits": [
        ("    labels = ", "    data[25] = data[3]\n    labels = "),
        (
            "np.arange(20, 30)}",
            'np.arange(20, 25), "held_out": np.arange(25, 30)}\n    data[27] = data[22]',
        ),
    ],
    "classes": [("% 2", "% 2 + 1"), ("% 2", "% 2 - 1")],
    "extractor": [('"genbench:given"', '"given"'), ('"genbench:given"', '"genbench:givens"')],
    "reads": [
        ('".npy"', '"npy"'),
        ('".npy"', '"*.npy"'),
        ("path: Path", "file: Path"),
        ("path: Path", "path: str"),
    ],
    "truth": [("size=(n, 3)", "size=(n + 1, 3)"), ("size=(n, 3)", "size=(n, 2)"), ("def sample", "def draw")],
}  # fmt: skip

KIND = ("dataset", "cloud")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


def test_a_sound_dataset_passes_all_checks(checked):
    results = checked(GOOD, *KIND)
    assert {name for name, result in results.items() if result.outcome != "passed"} == {"version"}


@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].fix


def test_each_check_of_datasets_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    first = names.index("summary")
    assert names[:first] + names[names.index("version") + 1 :] == list(BAD)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ('modalities=("vector",)', 'modalities=("image",)', "it declares image and gave vector"),
        ("return Data(", "return (", "; return Data(Samples.of(modality, data))"),
        ("labels = np", "raise ValueError('no')\n    labels = np", "bad:cloud: ValueError: no"),
    ],
)
def test_data_that_the_host_refuses_fail_the_work_with_its_reason(checked, failing, changed, old, new, seen):
    code = changed(GOOD, old, new).replace(
        "splits=splits, truth=Law()", "" if "return (" in new else "splits=splits"
    )
    results = checked(code, *KIND)
    assert failing(results) == {"works"}
    assert seen in results["works"].seen


def test_a_dataset_without_labels_extractor_and_files_skips_their_checks(checked, changed):
    code = changed(GOOD, 'data, labels, classes=("even", "odd")', "data")
    code = changed(changed(code, 'extractor="genbench:given",', ""), 'reads=(".npy", "/"),', "")
    results = checked(changed(code, ", truth=Law()", ""), *KIND)
    skipped = {name for name, result in results.items() if result.outcome == "skipped"}
    assert skipped == {"version", "classes", "extractor", "reads", "truth", "recognizes"}


def test_a_caution_is_tried_on_samples_of_the_modality_if_the_data_need_an_option(checked, failing, changed):
    code = changed(GOOD, "path: Path | None = None", "path: Path")
    assert failing(checked(code, *KIND)) == set()
    assert failing(checked(changed(code, 'else ""', "else None"), *KIND)) == {"caution"}
    assert failing(checked(changed(code, "bool(head)", "head"), *KIND)) == {"recognizes"}
