"""A single run of a user's program with a timeout, a size limit and a minimal environment."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from genbench.core.canonical_json import make_object
from genbench.core.errors import GenbenchError, Invalid, SuiteError
from genbench.files.secrets import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MOST_BYTES", "PASSED", "Program", "ProgramError"]

#: Maximum size of a program's standard output, and of its standard error.
MOST_BYTES = 256 * 2**20

#: Environment variables that every program receives: paths, locale, and those that the host sets.
PASSED = (
    "PATH", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG",
    "PYTHONHASHSEED", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "GENBENCH_OFFLINE", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE",
)  # fmt: skip

#: Python writes no byte code beside a program's modules: the content of its folder may be in the keys.
_FIXED_VARIABLES = {"PYTHONDONTWRITEBYTECODE": "1"}

_GRACE_S = 2.0  # between SIGTERM and SIGKILL
_TAIL_BYTES = 4096  # of standard error, in which its last line is looked for
_LONGEST_SAYING = 200  # characters of that line, which a reason of at most 300 quotes
_SHORTEST_SECRET = 16  # characters of a value that an answer must not contain


class ProgramError(GenbenchError):
    """A program could not be started, failed, or exceeded its timeout."""


@dataclass(frozen=True)
class Program:
    """A program with its arguments and limits; `Program.of` makes one.

    arguments  the program's absolute path and its arguments
    variables  (name, value) of the environment variables that it receives in addition to PASSED
    timeout_s  of one run
    own_group  whether it gets a process group, which ends with it; else it stays in its caller's group
    """

    arguments: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = field(repr=False)
    timeout_s: float
    own_group: bool = False

    @classmethod
    def of(
        cls, arguments: Sequence[str], variables: Sequence[str], timeout_s: float, *, own_group: bool = False
    ) -> Program:
        """Return the program at the beginning of `arguments`: a name on the PATH, or an absolute path.

        own_group  whether it gets its own process group, so that its child processes end with it

        Raises SuiteError if there is none, or an environment variable in `variables` is not set.
        """
        name, *rest = arguments
        # a relative path is refused, since the program runs in another folder
        is_relative = os.sep in name and not Path(name).is_absolute()
        path = None if is_relative else shutil.which(name)
        if path is None:
            raise SuiteError(f"there is no program {name!r}; expected one on the PATH, or an absolute "
                             f"path")  # fmt: skip
        for variable in variables:
            if variable not in os.environ:
                raise SuiteError(f"the environment variable {variable}, which env names, is not set; set it, "
                                 f"or leave it out")  # fmt: skip
        values = tuple((variable, os.environ[variable]) for variable in variables)
        return cls((str(Path(path).absolute()), *rest), values, timeout_s, own_group)

    @property
    def name(self) -> str:
        """The program's name without its folder and its arguments, for messages."""
        return Path(self.arguments[0]).name

    def run(self, content: bytes) -> bytes:
        """Return the program's standard output for `content` on standard input.

        It runs in its own empty folder, which is removed afterwards. After the timeout it gets SIGTERM, then
        SIGKILL. With `own_group`, its child processes end with it; else its caller has to end them.
        Raises ProgramError if it does not start, does not end in time or ends with an exit code other than 0,
        with the last line of its standard error, and Invalid if it writes more than MOST_BYTES. No message
        contains a value of `variables` of 8 characters or more.
        """
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as stdout,
            tempfile.TemporaryFile() as stderr,
            tempfile.TemporaryDirectory(prefix="genbench-", ignore_cleanup_errors=True) as folder,
        ):
            stdin.write(content)
            stdin.seek(0)
            process = self._start(stdin, stdout, stderr, folder)
            try:
                self._wait(process, (stdout, stderr))
            finally:
                _end(process)
                if self.own_group:  # the group still has the processes that the program left behind
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
            if process.returncode:
                how = _describe_exit(process.returncode)
                raise ProgramError(f"{self.name} {how}{self._last_line(stderr)}")
            stdout.seek(0)
            return stdout.read()

    def ask(self, content: bytes, n: int, *, each: str) -> list[dict[str, Any]]:
        """Return the objects in the `n` lines of JSON that the program writes for `content`.

        n     the number of lines that the program has to write
        each  what each line answers, for messages: "text"

        Raises what `run` does, and Invalid for other output, and for an output that repeats the value of one
        of `variables`, if it has 16 characters or more.
        """
        output = self.run(content)
        try:
            lines = output.removesuffix(b"\n").decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise Invalid(
                f"{self.name} wrote output that is not UTF-8, at byte {error.start + 1}; write JSON in UTF-8"
            ) from None
        if len(lines) != n or not output:
            n_lines = len(lines) if output else 0
            raise Invalid(
                f"{self.name} wrote {n_lines} line{'s' * (n_lines != 1)}; expected {n}, one for each {each}"
            )
        return [self._read_object(line, number) for number, line in enumerate(lines, 1)]

    def _read_object(self, line: str, number: int) -> dict[str, Any]:
        """Return the JSON object in a line of output; `number` is the line's, from 1, for messages.

        Raises Invalid for anything else, for an object that has a key twice, and for a line that contains the
        value of one of `variables`: a value of 16 characters or more, which may be a secret.
        """
        try:
            value = json.loads(line, object_pairs_hook=make_object)
        except (ValueError, RecursionError):  # their texts quote the line
            value = None
        if not isinstance(value, dict):
            raise Invalid(
                f"line {number} of {self.name} is not a JSON object with each key once; write one a line"
            )
        for name, text in self.variables:
            # a shorter value may be in an answer by chance
            if len(text) >= _SHORTEST_SECRET and self._redactors[name].holds(value):
                raise Invalid(
                    f"line {number} of {self.name} contains the value of {name}; the answer is discarded"
                )
        return value

    @functools.cached_property
    def _redactors(self) -> Mapping[str, Redactor]:
        """By name of each of `variables`, a Redactor, which finds and replaces the variable's value in texts.

        A Redactor ignores a value of fewer than 8 characters, which is taken for no secret.
        """
        return {name: Redactor([text]) for name, text in self.variables}

    def _start(
        self, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes], folder: str
    ) -> subprocess.Popen[bytes]:
        """Start the program in `folder`; raise ProgramError if that fails.

        Its environment has the fixed variables, those of this process that PASSED names, and `variables`.
        """
        environment = _FIXED_VARIABLES | {name: os.environ[name] for name in PASSED if name in os.environ}
        try:
            return subprocess.Popen(
                self.arguments, stdin=stdin, stdout=stdout, stderr=stderr, cwd=folder,
                env=environment | dict(self.variables), process_group=0 if self.own_group else None,
            )  # fmt: skip
        except (OSError, ValueError) as error:  # ValueError: a null character in an argument
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise ProgramError(f"{self.name} cannot be started: {reason}; expected a program") from None

    def _wait(self, process: subprocess.Popen[bytes], outputs: Sequence[IO[bytes]]) -> None:
        """Wait until the program ends; raise ProgramError after its timeout, Invalid if it writes too much.

        outputs  the files of its standard output and its standard error
        """
        end = time.monotonic() + self.timeout_s
        while True:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() > end:
                    quoted_line = self._last_line(outputs[-1])  # of the standard error
                    raise ProgramError(
                        f"{self.name} did not end in {self.timeout_s:g} s; allow more time{quoted_line}"
                    ) from None
            # checked after the end too: the program may have written more since the last check
            if max(os.fstat(file.fileno()).st_size for file in outputs) > MOST_BYTES:
                raise Invalid(f"{self.name} wrote more than {MOST_BYTES} bytes; expected its answers alone")
            if process.returncode is not None:
                return

    def _last_line(self, stderr: IO[bytes]) -> str:
        """Return "; it says: " and the last line of standard error, redacted; "" if there is none.

        The text continues the message of an error. Characters that cannot be printed are left out.
        """
        size = os.fstat(stderr.fileno()).st_size
        text = os.pread(stderr.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode("utf-8", "replace")
        lines = ["".join(char for char in line if char.isprintable()).strip() for line in text.splitlines()]
        line = next((line for line in reversed(lines) if line), "")
        for redactor in self._redactors.values():
            line = redactor.pieces(line)
        return f"; it says: {line[-_LONGEST_SAYING:]}" if line else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that still runs: send SIGTERM, and SIGKILL if it runs 2 seconds later."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _describe_exit(code: int) -> str:
    """Return how a program ended, for messages; a negative exit code is the number of a signal."""
    if code > 0:
        return f"ended with the exit code {code}; expected 0"
    names = [number.name for number in signal.Signals if number == -code]
    return f"was ended by {names[0] if names else f'signal {-code}'}"
