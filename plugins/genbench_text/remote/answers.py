"""What an endpoint of OpenAI's form answers, read strictly."""

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

    text               what the model said
    prompt_tokens      how many tokens the server counted in the prompt, None if it does not say
    completion_tokens  the same of the text
    nats               log probability of each token, None where the server gives none; () unless asked for
    """

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    nats: tuple[float | None, ...] = ()

    @classmethod
    def of(cls, value: Mapping[str, Any], api: Api) -> Answer:
        """Return the only choice of an answer.

        Raises Invalid if it is not of the form of the API, was withheld, or holds no text; an empty text is
        one only where the API is "completions" and the model ended it by itself.
        """
        choices = value.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise Invalid("the endpoint's answer has no choices")
        choice = choices[0]
        finish = choice.get("finish_reason")
        if finish not in ("stop", "length"):
            raise Invalid(f"the endpoint withheld an answer: finish_reason is {_short(finish)}; "
                          f"expected 'stop' or 'length'")  # fmt: skip
        holder, field = (choice.get("message"), "content") if api == "chat" else (choice, "text")
        text = holder.get(field) if isinstance(holder, dict) else None
        if not isinstance(text, str):
            raise Invalid(f"the endpoint's answer holds no text; expected that of the API {api!r}")
        if not text and (api == "chat" or finish == "length"):
            raise Invalid(f"the endpoint's answer is empty (finish_reason {finish!r}); raise max_tokens, or "
                          f"change the prompt")  # fmt: skip
        usage = value.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return cls(text, _count(counts, "prompt_tokens"), _count(counts, "completion_tokens"))

    @classmethod
    def of_echo(cls, value: Mapping[str, Any]) -> Answer:
        """Return the prompt's tokens of an answer with `echo` and `logprobs`, each with its log probability.

        Raises Invalid if it does not say how likely the prompt's tokens are, or says it of a token that it is
        likelier than certain.
        """
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        found = choice.get("logprobs") if isinstance(choice, dict) else None
        nats = found.get("token_logprobs") if isinstance(found, dict) else None
        usage = value.get("usage")
        count = _count(usage if isinstance(usage, dict) else {}, "prompt_tokens")
        if not isinstance(nats, list) or count is None or len(nats) < count:
            raise Invalid("the endpoint does not say how likely the prompt is, with echo and logprobs; leave "
                          "out the option prefix, without which it is not asked")  # fmt: skip
        return cls("", count, 0, tuple(_nats(number) for number in nats[:count]))

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON-like values."""
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
        raise Invalid(f"the endpoint gives {_short(value)} as a log probability; expected a number <= 0")
    return min(0.0, float(value))


def _short(value: Any) -> str:
    """Return a value for a message: numbers and plain words alone, since a server may say anything."""
    if value is None or isinstance(value, (int, float)):
        return f"{value:.6g}" if isinstance(value, float) else f"{value}"
    is_plain = isinstance(value, str) and re.fullmatch(r"[a-z_]{1,20}", value)
    return repr(value) if is_plain else f"a {type(value).__name__}"
