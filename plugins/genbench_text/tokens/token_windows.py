"""Windows of tokens for scoring texts that are longer than a model's context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench import Undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Window", "continuation_window", "rolling_windows"]


@dataclass(frozen=True)
class Window:
    """The tokens of one forward pass: the input is `before` and all of `scored` but the last.

    before  at least one token
    scored  at least one token
    """

    before: tuple[int, ...]
    scored: tuple[int, ...]

    def __len__(self) -> int:
        """Return how many tokens the model sees."""
        return len(self.before) + len(self.scored) - 1


def rolling_windows(tokens: Sequence[int], first: int, context: int) -> list[Window]:
    """Return windows in which each token of a text is scored once; none for a text without tokens.

    first    the token before the text
    context  maximum number of tokens that a model sees, >= 1

    Windows are consecutive, and each sees one token of the previous one. The last is as long as the context
    allows: it also sees tokens that were already scored. They are those of lm-evaluation-harness 0.4.13,
    `get_rolling_token_windows` with `context_len=1`.
    """
    row = (first, *tokens)
    windows = [
        Window(row[start : start + 1], row[start + 1 : start + 1 + context])
        for start in range(0, len(tokens), context)
    ]
    if len(windows) > 1:
        scored = windows[-1].scored
        windows[-1] = Window(row[-context - 1 : -len(scored)], scored)
    return windows


def continuation_window(prompt: Sequence[int], tokens: Sequence[int], context: int) -> Window:
    """Return the window in which `tokens` are scored after as much of the end of `prompt` as fits.

    Raises Undefined if the tokens alone are more than the context, as lm-evaluation-harness does.
    """
    if len(tokens) > context:
        raise Undefined(f"{len(tokens)} tokens after a prompt exceed the context of {context}")
    seen = (*prompt, *tokens)[-context - 1 :]
    return Window(seen[: -len(tokens)], tuple(tokens))
