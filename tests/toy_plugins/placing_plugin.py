"""Executors of process pools, some of which do what engines do on a bad day; loaded with --plugin."""

import functools
import multiprocessing
import os
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from genbench import EngineError, ExecutorSpec, GeneratorSpec, Samples, hookimpl


class Pool(ProcessPoolExecutor):
    """Calls with some keywords, in processes that see the results folder of the run or do not."""

    def __init__(self, jobs, *, sees=True, **keywords):
        super().__init__(jobs, mp_context=multiprocessing.get_context("spawn"))
        self.sees = sees
        self.keywords = keywords

    def submit(self, function, message):
        if not self.sees:
            context = replace(message.context, token=replace(message.context.token, name="elsewhere"))
            message = replace(message, context=context)
        return super().submit(functools.partial(function, **self.keywords), message)


def pool(jobs, *, sees: bool = True):
    return Pool(jobs, sees=sees)


def third_time(jobs, *, tries: int = 3):
    return Pool(jobs, tries=tries)


def nobody_waits(jobs):
    return Pool(jobs, is_wanted=bool)


class Twice(Pool):
    """Has each job done again, as if its worker had been lost with the answer."""

    def submit(self, function, message):
        super().submit(function, message).result()
        return super().submit(functools.partial(function, tries=1), message)


class Breaking(Pool):
    def submit(self, function, message):
        return ProcessPoolExecutor.submit(self, os._exit, 1)


class Tampering(Executor):
    """Gives back what was not written: records, or galleries of this and of other draws."""

    def __init__(self, jobs, *, galleries):
        self.inner = Pool(jobs, sees=False)
        self.galleries = galleries

    def submit(self, function, message):
        future = Future()
        outcome = self.inner.submit(function, message).result()
        if self.galleries:
            cut = {name: content[:-9] for name, content in outcome.galleries.items()}
            others = {f"../{'0' * 64}.json": content for content in outcome.galleries.values()}
            future.set_result(replace(outcome, galleries=cut | others))
            return future
        records = {name: content.replace(b'"ok"', b'"no"') for name, content in outcome.records.items()}
        future.set_result(replace(outcome, records=records))
        return future

    def shutdown(self, wait=True):
        self.inner.shutdown(wait)


class Moving(Pool):
    """Changes a file on the way, as if it were another one on the other machine."""

    def submit(self, function, message):
        for path in message.context.folder.parent.glob("*.number"):
            path.write_text("7")
        return super().submit(function, message)


def twice(jobs):
    return Twice(jobs)


def breaking(jobs):
    return Breaking(jobs)


def tampering(jobs, *, galleries: bool = False):
    return Tampering(jobs, galleries=galleries)


def moving(jobs):
    return Moving(jobs)


def no_executor(jobs):
    return threading.Thread()


def fails(jobs):
    return 1 / 0


def refuses(jobs, *, device):
    raise EngineError(f"no machine has a {device}")


class Sampler:
    def __init__(self, train, shift):
        self.space, self.shift = train.space, shift

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, 2)) + self.shift, self.space)


def reads(train, *, path: Path):
    return Sampler(train, float(path.read_text()))


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="reads", make=reads, modalities=("vector",))]


@hookimpl
def genbench_executors():
    makes = (pool, third_time, twice, nobody_waits, breaking, tampering, moving, no_executor, fails, refuses)
    specs = [ExecutorSpec(name=make.__name__.replace("_", "-"), make=make) for make in makes]
    return [*specs, ExecutorSpec(name="needy", make=pool, needs={"nowhere_to_find": "genbench[far]"})]
