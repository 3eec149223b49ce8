"""The tables of gates and of needs."""

from __future__ import annotations

import io

from rich.console import Console

from genbench.board.decisions.gate import GateCheck
from genbench.board.decisions.power import Need
from genbench.cli.views.decisions import make_checks_view, make_needs_view


def lines_of(table, rows):
    console = Console(file=io.StringIO(), width=100)
    console.print(table(console, rows))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_check_without_numbers_has_a_reason():
    check = GateCheck(dataset="digits", generator="vae", metric="fid", verdict="not comparable", reason="n")
    assert lines_of(make_checks_view, [check])[2].split("  ")[0] == "vae"
    assert "not comparable" in lines_of(make_checks_view, [check])[2]


def test_the_shares_of_samples_with_features_follow_the_reason():
    check = GateCheck(
        dataset="digits", generator="vae", metric="fid", verdict="ok", reason="the same samples",
        valid_shares="valid share is 96 % in a",
    )  # fmt: skip
    text = " ".join(" ".join(lines_of(make_checks_view, [check])[2:]).split())
    assert text == "vae fid ok the same samples; valid share is 96 % in a"


def test_checks_of_several_datasets_name_them():
    checks = [
        GateCheck(dataset=dataset, generator="vae", metric="fid", verdict="not comparable", reason="n")
        for dataset in ("digits", "idx")
    ]
    lines = [line.split()[:2] for line in lines_of(make_checks_view, checks)]
    assert (lines[0], *lines[2:]) == (["dataset", "generator"], ["digits", "vae"], ["idx", "vae"])


def test_seeds_are_one_number_a_range_or_out_of_reach():
    need = {
        "dataset": "digits", "metric": "fid", "n": 9, "generators": 1, "seeds": 3, "difference": 1.0,
        "deviation": 1.0, "hours": None,
    }  # fmt: skip
    pairs = [(3, 3), (3, 9), (3, None), (None, None)]
    needs = [Need(**need, needed=low, needed_at_most=high) for low, high in pairs]
    seeds = [line.split("1.0  ")[-1].strip() for line in lines_of(make_needs_view, needs)[2:6]]
    assert seeds == ["3", "3–9", "3–over 10000", "over 10000"]
