"""Checks of every kind of component, on generators: each change fails the check of its name."""

from __future__ import annotations

import logging
import os

import numpy as np
import pytest

GOOD = """
import numpy as np

from genbench import GeneratorSpec, Samples, hookimpl


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="normal", make=Normal, summary="normal vectors", modalities=("vector",))]


class Normal:
    def __init__(self, train, *, scale: float = 1.0):
        self.space, self.scale = train.space, scale

    def sample(self, n, *, rng):
        return Samples(rng.normal(scale=self.scale, size=(n, *self.space.shape)), self.space)
"""

_SPIN = "import time\nend = time.process_time() + 1.1\nwhile time.process_time() < end:\n    pass\n"
_DRAW = "        return Samples("
_INIT = GOOD[GOOD.index("class Normal") : GOOD.index("\n\n    def sample")]
_UNSEEDED = "SHIFT = np.random.default_rng().uniform(1, 2)\n\n\n"
#: A number that the order of a set of strings decides.
_ORDER = "float('0.' + ''.join({'1', '2', '3', '4', '5', '6', '7', '8', '9'}))"

_RUN_OF_A_FILE = """\
        import importlib.util as u
        from pathlib import Path
        file = Path(__file__).with_name("old.py")
        part = u.spec_from_file_location("part", file)
        part.loader.exec_module(u.module_from_spec(part))
"""

#: A progress bar, which libraries print on a terminal alone.
_BAR = """\
        import sys
        if sys.stderr.isatty():
            sys.stderr.write("\\r 50 %")
"""

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "summary": [
        ('"normal vectors"', '""'),
        ('"normal vectors"', '"normal\\nvectors"'),
        ('"normal vectors"', '"v" * 101'),
    ],
    "modalities": [('"vector",', '"vector", "smell"')],
    "findable": [("make=Normal", "make=lambda train: Normal(train)")],
    "import-time": [("import numpy as np\n", f"import numpy as np\n{_SPIN}")],
    "import-changes": [
        ("import numpy as np\n", "import os\nimport numpy as np\nos.environ['COLOUR'] = 'blue'\n"),
        ("import numpy as np\n", "import numpy as np\nnp.seterr(all='ignore')\n"),
        ("import numpy as np\n", "import numpy as np\nprint('loaded')\n"),
    ],
    "contract": [
        ("train, *, scale: float", "train, *, scale"),
        ("make=Normal", "make='no_such_module:Normal'"),
        ("(self, train", "(self, training"),
    ],
    "options": [("scale: float = 1.0", "scale: float = 'one'")],
    "works": [
        (_DRAW, f"        n += 1\n{_DRAW}"),
        ("train.space, scale", "train.spaces, scale"),
    ],
    "same-again": [
        (
            "train.space, scale\n",
            "train.space, scale\n        Normal.fits = self.scale = getattr(Normal, 'fits', 0) + 1\n",
        ),
    ],
    "fresh-process": [
        ("scale=self.scale", f"scale={_ORDER}"),
        (_INIT, f"{_UNSEEDED}{_INIT} * SHIFT"),
    ],
    "global-state": [
        ("rng.normal(scale=self.scale,", "np.random.normal("),
        (_DRAW, f"        import os\n        os.environ['N'] = '8'\n{_DRAW}"),
        (_DRAW, f"        import logging\n        logging.root.setLevel('ERROR')\n{_DRAW}"),
    ],
    "declared-inputs": [
        (_DRAW, f"        open(__file__.replace('bad', 'old')).close()\n{_DRAW}"),
        (_DRAW, f"{_RUN_OF_A_FILE}{_DRAW}"),
    ],
    "quiet": [
        (_DRAW, f"        print('drawing')\n{_DRAW}"),
        (_DRAW, f"{_BAR}{_DRAW}"),
    ],
}  # fmt: skip

KIND = ("generator", "normal", "genbench:vector")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


