"""Strict parser for the answers of OpenAI-compatible endpoints."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from genbench import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "Api"]

Api = Literal["chat", "completions"]

_ROUNDING = 1e-4  # of a log probability, which servers round


@dataclass(frozen=True)
class Answer:
    """One answer.

    text               the model's text
    prompt_tokens      the server's token count of the prompt, None if it returns none
    completion_tokens  the same for the text
    nats               log probability of each token, None if the server has none; () unless requested
    """

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    nats: tuple[float | None, ...] = ()

    @classmethod
    def of(cls, value: Mapping[str, Any], api: Api) -> Answer:
        """Return the only choice of an answer.

        Raises Invalid if it does not have the API's format, was withheld, or has no text. An empty text
        counts only if the API is "completions" and the model ended it itself.
        """
        choices = value.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise Invalid("the endpoint's answer has no choices; expected one at least")
        choice = choices[0]
        finish = choice.get("finish_reason")
        if finish not in ("stop", "length"):
            raise Invalid(f"the endpoint withheld an answer: finish_reason is {_short(finish)}; "
                          f"expected 'stop' or 'length'")  # fmt: skip
        holder, field = (choice.get("message"), "content") if api == "chat" else (choice, "text")
        text = holder.get(field) if isinstance(holder, dict) else None
        if not isinstance(text, str):
            raise Invalid(f"the endpoint's answer has no text; expected the format of the API {api!r}")
        if not text and (api == "chat" or finish == "length"):
            raise Invalid(f"the endpoint's answer is empty (finish_reason {finish!r}); raise max_tokens, or "
                          f"change the prompt")  # fmt: skip
        usage = value.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return cls(text, _count(counts, "prompt_tokens"), _count(counts, "completion_tokens"))

    @classmethod
    def of_echo(cls, value: Mapping[str, Any]) -> Answer:
        """Return the prompt's tokens of an answer with `echo` and `logprobs`, each with its log probability.

        Raises Invalid if the log probabilities of the prompt's tokens are missing, or one is above 0.
        """
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        found = choice.get("logprobs") if isinstance(choice, dict) else None
        nats = found.get("token_logprobs") if isinstance(found, dict) else None
        usage = value.get("usage")
        count = _count(usage if isinstance(usage, dict) else {}, "prompt_tokens")
        if not isinstance(nats, list) or count is None or len(nats) < count:
            raise Invalid("the endpoint returns no log probabilities of the prompt, with echo and logprobs; "
                          "remove the option prefix to go without likelihoods")  # fmt: skip
        return cls("", count, 0, tuple(_nats(number) for number in nats[:count]))

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return asdict(self) | {"nats": list(self.nats)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Answer:
        """Return the answer that `to_json` described."""
        return cls(**{**value, "nats": tuple(value["nats"])})


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _nats(value: Any) -> float | None:
    """Return a log probability, at most 0, or None; raise Invalid for anything else."""
    if value is None:
        return None
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value > _ROUNDING:
        raise Invalid(f"the endpoint returns {_short(value)} as a log probability; expected a number <= 0")
    return min(0.0, float(value))


def _short(value: Any) -> str:
    """Return a value for a message: only numbers and plain words, because servers are not trusted."""
    if value is None or isinstance(value, (int, float)):
        return f"{value:.6g}" if isinstance(value, float) else f"{value}"
    is_plain = isinstance(value, str) and re.fullmatch(r"[a-z_]{1,20}", value)
    return repr(value) if is_plain else f"a {type(value).__name__}"
