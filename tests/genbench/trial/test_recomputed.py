"""What a change of code or of a declared file computes again."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog
from genbench.core.canonical_json import digest

CHECKED = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"

PLANNED = plugin_text("""
import its_helper

def make(train, *, words: Path, program: Path): ...

GeneratorSpec(name="planned", make=make)
""")
PACKAGED = plugin_text('GeneratorSpec(name="packaged", make="packaged_plugin.deep:make")')


@pytest.fixture
def sample_keys(site, tmp_path, suite_text, trials_of, store):
    """Return a function to the sample keys of generators of a plugin file, a package and genbench itself."""
    package = site.folder / site.add("packaged-plugin", "")
    package.with_suffix(".py").unlink()
    package.mkdir()
    files = {
        "planned.py": PLANNED, "its_helper.py": "", "words.txt": "a", "program": "#!/bin/sh\n",
        package / "__init__.py": PACKAGED, package / "data.bin": "",
        package / "deep.py": "def make(train): ...",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    planned = f'use = "planned"\nwords = "{tmp_path / "words.txt"}"\nprogram = "{tmp_path / "program"}"'
    text = suite_text(datasets=["cloud"], generators=[planned, "packaged", "noise"], metrics=["gap"], n=20)

    def keys():
        catalog = load_catalog([CHECKED, tmp_path / "planned.py"], only=["packaged-plugin", "genbench"])
        return {
            trial.generator.name: digest(dict(trial.sample_key)) for trial in trials_of(text, catalog, store)
        }

    return keys, package


@pytest.mark.parametrize(
    ("name", "generator"),
    [
        ("planned.py", "planned"),
        ("its_helper.py", "planned"),
        ("words.txt", "planned"),
        ("program", "planned"),
        ("deep.py", "packaged"),
        ("data.bin", "packaged"),
    ],
)
def test_a_changed_file_or_module_recomputes_its_own_generator_alone(sample_keys, tmp_path, name, generator):
    keys, package = sample_keys
    before = keys()
    file = tmp_path / name if (tmp_path / name).exists() else package / name
    file.write_text(f"{file.read_text()}\n# more\n")
    after = keys()
    assert {each for each in after if after[each] != before[each]} == {generator}
