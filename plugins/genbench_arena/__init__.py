"""The arena: comparisons of generators by the votes of people, or of programs, between their samples."""

from __future__ import annotations

from genbench import MetricSpec, hookimpl

_SPECS = (
    MetricSpec(
        name="preference",
        aspect="preference",
        make="genbench_arena.preference:preference",
        summary="rating from votes of people between samples, on the scale of Elo",
        source="Bradley and Terry (1952); Chatbot Arena (Chiang et al. 2024), arXiv:2403.04132",
        direction="higher",
        scope="board",
        votes=("person", "script"),
    ),
    MetricSpec(
        name="preference-judge",
        aspect="preference",
        make="genbench_arena.preference:preference_judge",
        summary="the same from votes of programs",
        source="Bradley and Terry (1952); MT-Bench (Zheng et al. 2023), arXiv:2306.05685",
        direction="higher",
        scope="board",
        votes=("judge",),
    ),
    MetricSpec(
        name="battle-rating",
        aspect="preference",
        make="genbench_arena.battles:battle_rating",
        summary="rating of models from tables of battles, on the scale of Elo",
        source="Bradley and Terry (1952); Chatbot Arena (Chiang et al. 2024), arXiv:2403.04132",
        direction="higher",
        scope="board",
        votes=("battle",),
    ),
    MetricSpec(
        name="two-choice-fooling-rate",
        aspect="preference",
        make="genbench_arena.fooling:two_choice_fooling_rate",
        summary="share of votes in which a sample was chosen over a real one",
        source="a two-alternative forced choice; compare HYPE (Zhou et al. 2019), arXiv:1904.01121",
        direction="higher",
        range=(0.0, 1.0),
        scope="board",
        votes=("person", "script"),
    ),
)


@hookimpl
def genbench_metrics() -> tuple[MetricSpec, ...]:
    """Return the comparisons by votes."""
    return _SPECS
