"""Dataset `table-world`: orders of a shop from an exactly known law, which is their truth."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Data, stream
from genbench_table.datasets.network import Network, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["shop", "table_world"]

_STEPS = 10_000  # a probability is a whole number of weights, so that it is the same on every machine
_REGIONS = ("north", "south", "east", "west")
_PLANS = ("basic", "plus", "pro")
_CHANNELS = ("shop", "web", "app", "phone", "partner")
_AGES = tuple(range(18, 79, 5))
_VISITS = tuple(range(13))
_SPEND = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 55.0, 70.0, 90.0, 120.0, 160.0, 220.0, 300.0, 500.0)
_WEIGHTS = (0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.4, 3.5, 5.0, 8.0)
_DAYS = tuple(range(18_262, 18_262 + 13 * 91, 91))  # quarters of a year from 2020-01-01 on
_RATINGS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)


def table_world(*, n: Annotated[int, Ge(4)] = 4000, seed: Annotated[int, Ge(0)] = 0) -> Data:
    """Return `n` independent orders of a shop, with their law as the truth; the target is `spend`.

    n     rows: the first half are `train`, the next quarter `test`, the rest `held_out`
    seed  of the draw

    The splits are official, because they are independent draws.
    """
    world = shop()
    samples = world.sample(n, rng=stream(seed, "data", "table-world"))
    train, test, held_out = np.split(np.arange(n), [n // 2, n - n // 4])
    return Data(samples, splits={"train": train, "test": test, "held_out": held_out}, truth=world)


@functools.cache
def shop() -> Network:
    """Return the law: ten columns of all kinds, of which `rating` and `channel` have gaps."""
    region = Node("region", "category", _REGIONS, _shares(_weights([40, 30, 20, 10])))
    plan = Node("plan", "category", _PLANS, _shares(_weights([[6, 3, 1], [4, 4, 2], [3, 4, 3], [1, 3, 6]])),
                ("region",), is_ordered=True)  # fmt: skip
    age = _bell("age", "integer", _AGES, (region,), [(4, 5.5, 6.5, 8)], 2.4)
    member = Node("member", "boolean", ("False", "True"), _member(age), ("plan", "age"))
    visits = _bell("visits", "integer", _VISITS, (plan, member), [(1, 3, 5), (0, 3.5)], 1.6)
    spend = _bell(
        "spend", "number", _SPEND, (plan, visits), [(0, 2, 4), tuple(0.75 * k for k in range(12))], 1.3
    )
    weight = _bell("weight", "number", _WEIGHTS, (spend,), [tuple(0.6 * k for k in range(14))], 1.5)
    since = _bell(
        "since", "date", _DAYS, (age, member), [tuple(10 - 0.6 * k for k in range(12)), (0, -3)], 2.2
    )
    rating = _rating(spend)
    channel = _channel(since, region)
    return Network((region, plan, age, member, visits, spend, weight, since, rating, channel), target="spend")


def _bell(
    name: str, kind: Any, edges: tuple[float, ...], parents: Sequence[Node],
    shifts: Sequence[Sequence[float]], width: float,
) -> Node:  # fmt: skip
    """Return a column of intervals: a bell around a centre, the sum of a shift for each parent's cell."""
    centre = functools.reduce(np.add.outer, [np.asarray(shift, dtype=np.float64) for shift in shifts])
    cells = np.arange(len(edges) - 1)
    weights = np.exp(-(((cells - centre[..., None]) / width) ** 2) / 2)
    table = _shares(_weights(weights * _STEPS))
    return Node(name, kind, edges, table, tuple(node.name for node in parents))


def _member(age: Node) -> NDArray[np.float64]:
    """Return the probabilities of (no member, member) for each plan and age."""
    yes = np.add.outer([10, 35, 70], 2 * np.arange(len(age.labels)))
    return _shares(_weights(np.stack([100 - yes, yes], axis=-1)))


def _rating(spend: Node) -> Node:
    """Return the ratings: members, and those who spend more, give higher ones, and members fewer gaps."""
    cells = np.arange(len(_RATINGS) - 1)
    centre = np.add.outer([1.5, 3.5], 0.25 * np.arange(len(spend.labels)))
    weights = _weights(np.exp(-(((cells - centre[..., None]) / 1.7) ** 2) / 2) * _STEPS)
    gaps = np.array([0.4, 0.1])[:, None, None]  # the share of gaps, by member
    table = np.concatenate(
        [_shares(weights) * (1 - gaps), np.broadcast_to(gaps, (*centre.shape, 1))], axis=-1
    )
    return Node("rating", "number", _RATINGS, table, ("member", "spend"), has_gaps=True)


def _channel(since: Node, region: Node) -> Node:
    """Return the channels, which change with time, and with the region; one in twenty is unknown."""
    later = np.arange(len(since.labels))[:, None, None]
    base = np.array([[30, 30, 10, 20, 10], [20, 40, 20, 10, 10], [10, 30, 30, 20, 10], [40, 10, 5, 40, 5]])
    weights = 12 * base[None] + later * np.array([-15, 5, 30, -5, 0])[None, None]
    shares = _shares(_weights(np.maximum(weights, 0))) * 0.95
    table = np.concatenate([shares, np.full((*shares.shape[:-1], 1), 0.05)], axis=-1)
    return Node("channel", "category", _CHANNELS, table, (since.name, region.name), has_gaps=True)


def _weights(values: Any) -> NDArray[np.float64]:
    """Return values as whole weights of at least 1, so that no cell is impossible."""
    return np.maximum(np.round(np.asarray(values, dtype=np.float64)), 1.0)


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return shares
