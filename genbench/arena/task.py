"""The file in which one person compares samples: one page that needs no other file and no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.arena.pairs import task_hash
from genbench.arena.samples import take_samples
from genbench.core.containers import find_container
from genbench.core.errors import DataError
from genbench.core.escaping import escape_surrogates, escape_unprintable, one_line
from genbench.report.page.markup import (
    data_url,
    open_templates,
    policy,
    script_json,
    script_text,
    template_text,
)
from genbench.report.page.samples.exhibits import is_large, make_exhibits
from genbench.results.galleries import shrink_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.arena.pairs import BlindPair
    from genbench.arena.samples import ArenaTrial
    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.report.page.samples.exhibits import Exhibit

__all__ = ["MOST_SAMPLE_BYTES", "render_task"]

#: Bytes of the values of a sample, above which its modality makes it smaller: 512 x 512 pixels in colour.
MOST_SAMPLE_BYTES = 512 * 512 * 3

_TEMPLATES = Path(__file__).with_name("templates")


def render_task(
    pairs: Sequence[BlindPair], questions: Sequence[str],
    locations: Mapping[str, tuple[ArenaTrial, int]], modality: Modality,
) -> bytes:  # fmt: skip
    """Return the file in which a rater votes on pairs, in UTF-8.

    locations  by digest of each sample, its trial and its position there

    The file has the samples in the order of their digests, and no name, seed or path of the run. Raises
    DataError if a sample cannot be shown.
    """
    # the digests of all samples; a pair without a reference has "" in its place
    digests = sorted(
        {digest for pair in pairs for digest in (pair.first, pair.second, pair.reference) if digest}
    )
    numbers = {digest: number for number, digest in enumerate(digests)}
    samples, columns = _render_samples(digests, locations, modality)
    question_lines = [one_line(question) for question in questions]
    task = {
        "hash": task_hash(question_lines, pairs),
        "questions": question_lines,
        "columns": columns,
        "samples": samples,
        "pairs": [
            # samples by their numbers; `get` returns None for a pair without a reference
            [pair.question, numbers[pair.first], numbers[pair.second], numbers.get(pair.reference)]
            for pair in pairs
        ],
    }
    style, script = template_text("task.css", _TEMPLATES), template_text("task.js", _TEMPLATES)
    text = open_templates(_TEMPLATES).get_template("task.html.jinja").render(
        policy=policy([script], [style]),
        style=script_text(style),
        script=script_text(script),
        task=script_json(task),
    )  # fmt: skip
    return escape_surrogates(text).encode("utf-8")


def _render_samples(
    digests: Sequence[str], locations: Mapping[str, tuple[ArenaTrial, int]], modality: Modality
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return (samples, columns) for the page on which a rater compares samples.

    samples    what the page shows of each sample, in the order of `digests`
    columns    the names of the columns of samples that are rows of a table, else []
    digests    of the samples
    locations  by digest of each sample, its trial and its position there

    All samples have one scale and one factor of shrinking, so that neither reveals a generator.
    """
    whole = take_samples(digests, locations)
    factor, small = shrink_samples(whole, MOST_SAMPLE_BYTES, modality)
    scale = modality.scale(small)
    exhibits = make_exhibits(modality, small, range(len(digests)), scale=scale, is_shrunk=factor > 1)
    rendered = []
    for digest, exhibit in zip(digests, exhibits, strict=True):
        if exhibit.reason:
            remedy = f"{modality.component.who} must render it"
            raise DataError(f"a sample cannot be shown to raters: {exhibit.reason}; {remedy}")
        rendered.append({"digest": digest, **_show_content(exhibit), "size": _measure_size(exhibit, whole)})
    return rendered, [one_line(column.name) for column in exhibits[0].columns]


def _show_content(exhibit: Exhibit) -> dict[str, Any]:
    """Return what the page shows of a sample: {"kind", "content", "note"}, and "text" if a file has one.

    kind     "row", "text", "picture" (of many pixels, which the page blurs when it scales them), "image" (of
             few pixels, which stay sharp) or another kind of media, such as "audio"
    content  a list of cells, a text, or a data URL
    """
    rendering = exhibit.rendering
    notes = filter(None, [exhibit.note, "" if rendering is None else rendering.note])
    note = one_line("; ".join(notes))
    if rendering is None:
        cells = [None if cell is None else one_line(cell) for cell in exhibit.cells]
        return {"kind": "row", "content": cells, "note": note}
    kind, content = rendering.media_type.partition("/")[0], rendering.content
    if kind == "text":
        return {"kind": kind, "content": escape_unprintable(content.decode("utf-8")), "note": note}
    kind = "picture" if is_large(exhibit) else kind
    facts = {"kind": kind, "content": data_url(rendering.media_type, content), "note": note}
    return facts | ({"text": one_line(rendering.text)} if rendering.text else {})


def _measure_size(exhibit: Exhibit, whole: Samples) -> int:
    """Return the size of a sample: characters of a string or of a row's cells, or bytes of another rendering.

    It is stored with the votes, whose analysis takes into account that raters may prefer longer samples.

    whole  the samples before they were made smaller
    """
    if exhibit.rendering is None:
        return sum(len(cell or "") for cell in exhibit.cells)  # a missing value is None
    if find_container(whole.data).name == "strings":
        return len(whole.data[exhibit.number])
    return len(exhibit.rendering.content)
