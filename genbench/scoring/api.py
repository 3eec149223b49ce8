"""`genbench.score`: computes metrics on files, splits of datasets or arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.scoring.arguments import check_call
from genbench.scoring.session import ScoreSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.scoring.measurement import Measurements

__all__ = ["score"]


def score(  # noqa: PLR0913 - keyword-only, all but two have defaults
    *,
    fake: Any,
    real: Any,
    train: Any = None,
    metrics: str | Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
    extractor: str | Mapping[str, Any] | None = None,
    protocol: str | None = None,
    n: int | None = None,
    seed: int = 0,
    device: str = "cpu",
    reader: str | Mapping[str, Any] | None = None,
    modality: str | Mapping[str, Any] | None = None,
    plugins: Sequence[str | Path] = (),
    save_stats: str | Path | None = None,
    yardstick: bool = True,
    report: Callable[..., None] | None = None,
) -> Measurements:
    """Compare the samples `fake` with the samples `real` by metrics; return a Measurement for each metric id.

    fake, real, train  paths (a folder of images, an .npz or .npy file, a folder of samples that a run kept);
                       splits of datasets ("digits.test");
                       or arrays, tensors or genbench.Samples: uint8 (n, h, w, c) images, float (n, d)
                       features, with ids like `fid[given]`. Metrics that look for copies of training samples
                       and extractors that are fitted need `train`. `real` may be an .npz file with `mu` and
                       `sigma`, for metrics that work from the mean and covariance of features
    metrics            a name, an id ("fid[pixels]"), several, or a mapping of these to options; None: the
                       metrics of a report
    extractor          replaces each metric's canonical extractor: a name, or a mapping with `use` and options
    protocol           the name of an extractor's settings that reproduce the numbers of a paper: "clean-fid"
    n                  cut fake and real to n samples, chosen by content; None: all samples
    seed               seed of metrics that draw random numbers
    reader             the dataset component that opens paths, if several can, or to give it options: a name,
                       or a mapping with `use` and options; "fake.encoding" is an option for fakes alone
    modality           the modality of samples that do not say theirs, such as molecules in a text file: a
                       name, or a mapping with `use`, parameters, and `field`, the key or column of strings in
                       files; None: the modality of the samples beside them, or of the dataset component.
                       Samples that say another one, or other parameters, are refused
    plugins            files of plugins that are not installed
    save_stats         the .npz file to which mean and covariance of the real features are written
    yardstick          whether to score real samples in place of the fakes, too, at one n: five halves of
                       `real` against the other halves or, for metrics that do not use `train`, five cuts of
                       `train`
    report(**event)    receives stages and progress, and a `note` with the modality that a file is read as

    The store caches features of paths and splits by content. Raises DataError for samples that cannot be
    opened or converted, and SuiteError for unknown names and options. A metric that has no value, or fails,
    gives a Measurement with its status and reason.
    """
    check_call(fake, n=n, seed=seed, save_stats=save_stats, report=report)
    session = ScoreSession(
        real, train, extractor=extractor, protocol=protocol, n=n, device=device, reader=reader,
        modality=modality, plugins=plugins,
    )  # fmt: skip
    return session.score(
        fake, metrics=metrics, seed=seed, save_stats=save_stats, report=report, yardstick=yardstick
    )
