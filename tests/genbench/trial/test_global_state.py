"""What a component finds around it, and what it changed of that."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from genbench import GeneratorSpec
from genbench.catalog.catalog import Component, Owner
from genbench.core.seeds import sequence
from genbench.results.records import Notice
from genbench.trial.failures import BlameError
from genbench.trial.global_state import UniqueNotices, ignore_notice, isolate, isolate_component, torch_seed

COMPONENT = Component(GeneratorSpec(name="cloud", make="cloud:fit"), Owner("maker", "1", "maker", "cloud"))
PART = SimpleNamespace(component=COMPONENT, options={}, code=None)
STREAMS = {
    "Python's": random.random,
    "numpy's": np.random.standard_normal,
    "torch's": lambda: float(torch.rand(())),
}


def inside(action, *parts):
    """Return what an action gives within the surroundings of what `parts` name, and what was noted of it."""
    noted = UniqueNotices()
    with isolate(PART, sequence(0, "global", *(parts or ("cloud",))), noted.note):
        found = action()
    return found, list(map(str, noted))


@pytest.mark.parametrize("owner", STREAMS)
def test_a_draw_from_a_global_stream_is_noted_and_decided_by_what_runs(owner):
    draw = STREAMS[owner]
    first, noted = inside(draw)
    assert noted == [f"generator maker:cloud used {owner} global random state"]
    draw()
    assert inside(draw)[0] == first
    assert inside(draw, "cloud", "1")[0] != first


@pytest.mark.parametrize("owner", STREAMS)
def test_the_global_stream_of_the_caller_goes_on_as_if_nothing_had_run(owner):
    draw = STREAMS[owner]

    def three(between):
        random.seed(3)
        np.random.seed(3)  # noqa: NPY002 - as a caller may have done
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            found = [draw()]
            between()
            return [*found, draw(), draw()]

    assert three(lambda: inside(draw)) == three(lambda: None)


def seeded(draw, seed=7):
    with torch_seed(np.random.default_rng(seed)):
        return draw()


@pytest.mark.parametrize("owner", STREAMS)
def test_a_seeded_block_gives_the_same_at_equal_seeds_without_a_notice(owner):
    draw = STREAMS[owner]
    first, noted = inside(lambda: seeded(draw))
    assert noted == []
    draw()
    assert inside(lambda: seeded(draw), "cloud", "1") == (first, [])
    assert seeded(draw) == first
    assert seeded(draw, seed=8) != first


def test_two_seeded_blocks_with_one_generator_differ():
    rng = np.random.default_rng(7)
    found = []
    for _ in range(2):
        with torch_seed(rng):
            found.append(float(torch.rand(())))
    assert found[0] != found[1]


@pytest.mark.parametrize("owner", STREAMS)
def test_the_global_streams_after_a_seeded_block_are_what_they_were(owner):
    def states():
        legacy = np.random.get_state(legacy=False)  # noqa: NPY002 - what is tested
        held = [legacy["state"]["key"].tolist(), legacy["state"]["pos"], legacy["has_gauss"], legacy["gauss"]]
        return random.getstate(), np.random.get_bit_generator(), held, torch.get_rng_state().tolist()

    np.random.standard_normal()  # noqa: NPY002 - numpy keeps the second number of a pair for the next call
    before = states()
    seeded(STREAMS[owner])
    assert states() == before
    with pytest.raises(ZeroDivisionError):
        seeded(lambda: 1 / (STREAMS[owner]() * 0))
    assert states() == before


def test_a_seeded_block_that_imports_torch_draws_no_notice():
    code = """
import numpy, sys
from genbench import GeneratorSpec, torch_seed
from genbench.catalog.catalog import Component, Owner
from genbench.trial.global_state import UniqueNotices, isolate
from types import SimpleNamespace
assert "torch" not in sys.modules
component = Component(GeneratorSpec(name="cloud", make="cloud:fit"), Owner("maker", "1", "maker", "cloud"))
noted = UniqueNotices()
part = SimpleNamespace(component=component, options={}, code=None)
with isolate(part, numpy.random.SeedSequence(1), noted.note):
    with torch_seed(numpy.random.default_rng(1)):
        import torch
        torch.randn(3)
