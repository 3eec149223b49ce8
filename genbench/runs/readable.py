"""The results of a run as tables, comparisons and charts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from genbench.board.csv_tables import leaderboard_frame, scores_frame
from genbench.board.decisions.comparison import Contender, comparison_frame
from genbench.board.decisions.comparison import compare as compare_contenders
from genbench.board.decisions.power import read_amounts
from genbench.board.decisions.vote_power import estimate_needs
from genbench.board.formats.html_fragment import board_html
from genbench.board.view import view_results
from genbench.core.errors import SuiteError
from genbench.report.charts.kinds import KINDS, build_chart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import altair as alt
    import pandas as pd

    from genbench.results.results import Results

__all__ = ["ReadableRun"]


@dataclass(frozen=True, kw_only=True)
class ReadableRun:
    """A run whose results are read: `Run` and `StoredRun` have its methods.

    folder   the results folder
    results  its plan, records and traces
    """

    folder: Path
    results: Results = field(repr=False)

    def leaderboard(self) -> pd.DataFrame:
        """Return leaderboard.csv as a frame: one row per dataset and generator."""
        return leaderboard_frame(self.results.plan, self.results.records)

    def scores(self) -> pd.DataFrame:
        """Return scores.csv as a frame: one row per cell."""
        return scores_frame(self.results.plan, self.results.records)

    def compare(
        self, a: str, b: str, *, other: ReadableRun | None = None, dataset: str | None = None
    ) -> pd.DataFrame:
        """Return the differences a - b of two generators as a frame: one row per dataset and metric.

        other    the run of `b`; None: this run
        dataset  None: all datasets

        The columns and the tests are those of `genbench compare`. Raises SuiteError for an unknown name, and
        if nothing can be compared.
        """
        first, second = (
            Contender(
                # the folders tell two runs apart
                label=name if other is None else f"{run.folder}:{name}", generator=name,
                plan=run.results.plan, records=run.results.records,
            )
            for name, run in ((a, self), (b, other or self))
        )  # fmt: skip
        return comparison_frame(compare_contenders(first, second, dataset=dataset))

    def power(
        self, differences: Mapping[str, float | str], *, power: float = 0.8, generators: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return the seeds, or the votes, that tell differences apart: one row per dataset and metric.

        differences  by metric, in its unit or in percent: {"fid": 5, "recall": "2%"}
        power        the probability that the test finds the difference, in (0, 1)
        generators   those whose spread counts; (): all but controls

        The columns are those of `genbench power`. Raises SuiteError for an unknown name or a wrong amount.
        """
        import pandas as pd

        amounts = read_amounts(
            "differences", [f"{metric}={amount}" for metric, amount in differences.items()]
        )
        needs = estimate_needs([self.results], amounts, power=power, generators=generators)
        return pd.DataFrame([asdict(need) for need in needs])

    def plot(self, *metrics: str, kind: str | None = None, dataset: str | None = None) -> alt.TopLevelMixin:
        """Return a chart of the run for a notebook, as `genbench plot` draws it; it needs genbench[altair].

        metrics  ids, or names without extractor: one for the kinds "seeds" and "cost", two for "trade-off"
        kind     None: "ranks", "seeds" or "trade-off", by the number of metrics; else one of `genbench plot`
        dataset  None: the only one

        Raises SuiteError for unknown names, if there is nothing to draw, and without Altair.
        """
        kinds = ("ranks", "seeds", "trade-off")  # by the number of metrics: none, one or two
        if kind is None and len(metrics) < len(kinds):  # with three metrics or more, the user names the kind
            kind = kinds[len(metrics)]
        if kind not in KINDS:
            raise SuiteError(f"kind: no chart is called {kind!r}; expected one of {', '.join(KINDS)}")
        chart = build_chart(self.results, kind, dataset=dataset, metrics=metrics)
        try:
            import altair as alt
        except ImportError as error:
            raise SuiteError("plot needs Altair; install it with: pip install 'genbench[altair]'") from error
        return alt.Chart.from_dict(chart)  # which picks the class, such as LayerChart

    def _repr_html_(self) -> str:
        """Return the leaderboard as HTML tables, which notebooks show."""
        return board_html(view_results(self.results))
