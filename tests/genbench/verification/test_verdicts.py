from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.core.extracted import ValidCount
from genbench.results.copies import Copies
from genbench.results.records import Notice
from genbench.verification.verdicts import STAGES, Change, judge, list_environment_changes

HERE = {"libraries": {"numpy": "2.4.6", "torch": "2.13"}, "machine": {"cpu": "fast", "threads": 1}}


@pytest.fixture
def record(run_of):
    """Return a record that is ok, of known samples, fit and features."""
    _, records = run_of({"vae": {"fid": [100.0]}})
    (found,) = records.values()
    return replace(found, samples="a" * 64, fit="b" * 64, features="c" * 64, environment=HERE)


def verdict(record, *, is_rerun=True, **found):
    return judge(record, replace(record, **found), is_rerun=is_rerun)


def said(record, **found):
    one = verdict(record, **found)
    return one.outcome, one.stage


def test_equal_bits_are_reproduced(record):
    one = verdict(record)
    assert (one.outcome, one.stage, one.reason) == ("reproduced", "", "")
    assert (one.code, one.environment) == ((), ())


def test_a_score_that_is_off_by_rounding_is_within_tolerance(record):
    one = verdict(record, value=100.0009)
    assert (one.outcome, one.stage) == ("within tolerance", "")
    assert one.reason == "value 100.0 in the record, 100.0009 here"
    # 1e-5 of the score: rounding of the same samples on another kind of machine stays below it.
    assert said(record, value=100.0011) == ("different", "score")
    assert said(record, value=99.9991) == ("within tolerance", "")
    assert said(record, value=99.9989) == ("different", "score")


def test_near_zero_the_tolerance_is_absolute(record):
    zero = replace(record, value=0.0)
    assert said(zero, value=0.9e-5) == ("within tolerance", "")
    assert said(zero, value=-1.1e-5) == ("different", "score")


@pytest.mark.parametrize(
    ("largest", "near"), [(1e9, 1e-5), (0.1, 1e-5), (0.01, 1e-6), (1e-4, 1e-8), (1e-7, 1e-9), (0.0, 1e-9)]
)
def test_near_zero_a_metric_of_small_values_has_a_small_tolerance(record, largest, near):
    zero = replace(record, value=0.0)
    for value, outcome in ((0.99 * near, "within tolerance"), (1.01 * near, "different")):
        assert judge(zero, replace(zero, value=value), largest=largest).outcome == outcome


@pytest.mark.parametrize("field", ["value", "low", "high"])
def test_each_number_of_a_score_counts(record, field):
    whole = replace(record, low=90.0, high=110.0)
    one = verdict(whole, **{field: 95.5})
    assert (one.outcome, one.stage) == ("different", "score")
    assert one.reason.startswith(f"{field} ")


def test_an_interval_that_is_not_there_here_is_a_difference(record):
    assert said(replace(record, low=90.0), low=None) == ("different", "score")


def test_what_a_metric_says_beside_its_number_counts_too(record):
    noted = replace(record, extra={"parts": {"a": [1.0, 2.0]}, "words": "x"})
    assert said(noted) == ("reproduced", "")
    assert said(noted, extra={"parts": {"a": [1.0, 2.0 + 1e-6]}, "words": "x"}) == ("within tolerance", "")
    assert said(noted, extra={"parts": {"a": [1.0, 2.0015]}, "words": "x"}) == ("within tolerance", "")
    one = verdict(noted, extra={"parts": {"a": [1.0, 2.0025]}, "words": "x"})
    assert (one.outcome, one.stage, one.reason.split()[:2]) == ("different", "score", ["extra", "parts.a"])
    assert said(noted, extra={"parts": {"a": [1.0]}, "words": "x"}) == ("different", "score")
    assert said(noted, extra={"parts": {"a": [1.0, 2.0]}, "words": "y"}) == ("different", "score")


OTHER = {"fit": "d" * 64, "samples": "e" * 64, "features": "f" * 64, "value": 7.0}


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        (("fit", "samples", "features", "value"), "fit"),
        (("samples", "features", "value"), "samples"),
        (("features", "value"), "features"),
        (("value",), "score"),
        (("samples",), "samples"),
    ],
)
def test_the_first_stage_that_differs_is_named(record, fields, stage):
    assert stage in STAGES
    assert said(record, **{field: OTHER[field] for field in fields}) == ("different", stage)


