"""`genbench suites`: the bundled suites as a table, and the text of one."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.suite.file import bundled_suites, bundled_text, parse_suite


def invoke(*words, **variables):
    return CliRunner().invoke(main, ["suites", *words], env=variables)


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_the_table_has_all_bundled_suites_with_their_parts(width):
    found = invoke(COLUMNS=width)
    lines = found.stdout.splitlines()
    assert (found.exit_code, max(map(len, lines)) <= int(width)) == (0, True)
    assert [line.split()[0] for line in lines if line.startswith(bundled_suites())] == [*bundled_suites()]
    for part in ("digits", "wgan-gp", "moby-dick", "shapes-world"):
        assert part in found.stdout


def test_a_suite_is_printed_as_it_is_to_be_copied(tmp_path):
    text = invoke("quickstart").stdout
    assert text == bundled_text("quickstart")
    assert parse_suite(text, file="mine.toml", folder=tmp_path).name == "quickstart"


def test_an_unknown_suite_is_refused_with_the_nearest():
    found = invoke("quikstart")
    assert found.exit_code == 2
    assert found.stderr == "Error: no bundled suite 'quikstart'; did you mean 'quickstart'?\n"
