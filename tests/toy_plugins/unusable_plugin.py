"""A plugin that loads, and whose components cannot be used in a run; loaded with --plugin."""

from genbench import DataError, DatasetSpec, MetricSpec, hookimpl


def crumbles():
    return 1 / 0


def lost():
    raise DataError("lost.bin: not there")


def orphan(fake):
    return 0.0


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name=make.__name__, make=make) for make in (crumbles, lost)]


@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name="found-nowhere", make=lambda fake: 1.0),
        MetricSpec(name="orphan", make=orphan, takes="features", extractor="nowhere"),
    ]
