"""The README of a results folder as HTML: formatted text, and nothing that a page could load or run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from genbench.core.escaping import escape_unprintable, one_line
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token
    from markupsafe import Markup

    from genbench.results.results import Results

__all__ = ["folder_readmes", "render_markdown"]

_NAME = "README.md"
_MOST_BYTES = 2**16  # of a README, since the page holds it whole

#: What is kept as it is. Links, pictures and HTML are not: they appear as text.
_TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "s", "blockquote", "thead", "tbody", "tr", "th", "td", "hr",
}  # fmt: skip
_AROUND = {"table": ('<div class="scroll" role="region" tabindex="0" aria-label="Table">', "</div>")}
_LEVELS = {f"h{level}": f"h{min(level + 2, 6)}" for level in range(1, 7)}  # below the heads of the page
_CODE = '<pre role="region" tabindex="0" aria-label="Code">{}</pre>\n'
_BREAKS = {"softbreak": "\n", "hardbreak": "<br>\n"}


def folder_readmes(folders: Sequence[Path], results: Results) -> list[tuple[str, Markup]]:
    """Return a title and the README, as HTML, of each folder that has one.

    folders  of the run, or of the runs that are merged, in the order of their names

    A link is not followed, since it may lead out of the folder; a larger file, and one that is no UTF-8, is
    left out. Characters that are not printable are escaped.
    """
    merged = results.plan.provenance.get("merged")
    names = list(merged) if isinstance(merged, Mapping) and len(merged) == len(folders) else []
    found = []
    for number, folder in enumerate(folders):
        text = _text(folder / _NAME)
        if text is not None:
            whose = f" of {one_line(names[number])}" if names else ""
            found.append((f"Notes{whose} (README.md)", render_markdown(text)))
    return found


def _text(file: Path) -> str | None:
    if file.is_symlink():
        return None
    try:
        text = read_regular(file, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return escape_unprintable("\n".join(text.expandtabs(4).splitlines()))


def render_markdown(text: str) -> Markup:
    """Return a text in Markdown as HTML.

    The address of a link to the web follows its text in brackets; of other links, which lead from the folder
    of the text, and of pictures only the text is left. HTML within the text is shown, and takes no effect.
    """
    from markupsafe import Markup
    from rich.markdown import Markdown

    return Markup("").join(_pieces(Markdown(text).parsed))


def _pieces(tokens: Iterable[Token]) -> Iterator[Markup]:
    from markupsafe import Markup, escape

    addresses: list[str] = []
    for token in tokens:
        if token.type == "inline":
            yield Markup("").join(_pieces(token.children or []))
        elif token.type in _BREAKS:
            yield Markup(_BREAKS[token.type])  # noqa: S704 - one of two constants
        elif token.type == "code_inline":
            yield Markup("<code>{}</code>").format(token.content)
        elif token.type in ("fence", "code_block"):
            yield Markup(_CODE).format(token.content)  # noqa: S704 - a constant
        elif token.type == "link_open":
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            address = addresses.pop()
            yield escape(f" ({address})" if address.startswith(("https://", "http://")) else "")
        elif token.nesting or token.type == "hr":
            yield _tag(token)
        else:
            yield escape(token.content)


def _tag(token: Token) -> Markup:
    """Return the tag that opens or closes an element, or nothing if it is not one of those that are kept."""
    from markupsafe import Markup

    tag = _LEVELS.get(token.tag, token.tag)
    if token.hidden or tag not in {*_TAGS, *_AROUND, *_LEVELS.values()}:
        return Markup("")
    before, after = _AROUND.get(tag, ("", ""))
    end = "\n" if token.block else ""
    html = f"</{tag}>{after}{end}" if token.nesting < 0 else f"{before}<{tag}>"
    return Markup(html)  # noqa: S704 - a tag of those that are kept
