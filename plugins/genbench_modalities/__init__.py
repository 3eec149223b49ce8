"""The bundled modalities, the kinds of data of other plugins, and the faults that damage samples of them."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt

from genbench import FaultSpec, ModalitySpec, hookimpl
from genbench_modalities import faults

_SPECS = [
    ModalitySpec(
        name="image",
        make="genbench_modalities.image:Image",
        summary="images with one size: grey, RGB or RGBA",
        container="array",
        dtypes=("uint8",),
        axes=("height", "width", "channels"),
        advice="convert with genbench.images(x, range=(-1, 1)), in which range may be (0, 1) or (0, 255); "
        "for channels last, add layout='nhwc'; grey ones of 3 axes with x[..., None]",
        default_dataset="digits",
    ),
    ModalitySpec(
        name="text",
        make="genbench_modalities.strings:Text",
        summary="texts",
        container="strings",
        advice="give a list or tuple of str",
        default_dataset="moby-dick",
    ),
    ModalitySpec(
        name="sequence",
        make="genbench_modalities.strings:Sequence",
        summary="biological sequences: DNA, RNA, proteins",
        container="strings",
        parameters={"alphabet": Literal["dna", "rna", "protein"] | None},
        advice="give genbench.Samples.of('sequence', a list of str, alphabet='dna')",
        default_dataset="kmer-world",
        default_extractor="char-ngrams",
    ),
    ModalitySpec(
        name="vector",
        make="genbench_modalities.vector:Vector",
        summary="vectors of numbers, such as features",
        container="array",
        dtypes=("float32", "float64"),
        axes=("dimension",),
        advice="convert with x.reshape(len(x), -1).astype('float64')",
        default_extractor="given",
    ),
    ModalitySpec(
        name="table",
        make="genbench_modalities.table:Table",
        summary="rows of a table with columns of different types",
        container="frame",
        parameters={
            "target": str | None,  # the column that models of utility predict
            "ordered": tuple[tuple[str, tuple[str, ...]], ...] | None,  # the levels of columns, ascending
        },
        advice="give a pandas frame",
        default_dataset="table-world",
        default_extractor="table-encoder",
        report=("shapes", "pair-trends", "pair-trends-strong", "c2st", "tstr-boosting"),
    ),
    ModalitySpec(
        name="audio",
        make="genbench_modalities.audio:Audio",
        summary="sounds of any length: mono, stereo or more channels",
        container="ragged",
        dtypes=("float32",),
        axes=("time", "channels"),
        parameters={"rate": Annotated[int, Gt(0)]},
        advice="convert with x.astype('float32'), mono sounds with x[..., None]",
    ),
    ModalitySpec(
        name="points",
        make="genbench_modalities.points:Points",
        summary="point clouds with any number of points",
        container="ragged",
        dtypes=("float32",),
        axes=("point", "coordinates"),
        advice="convert with x.astype('float32')",
        default_dataset="shapes-world",
    ),
    ModalitySpec(
        name="video",
        make="genbench_modalities.video:Video",
        summary="clips with any number of frames",
        container="ragged",
        dtypes=("uint8",),
        axes=("frame", "height", "width", "channels"),
        parameters={"rate": Annotated[float, Gt(0)] | None},
        advice="convert frames in [0, 1] with (x * 255).round().clip(0, 255).astype('uint8')",
    ),
]


@hookimpl
def genbench_modalities() -> list[ModalitySpec]:
    """Return the specs of the modalities."""
    return _SPECS


@hookimpl
def genbench_faults() -> list[FaultSpec]:
    """Return the specs of the faults."""
    return faults.SPECS
