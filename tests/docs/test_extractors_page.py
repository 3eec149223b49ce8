"""The page of the image extractors says what their specs and signatures say."""

from __future__ import annotations

import inspect
import json

import pytest
from genbench_image import genbench_extractors
from genbench_image.files import weights

from genbench.contract.signature import read_contract
from genbench.core.limits import bytes_text

PAGE = "docs/extractors.md"
PUBLISHED = [
    spec
    for spec in genbench_extractors()
    if spec.make.startswith(("genbench_image.inception.", "genbench_image.pretrained.published:"))
]


def spec_named(name):
    return next(spec for spec in genbench_extractors() if spec.name == name)


def test_weights_are_listed_with_their_files_sizes_and_licences(section, table):
    assets = {
        asset.name: asset
        for asset in (
            weights.INCEPTION_WEIGHTS,
            weights.VGG16_WEIGHTS,
            *weights.CLIP_WEIGHTS.values(),
            *weights.DINOV2_WEIGHTS.values(),
        )
    }
    assert list(assets) == [spec.name for spec in PUBLISHED]
    assert table(section(PAGE, "## Weights")) == [
        [f"`{name}`", asset.file_name, bytes_text(asset.size_bytes), asset.licence]
        for name, asset in assets.items()
    ]


@pytest.mark.parametrize("name", ["inception-v3-compat", "torch-module", "lpips"])
def test_options_are_listed(name, section, table):
    rows = table(section(PAGE, f"## {name}"))
    listed = [option.strip("`") for row in rows for option in row[0].split(", ")]
    options = [option.name for option in read_contract(spec_named(name)).options]
    assert listed[: len(options)] == options


def test_defaults_of_the_inception_network_are_those_of_its_signature(section, table):
    from genbench_image.inception.inception import inception_v3_compat

    parameters = inspect.signature(inception_v3_compat).parameters
    for row in table(section(PAGE, "## inception-v3-compat")):
        default = parameters[row[0].strip("`")].default
        assert row[2] == ("what was fetched" if default is None else f"`{json.dumps(default)}`")


def test_every_extractor_for_images_of_photographs_is_on_the_page(root):
    text = (root / PAGE).read_text(encoding="utf-8")
    assert all(f"`{spec.name}`" in text for spec in PUBLISHED)
    assert all(f"`{output}`" in text for spec in PUBLISHED for output in spec.outputs)
