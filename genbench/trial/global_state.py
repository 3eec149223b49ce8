"""Isolation of a process's global state around each call of a component.

Before a call, the global random streams of Python, numpy and torch are seeded with a key of the call, so that
a component that draws from them gives the same at any number of jobs and in any order. After the call, the
streams, the working directory, the environment variables and the global settings of libraries are restored,
so no component affects the next. A notice records each change.
"""

from __future__ import annotations

import contextlib
import functools
import os
import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import rich.style  # noqa: F401 - draws from Python's stream when it is imported, as by scikit-learn

from genbench.contract.options import find_paths
from genbench.core.names import join_names
from genbench.files.process_settings import keep_settings
from genbench.results.records import Notice
from genbench.trial.failures import blame
from genbench.trial.undeclared_inputs import is_undeclared, record_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.suite.components import Part

    Note = Callable[[Notice], object]
    End = Callable[[], str | None]  # restores the state, and returns what was changed

__all__ = [
    "VARIABLES_OF_LIBRARIES", "UniqueNotices", "ignore_notice", "isolate", "isolate_component",
    "pass_undeclared_only", "torch_seed",
]  # fmt: skip

_numpy_random: Any = np.random  # numpy's stubs lack methods of the global stream

#: Variables that scikit-learn sets on import, and torch with its first optimiser.
VARIABLES_OF_LIBRARIES = frozenset({"KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "TORCHINDUCTOR_CACHE_DIR"})


class UniqueNotices(list[Notice]):
    """Unique notices, in order of arrival."""

    def note(self, notice: Notice) -> None:
        """Append a notice, unless it is a duplicate."""
        if notice not in self:
            self.append(notice)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the notices as JSON for an artefact's notes."""
        return [notice.to_json() for notice in self]


def ignore_notice(notice: Notice) -> None:
    """Discard a notice: the function for callers that record none."""


def pass_undeclared_only(note: Note) -> Note:
    """Return a function that passes notices of undeclared inputs to `note`, and discards other notices.

    An undeclared input is a file or program whose content is not covered by a key, the hash that identifies
    a stored result.
    """

    def pass_undeclared(notice: Notice) -> None:
        """Pass on a notice of an undeclared input, and discard others."""
        if is_undeclared(notice.text):
            note(notice)

    return pass_undeclared


@contextlib.contextmanager
def isolate_component(
    part: Part[Spec], sequence: np.random.SeedSequence, note: Note, *files: Path
) -> Iterator[None]:
    """Isolate global state around a component's code, and raise its errors as BlameError of the component.

    files  files, and folders with all that is in them, that it may read beside its code and its options
    """
    with isolate(part, sequence, note, *files), blame(part.component):
        yield


@contextlib.contextmanager
def isolate(part: Part[Spec], sequence: np.random.SeedSequence, note: Note, *files: Path) -> Iterator[None]:
    """Seed the global streams for a component's code, and restore all global state afterwards.

    sequence  seeds the global streams; to be independent, the component's own stream has another sequence
    note      receives each use and change: "generator genbench:vae used numpy's global random state"
              and "opened words.txt, whose content is in no key"
    files     files, and folders with all that is in them, that it may read beside its code and its options
    """
    # Each ending is a function that restores a state, and returns a text if the component used the state.
    endings = [_seed_python(sequence), _seed_numpy(sequence), _watch_environment()]
    if "torch" in sys.modules:
        endings.append(_seed_torch(sys.modules["torch"], sequence))
    code = () if part.code is None else part.code.files.values()  # None: a component without keys
    # Names of changed global settings of libraries; `keep_settings` gives a list, and fills it when it ends.
    changed: list[str] = []
    declared = (*code, *find_paths(part.options).values(), *files)
    with record_inputs(declared) as inputs:
        try:
            with keep_settings() as changed:
                yield
        finally:  # also after an error, so that the next component gets the old state
            changes = [*(end() for end in endings), *(f"changed {name}" for name in changed)]
            for text in filter(None, (*changes, inputs.to_notice())):
                note(Notice(kind=part.component.kind, component=part.component.reference, text=text))


@contextlib.contextmanager
def torch_seed(rng: np.random.Generator) -> Iterator[None]:
    """Seed the global random streams of torch, numpy and Python from `rng` for a block, and restore them.

    For code of others that draws from global streams, such as a torch model: it gives the same results at
    equal states of `rng`. There is no notice, since the streams are restored. The streams of torch's GPUs are
    seeded too. The block draws four numbers from `rng`, so that two blocks with one `rng` differ.
    """
    sequence = np.random.SeedSequence([int(word) for word in rng.integers(2**32, size=4)])
    endings = [_seed_python(sequence), _seed_numpy(sequence)]
    try:
        import torch  # inside of the block, since the import may draw from the global streams

        endings += [_seed_torch(torch, sequence), *_seed_gpus(torch, sequence)]
        yield
    finally:
        for end in endings:
            end()


def _seed_python(sequence: np.random.SeedSequence) -> End:
    """Seed the global stream of Python; return the function that undoes this.

    That function restores the old state and returns a text if the stream was used, else None.
    """
    before = random.getstate()
    random.seed(int.from_bytes(sequence.generate_state(4).tobytes(), "little"))
    seeded = random.getstate()

    def end() -> str | None:
        """Restore Python's global stream; return a text if it was used since it was seeded, else None."""
        used = random.getstate() != seeded
        random.setstate(before)
        return "used Python's global random state" if used else None

    return end


def _seed_numpy(sequence: np.random.SeedSequence) -> End:
    """Put a seeded stream in place of numpy's global one; return the function that undoes this.

    That function restores the old stream and returns a text if the seeded one was used, else None.
    """
    bit_generator, state = _numpy_random.get_bit_generator(), _numpy_random.get_state(legacy=False)
    # A new bit generator, since np.random.seed would seed the present one, which a user's code may have
    # replaced by one that draws other numbers.
    seeded_generator = np.random.MT19937(sequence)
    _numpy_random.set_bit_generator(seeded_generator)
    seeded = _read_numpy_state()

    def end() -> str | None:
        """Restore numpy's global stream; return a text if the seeded one was used, else None."""
        used = _numpy_random.get_bit_generator() is not seeded_generator or _read_numpy_state() != seeded
        _numpy_random.set_bit_generator(bit_generator)
        if isinstance(bit_generator, np.random.MT19937):
            # The generator still has its old state; this also restores the cached second normal number.
            _numpy_random.set_state(state)
        return "used numpy's global random state" if used else None

    return end


def _read_numpy_state() -> tuple[Any, ...]:
    """Return the parts of the state of numpy's global stream that a draw changes, to compare them."""
    state = _numpy_random.get_state(legacy=False)
    return state["state"]["key"].tobytes(), state["state"]["pos"], state["has_gauss"]


def _seed_torch(torch: Any, sequence: np.random.SeedSequence) -> End:
    """Seed the global CPU stream of torch; return the function that undoes this.

    That function restores the old state and returns a text if the stream was used, else None.
    """
    stream = torch.default_generator
    before = stream.get_state()
    stream.manual_seed(_make_torch_seed(sequence))
    seeded = stream.get_state()

    def end() -> str | None:
        """Restore torch's global stream; return a text if it was used since it was seeded, else None."""
        used = not torch.equal(stream.get_state(), seeded)
        stream.set_state(before)
        return "used torch's global random state" if used else None

    return end


def _make_torch_seed(sequence: np.random.SeedSequence) -> int:
    """Return a seed of 32 bits for torch."""
    return int(sequence.generate_state(1)[0])  # torch uses 32 bits of a seed


def _seed_gpus(torch: Any, sequence: np.random.SeedSequence) -> list[End]:
    """Seed the streams of torch's GPUs, and return the functions that restore them.

    If CUDA was not in use, there is no state to restore: its streams get a random seed at the end.
    """
    endings: list[End] = []
    word = _make_torch_seed(sequence)
    if torch.cuda.is_available():
        if torch.cuda.is_initialized():
            endings.append(functools.partial(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
        else:
            endings.append(torch.cuda.seed_all)
        torch.cuda.manual_seed_all(word)
    if torch.backends.mps.is_available():
        endings.append(functools.partial(torch.mps.set_rng_state, torch.mps.get_rng_state()))
        torch.mps.manual_seed(word)
    return endings


def _watch_environment() -> End:
    """Return a function that restores the present environment variables, and names changed ones in a text.

    It returns None if none has changed, apart from those that libraries set.
    """
    before = dict(os.environ)

    def end() -> str | None:
        """Restore the environment variables; return a text that names the changed ones, or None."""
        after = dict(os.environ)
        if after == before:
            return None
        for name in after.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        # Variables of libraries are restored without a notice: which of them are set depends on what the
        # process imported before.
        compared = (before.keys() | after.keys()) - VARIABLES_OF_LIBRARIES
        names = sorted(name for name in compared if before.get(name) != after.get(name))
        return f"changed environment variables {join_names(names, most=6)}" if names else None

    return end
