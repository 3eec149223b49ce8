"""Results in the schema of Every Eval Ever, version 0.3.0: one JSON file per generator.

Schema: https://github.com/evaleval/every_eval_ever. It requires that a metric is lower-is-better or not, so a
metric without a direction, or with a target, cannot be described in it.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from genbench.board.publishing.numbers import NOT_VERIFIABLE
from genbench.core.canonical_json import canonical
from genbench.core.escaping import json_text
from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.board.publishing.numbers import Publication, PublishedNumber

__all__ = ["every_eval_ever", "has_direction"]

_VERSION = "0.3.0"
_LEVEL = 0.95  # of a board's intervals


def has_direction(number: PublishedNumber) -> bool:
    """Return whether the schema can describe the number's metric: lower is better, or higher is."""
    return number.entry.facts.direction in ("lower", "higher")


def every_eval_ever(numbers: Sequence[PublishedNumber], publication: Publication) -> dict[str, bytes]:
    """Return the JSON of each generator, by the generator's id.

    Numbers of metrics without a direction, or with a target, are left out: the schema has no form for them.
    """
    by_generator = group_pairs((number.row.generator, number) for number in filter(has_direction, numbers))
    return {
        generator: f"{json_text(_generator_to_json(own_numbers, publication))}\n".encode()
        for generator, own_numbers in by_generator.items()
    }


def _generator_to_json(numbers: Sequence[PublishedNumber], publication: Publication) -> dict[str, Any]:
    """Return the numbers of one generator, at least one, as JSON-like values in the form of the schema.

    The model is the name that the publication gives the generator on a hub, by default the generator's id.
    """
    model = publication.models.get(numbers[0].row.generator, numbers[0].row.generator)
    created = str(int(datetime.fromisoformat(publication.date).replace(tzinfo=UTC).timestamp()))
    details = {"verify": publication.verify or NOT_VERIFIABLE, "url": publication.source}
    return {
        "schema_version": _VERSION,
        "evaluation_id": f"{publication.title}/{model}/{created}",
        "retrieved_timestamp": created,
        "source_metadata": {
            "source_name": publication.title,
            "source_type": "evaluation_run",
            "source_organization_name": publication.organization,
            "evaluator_relationship": publication.relationship,
            "additional_details": {name: text for name, text in details.items() if text},
        },
        "eval_library": _library_to_json(numbers),
        "model_info": _model_to_json(numbers[0], model),
        "evaluation_results": [_number_to_json(number, publication) for number in numbers],
    }


def _library_to_json(numbers: Sequence[PublishedNumber]) -> dict[str, Any]:
    """Return the name and the version of genbench, and the versions of the libraries behind the numbers."""
    versions = group_pairs(
        (name, version)
        for number in numbers
        for name, texts in number.libraries.items()
        for version in texts.split(", ")  # several if seeds ran with different ones
    )
    details = {name: ", ".join(sorted(set(own_versions))) for name, own_versions in sorted(versions.items())}
    return {"name": "genbench", "version": details.pop("genbench", "unknown"), "additional_details": details}


def _model_to_json(number: PublishedNumber, model: str) -> dict[str, Any]:
    """Return the description of the generator of a number in the form of the Every Eval Ever schema.

    model  its name on a hub
    """
    details = {"deployment_type": "unknown", "model_availability": "unknown", "plugin": number.row.plugin}
    control = {"control": number.row.control} if number.row.control else {}
    return {"name": number.row.generator, "id": model, "additional_details": details | control}


def _number_to_json(number: PublishedNumber, publication: Publication) -> dict[str, Any]:
    """Return a number with its metric and data in the form of the Every Eval Ever schema."""
    row, entry = number.row, number.entry
    return {
        "evaluation_result_id": f"{row.dataset}/{row.generator}/{entry.metric}/{entry.short_signature}",
        "evaluation_name": row.dataset,
        "source_data": {
            "dataset_name": row.dataset,
            "source_type": "other",
            "additional_details": _select_texts(number.cell.signature, "data", "split"),
        },
        "metric_config": _metric_to_json(number),
        "score_details": {
            "score": number.entry.value,
            "details": _describe_details(number, publication),
            **_uncertainty_to_json(number),
        },
    }


def _describe_details(number: PublishedNumber, publication: Publication) -> dict[str, str]:
    """Return the details of a score, as texts by name: what else decides it, and any limits of it."""
    limits = {
        "deterministic": "" if number.row.deterministic else "no",
        "without_features": ", ".join(number.without_features),
        "cautions": "; ".join(number.cautions),
    }
    return {
        "n": str(number.cell.n),
        "seeds": " ".join(map(str, number.entry.seeds)),
        "values": " ".join(map(repr, number.entry.values)),
        "signature": number.entry.short_signature,
        "verify": publication.verify or NOT_VERIFIABLE,
        **{name: text for name, text in limits.items() if text},
    }


def _metric_to_json(number: PublishedNumber) -> dict[str, Any]:
    """Return the metric of a number, with its bounds, in the form of the Every Eval Ever schema."""
    options = number.cell.signature.get("options")
    least, greatest = number.entry.facts.range
    # if a metric declares one bound, None at the other end means infinite; without any, both are unknown
    is_known = number.entry.facts.range != (None, None)
    return {
        "metric_id": str(number.cell.signature.get("metric", number.entry.metric)),
        "metric_name": number.entry.metric,
        "metric_parameters": _plain_options(options if isinstance(options, dict) else {}),
        "lower_is_better": number.entry.facts.direction == "lower",
        "score_type": "continuous",
        "min_score": "-Infinity" if least is None and is_known else least,
        "max_score": "Infinity" if greatest is None and is_known else greatest,
        "additional_details": {"signature": canonical(dict(number.cell.signature))},
    }


def _plain_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a metric's options as the schema allows them: numbers, texts, booleans and null.

    Other values, such as lists, become texts of JSON.
    """
    plain = (str, int, float, bool, type(None))
    return {name: value if isinstance(value, plain) else canonical(value) for name, value in options.items()}


def _select_texts(signature: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return the fields of a signature that have a value, as texts."""
    return {name: str(signature[name]) for name in names if signature.get(name) is not None}


def _uncertainty_to_json(number: PublishedNumber) -> dict[str, Any]:
    """Return the schema's field `uncertainty`, with the spread over seeds and the interval of the mean.

    Returns {} for one seed, which has neither.
    """
    if number.deviation is None:
        return {}
    return {
        "uncertainty": {
            "standard_error": {
                "value": number.deviation / math.sqrt(len(number.entry.values)),
                "method": "standard deviation over seeds / sqrt(number of seeds)",
            },
            "confidence_interval": {
                "lower": number.entry.low,
                "upper": number.entry.high,
                "confidence_level": _LEVEL,
                "method": "t-interval of the mean over seeds, within the bounds of the metric",
            },
            "standard_deviation": number.deviation,
            "num_samples": len(number.entry.values),
        }
    }