assert noted == [], noted
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("used_before", [True, False])
def test_a_seeded_block_seeds_gpus_and_restores_those_that_were_used(monkeypatch, used_before):
    calls = []
    gpus = {
        "is_available": lambda: True,
        "is_initialized": lambda: used_before,
        "get_rng_state_all": lambda: "before",
        "manual_seed_all": lambda seed: calls.append(("seeded", seed)),
        "set_rng_state_all": lambda states: calls.append(("restored", states)),
        "seed_all": lambda: calls.append(("random", None)),
    }
    for name, function in gpus.items():
        monkeypatch.setattr(torch.cuda, name, function)
    seeded(lambda: calls.append(("inside", None)))
    assert [name for name, _ in calls] == ["seeded", "inside", "restored" if used_before else "random"]
    assert ("restored", "before") in calls or not used_before


def test_what_only_computes_is_not_noted():
    def compute():
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            torch.rand(3)
        with np.errstate(all="ignore"), torch.no_grad():
            return np.random.default_rng(5).normal()

    assert inside(compute)[1] == []


def test_another_bit_generator_for_everybody_is_noted_and_taken_away():
    before = np.random.get_bit_generator()
    _, noted = inside(lambda: np.random.set_bit_generator(np.random.PCG64(1)))
    assert noted == ["generator maker:cloud used numpy's global random state"]
    assert np.random.get_bit_generator() is before


def test_the_working_directory_is_put_back(tmp_path):
    before = Path.cwd()
    _, noted = inside(lambda: os.chdir(tmp_path))
    assert noted == ["generator maker:cloud changed the working directory"]
    assert Path.cwd() == before


def test_the_environment_is_put_back_and_no_value_is_told(monkeypatch):
    monkeypatch.setenv("GENBENCH_TEST_CHANGED", "old")
    monkeypatch.setenv("GENBENCH_TEST_GONE", "old")

    def change():
        os.environ |= {"GENBENCH_TEST_CHANGED": "hidden", "GENBENCH_TEST_NEW": "hidden"}
        del os.environ["GENBENCH_TEST_GONE"]

    before = dict(os.environ)
    (notice,) = inside(change)[1]
    assert notice == (
        "generator maker:cloud changed environment variables "
        "GENBENCH_TEST_CHANGED, GENBENCH_TEST_GONE and GENBENCH_TEST_NEW"
    )
    assert dict(os.environ) == before


def test_many_variables_are_counted():
    (notice,) = inside(lambda: os.environ.update({f"GENBENCH_TEST_{i}": "" for i in range(7)}))[1]
    assert notice.endswith("GENBENCH_TEST_3, GENBENCH_TEST_4 and 2 more")


def umask():
    """Return the mask of new files' rights, which can only be read by setting another."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("change", "read", "what"),
    [
        (lambda: os.umask(0o177), umask, "changed the mask of new files' rights"),
        (lambda: np.seterr(divide="ignore"), np.geterr, "changed numpy's handling of floating-point errors"),
        (lambda: torch.set_default_dtype(torch.float64), torch.get_default_dtype,
         "changed torch's default dtype"),
        (lambda: torch.set_num_threads(3), torch.get_num_threads, "changed torch's number of threads"),
        (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled, "changed torch's gradient mode"),
        (lambda: torch.set_float32_matmul_precision("medium"), torch.get_float32_matmul_precision,
         "changed torch's precision of float32"),
    ],
)  # fmt: skip
def test_what_libraries_keep_for_the_whole_process_is_put_back(change, read, what):
    before = read()
    assert inside(change)[1] == [f"generator maker:cloud {what}"]
    assert read() == before


def test_what_a_failing_component_did_is_put_back_and_noted_too():
    def fail():
        np.seterr(all="raise")
        raise ValueError("no luck")

    noted = UniqueNotices()
    with pytest.raises(BlameError) as caught, isolate_component(PART, sequence(0, "global", "x"), noted.note):
        fail()
    assert caught.value.component is COMPONENT
    assert len(noted) == 1
    assert np.geterr()["under"] != "raise"


def test_one_component_within_another_disturbs_neither():
    draw = STREAMS["numpy's"]

    def outer():
        first = draw()
        with isolate(PART, sequence(0, "global", "inner"), ignore_notice):
            draw()
        return first, draw()

    assert inside(outer)[0] == inside(lambda: (draw(), draw()))[0]


def test_a_notice_is_kept_once_in_the_order_in_which_it_came():
    a, b = (Notice(kind="metric", component="p:m", text=text) for text in "ab")
    noted = UniqueNotices([b])
    for notice in (a, b, a):
        noted.note(notice)
    assert noted == [b, a]
