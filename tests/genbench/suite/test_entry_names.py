from __future__ import annotations

from pathlib import Path

import pytest
from toys import make_plugin

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output
from genbench.catalog.catalog import catalog_of
from genbench.core.errors import SuiteError
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite


def make(*, k: int = 3): ...


def compute(fake): ...


def plugin(prefix):
    """Return a plugin whose components have a prefix, so that two plugins share no name."""

    def named(kind, *names, make=make, **more):
        return [kind(name=f"{prefix}{name}", make=make, **more) for name in names]

    of_pixels = {"make": compute, "takes": "features", "extractor": f"{prefix}pixels"}
    both = tuple(Output(name=f"{prefix}{name}", direction="higher") for name in ("precision", "recall"))
    return make_plugin(
        *named(DatasetSpec, "photos", "paintings", modalities=("image",)),
        *named(DatasetSpec, "novel", modalities=("text",)),
        *named(ExtractorSpec, "pixels", "network", outputs={"features": "x"}),
        *named(GeneratorSpec, "vae", "ddpm", modalities=("image",)),
        *named(GeneratorSpec, "held-out", "noise", control="floor"),
        *named(GeneratorSpec, "markov", modalities=("text",)),
        *named(MetricSpec, "gap", "duplicates", make=compute),
        *named(MetricSpec, "fid", **of_pixels),
        *named(MetricSpec, "precision-recall", outputs=both, **of_pixels),
    )


CATALOG = catalog_of({"genbench": plugin(""), "mine": plugin("my-"), "other": plugin("other-")})

ENTRIES = {
    "dataset": '{use = "photos"}',
    "generator": '{use = "vae"}',
    "controls": "",
    "metric": '{use = "gap"}',
}


def resolved(**changed):
    lists = "".join(f"{kind} = [{entry}]\n" for kind, entry in (ENTRIES | changed).items())
    text = f'name = "s"\nseeds = [0]\nn = 4\n{lists}'
    return resolve_suite(parse_suite(text, file="s.toml", folder=Path()), CATALOG)


@pytest.mark.parametrize(
    ("kind", "use", "name", "owner"),
    [
        ("dataset", "photos", "paintings", "dataset 'paintings' of genbench"),
        ("generator", "vae", "ddpm", "generator 'ddpm' of genbench"),
        ("generator", "vae", "noise", "generator 'noise' of genbench"),
        ("generator", "my-vae", "ddpm", "generator 'ddpm' of genbench"),
        ("generator", "my-vae", "my-ddpm", "generator 'my-ddpm' of mine"),
        ("controls", "noise", "held-out", "generator 'held-out' of genbench"),
        ("metric", "duplicates", "gap", "metric 'gap' of genbench"),
        ("metric", "duplicates", "fid", "metric 'fid' of genbench"),
        ("metric", "recall", "precision", "an output of metric 'precision-recall' of genbench"),
        ("metric", "gap", "recall", "an output of metric 'precision-recall' of genbench"),
        ("metric", "my-gap", "my-recall", "an output of metric 'my-precision-recall' of mine"),
    ],
)
def test_an_entry_cannot_have_the_name_of_another_component(kind, use, name, owner):
    with pytest.raises(SuiteError) as caught:
        resolved(**{kind: f'{{use = "{use}", name = "{name}"}}'})
    message = f"s.toml: {kind}[0].name: {name!r} is the name of {owner}; choose another name"
    assert str(caught.value) == message


def test_an_extractor_s_entry_cannot_have_the_name_of_another_extractor():
    with pytest.raises(SuiteError) as caught:
        resolved(metric='{use = "fid", extractor = {use = "pixels", k = 4, name = "network"}}')
    assert str(caught.value) == (
        "s.toml: metric[0].extractor.name: 'network' is the name of extractor 'network' of genbench; choose "
        "another name"
    )


@pytest.mark.parametrize(
    ("kind", "use", "name"),
    [
        ("dataset", "photos", "photos"),
        ("dataset", "photos", "novel"),
        ("generator", "vae", "vae"),
        ("generator", "vae", "vae-small"),
        ("generator", "vae", "markov"),
        ("generator", "vae", "photos"),
        ("generator", "vae", "my-ddpm"),
        ("controls", "noise", "noise"),
        ("metric", "recall", "recall"),
        ("metric", "fid", "fid-small"),
    ],
)
def test_its_own_name_and_names_that_no_component_of_the_suite_has_are_free(kind, use, name):
    assert resolved(**{kind: f'{{use = "{use}", name = "{name}"}}'})


def test_the_names_of_every_distribution_of_the_suite_are_taken():
    entries = '{use = "vae", name = "other-ddpm"}, {use = "my-vae"}'
    assert resolved(generator=entries)
    with pytest.raises(SuiteError, match="'other-ddpm' is the name of generator 'other-ddpm' of other"):
        resolved(generator=entries, metric='{use = "other-gap"}')
