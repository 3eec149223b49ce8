"""Notes on probes."""

from __future__ import annotations

from genbench_bias.shared.published import remark


def test_a_note_ends_by_saying_that_no_probe_is_a_verdict():
    assert remark("a gap (fair: 0)", "of 40 jobs") == "a gap (fair: 0). of 40 jobs. A probe is not a verdict"
