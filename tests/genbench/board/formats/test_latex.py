"""Boards as LaTeX tables."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest

from genbench.board.formats.latex import board_latex, latex_text
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board

TABLE = {
    "vae_1": {"fid[pixels]": [1.0, 1.1, 1.2], "recall[pixels]": [0.5, 0.5, 0.5]},
    "gan": {"fid[pixels]": [1.2, 1.1, 1.3], "recall[pixels]": ["error", 0.5, 0.5]},
    "old": {"fid[pixels]": [9.0, 9.1, 9.2], "recall[pixels]": [0.1, 0.2, 0.1]},
    "noise": {"fid[pixels]": [9.0, 9.0, 9.0], "recall[pixels]": [0.1, 0.2, 0.1]},
}


def test_the_best_are_bold_ranges_are_subscripts_and_controls_are_in_italics(run_of):
    lines = board_latex(
        view_board(build_board(*run_of(TABLE, directions={"recall[pixels]": "higher"})))
    ).splitlines()
    assert r"rank & generator & fid $\downarrow$ & recall $\uparrow$ \\" in lines
    assert r"\par{\footnotesize digits on pixels, seeds 0 1 2, n 599.\par}" in lines
    (vae,) = (line for line in lines if r"& vae\_1 " in line)
    ranks, name, fid, recall = vae.split(" & ")
    assert (ranks, name) == ("1", r"vae\_1")
    assert fid == r"\textbf{1.100} $\pm$ 0.25$_{1\mbox{--}2}$"
    assert recall == r"\textbf{0.5000} $\pm$ 0$_{1}$ \\"
    (gan,) = (line for line in lines if "& gan &" in line)
    assert gan.endswith(r"& error \\")
    (old,) = (line for line in lines if " & old & " in line)
    assert "9.100 $\\pm$ 0.25$_{3}$" in old
    (noise,) = (line for line in lines if r"{noise}" in line)
    assert noise.startswith(r" & \textit{noise} & 9.000 $\pm$ 0 &")
    assert lines.count(r"\midrule") == 2


def test_warnings_are_below_the_tables_as_in_other_formats(run_of):
    view = view_board(build_board(*run_of(TABLE)))
    bare = replace(view, wrong_controls=())
    full = replace(
        view, differences=("n is 5 and 6",), cautions=("50 % are_copies",), wrong_controls=("noise is first",)
    )
    assert board_latex(full).removeprefix(board_latex(bare)).splitlines() == [
        r"\par{\footnotesize Not comparable: n is 5 and 6.\par}",
        r"\par{\footnotesize Warning: 50 \% are\_copies.\par}",
        r"\par{\footnotesize Warning: noise is first.\par}",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b", r"a\_b"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("50 % & more", r"50 \% \& more"),
        ("$x^2~#", r"\$x\textasciicircum{}2\textasciitilde{}\#"),
        ("two\nlines", "two lines"),
        ("1–2 ± 3 →", r"1--2 $\pm$ 3 $\to$"),
    ],
)
def test_no_text_is_a_command(text, expected):
    assert latex_text(text) == expected


@pytest.mark.full
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex with booktabs (Debian: texlive)")
def test_latex_compiles_the_tables(run_of, tmp_path):
    tables = board_latex(view_board(build_board(*run_of(TABLE | {r"\a_{b}$&%#~^": TABLE["gan"]}))))
    page = rf"""\documentclass{{article}}
\usepackage[utf8]{{inputenc}}
\usepackage{{booktabs}}
\begin{{document}}
{tables}
\end{{document}}"""
    (tmp_path / "page.tex").write_text(page, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "page.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_row_of_a_csv_file_stands_between_two_lines(run_of, without_records):
    lines = board_latex(view_board(build_board(*without_records(run_of(TABLE), "old")))).splitlines()
    (start,) = (number for number, line in enumerate(lines) if " old (unverified) " in line)
    assert lines[start - 1] == lines[start + 1] == r"\midrule"
    assert lines[start] == r" & old (unverified) & 9.100 $\pm$ 0.25 & 0.1333 $\pm$ 0.14 \\"
