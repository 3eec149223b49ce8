"""Marginals: how the values of parts of samples, such as columns, are distributed, beside real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench.core.escaping import one_line
from genbench.report.charts.theme import ACCENT, GREY, LINE, SIZE, WIDTH, Chart, frame, shorten_name, tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.contract.modalities import Distribution

__all__ = ["MOST_PARTS", "Marginals", "marginals_plot", "marginals_sheet"]

#: Parts of samples (such as the columns of a table) that a chart of one generator shows of it, and a sheet of
#: several generators of each.
MOST_PARTS, _MOST_IN_SHEET = 6, 4

_BESIDE, _BETWEEN = 2, 20  # panels in a line, and pixels between them
_SIDE, _HEIGHT = (WIDTH - _BETWEEN) // _BESIDE, 52  # pixels of a panel
_NAMES = 66  # pixels of the names of categories, of the width of their panel
_DIGITS = 4  # of a share behind the point: more would be below a pixel
_MARKS = 12  # whose bytes a panel of steps takes
_FAINT = 0.25  # opacity of what is inside of the outline of real samples
_KEY = "grey: real samples; blue: generated ones"


@dataclass(frozen=True, kw_only=True)
class Marginals:
    """The distributions of a generator's samples, beside those of real ones.

    side   the index of the generator in the shares of each distribution; real samples have index 0
    parts  the distribution of each part of the samples, such as a column of a table
    """

    generator: str
    side: int
    parts: tuple[Distribution, ...] = field(repr=False)

    @property
    def parts_worst_first(self) -> list[Distribution]:
        """The parts, sorted: the part whose distribution is farthest from the real one is the first."""
        return sorted(self.parts, key=lambda part: (-part.distance(self.side), part.part))

    @property
    def n_marks(self) -> int:
        """The number of marks (shapes and texts) of its chart; each takes about 400 bytes of a page.

        A page limits the number of marks, and leaves out a chart that has too many.
        """
        # A panel of categories has a bar and a tick for each value. One of numbers has no `values`; its steps
        # take as many bytes as _MARKS marks.
        return sum(max(_MARKS, 2 * len(part.values)) for part in self.parts_worst_first[:MOST_PARTS])


def marginals_plot(marginals: Marginals) -> Chart:
    """Return the chart of the marginals (distributions of parts) of a generator.

    It shows the parts whose distributions are farthest from the real ones, the worst first.
    """
    worst = marginals.parts_worst_first[:MOST_PARTS]
    title = f"marginals of {one_line(marginals.generator)}"
    return frame(_concat_panels(marginals, worst), title, _KEY, _parts_note(marginals, len(worst)))


def marginals_sheet(generators: Sequence[Marginals]) -> Chart:
    """Return the chart of the marginals of several generators, a block of panels for each.

    A panel shows the distribution of one part of the samples, such as a column of a table. A block has the
    parts whose distributions are farthest from the real ones.
    """
    blocks = []
    for marginals in generators:
        worst = marginals.parts_worst_first[:_MOST_IN_SHEET]
        head = {"text": one_line(marginals.generator), "subtitle": [_parts_note(marginals, len(worst))]}
        blocks.append(_concat_panels(marginals, worst) | {"title": head})
    return frame({"vconcat": blocks}, "marginals", _KEY)


def _parts_note(marginals: Marginals, n_shown: int) -> str:
    """Return the note that says how many of all parts a chart shows."""
    return f"the {n_shown} worst of {len(marginals.parts)}, the worst first"


def _concat_panels(marginals: Marginals, parts: Sequence[Distribution]) -> Chart:
    """Return the panels of the given parts of a generator, two in a line, without a title."""
    panels = [_part_panel(part, marginals.side) for part in parts]
    spacing = {"row": _BETWEEN / 2, "column": _BETWEEN}
    return {"concat": panels, "columns": _BESIDE, "align": "none", "spacing": spacing}


def _part_panel(part: Distribution, side: int) -> Chart:
    """Return the panel of one part of the samples, titled with its name.

    side  the index of the generator in the shares of the distribution; real samples have index 0

    A line below the title has the shares of missing values, if any are missing. In a panel, "here" means the
    generator.
    """
    missing = [f"{100 * part.missing(index):.0f} %" for index in (0, side)]
    has_gaps = set(missing) != {"0 %"}
    note = {"subtitle": f"missing: {missing[0]}, here {missing[1]}"} if has_gaps else {}
    head = {"text": shorten_name(one_line(part.part)), "offset": 3, "fontSize": SIZE} | note
    shares = [
        {"real": round(real, _DIGITS), "here": round(fake, _DIGITS)}
        for real, fake in zip(part.shares[0], part.shares[side], strict=True)
    ]
    chart = _value_bars(part, shares) if part.ends is None else _range_steps(part.ends, shares)
    return {"title": head} | chart


def _value_bars(part: Distribution, shares: list[dict[str, Any]]) -> Chart:
    """Return a bar for each value, as long as its share of real samples, with a tick at its generated share.

    shares  for each value, its share of the real samples ("real") and of the generated ones ("here")
    """
    names = list(map(one_line, part.values))
    # The bars begin at _NAMES pixels from the left of the panel. A negative offset moves the axis of names
    # into the panel, and 6 pixels remain between the names and the bars.
    axis = {"title": None, "labelLimit": _NAMES - 6, "offset": -_NAMES, "ticks": False}
    across = {"scale": {"zero": True, "range": [_NAMES, _SIDE]}}
    y = {"y": {"field": "value", "type": "nominal", "sort": names, "axis": axis}}
    tips = {"tooltip": tooltip("value", "real", "here")}
    return {
        "data": {"values": [{"value": name} | share for name, share in zip(names, shares, strict=True)]},
        "width": _SIDE,
        "height": {"step": LINE},
        "layer": [
            {"mark": _real_mark("bar"), "encoding": y | {"x": _share_channel("real") | across} | tips},
            {
                "mark": {"type": "tick", "color": ACCENT, "thickness": 2.5, "opacity": 1},
                "encoding": y | {"x": _share_channel("here") | across} | tips,
            },
        ],
    }


def _range_steps(ends: tuple[str, str], shares: list[dict[str, Any]]) -> Chart:
    """Return a step for each range of numbers: an area of real samples, and a line of generated ones.

    ends    the least and the greatest number, as texts
    shares  for each range, its share of the real samples ("real") and of the generated ones ("here")
    """
    # a step goes on to the next point, so the last share is repeated as the end of its step
    steps = [{"at": index} | share for index, share in enumerate([*shares, shares[-1]])]
    title = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    axis = {"title": one_line(title), "labels": False, "ticks": False, "grid": False, "titlePadding": 4}
    scale = {"domain": [0, len(shares)], "nice": False}
    x = {"x": {"field": "at", "type": "quantitative", "scale": scale, "axis": axis}}
    line = {"type": "line", "color": ACCENT, "strokeWidth": 2, "interpolate": "step-after"}
    return {
        "data": {"values": steps},
        "width": _SIDE,
        "height": _HEIGHT,
        "layer": [
            {
                "mark": _real_mark("area") | {"interpolate": "step-after", "line": {"color": GREY}},
                "encoding": x | {"y": _share_channel("real")},
            },
            {"mark": line, "encoding": x | {"y": _share_channel("here")}},
        ],
    }


def _real_mark(mark: str) -> Chart:
    """Return the mark of the real samples, "bar" or "area", in faint grey."""
    # an area has a line along its top, which `_range_steps` adds: an outline would also draw its sides
    outline = {"stroke": GREY} if mark == "bar" else {}
    return {"type": mark, "color": GREY, "fillOpacity": _FAINT} | outline


def _share_channel(name: str) -> Chart:
    """Return the x or y channel of a field with shares, from 0 on and without an axis."""
    return {"field": name, "type": "quantitative", "axis": None, "scale": {"zero": True}}
