"""No line of genbench or of the bundled plugins unpickles, unpacks or runs what a file holds.

ruff's S rules know `pickle.load` and its like; numpy, torch and joblib unpickle under names that they do not
know. So the code is parsed here, and every such name is found, called or only mentioned.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What is not to be mentioned at all: by full name, or the whole of a module.
MODULES = (
    "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "jsonpickle", "marshal", "shelve", "tarfile",
)  # fmt: skip
NAMES = {
    "builtins.eval", "builtins.exec", "code.interact", "eval", "exec", "numpy.lib.format.read_array",
    "numpy.lib.npyio.NpzFile", "pandas.read_hdf", "pandas.read_pickle", "pickle.Unpickler", "pickle.load",
    "pickle.loads", "runpy.run_module", "runpy.run_path", "shutil.unpack_archive", "torch.export.load",
    "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.jit.load", "torch.package.PackageImporter",
    "yaml.full_load", "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all",
}  # fmt: skip
METHODS = {"extractall", "unpack_archive"}

#: What is allowed with this keyword alone; without it, the default counts.
KEYWORDS = {"torch.load": ("weights_only", True), "numpy.load": ("allow_pickle", False)}
DEFAULT_IS_SAFE = {"numpy.load"}

#: Where what is forbidden stands nevertheless: how often, and why nobody else's bytes reach it.
ALLOWED = {
    ("genbench/jobs/isolation/fork_server.py", "pickle.loads"): (
        1,
        "requests, through a socket that the server inherits from its own starter",
    ),
    ("genbench/jobs/isolation/worker.py", "pickle.loads"): (1, "the job in such a request"),
    ("genbench/jobs/engine/messages.py", "pickle.loads"): (
        1,
        "a job from the run that a worker works for; SECURITY.md says who can reach a worker",
    ),
    ("plugins/genbench_image/pretrained/torch_module_network.py", "torch.export.load"): (
        1,
        "the program that a suite names as one; SECURITY.md says that it is run",
    ),
    ("plugins/genbench_image/pretrained/torch_module_network.py", "torch.jit.load"): (
        1,
        "the program that a suite names as one; SECURITY.md says that it is run",
    ),
    ("plugins/genbench_image/pretrained/torch_fidelity_adapter.py", "torch.jit.load"): (
        1,
        "CLIP as published, its SHA-256 compared with the very bytes that are loaded",
    ),
}


def forbidden(source):
    """Return what of the forbidden a module mentions, by full names, in the order of its lines."""
    nodes = list(ast.walk(ast.parse(source)))
    aliases = _aliases(nodes)
    calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
    found = []
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found += [(node.lineno, name) for name in _imported(node) if _is_forbidden_module(name)]
        elif isinstance(node, (ast.Name, ast.Attribute)):
            name = _full_name(node, aliases)
            if _is_forbidden(name, calls.get(id(node))):
                found.append((node.lineno, name))
            elif isinstance(node, ast.Attribute) and node.attr in METHODS:
                found.append((node.lineno, node.attr))
        elif isinstance(node, ast.Call):
            found += [(node.lineno, what) for what in _unsafe_keywords(node)]
            found += [(node.lineno, what) for what in _by_name(node, aliases)]
    return [what for _, what in sorted(found)]


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]


def _aliases(nodes):
    """Return what the names of a module stand for that its imports, in whatever block, bind."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    found[alias.asname] = alias.name
                else:
                    found[alias.name.split(".")[0]] = alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _full_name(node, aliases):
    """Return the dotted name that an expression stands for, "" if it is none."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        above = _full_name(node.value, aliases)
        return f"{above}.{node.attr}" if above else ""
    return ""


def _is_forbidden_module(name):
    return name.split(".")[0] in MODULES


def _is_forbidden(name, call):
    if name in NAMES or (_is_forbidden_module(name) and "." in name):
        return True
    if name not in KEYWORDS:
        return False
    keyword, wanted = KEYWORDS[name]
    given = [item.value for item in call.keywords if item.arg == keyword] if call else []
    if call is None or any(item.arg is None for item in call.keywords):
        return True
    return name not in DEFAULT_IS_SAFE if not given else not _is_constant(given[0], wanted)


def _is_constant(node, wanted):
    return isinstance(node, ast.Constant) and node.value is wanted


def _unsafe_keywords(call):
    """Yield keywords by which whatever is called would unpickle."""
    for keyword, wanted in KEYWORDS.values():
        for item in call.keywords:
            if item.arg == keyword and not _is_constant(item.value, wanted):
                yield f"{keyword}="


def _by_name(call, aliases):
    """Yield what a call reaches by a text: import_module("pickle"), getattr(pickle, "loads")."""
    name = _full_name(call.func, aliases)
    if name in ("importlib.import_module", "__import__") and call.args:
        (first, *_) = call.args
        if isinstance(first, ast.Constant) and str(first.value).split(".")[0] in (*MODULES, "pickle"):
            yield f"{name}({first.value})"
    if name == "getattr" and call.args:
        module = _full_name(call.args[0], aliases)
        if module.split(".")[0] in (*MODULES, "pickle"):
            yield f"getattr({module})"


@pytest.mark.parametrize("folder", ["genbench", "plugins"])
def test_nothing_unpickles_or_unpacks_but_what_is_allowed_with_a_reason(folder):
    found = Counter(
        (path.relative_to(ROOT).as_posix(), name)
        for path in (ROOT / folder).rglob("*.py")
        for name in forbidden(path.read_text(encoding="utf-8"))
    )
    allowed = {place: count for place, (count, _) in ALLOWED.items() if place[0].startswith(folder)}
    assert found == allowed


def test_what_is_allowed_is_there_and_has_a_reason():
    for (file, _), (count, reason) in ALLOWED.items():
        assert (ROOT / file).exists()
        assert count > 0
        assert reason


@pytest.mark.parametrize(
    "line",
    [
        "import pickle; pickle.load(file)",
        "import pickle; pickle.loads(data)",
        "import pickle as p; p.Unpickler(file)",
        "from pickle import loads; loads(data)",
        "from pickle import load as read; read(file)",
        "import pickle; readers = {'pkl': pickle.load}",
        "import pickle; getattr(pickle, name)(data)",
        "import importlib; importlib.import_module('pickle').loads(data)",
        "__import__('dill')",
        "import _pickle",
        "from cPickle import load",
        "import cloudpickle",
        "import dill",
        "import joblib",
        "from joblib import load",
        "import marshal",
        "import shelve",
        "import jsonpickle",
        "import pandas as pd; pd.read_pickle(path)",
        "import pandas; pandas.read_hdf(path)",
        "import yaml; yaml.load(text)",
        "import yaml; yaml.load(text, Loader=yaml.SafeLoader)",
        "import yaml; yaml.unsafe_load(text)",
        "import torch; torch.load(path)",
        "import torch; torch.load(path, weights_only=False)",
        "import torch; torch.load(path, weights_only=safe)",
        "import torch; torch.load(path, **options)",
        "import torch; read = torch.load",
        "from torch import load; load(path)",
        "import torch; torch.jit.load(path)",
        "import torch; torch.export.load(path)",
        "import torch; torch.hub.load(repository)",
        "import numpy as np; np.load(path, allow_pickle=True)",
        "import numpy as np; np.load(path, allow_pickle=trusted)",
        "import numpy as np; np.load(path, **options)",
        "import numpy as np; np.lib.format.read_array(file)",
        "from numpy import load; load(path, allow_pickle=1)",
        "open_somehow(path, allow_pickle=True)",
        "eval(text)",
        "exec(text)",
        "import runpy; runpy.run_path(path)",
        "import tarfile",
        "import shutil; shutil.unpack_archive(path)",
        "import zipfile; zipfile.ZipFile(path).extractall(folder)",
        "def read(path):\n    import pickle\n    return pickle.loads(path.read_bytes())",
    ],
)
def test_each_forbidden_form_is_found(line):
    assert forbidden(line)


@pytest.mark.parametrize(
    "line",
    [
        "import pickle; pickle.dumps(value)",
        "import pickle; error = pickle.UnpicklingError",
        "import numpy as np; np.load(path)",
        "import numpy as np; np.load(path, mmap_mode='r', allow_pickle=False)",
        "import numpy as np; np.save(path, array, allow_pickle=False)",
        "import torch; torch.load(path, weights_only=True)",
        "import json; json.loads(text)",
        "import tomllib; tomllib.loads(text)",
        "import ast; ast.literal_eval(text)",
        "network.eval()",
        "import yaml; yaml.safe_load(text)",
        "import zipfile; zipfile.ZipFile(path).open(member)",
        "part.spec.load(folder)",
    ],
)
def test_what_runs_nothing_is_let_pass(line):
    assert not forbidden(line)


def test_ruff_looks_for_the_rest():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    off = {*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)}
    assert "S" in lint["select"]
    assert not off & {"S", "S1", "S2", "S3", "S5", "S102", "S202", "S301", "S302", "S307", "S506", "S614"}
