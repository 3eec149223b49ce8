"""`genbench.Reference`: real samples with all that scores need of them, kept for many calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench.scoring.arguments import check_call, check_numbers
from genbench.scoring.session import ScoreSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.scoring.measurement import Measurements

__all__ = ["Reference"]


class Reference:
    """Real samples for many scores: what they need is computed once, so a score costs only the fakes.

        reference = genbench.Reference("digits.test", extractor="digits-classifier")
        for epoch in range(100):
            ...
            print(reference.score(images, metrics=["fid", "precision"])["fid[digits-classifier]"].value)

    real, train  as in `genbench.score`: paths, splits of datasets, arrays, tensors, strings or
                 `genbench.Samples`; `real` may be a file of statistics
    extractor, protocol, n, device, reader, modality, plugins
                 as in `genbench.score`; `n` and the protocol cut the fakes of each call, too

    `reference.score(fake, …)` equals `genbench.score(fake=fake, …)` with the same arguments bit by bit: in
    value, n, signature, status, reason and cautions; it has no yardsticks. Between calls, a Reference keeps
    the catalog of plugins, the opened real and training samples, the extractors, fitted if they need it, and
    the features of real and training samples. It keeps nothing of the fakes. It compares each extractor with
    other processes once, and with itself after each extraction.

    Its samples do not change after it is made. It copies arrays, tensors and `genbench.Samples`. It reads
    paths and splits once; if the files of a path change before that, `score` raises DataError.

    Raises DataError if a path or a split cannot be opened, and SuiteError for unknown names and options.
    Other samples are opened by the first score, because the fakes may decide their modality.
    """

    def __init__(
        self,
        real: Any,
        *,
        train: Any = None,
        extractor: str | Mapping[str, Any] | None = None,
        protocol: str | None = None,
        n: int | None = None,
        device: str = "cpu",
        reader: str | Mapping[str, Any] | None = None,
        modality: str | Mapping[str, Any] | None = None,
        plugins: Sequence[str | Path] = (),
    ) -> None:
        """Open and keep the samples whose modality is known without the fakes.

        For arguments and errors see the class.
        """
        check_numbers(n=n)  # the session checks the other arguments
        self._session = ScoreSession(real, train, extractor=extractor, protocol=protocol, n=n, device=device,
                                reader=reader, modality=modality, plugins=plugins)  # fmt: skip
        self._session.pin_samples()  # copies samples in memory, so that later changes do not count

    def score(
        self,
        fake: Any,
        *,
        metrics: str | Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
        seed: int = 0,
        report: Callable[..., None] | None = None,
    ) -> Measurements:
        """Compare the samples `fake` with the real samples by metrics; return Measurements by metric id.

        For arguments and errors see `genbench.score`.
        """
        check_call(fake, seed=seed, report=report)
        return self._session.score(fake, metrics=metrics, seed=seed, report=report)
