"""What a comparison receives, and which answers it may give."""

from __future__ import annotations

import numpy as np
import pytest

import genbench
from genbench import Samples, Score, Undefined
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import Invalid
from genbench.suite.file import MetricEntry
from genbench.suite.resolve import make_group
from genbench.trial.comparisons.computation import compare
from genbench.trial.failures import BlameError


class Fakes:
    """The inputs of a generator with these fakes."""

    def __init__(self, values):
        self.samples = Samples.of("vector", np.array(values, dtype=float)[:, None])

    def size(self, side):
        return len(self.side(side))

    def side(self, name):
        return self.samples if name == "fake" else Samples.of("vector", np.zeros((5, 1)))

    def other(self, name):
        raise AssertionError(f"nothing asks for {name}")


@pytest.fixture
def answers(tmp_path):
    """Return a function that compares two generators by a metric that gives this answer."""

    def of(answer, **spec):
        file = tmp_path / "answering.py"
        file.write_text(
            "from genbench import MetricSpec, hookimpl\n"
            "def answer(fakes, real, *, rng): return ANSWER(fakes, real, rng)\n"
            "ANSWER = None\n"
            "@hookimpl\n"
            "def genbench_metrics():\n"
            f"    return [MetricSpec(name='answer', make=answer, scope='board', **{spec!r})]\n"
        )
        catalog = load_catalog([file])
        entry = MetricEntry(use="answer", name=None, options={}, where="test", extractor=None)
        group = make_group(entry, tmp_path, catalog, ("vector",))
        group.metric.spec.make.__globals__["ANSWER"] = answer
        inputs = {"a": Fakes([1, 2, 3]), "b": Fakes([4, 5])}
        return compare(group, inputs, data_hash="data", device="cpu")

    return of


def test_it_gets_the_fakes_by_generator_beside_what_all_share(answers):
    def sums(fakes, real, rng):
        return {name: float(own.data.sum()) + len(real) for name, own in fakes.items()}

    assert answers(sums) == {"a": {"answer": Score(11.0)}, "b": {"answer": Score(14.0)}}


def test_it_cannot_change_the_fakes_of_others(answers):
    def writes(fakes, real, rng):
        fakes["b"].data[:] = 0
        return dict.fromkeys(fakes, 0.0)

    with pytest.raises(BlameError) as failure:
        answers(writes)
    assert "read-only" in str(failure.value.__cause__)


def test_its_randomness_depends_on_the_data_and_on_no_generator(answers):
    def draws(fakes, real, rng):
        return dict.fromkeys(fakes, float(rng.random()))

    expected = genbench.stream(None, "metric", "answer", "{}", "", "data").random()
    assert answers(draws)["a"]["answer"].value == expected


def test_an_undefined_is_for_one_generator_alone(answers):
    found = answers(lambda fakes, real, rng: {"a": 1.0, "b": Undefined("no votes")})
    assert found["a"] == {"answer": Score(1.0)}
    assert str(found["b"]) == "no votes"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1.0, r"expected a mapping with a score for each of \['a', 'b'\], got float"),
        ({"a": 1.0}, r"got \['a'\]"),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, r"got \['a', 'b', 'c'\]"),
        ({"a": 1.0, "b": None}, "b: expected a number, got NoneType"),
        ({"a": 2.0, "b": 0.0}, r"a: answer is 2.0, outside its declared range \[0, 1\]"),
    ],
)
def test_another_answer_breaks_the_contract(answers, answer, message):
    with pytest.raises(BlameError) as failure:
        answers(lambda fakes, real, rng: answer, range=(0, 1))
    assert isinstance(failure.value.__cause__, Invalid)
    with pytest.raises(Invalid, match=message):
        raise failure.value.__cause__


def test_too_few_fakes_of_one_generator_are_undefined_and_name_it(answers):
    with pytest.raises(Undefined, match="needs at least 3 samples on each side; fake has 2 of b"):
        answers(lambda fakes, real, rng: dict.fromkeys(fakes, 0.0), min_n=3)
