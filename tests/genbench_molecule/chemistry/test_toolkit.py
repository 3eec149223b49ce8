"""The import of rdkit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.extras("rdkit")

CODE = """
import os
from genbench_molecule.chemistry.molecules import load_rdkit
load_rdkit()
from rdkit import RDConfig
print(os.environ.get("RDBASE"), os.path.isdir(RDConfig.RDDataDir))
"""


@pytest.mark.parametrize("given", [None, "here"])
def test_the_environment_stays_as_it_was(given):
    environment = {name: value for name, value in os.environ.items() if name != "RDBASE"}
    environment |= {} if given is None else {"RDBASE": given}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.split()[0] == str(given)
    assert given is not None or done.stdout.split()[1] == "True"
