"""What a score says of extractors that need no download."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import Samples, SuiteError, score
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.scoring.request import offline_advice

TEXTS = ["one two three", "four five six"]


def advised(modality, outputs=("features",), sides=("fake", "real"), **options):
    """Return the extractors in the advice for a modality."""
    catalog = load_catalog(only=["genbench"])
    found = find_modality(list_modalities(catalog), modality)
    return named(offline_advice(catalog, found, outputs, sides, **options))


def named(text):
    """Return the extractors that a message names with what to type."""
    return [part.partition("`")[0] for part in text.split("`--extractor ")[1:]]


@pytest.fixture(autouse=True)
def _no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path))


def test_the_advice_names_extractors_of_the_modality_that_need_no_file_and_no_option():
    names = advised("image")
    assert {"digits-classifier", "pixels"} <= set(names)
    assert not {"inception-v3-compat", "classifier", "given", "char-ngrams"} & set(names)
    assert "char-ngrams" in advised("text")


def test_an_extractor_of_another_shape_is_not_named(images):
    with pytest.raises(SuiteError, match="without a download") as it:
        score(fake=images.repeat(4, 1), real=images.repeat(4, 1), metrics="fid")
    assert named(str(it.value)) == ["pixels"]


def test_a_fitted_extractor_is_named_where_there_are_training_samples():
    sides = ("fake", "real", "train")
    assert "classifier" in advised("image", sides=sides, has_labels=lambda: True)
    assert "classifier" not in advised("image", sides=sides, has_labels=lambda: False)
    assert "table-encoder" in advised("table", sides=sides, has_labels=lambda: False)


@pytest.mark.parametrize("labels", [None, np.arange(40) % 2])
def test_an_extractor_fitted_on_labels_is_named_only_for_labelled_training_samples(labels, images):
    train = Samples.of("image", images.repeat(4, 1), labels)
    with pytest.raises(SuiteError, match="without a download") as it:
        score(fake=images.repeat(4, 1), real=images.repeat(4, 1), train=train, metrics="fid")
    assert named(str(it.value)) == ["classifier", "pixels"][labels is None :]


def test_only_extractors_with_the_outputs_of_the_metric_are_named():
    assert "pixels" not in advised("image", outputs=("probabilities",))
    assert offline_advice(load_catalog(only=["genbench"]), _image(), ("no-such-output",), ("fake",)) == ""


def _image():
    return find_modality(list_modalities(load_catalog(only=["genbench"])), "image")


@pytest.mark.parametrize("metrics", ["fid", None])
def test_each_extractor_that_a_message_names_works_at_once(metrics, monkeypatch, images, others):
    monkeypatch.setattr("genbench.suite.components.find_asset", lambda asset: None)
    with pytest.raises(SuiteError, match=r"run `genbench fetch .*; without a download") as it:
        score(fake=others, real=images, metrics=metrics)
    assert len(named(str(it.value))) >= 2
    for name in named(str(it.value)):
        (found,) = score(fake=others, real=images, metrics="fid", extractor=name).values()
        assert found.status == "ok"


def test_samples_that_an_extractor_cannot_read_are_refused_before_its_files_are_looked_for(monkeypatch):
    def look(asset):
        raise AssertionError("it was looked for")

    monkeypatch.setattr("genbench.suite.components.find_asset", look)
    line = "fid: inception-v3-compat works on image; the samples are of the modality text; without a download"
    for given in ({"extractor": "inception-v3-compat"}, {}):
        with pytest.raises(SuiteError, match=line):
            score(fake=TEXTS, real=TEXTS, metrics="fid", **given)
    with pytest.raises(SuiteError, match=r"self-bleu works on text; the samples are of the modality vector$"):
        score(fake=Samples.of("vector", np.ones((3, 2))), real=np.ones((3, 2)), metrics="self-bleu")
