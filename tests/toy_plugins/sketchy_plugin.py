"""Generators of vectors with one defect each, for checks that run in processes of their own."""

import os
import time

from genbench import GeneratorSpec, Samples, hookimpl

COMMON = {"modalities": ("vector",), "summary": "a generator with a defect"}


@hookimpl
def genbench_generators():
    makes = (Sound, Loud, Fails, Dies, Hangs)
    constant, repaired = {"other-seed": "it has no randomness"}, {"other-seed": "it was constant"}
    return [
        *(GeneratorSpec(name=make.__name__.lower(), make=make, **COMMON) for make in makes),
        GeneratorSpec(name="constant", make=Constant, known_failures=constant, **COMMON),
        GeneratorSpec(name="repaired", make=Sound, known_failures=repaired, **COMMON),
    ]


class Sound:
    def __init__(self, train, *, scale: float = 1.0):
        self.space, self.scale = train.space, scale

    def sample(self, n, *, rng):
        return Samples(
            rng.normal(scale=self.scale, size=(n, *self.space.shape)).astype("float32"), self.space
        )


class Loud(Sound):
    def sample(self, n, *, rng):
        print("drawing")
        return super().sample(n, rng=rng)


class Fails(Sound):
    def sample(self, n, *, rng):
        raise RuntimeError("no samples today")


class Constant(Sound):
    def sample(self, n, *, rng):
        return super().sample(n, rng=type(rng)(rng.bit_generator.__class__(7)))


class Dies(Sound):
    def sample(self, n, *, rng):
        if n == 1:
            os._exit(3)
        return super().sample(n, rng=rng)


class Hangs(Sound):
    def sample(self, n, *, rng):
        if n == 1:
            time.sleep(60)
        return super().sample(n, rng=rng)
