"""One run of a program, with real programs: what it gets, what it sees, and all that can go wrong."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from genbench import Invalid, SuiteError
from genbench.jobs.isolation import program as module
from genbench.jobs.isolation.program import Program, ProgramError

KEY = "sk-Test-0123456789-abcdefghijklmnop"


def python(code, *arguments, variables=(), timeout_s=60.0):
    return Program.of([sys.executable, "-ISc", code, *arguments], variables, timeout_s)


def failure(program, kind=ProgramError):
    with pytest.raises(kind) as failed:
        program.run(b"")
    said = str(failed.value)
    assert "\n" not in said
    assert failed.value.__cause__ is None
    return said.replace(program.name, "python")


def test_a_program_gets_its_input_and_its_arguments_and_its_output_comes_back():
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1] + sys.argv[1].encode())"
    assert python(code, "$HOME; é").run(b"abc\0") == b"\0cba$HOME; \xc3\xa9"


def test_input_that_is_not_read_does_no_harm():
    assert python("print(1)").run(b"x" * 2**20) == b"1\n"


def test_it_runs_in_an_empty_folder_that_is_removed():
    code = "import os; print(os.getcwd(), os.listdir()); open('litter', 'w').close()"
    folder, _, listed = python(code).run(b"").decode().strip().partition(" ")
    assert listed == "[]"
    assert not Path(folder).exists()


def test_it_sees_little_of_the_environment_and_what_is_named(monkeypatch):
    monkeypatch.setenv("OTHER_KEY", KEY)
    monkeypatch.setenv("TEST_KEY", "naïve")
    monkeypatch.setenv("GENBENCH_OFFLINE", "1")
    program = python("import json, os; print(json.dumps(dict(os.environ)))", variables=["TEST_KEY"])
    seen = json.loads(program.run(b""))
    assert (seen["PATH"], seen["GENBENCH_OFFLINE"], seen["TEST_KEY"]) == (os.environ["PATH"], "1", "naïve")
    assert set(seen) <= {*module.PASSED, "PYTHONDONTWRITEBYTECODE", "TEST_KEY", "__CF_USER_TEXT_ENCODING"}
    assert "naïve" not in repr(program)


def test_a_program_of_several_modules_leaves_its_folder_as_it_is(tmp_path):
    """Its content is in the keys, so a byte code cache would be a change."""
    (tmp_path / "main.py").write_text("import helper\nprint(helper.VALUE)")
    (tmp_path / "helper.py").write_text("VALUE = 7")
    program = Program.of([sys.executable, str(tmp_path / "main.py")], (), 60.0)
    assert program.run(b"") == b"7\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["helper.py", "main.py"]


def test_a_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("TEST_KEY", raising=False)
    with pytest.raises(SuiteError, match="the environment variable TEST_KEY, which env names, is not set"):
        python("", variables=["TEST_KEY"])


@pytest.mark.parametrize("name", ["no-such-program", "./python", "/no/such", "", "/etc/passwd"])
def test_what_is_no_program_is_refused(name):
    with pytest.raises(SuiteError, match="there is no program"):
        Program.of([name], (), 1.0)


def test_a_program_that_cannot_be_started_is_said(tmp_path):
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o700)
    with pytest.raises(
        ProgramError, match=r"^script cannot be started: No such file or directory; expected a program$"
    ):
        Program.of([str(script)], (), 1.0).run(b"")
    assert failure(python("", "a\0b")) == "python cannot be started: embedded null byte; expected a program"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "ended with the exit code 3; expected 0"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("1 / 0", "ended with the exit code 1; expected 0; it says: ZeroDivisionError: division by zero"),
        ("import sys; sys.exit('no\\x1b[31m such\\n\\n \\n')",
         "ended with the exit code 1; expected 0; it says: no[31m such"),
        ("import sys; sys.stderr.buffer.write(b'\\xff' * 9999); sys.exit(1)",
         "ended with the exit code 1; expected 0; it says: " + "\ufffd" * 200),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_said_with_the_last_line_of_its_complaint(code, said):
    assert failure(python(code)) == f"python {said}"


def test_a_value_of_the_environment_in_a_complaint_is_hidden(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    code = "import os, sys; sys.exit('wrong key ' + os.environ['TEST_KEY'] + ' in ' + os.environ['SHORT'])"
    monkeypatch.setenv("SHORT", "1")
    said = failure(python(code, variables=["TEST_KEY", "SHORT"]))
    assert said.endswith("it says: wrong key [redacted] in 1")


def test_a_program_that_does_not_end_is_ended():
    start = time.monotonic()
    said = failure(python("import sys, time; print('busy', file=sys.stderr, flush=True); time.sleep(600)",
                          timeout_s=0.5))  # fmt: skip
    assert said == "python did not end in 0.5 s; allow more time; it says: busy"
    assert time.monotonic() - start < 60


def test_a_program_that_will_not_end_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_GRACE_S", 0.2)
    code = ("import os, pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            "pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)")  # fmt: skip
    failure(python(code, str(tmp_path / "pid"), timeout_s=1.0))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_is_given_time_to_end_itself(tmp_path):
    code = ("import pathlib, signal, sys, time; "
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(pathlib.Path(sys.argv[1]).touch())); "
            "time.sleep(600)")  # fmt: skip
    failure(python(code, str(tmp_path / "ended"), timeout_s=1.0))
    assert (tmp_path / "ended").exists()


def test_a_child_that_outlives_a_program_keeps_nobody_waiting():
    code = ("import subprocess, sys; "
            "child = subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(600)']); "
            "print(child.pid)")  # fmt: skip
    start = time.monotonic()
    os.kill(int(python(code).run(b"")), 9)
    assert time.monotonic() - start < 60


def test_a_program_ends_with_whoever_ends_the_group_of_its_caller():
    assert int(python("import os; print(os.getpgrp())").run(b"")) == os.getpgrp()


def test_what_a_program_in_its_own_group_leaves_behind_is_ended():
    code = ("import subprocess, sys; "
            "child = subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(600)']); "
            "print(child.pid)")  # fmt: skip
    alone = Program.of([sys.executable, "-ISc", code], (), 60.0, own_group=True)
    pid, end = int(alone.run(b"")), time.monotonic() + 60
    while not is_ended(pid):
        assert time.monotonic() < end
    assert not is_ended(os.getpid())


def is_ended(pid):
    """Return whether a process is gone or a zombie, which its new parent may not have awaited."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_program_that_writes_without_end_is_ended(stream, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 10**6)
    code = f"import sys\nwhile True: sys.{stream}.write('x' * 10**5)"
    assert (
        failure(python(code), Invalid) == "python wrote more than 1000000 bytes; expected its answers alone"
    )
    assert failure(python(f"import sys; sys.{stream}.write('x' * 10**6 + 'x')"), Invalid)
    assert python(f"import sys; sys.{stream}.write('x' * 10**6)").run(b"") in (b"", b"x" * 10**6)
