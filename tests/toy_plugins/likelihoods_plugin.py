"""A plugin of generators of texts whose last log likelihood is none that a model can give."""

import numpy as np

from genbench import GeneratorSpec, Samples, hookimpl


class Model:
    def __init__(self, space, value):
        self.space, self.value = space, value

    def sample(self, n, *, rng):
        return Samples(("a man sleeps.",) * n, self.space)

    def log_likelihood(self, texts, *, prompts=None):
        return np.array([-1.0] * (len(texts) - 1) + [self.value])

    def token_counts(self, texts):
        return np.ones(len(texts), int)


def broken(train):
    return Model(train.space, np.nan)


def positive(train):
    return Model(train.space, 3.0)


def impossible(train):
    return Model(train.space, -np.inf)


@hookimpl
def genbench_generators():
    makes = (broken, positive, impossible)
    return [GeneratorSpec(name=make.__name__, make=make, modalities=("text",)) for make in makes]