@pytest.fixture(autouse=True)
def _clean():
    """Undo what a bad plugin changes in this process."""
    level, errors, variables = logging.root.level, np.geterr(), dict(os.environ)
    yield
    logging.root.setLevel(level)
    np.seterr(**errors)
    for name in set(os.environ) - set(variables) - {"PYTEST_CURRENT_TEST"}:
        del os.environ[name]


def test_a_sound_component_fails_no_check(checked, failing):
    results = checked(GOOD, *KIND)
    assert not failing(results)
    assert {results[check].outcome for check in BAD} == {"passed"}


@pytest.mark.slow
@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].fix or check in ("contract", "options", "works")


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("scale=self.scale", f"scale={_ORDER}", "sort sets before they decide an order: "),
        (_INIT, f"{_UNSEEDED}{_INIT} * SHIFT", "seed the generators of module level, "),
        ("rng.normal(", "np.random.default_rng().normal(", "draw from the argument rng alone: "),
    ],
)
def test_the_advice_on_a_fresh_process_fits_its_cause(checked, changed, old, new, fix):
    results = checked(changed(GOOD, old, new), *KIND)
    assert results["fresh-process"].outcome == "failed"
    assert fix in results["fresh-process"].fix
    assert ("sort sets" in results["fresh-process"].fix) == (results["same-again"].outcome == "passed")


@pytest.mark.slow  # each fresh process imports torch
def test_the_advice_on_a_network_that_draws_first_weights_says_how_to_build_it(checked, changed):
    draw = f"        import torch\n        torch.nn.Linear(2, 2)\n{_DRAW}"
    found = checked(changed(GOOD, _DRAW, draw), *KIND)["global-state"]
    assert found.outcome == "failed"
    assert "build a network inside it, with rng an argument of make" in found.fix


def test_a_gate_that_fails_skips_the_checks_after_it_with_the_reason(checked):
    results = checked(GOOD.replace("train.space, scale", "train.spaces, scale"), *KIND)
    assert results["works"].fix == "see line 14 of bad.py: self.space, self.scale = train.spaces, scale"
    assert results["same-again"].outcome == "skipped"
    assert results["same-again"].seen == "it fails the check works"
    assert results["import-time"].outcome == "passed"


def test_a_component_without_a_required_option_is_not_tried_and_has_not_failed(checked, failing):
    code = GOOD.replace("scale: float = 1.0", "scale: float")
    results = checked(code, *KIND)
    assert not failing(results)
    assert results["contract"].outcome == "passed"
    lacks = {(results[check].outcome, results[check].seen) for check in ("options", "works", "one-sample")}
    assert lacks == {("not tried", "the option 'scale' has no default")}
    assert not failing(checked(code, *KIND, scale=2.0))
    assert checked(code, *KIND, scale=2.0)["works"].outcome == "passed"


def test_a_component_whose_module_is_not_installed_is_not_tried(checked, failing):
    results = checked(GOOD.replace("make=Normal", "make=Normal, needs={'no_such_module': 'no-such'}"), *KIND)
    assert not failing(results)
    assert results["works"].outcome == "not tried"
    assert results["works"].fix == "pip install 'no-such'"


def test_a_component_whose_file_was_not_fetched_is_not_tried(checked, failing, monkeypatch, tmp_path):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    asset = (
        "Asset(name='weights', url='https://example.org/w.bin', sha256='0' * 64, size_bytes=9, licence='MIT')"
    )
    imports = "from pathlib import Path\nfrom typing import Annotated\nimport numpy as np\n"
    imports += "from genbench import Asset\n"
    code = GOOD.replace("import numpy as np\n", f"{imports}W = {asset}\n")
    results = checked(code.replace("scale: float = 1.0", "scale: Annotated[Path | None, W] = None"), *KIND)
    assert not failing(results)
    assert (results["options"].seen, results["options"].fix) == (
        "it needs w.bin", "genbench fetch normal",
    )  # fmt: skip


def test_an_option_that_it_does_not_take_is_a_failure(checked, failing):
    results = checked(GOOD, *KIND, scales=2.0)
    assert failing(results) == {"options"}
    assert "did you mean 'scale'?" in results["options"].seen