@pytest.mark.parametrize("field", ["fit", "features"])
def test_a_number_that_comes_out_again_is_not_refused_for_how_it_is_stored(record, field):
    assert said(record, **{field: OTHER[field]}) == ("reproduced", "")


@pytest.mark.parametrize("field", ["fit", "features"])
def test_a_hash_that_one_side_does_not_know_is_not_compared(record, field):
    assert said(record, **{field: "", "value": 7.0}) == ("different", "score")


def test_a_record_that_names_no_samples_is_different(record):
    assert said(replace(record, samples=""), samples="e" * 64) == ("different", "samples")


def test_samples_that_cannot_be_read_are_different_with_the_reason(record):
    one = verdict(record, status="invalid", value=None, samples="", reason="the samples cannot be read: x")
    assert (one.outcome, one.stage) == ("different", "samples")
    assert one.reason == "hash aaaaaaaa in the record, none here (the samples cannot be read: x)"


def test_a_sketch_is_that_of_the_samples_where_both_are_known(record):
    sketched = replace(record, sketch="3.0.AAAAAQ==")
    assert said(sketched) == said(sketched, sketch="") == said(record, sketch="3.0.AAAAAQ==")
    one = verdict(sketched, sketch="3.0.AAAAAg==")
    assert (one.outcome, one.stage) == ("different", "samples")
    assert one.reason == "the sketch in the record is not that of the samples here"


def test_the_counts_of_copies_are_those_of_the_samples_where_both_are_known(record):
    count = Copies(of=9, equal=3, identical=3, chance=1, limit=2)
    counted, older = replace(record, copies={"train": count}), replace(record, copies={})
    for name in ("equal", "identical", "chance", "limit"):
        forged = {"train": replace(count, **{name: getattr(count, name) + 1})}
        assert said(counted, copies=forged) == ("different", "samples")
    assert said(counted, copies={}) == said(older, copies={"train": count}) == ("reproduced", "")


def skipped(record, reason="too few"):
    return replace(record, status="skipped", reason=reason, value=None)


def test_a_record_that_was_skipped_is_reproduced_by_the_same_reason_alone(record):
    assert said(skipped(record)) == ("reproduced", "")
    assert said(replace(skipped(record), samples="")) == ("reproduced", "")
    one = verdict(skipped(record), reason="no labels")
    assert (one.outcome, one.stage) == ("different", "score")
    assert one.reason == "skipped (too few) in the record, skipped (no labels) here"
    assert said(skipped(record), status="ok", value=1.0, reason="") == ("different", "score")


def test_a_number_that_is_skipped_or_invalid_here_is_different(record):
    assert said(record, status="skipped", value=None, reason="too few") == ("different", "score")
    assert said(record, status="invalid", value=None, reason="NaN") == ("different", "score")


@pytest.mark.parametrize("status", ["error", "crash", "timeout", "memory"])
def test_what_fails_here_says_nothing_of_the_record(record, status):
    one = verdict(record, status=status, value=None, samples="", reason="no luck")
    assert (one.outcome, one.reason) == ("unverifiable", f"{status} here: no luck")


def failed(record, status, reason="no luck"):
    return replace(record, status=status, reason=reason, value=None, samples="")


@pytest.mark.parametrize("status", ["error", "invalid", "crash", "timeout", "memory"])
def test_a_failure_is_reproduced_by_the_same_failure(record, status):
    one = failed(record, status)
    assert said(one) == ("reproduced", "")
    assert said(one, environment={}) == ("reproduced", "")
    of_the_machine = status in ("crash", "timeout", "memory")
    assert (said(one, reason="took 3 s") == ("reproduced", "")) == of_the_machine
    assert said(one, status="error", reason="other")[0] != "reproduced"


@pytest.mark.parametrize("status", ["error", "invalid", "crash", "timeout", "memory"])
def test_a_failure_that_has_a_number_here_is_different(record, status):
    one = verdict(failed(record, status), status="ok", reason="", value=0.5, samples="a" * 64)
    assert (one.outcome, one.stage) == ("different", "score")
    assert one.reason == f"{status} (no luck) in the record, a number here"
    assert said(failed(record, status), status="skipped", reason="too few")[0] == "different"
    absent = {"status": "skipped", "reason": "not installed", "provisional": True}
    assert said(failed(record, status), **absent) == ("unverifiable", "")


