"""Help of commands: options in groups, and two examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["HelpfulCommand", "command"]

#: Options that say how and where to compute, and options that say what to print or write. All others select
#: what a command works on.
_COMPUTE = frozenset((
    "--jobs", "--executor", "--address", "--threads", "--device", "--plugin", "--offline", "--allow-key",
    "--env", "--no-retry", "--dry-run", "--timeout", "--cache",
))  # fmt: skip
_OUTPUT = frozenset((
    "--output", "--format", "--save-stats", "--keep-samples", "--page", "--plot", "--lock", "--folder",
    "--show-real", "--no-yardstick", "--listener", "--verbose", "--quiet", "--help",
))  # fmt: skip
_FEW = 5  # options that are quicker to read in one list


class HelpfulCommand(click.Command):
    """A command whose help has its options in groups, and examples at its end."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Take the examples, as a user types them."""
        super().__init__(*args, **kwargs)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments; the error for an option of `genbench run` names that command, or `--only`."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name not in ("--generator", "--only"):
                raise
            remedy = "write --only" if self.name == "power" else "it belongs to `genbench run`"
            raise click.UsageError(f"{error.message.rstrip('.')}; {remedy}", ctx) from error

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups of options; few options are one group."""
        groups: dict[str, list[tuple[str, str]]] = {"Select": [], "Compute": [], "Output": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups[_choose_group(parameter)].append(record)
        records = [record for group in groups.values() for record in group]
        if len(records) <= _FEW:
            groups = {"Options": records}
        for title, group in groups.items():
            if group:
                with formatter.section(title):
                    formatter.write_dl(group)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each in one line, so that it can be copied."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def command(*examples: str) -> Callable[[Callable[..., Any]], HelpfulCommand]:
    """Return the decorator that makes a command of a function, with examples as a user types them."""
    return click.command(cls=HelpfulCommand, examples=examples)


def _choose_group(parameter: click.Parameter) -> str:
    """Return the title of the group of an option."""
    if _OUTPUT.intersection(parameter.opts):
        return "Output"
    return "Compute" if _COMPUTE.intersection(parameter.opts) else "Select"
