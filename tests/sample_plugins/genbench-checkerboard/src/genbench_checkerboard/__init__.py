"""One generator of images: checkerboards in tones learned from the training images."""

from genbench import GeneratorSpec, hookimpl


@hookimpl
def genbench_generators():
    """Return the generator of this plugin."""
    return [
        GeneratorSpec(
            name="checkerboard",
            make="genbench_checkerboard.board:checkerboard",
            load="genbench_checkerboard.board:load",
            summary="checkerboards in tones of the training images",
            modalities=("image",),
        )
    ]