MACHINE = ("crash", "timeout", "memory")


@pytest.mark.parametrize("status", ["skipped", "error", "invalid", *MACHINE])
def test_what_a_failure_says_beside_its_reason_must_be_reproduced(record, status):
    one = replace(failed(record, status), fit="", features="")
    counted = {"valid": {"fake": ValidCount(n=1, of=100)}}
    assert said(replace(one, **counted), valid={}) == ("different", "features")
    assert said(one, **counted) == ("different", "features")
    assert said(replace(one, samples="a" * 64), samples="b" * 64) == ("different", "samples")
    assert said(replace(one, extra={"warning": "void"}), extra={}) == ("different", "score")
    assert said(replace(one, notices=(METRIC,)), notices=()) == ("different", "notices")


@pytest.mark.parametrize("status", MACHINE)
def test_a_process_that_died_here_does_not_report_its_samples_and_its_memory_is_another(record, status):
    one = replace(failed(record, status), samples="a" * 64, extra={"peak_bytes": 5_000_000})
    assert said(one, samples="", extra={"peak_bytes": 7_000_000}) == ("reproduced", "")
    assert said(replace(one, status="error"), samples="") == ("different", "samples")


METRIC = Notice(kind="metric", component="a:fid", text="used numpy's global random state")
DRAWN = Notice.of_other_samples("generator", "a:vae")


def test_notices_are_compared_and_those_of_a_generator_only_with_a_rerun(record):
    noticed = replace(record, notices=(DRAWN, METRIC))
    assert verdict(noticed).unchecked == ()
    again = verdict(noticed, notices=(METRIC,), is_rerun=False)
    assert (again.outcome, again.unchecked) == ("reproduced", (str(DRAWN),))
    one = verdict(noticed, notices=(METRIC,))
    assert (one.outcome, one.stage) == ("different", "notices")
    assert one.reason == f"in the record alone: {DRAWN}"
    one = verdict(noticed, notices=(METRIC, DRAWN, replace(METRIC, text="x"), replace(METRIC, text="y")))
    assert one.reason == "here alone: metric a:fid x and metric a:fid y"
    assert verdict(noticed, notices=(METRIC, DRAWN)).outcome == "reproduced"
    for is_rerun in (False, True):
        one = verdict(noticed, notices=(DRAWN,), is_rerun=is_rerun)
        assert (one.outcome, one.reason) == ("different", f"in the record alone: {METRIC}")


def test_other_notices_are_no_rounding_and_another_number_comes_first(record):
    noticed = replace(record, notices=(METRIC,))
    assert said(noticed, notices=(), value=100.0009) == ("different", "notices")
    assert said(noticed, notices=(), value=101.0) == ("different", "score")


def test_a_verdict_has_the_recomputed_record(record):
    assert verdict(record, value=7.0).recomputed == replace(record, value=7.0)


def test_a_failure_names_no_features_that_its_number_has_here(record):
    counted = {"fake": ValidCount(n=57, of=60)}
    one = verdict(failed(record, "error"), status="ok", reason="", value=0.5, valid=counted)
    assert one.reason == "error (no luck) in the record, a number here"


def test_what_is_not_installed_here_says_nothing_of_the_record(record):
    one = verdict(record, status="skipped", value=None, reason="not installed", provisional=True)
    assert one.outcome == "unverifiable"
    absent = replace(skipped(record, "not installed"), provisional=True)
    assert said(absent) == ("reproduced", "")


def test_another_version_of_the_generators_plugin_is_named(record):
    one = verdict(record, cell=replace(record.cell, plugin="genbench 9.9"))
    assert (one.outcome, one.code) == ("reproduced", ("plugin was genbench 0.1.0, is genbench 9.9",))


def test_instructions_of_torch_are_compared_where_both_processes_imported_it():
    avx2, avx512 = ({"machine": HERE["machine"] | {"instructions": name}} for name in ("AVX2", "AVX512"))
    assert list_environment_changes(avx2, {"machine": HERE["machine"]}) == ()
    assert list_environment_changes({"machine": HERE["machine"]}, avx2) == ()
    changes = list_environment_changes(avx2, avx512)
    assert changes == (Change(name="instructions", before="AVX2", now="AVX512", is_in_keys=False),)


