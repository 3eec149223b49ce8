"""Results of checks as a person sees them."""

from __future__ import annotations

from dataclasses import replace

from genbench.checks.conformance.checks import Check, Result
from genbench.cli.views.checks import print_checks, print_results


def result(check, outcome, **fields):
    return Result(component="a:b", kind="metric", modality="image", check=check, outcome=outcome, **fields)


RESULTS = [
    result("works", "passed"),
    result("quiet", "failed", seen="it printed x", expected="it prints nothing", fix="remove the print"),
    result("labels", "skipped", seen="no labels"),
    result("row-order", "expected", seen="it samples rows"),
]


def test_failures_and_known_failures_are_printed_with_seen_expected_and_fix(capsys):
    print_results(RESULTS, is_verbose=False)
    assert capsys.readouterr().out.splitlines() == [
        "metric a:b on image: 1 passed, 1 failed, 1 expected, 1 skipped",
        "  failed    quiet",
        "            seen: it printed x",
        "            expected: it prints nothing",
        "            fix: remove the print",
        "  expected  row-order",
        "            because: it samples rows",
    ]


def test_a_verbose_list_has_every_check(capsys):
    print_results(RESULTS, is_verbose=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  passed    works"
    assert lines[-4:-2] == ["  skipped   labels", "            because: no labels"]


def test_checks_that_are_skipped_for_one_reason_are_printed_together(capsys):
    gate = "it needs an extractor"
    results = [
        result("spec", "passed"),
        result("works", "skipped", seen=gate),
        result("labels", "skipped", seen="no labels"),
        result("row-order", "expected", seen=gate),
        result("quiet", "skipped", seen=gate),
        result("version", "skipped", seen=gate),
    ]
    print_results(results, is_verbose=True)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "metric a:b on image: 1 passed, 1 expected, 4 skipped",
        "  passed    spec",
        "  skipped   works, quiet, version",
        "            because: it needs an extractor",
        "  skipped   labels",
        "            because: no labels",
        "  expected  row-order",
        "            because: it needs an extractor",
    ]


def test_several_components_have_a_sum(capsys):
    other = Result(component="a:c", kind="metric", modality="", check="works", outcome="passed")
    print_results([*RESULTS, other], is_verbose=False)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "metric a:c: 1 passed",
        "2 components: 2 passed, 1 failed, 1 expected, 1 skipped",
    ]


def test_the_list_of_checks_names_those_of_every_kind_once(capsys):
    def check(name):
        return Check(name=name, expected=f"{name} holds", function=lambda subject: None)

    print_checks({"metric": [check("works"), check("min-n")], "fault": [check("works"), check("levels")]})
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["every", "component"], ["works", "works", "holds"], ["metric"], ["min-n", "min-n", "holds"],
        ["fault"], ["levels", "levels", "holds"],
    ]  # fmt: skip


def test_what_is_alike_on_several_modalities_is_printed_once(capsys):
    missing = {"seen": "it needs 'onnx'", "fix": "pip install onnx"}
    results = [
        result("summary", "failed", seen="no summary"),
        *(replace(result("quiet", "failed", seen="x"), modality=name) for name in ("image", "text", "table")),
        *(replace(result("labels", "failed", seen="y"), modality=name) for name in ("image", "text")),
        *(replace(result("order", "not tried", **missing), modality=name) for name in ("text", "table")),
        *(replace(result("seed", "not tried", **missing), modality=name) for name in ("text", "table")),
    ]
    print_results([replace(results[0], modality=""), *results[1:]], is_verbose=False)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "metric a:b on image, text and table: 6 failed, 4 not tried",
        "  failed    summary",
        "            seen: no summary",
        "  failed    quiet",
        "            seen: x",
        "  failed    labels on image and text",
        "            seen: y",
        "  not tried order and seed on text and table",
        "            because: it needs 'onnx'",
        "            to try it: pip install onnx",
    ]


def test_the_command_that_several_components_need_is_printed_once(capsys):
    missing = result("order", "not tried", seen="it needs 'onnx'", fix="pip install onnx")
    print_results([missing, replace(missing, component="a:c")], is_verbose=False)
    printed = capsys.readouterr().out
    assert printed.count("because: it needs 'onnx'") == 2
    assert printed.count("pip install onnx") == 1
