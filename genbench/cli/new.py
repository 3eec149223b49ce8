"""`genbench new`: writes a plugin package."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from genbench.checks.scaffold.package import KINDS, KINDS_OF_MODALITY
from genbench.cli.arguments.help import command
from genbench.cli.views.output import print_warning, send_plugin_output_to_stderr, wrap_line
from genbench.contract.hookspecs import PROJECT

__all__ = ["new"]


@command("genbench new metric edge-gap", "genbench new generator tilt --modality audio --folder ~/code")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.option("--author", metavar="'NAME <ADDRESS>'", help="The author, for pyproject.toml and the licence.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default="this one",
    help="Where to write the package's folder.",
)  # fmt: skip
@click.option(
    "--modality", metavar="NAME",
    help="Only on this modality.  For a metric, generator, extractor or fault.",
    show_default="features for a metric, vector for others",
)  # fmt: skip
def new(kind: str, name: str, author: str | None, folder: Path, modality: str | None) -> None:
    """Write a package with one component of KIND that works: edit it, and publish it.

    NAME is the component's, such as edge-gap; the package is genbench-edge-gap. It has a module, a test, a
    README, the MIT licence, and a workflow for GitHub. Nothing is overwritten.
    """
    from genbench.catalog.catalog import load_catalog
    from genbench.catalog.modalities import find_modality, list_modalities
    from genbench.checks.scaffold.package import make_package_names, render_package, write_package

    names = make_package_names(kind, name)
    with send_plugin_output_to_stderr():  # what plugins print while they are imported goes to standard error
        catalog = load_catalog()
    chosen = None if modality is None else find_modality(list_modalities(catalog), modality)
    files = render_package(kind, names, author=author, modality=chosen)
    package = write_package(folder, names, files)
    for namesake in catalog.matches(kind, names.component):
        print_warning(
            f"warning: {namesake.owner.distribution} has a {kind} {names.component!r} too; where both could "
            f"serve, a suite has to say {names.distribution}:{names.component}"
        )
    if chosen is None and kind in KINDS_OF_MODALITY:
        written = "features of any modality" if kind == "metric" else "vectors"
        click.echo(f"For {written}; --modality NAME sets another.")
    click.echo(f"cd {package} && pip install -e '.[test]'")
    click.echo(f"pytest && genbench check {names.distribution}")
    spec = f"{PROJECT}.{kind.title()}Spec"
    line = f"Then edit {names.module}.py: `python -m pydoc {spec}` describes what it declares and returns."
    click.echo(wrap_line(line, sys.stdout))