def test_a_key_that_changed_without_its_signature_is_code(record):
    assert verdict(record, cell=replace(record.cell, key="other")).code == (
        "the code of the components changed",
    )
    elsewhere = HERE | {"libraries": {"numpy": "2.5", "torch": "2.13"}}
    one = verdict(record, cell=replace(record.cell, key="other"), environment=elsewhere)
    assert (one.code, one.environment) == ((), (Change(name="numpy", before="2.4.6", now="2.5"),))


def test_a_key_that_changed_on_another_kind_of_cpu_is_code_too(record):
    """No key holds the kind of CPU."""
    elsewhere = HERE | {"machine": {"cpu": "slow", "threads": 1}}
    one = verdict(record, cell=replace(record.cell, key="other"), environment=elsewhere)
    assert one.code == ("the code of the components changed",)
    assert [str(change) for change in one.environment] == ["cpu was fast, is slow"]
    threads = HERE | {"machine": {"cpu": "fast", "threads": 2}}
    assert verdict(record, cell=replace(record.cell, key="other"), environment=threads).code == ()


def test_another_fit_of_the_extractor_is_different_unless_the_machine_explains_it(record):
    fitted = replace(record, extractor_fit="a" * 64)
    assert (said(fitted), verdict(fitted).unknown_fit) == (("reproduced", ""), "")
    assert said(fitted, extractor_fit="b" * 64) == ("different", "features")
    elsewhere = HERE | {"machine": {"cpu": "slow", "threads": 1}}
    one = verdict(fitted, extractor_fit="b" * 64, environment=elsewhere)
    assert one.outcome == "reproduced"
    assert one.unknown_fit == "the fit of the extractor: here it is another one, as on other machines"
    older = verdict(record, extractor_fit="b" * 64)
    assert older.outcome == "reproduced"
    assert older.unknown_fit == "the fit of the extractor, which the records do not name"
    assert verdict(fitted, extractor_fit="").unknown_fit == ""


def test_what_changed_in_the_environment_is_named():
    here = {
        "libraries": {"numpy": "2.5", "torch": ""},
        "machine": {"cpu": "slow", "threads": 1, "device": "cpu"},
    }
    changes = list_environment_changes(HERE, here)
    assert changes == (
        Change(name="cpu", before="fast", now="slow", is_in_keys=False),
        Change(name="device", before=None, now="cpu"),
        Change(name="numpy", before="2.4.6", now="2.5"),
        Change(name="torch", before="2.13", now=""),
    )
    assert [str(change) for change in changes] == [
        "cpu was fast, is slow",
        "device was not recorded, is cpu",
        "numpy was 2.4.6, is 2.5",
        "torch was 2.13, is not installed",
    ]
    assert list_environment_changes(HERE, HERE) == ()
    assert list_environment_changes({}, HERE) == ()


def test_other_samples_with_features_are_a_difference_of_features(record):
    counted = replace(record, valid={"fake": ValidCount(n=57, of=60), "real": ValidCount(n=9, of=10)})
    assert said(counted) == ("reproduced", "")
    one = verdict(counted, valid={"fake": ValidCount(n=58, of=60), "real": ValidCount(n=9, of=10)})
    assert (one.outcome, one.stage) == ("different", "features")
    assert one.reason == (
        "57 of 60 samples of fake, 9 of 10 samples of real with features in the record, "
        "58 of 60 samples of fake, 9 of 10 samples of real with features here"
    )
    one = verdict(replace(record, value=1.0), valid=counted.valid)
    assert one.reason.startswith("all samples with features in the record, 57 of 60 samples of fake")


def test_a_new_warning_of_other_code_is_no_difference(record):
    warned = record.extra | {"warning": "x"}
    other = replace(record.cell, key="other")
    assert said(record, extra=warned) == ("different", "score")
    assert said(record, extra=warned, cell=other) == ("reproduced", "")
    assert verdict(record, extra=warned, cell=other).recomputed.extra == warned
    assert said(record, extra=warned | {"y": 1.0}, cell=other) == ("different", "score")
    assert said(replace(record, extra=warned), extra=record.extra, cell=other) == ("different", "score")
    assert said(replace(record, extra=warned), extra={"warning": "z"}, cell=other) == ("different", "score")
