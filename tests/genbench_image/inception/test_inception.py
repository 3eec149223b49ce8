"""The extractor `inception-v3-compat`, held against torch-fidelity's with the same random weights."""

from __future__ import annotations

import genbench_image
import numpy as np
import pytest
import torch
from genbench_fidelity.classes.inception_score import inception_score
from torch_fidelity.metric_isc import isc_features_to_metric

from genbench import DataError, SuiteError
from genbench.contract.signature import canonical_options, fill_options, read_contract
from genbench.suite.components import select_signature_options


@pytest.mark.parametrize("output", ["features", "logits"])
def test_it_gives_what_torch_fidelity_gives(ours, theirs, output, apart):
    assert apart(ours[output], theirs[output]) < 2e-5
    np.testing.assert_allclose(ours[output], theirs[output], rtol=0, atol=1e-3 * theirs[output].std())


def test_the_inception_score_of_the_probabilities_is_torch_fidelitys_of_the_logits():
    logits = np.random.default_rng(0).normal(0, 3, (505, 1008)).astype(np.float32)
    probabilities = torch.softmax(torch.from_numpy(logits).double(), dim=1).float().numpy()
    theirs = isc_features_to_metric(torch.from_numpy(logits))
    score = inception_score(probabilities)
    assert score.value == pytest.approx(theirs["inception_score_mean"], rel=1e-6)
    assert score.extra["spread"] == pytest.approx(theirs["inception_score_std"], rel=1e-5)


@pytest.mark.parametrize(("dtype", "backend"), [("bfloat16", "openvino"), ("openvino-bfloat16", "torch")])
def test_a_backend_computes_in_no_other_ones_bfloat16(dtype, backend, tmp_path, make):
    reason = f"dtype = '{dtype}' needs the backend .*, but backend is '{backend}'"
    with pytest.raises(SuiteError, match=reason):
        make(tmp_path / "w.pth", dtype=dtype, backend=backend)


def test_backends_share_a_signature_in_float32_and_not_in_bfloat16(tmp_path):
    specs = {spec.name: spec for spec in genbench_image.genbench_extractors()}
    contract = read_contract(specs["inception-v3-compat"])

    def signed(**options):
        filled = fill_options(contract, options, where="here", folder=tmp_path)
        return select_signature_options(contract, canonical_options(contract, filled))

    assert signed() == signed(backend="openvino")
    torchs, openvinos = (signed(dtype="bfloat16"), signed(dtype="openvino-bfloat16", backend="openvino"))
    assert len({str(each) for each in (signed(), torchs, openvinos)}) == 3


def test_missing_weights_are_one_line_that_says_how_to_get_them(make):
    with pytest.raises(DataError, match="genbench fetch inception-v3-compat"):
        make(None)
