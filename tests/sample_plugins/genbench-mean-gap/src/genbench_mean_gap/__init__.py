"""One metric on images: how far their mean intensity is off."""

from genbench import MetricSpec, hookimpl


@hookimpl
def genbench_metrics():
    """Return the metric of this plugin."""
    return [
        MetricSpec(
            name="mean-gap",
            make=mean_gap,
            summary="absolute difference of mean intensity",
            takes="samples",
            modalities=("image",),
            aspect="fidelity",
            direction="lower",
            best=0.0,
            range=(0.0, 255.0),
        )
    ]


def mean_gap(real, fake):
    """Return the absolute difference of the mean intensities, in [0, 255]; lower is better."""
    return abs(float(real.data.mean()) - float(fake.data.mean()))
