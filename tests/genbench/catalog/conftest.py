from __future__ import annotations

import textwrap

import pytest

GENERATOR = """
    from genbench import GeneratorSpec, hookimpl

    def fit(train): ...

    @hookimpl
    def genbench_generators():
        return [GeneratorSpec(name="{name}", make=fit)]
"""


@pytest.fixture
def add_generator(site):
    """Return a function that installs a distribution with one generator."""

    def add(distribution, name, **options):
        return site.add(distribution, GENERATOR.format(name=name), **options)

    return add


@pytest.fixture
def plugin_file(site, tmp_path):
    """Return a plugin file with the generator from-file."""
    file = tmp_path / "My_metric.py"
    file.write_text(textwrap.dedent(GENERATOR.format(name="from-file")))
    return file
