"""The files beside the code: the citation, the workflow, and the forms for issues and pull requests."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

import genbench


def _metadata(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_and_the_package_have_one_version(root):
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [genbench.__version__]
    assert importlib.metadata.version("genbench") == genbench.__version__


def test_the_readme_has_at_most_900_words_beside_its_code(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$|<!--.*?-->|\]\([^)]*\)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"\w[\w'-]*", text)) <= 900


def test_the_extras_in_the_readme_are_those_of_the_package(root, section, table):
    extras = [row[0].strip("`") for row in table(section("README.md", "## Extras"))]
    assert sorted([*extras, "bench"]) == sorted(
        _metadata(root)["optional-dependencies"]
    )  # bench: for benchmarks


def test_the_workflow_runs_the_test_command_of_the_readme(root):
    workflow = (root / ".github/workflows/test.yml").read_text(encoding="utf-8")
    commands = re.findall(r"- run: (.+)$", workflow, re.MULTILINE)
    assert commands == ["pip install tox && tox"]
    assert f"$ {commands[0]}\n" in (root / "README.md").read_text(encoding="utf-8")


def test_the_workflow_tests_the_pythons_that_the_classifiers_name(root):
    workflow = (root / ".github/workflows/test.yml").read_text(encoding="utf-8")
    tested = re.findall(r'"(3\.\d+)"', workflow)
    prefix = "Programming Language :: Python :: "
    named = [line.removeprefix(prefix) for line in _metadata(root)["classifiers"] if line.startswith(prefix)]
    assert [version for version in named if version != "3"] == tested
    assert _metadata(root)["requires-python"] == f">={tested[0]}"


def test_the_forms_ask_for_what_doctor_prints(root):
    forms = [*(root / ".github/ISSUE_TEMPLATE").glob("*.yml"), root / ".github/PULL_REQUEST_TEMPLATE.md"]
    assert len(forms) == 3
    assert all("genbench doctor" in form.read_text(encoding="utf-8") for form in forms)
