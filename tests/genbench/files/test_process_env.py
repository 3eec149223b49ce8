from __future__ import annotations

from pathlib import Path

import pytest

from genbench.files.process_settings import is_secret, select_common_variables


@pytest.mark.parametrize("name", [
    "PATH", "HOME", "LC_ALL", "OMP_NUM_THREADS", "HF_HOME", "CUDA_VISIBLE_DEVICES", "https_proxy",
                                  "TOKENIZERS_PARALLELISM", "GENBENCH_OFFLINE", "PYTHONPATH"])  # fmt: skip
def test_what_libraries_need_is_passed_on(name):
    assert select_common_variables({name: "x"}) == {name: "x", "TZ": "UTC"}


@pytest.mark.parametrize("name", [
    "OPENAI_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GENBENCH_KEY", "EDITOR",
                                  "MY_SETTING", "SSH_AUTH_SOCK"])  # fmt: skip
def test_what_may_be_a_secret_or_is_unknown_is_kept_back(name):
    assert select_common_variables({name: "x"}) == {"TZ": "UTC"}


def test_a_variable_that_is_declared_a_secret_is_kept_back():
    environment = {"SLURM_LICENCE": "x", "SLURM_JOB_ID": "7", "GENBENCH_SECRETS": "MINE,SLURM_LICENCE"}
    assert select_common_variables(environment) == {"SLURM_JOB_ID": "7", "TZ": "UTC"}


def test_places_of_genbench_become_absolute():
    store = str(Path("store").absolute())
    assert select_common_variables({"GENBENCH_STORE": "store"})["GENBENCH_STORE"] == store
    assert select_common_variables({"GENBENCH_STORE": ""})["GENBENCH_STORE"] == ""


def test_the_time_zone_is_the_same_on_all_machines():
    assert select_common_variables({"TZ": "Asia/Tokyo"}) == {"TZ": "UTC"}


def test_a_secret_is_known_by_a_word_of_its_name():
    assert is_secret("hf_token")
    assert not is_secret("TOKENIZERS_PARALLELISM")
    assert not is_secret("KEYBOARD")
