"""Metrics on features, of texts: through a run, with the extractors that are always there."""

from __future__ import annotations

import math

import pytest
from toys import plugin_text

import genbench

pytestmark = pytest.mark.slow

#: Training sentences as they stand, and with their words in any order.
PLUGIN = plugin_text("""
class Sentences:
    def __init__(self, train, change):
        self.train, self.change = train, change

    def sample(self, n, *, rng):
        return Samples(tuple(self.change(text, rng) for text in self.train.data[:n]), self.train.space)

def kept(train): return Sentences(train, lambda text, rng: text)
def shuffled(train): return Sentences(train, lambda text, rng: " ".join(rng.permutation(text.split())))

makes = (kept, shuffled)
*(GeneratorSpec(name=make.__name__, make=make, chunk=None, modalities=("text",)) for make in makes)
""")

METRICS = {
    "fid": ("fid",),
    "kid": ("kid",),
    "cmmd": ("cmmd",),
    "precision-recall": ("precision", "recall"),
    "density-coverage": ("density", "coverage"),
    "vendi": ("vendi",),
    "mauve": ("mauve",),
    "authenticity": ("authenticity",),
    "near-duplicates": ("near-duplicates",),
}
EXTRACTORS = ("char-ngrams", "word-tfidf")


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """Return the scores of one seed by metric's id and generator."""
    folder = tmp_path_factory.mktemp("features")
    lines = ['name = "features"', "seeds = [0]", "n = 1000", "[[dataset]]", 'use = "moby-dick"']
    lines += [f'[[generator]]\nuse = "{name}"' for name in ("kept", "shuffled")]
    for metric in METRICS:
        option = 'estimator = "full"' if metric == "kid" else ""
        lines += [f'[[metric]]\nuse = "{metric}"\nextractor = "{each}"\n{option}' for each in EXTRACTORS]
    (folder / "suite.toml").write_text("\n".join(lines))
    (folder / "sentences.py").write_text(PLUGIN)
    run = genbench.run(
        folder / "suite.toml", output=folder / "out", plugins=[folder / "sentences.py"], jobs=1
    )
    scores = run.scores()
    assert set(scores["status"]) == {"ok"}, scores[["generator", "metric", "reason"]].to_string()
    return scores.set_index(["metric", "generator"])["value"]


def test_every_number_names_the_features_that_it_is_of(values):
    names = {
        f"{name}[{extractor}]" for found in METRICS.values() for name in found for extractor in EXTRACTORS
    }
    assert set(values.index.unique("metric")) == names
    assert all(map(math.isfinite, values))


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_unseen_sentences_are_near_and_noise_is_far(extractor, values):
    for name, apart in (("fid", 1.5), ("cmmd", 10)):
        found = values[f"{name}[{extractor}]"]
        assert found["noise"] > apart * found["held-out"] > 0
    for name in ("precision", "coverage", "mauve"):
        found = values[f"{name}[{extractor}]"]
        assert found["noise"] < 0.7 * found["held-out"]


def test_runs_of_characters_see_that_words_are_in_another_order(values):
    kid = values["kid[char-ngrams]"]
    assert kid["shuffled"] > 5 * max(abs(kid["kept"]), abs(kid["held-out"]))
    for name, sign in (("fid", 1), ("cmmd", 1), ("density", -1), ("coverage", -1)):
        found = values[f"{name}[char-ngrams]"]
        assert sign * (found["shuffled"] - found["kept"]) > 0, name


def test_counts_of_words_do_not_see_it(values):
    for metric in values.index.unique("metric"):
        if metric.endswith("[word-tfidf]"):
            assert values[metric, "shuffled"] == pytest.approx(values[metric, "kept"], abs=1e-4), metric
