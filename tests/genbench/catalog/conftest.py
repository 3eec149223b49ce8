from __future__ import annotations

import textwrap

import pytest
from toys import plugin_text

GENERATOR = plugin_text("""
    def fit(train): ...

    GeneratorSpec(name="{name}", make=fit)
""")


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
