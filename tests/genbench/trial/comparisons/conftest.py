from __future__ import annotations

import pytest


@pytest.fixture(scope="package")
def rivals(suite_text, tmp_path_factory):
    """Return a function that runs comparisons of constant generators, and returns the run.

    generators  by name, the place of their samples; "breaks" has none
    """
    from pathlib import Path

    import genbench

    plugin = Path(__file__).parents[3] / "toy_plugins" / "rivals_plugin.py"
    store = tmp_path_factory.mktemp("rivals-store")

    def run(folder, *metrics, generators=(("near", 1.0), ("far", 3.0)), seeds=(0, 1), n=20, **options):
        lines = [
            f'name = "rivals"\nseeds = {list(seeds)}\nn = {n}\ncontrols = false\n[[dataset]]\nuse = "cloud"'
        ]
        for name, at in generators:
            use = "breaks" if name == "breaks" else "constant"
            lines.append(f'[[generator]]\nuse = "{use}"\nname = "{name}"' + (f"\nat = {at}" if at else ""))
        lines += [f'[[metric]]\nuse = "{metric}"' for metric in metrics]
        path = folder / "rivals.toml"
        path.write_text("\n".join(lines) + "\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENBENCH_STORE", str(store))
            return genbench.run(path, output=folder / "out", plugins=[plugin], jobs=2, **options)

    return run
