"""`genbench store`: shows, verifies and shrinks the cache of samples, features and fitted models."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import click

from genbench.board.fitted_table import open_table
from genbench.board.terminal import open_console
from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import form_option
from genbench.cli.views.output import print_plain, print_warning, wrap_line
from genbench.cli.views.progress import BYTES, show_progress
from genbench.core.errors import SuiteError
from genbench.core.grouping import group_pairs
from genbench.core.limits import bytes_text
from genbench.store.eviction import evict, take_stock, verify
from genbench.store.store import store_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genbench.store.eviction import Item

__all__ = ["parse_size", "store"]

#: A size such as "20 GB": its number, the letter of its unit, and "i" for powers of 1,024 in place of 1,000.
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kKMGT]?)(i?)[bB]?")
#: The letter of a unit, in lower case, to its power of 1,000 or 1,024.
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_MOST_LINES = 20  # about removed artefacts


@command("genbench store", "genbench store --verify --evict-to '20 GB'")
@click.option(
    "--verify", "is_checked", is_flag=True,
    help="Compare every file with its hash and move damaged artefacts aside; exits with 1 if there are any.",
)  # fmt: skip
@click.option(
    "--evict-to", "limit", metavar="SIZE",
    help="Remove what was used least recently until no more than '20 GB', '500 MB', 0 is left.",
)  # fmt: skip
@form_option("text", "json", "csv")
@click.pass_context
def store(ctx: click.Context, *, is_checked: bool, limit: str | None, form: str) -> None:
    """Show where the store of samples, features and fitted models is, its size and what is in it.

    The store is a cache: genbench makes again what was removed when a run needs it. You can verify and shrink
    it while runs use it.
    """
    limit_bytes = None if limit is None else parse_size(limit)
    root = store_folder()
    if form != "text":
        if is_checked or limit is not None:
            raise SuiteError("--format prints what is stored; remove it, or --verify and --evict-to")
        print_plain(_list_kinds(take_stock(root)), form)
        return
    click.echo(f"store: {root}")
    code = _verify(root) if is_checked else 0
    if limit_bytes is not None:
        _evict(root, limit_bytes)
    if not is_checked and limit_bytes is None:
        _show(take_stock(root))
    ctx.exit(code)


def parse_size(text: str) -> int:
    """Return the bytes in "20 GB", "1.5 GiB", "500MB" or "0"; raise SuiteError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    # "20 iB" is refused: it has the "i" and no letter before it
    if match is None or (match[3] and not match[2]):
        raise SuiteError(f"--evict-to {text!r}: expected a size, such as '20 GB', '500 MB' or 0")
    number, unit, is_binary = match.groups()
    return int(float(number) * (1024 if is_binary else 1000) ** _UNITS[unit.lower()])


def _list_kinds(items: Sequence[Item]) -> list[dict[str, object]]:
    """Return number, bytes and days of use of the stored artefacts, by kind, as JSON-like values."""
    return [
        {
            "kind": kind, "number": len(stored), "size_bytes": sum(item.size_bytes for item in stored),
            "longest_unused": _format_day(min(item.used_ns for item in stored)),
            "last_used": _format_day(max(item.used_ns for item in stored)),
        }
        for kind, stored in _group_items(items).items()
    ]  # fmt: skip


def _show(items: Sequence[Item]) -> None:
    """Print a table of the stored artefacts by kind, with number, size and when they were used."""
    if not items:
        click.echo("nothing is stored")
        return
    table = open_table(
        ("kind", "left"), ("number", "right"), ("size", "right"), ("longest unused", "left"),
        ("last used", "left"), wrapped=["kind", "longest unused", "last used"],
    )  # fmt: skip
    rows = _group_items(items)
    for name, stored in rows.items():
        table.add_row(name, *_summarize(stored))
    table.add_section()  # a line above the sums
    table.add_row("all", *_summarize(items))
    open_console().print(table)
    if "damaged" in rows:
        click.echo(wrap_line("damaged artefacts are ignored, and stay until they are evicted", sys.stdout))


def _group_items(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Return artefacts by kind, then those that are not whole by their state."""
    names = {"damaged": "damaged", "draft": "drafts left behind"}
    pairs = [(item.state != "whole", names.get(item.state, item.kind), item) for item in items]
    return group_pairs((name, item) for _, name, item in sorted(pairs, key=lambda pair: pair[:2]))


def _summarize(items: Sequence[Item]) -> tuple[str, str, str, str]:
    """Return the texts of a row: number of artefacts, their size, and the least and the most recent use.

    Each artefact counts with the day of its last use.
    """
    used = [item.used_ns for item in items]
    size = bytes_text(sum(item.size_bytes for item in items))
    return f"{len(items):,}", size, _format_day(min(used)), _format_day(max(used))


def _format_day(when_ns: int) -> str:
    """Return the day of a time in nanoseconds, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(when_ns // 10**9))


def _verify(root: Path) -> int:
    """Verify the store, print the result, and return 1 if an artefact is damaged, else 0."""
    items = take_stock(root)
    total = sum(item.size_bytes for item in items if item.state == "whole")
    with show_progress("verified", BYTES, total) as show:
        result = verify(root, items, show)
    for item, why in result.damaged:
        what = f"{item.kind} {item.path.name} ({bytes_text(item.size_bytes)})"
        click.echo(wrap_line(f"damaged, put aside: {what}: {why}", sys.stdout))
    click.echo(f"{result.whole:,} whole, {len(result.damaged):,} damaged ({bytes_text(total)} read)")
    return 1 if result.damaged else 0


def _evict(root: Path, limit_bytes: int) -> None:
    """Remove the artefacts that were used least recently, and print which."""
    done = evict(root, limit_bytes)
    for item in done.removed[:_MOST_LINES]:
        item_size, day = bytes_text(item.size_bytes), _format_day(item.used_ns)
        click.echo(f"removed: {_describe_item(item)} ({item_size}, used {day})")
    if len(done.removed) > _MOST_LINES:
        click.echo(f"removed: {len(done.removed) - _MOST_LINES:,} more")
    size = bytes_text(sum(item.size_bytes for item in done.removed))
    click.echo(f"removed {len(done.removed):,} ({size}); {bytes_text(done.left_bytes)} left")
    if done.left_bytes > limit_bytes:
        # `evict` keeps drafts that may still be written
        print_warning("the others are being written, or were less than a day ago")


def _describe_item(item: Item) -> str:
    """Return the kind and the name of an artefact, for messages."""
    kind = {"whole": item.kind, "damaged": "damaged", "draft": f"draft of {item.kind}"}[item.state]
    # the file of a draft is named ".NAME." and more: only NAME is printed
    return f"{kind} {item.path.name.strip('.').partition('.')[0]}"
