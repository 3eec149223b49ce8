"""Loading language models: what is read, what is refused, and in which words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
import torch
from genbench_text.pretrained import pretrained_loading
from genbench_text.pretrained.pretrained import Source

from genbench import DataError, SuiteError

pytestmark = pytest.mark.extras("transformers")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"

CODE = """
import os
from transformers import LlamaForCausalLM

open(os.environ["MARK"], "w").close()

class Own(LlamaForCausalLM):
    pass
"""

# What comes of loading, for each code that is allowed: the class of the network, or the message.
PROBE = """
import json, os, sys
from genbench import GenbenchError
from genbench_text.pretrained.pretrained import source
from genbench_text.pretrained.pretrained_loading import load

for code in json.loads(sys.argv[1]):
    found = source("owner/tiny", None, sys.argv[2], code)
    try:
        network = load(found, dtype="float32", context=None, batch_tokens=64, device="cpu").network
        said = type(network).__name__
    except GenbenchError as error:
        said = f"{type(error).__name__}: {error}"
    print(json.dumps([said, os.path.exists(os.environ["MARK"])]))
"""


@pytest.fixture
def load(tiny_model):
    """Return the function that loads a folder."""
    from genbench_text.pretrained.pretrained_loading import load

    def loaded(folder=tiny_model, dtype="float32", context=None):
        source = Source(folder.name, str(folder))
        return load(source, dtype=dtype, context=context, batch_tokens=64, device="cpu")

    return loaded


@pytest.fixture
def copy(tiny_model, tmp_path):
    """A copy of the tiny model's folder, to be changed."""
    return shutil.copytree(tiny_model, tmp_path / "copy")


@pytest.fixture
def from_cache(copy, tmp_path):
    """Return the function that loads owner/tiny from a hub's cache, offline, in a process of its own."""

    def loaded(*codes, revision=COMMIT):
        snapshot = tmp_path / "home" / "hub" / "models--owner--tiny" / "snapshots" / COMMIT
        shutil.copytree(copy, snapshot, dirs_exist_ok=True)
        environment = os.environ | {
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_OFFLINE": "1",
            "MARK": str(tmp_path / "mark"),
        }
        command = [sys.executable, "-c", PROBE, json.dumps(codes), revision]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return loaded


def edit(file, **changes):
    described = json.loads(file.read_text())
    file.write_text(json.dumps(described | changes))


def test_a_model_is_ready_to_be_used(load):
    model = load()
    assert not model.network.training
    assert (model.context, model.encoder.first, model.encoder.opening) == (32, 0, ())
    assert model.encoder.ends == {1}
    assert {p.dtype for p in load(dtype="bfloat16").network.parameters()} == {torch.bfloat16}


@pytest.mark.slow
def test_an_id_on_the_hub_is_read_from_its_cache_without_a_network(from_cache):
    assert from_cache(None) == [["LlamaForCausalLM", False]]


@pytest.mark.slow
def test_a_commit_that_is_not_there_is_one_line(from_cache):
    ((said, _),) = from_cache(None, revision=OTHER)
    assert said.startswith("DataError: transformers cannot load owner/tiny as a causal language model: ")
    assert "\n" not in said


@pytest.mark.slow
@pytest.mark.parametrize("owner", ["", "other/code--"])
def test_code_is_run_only_if_its_name_and_commit_are_allowed(owner, copy, from_cache, tmp_path):
    (copy / "own.py").write_text(CODE)
    edit(copy / "config.json", auto_map={"AutoModelForCausalLM": f"{owner}own.Own"})
    name, commit = ("other/code", OTHER) if owner else ("owner/tiny", COMMIT)
    snapshot = tmp_path / "home" / "hub" / f"models--{name.replace('/', '--')}" / "snapshots" / commit
    shutil.copytree(copy, snapshot, dirs_exist_ok=True)
    *refused, allowed = from_cache(None, f"some/one@{commit}", f"{name}@{commit}")
    expected = f"SuiteError: owner/tiny needs code of {name}, which genbench does not run; to allow it"
    assert all(said.startswith(expected) and not ran for said, ran in refused)
    assert allowed == ["Own", True]


def test_code_in_a_folder_is_not_run(copy, load, tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    (copy / "own.py").write_text(CODE)
    edit(copy / "tokenizer_config.json", auto_map={"AutoTokenizer": [None, "own.Own"]})
    with pytest.raises(SuiteError, match="copy needs code of copy, which genbench does not run"):
        load(copy)
    assert not (tmp_path / "mark").exists()


def test_an_adapter_is_refused(copy, load):
    (copy / "adapter_config.json").write_text('{"base_model_name_or_path": "owner/other"}')
    with pytest.raises(SuiteError, match="copy is an adapter without its base model; merge it"):
        load(copy)


def test_pickled_weights_are_not_read(copy, load):
    (copy / "model.safetensors").unlink()
    torch.save({}, copy / "pytorch_model.bin")
    with pytest.raises(DataError, match="transformers cannot load copy as a causal language model"):
        load(copy)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b"\xff" * 99),
        ("config.json", b"{"),
        ("config.json", b'{"model_type": "no-such-model"}'),
        ("config.json", b'{"model_type": "t5"}'),
        ("tokenizer.json", b"[]"),
    ],
)
def test_a_damaged_file_is_one_line(file, content, copy, load):
    (copy / file).write_bytes(content)
    reason = r"^transformers cannot load copy as a causal language model: "
    with pytest.raises(DataError, match=reason) as refused:
        load(copy)
    assert "\n" not in str(refused.value)


def test_an_empty_folder_is_no_model(tmp_path, load):
    with pytest.raises(DataError, match=r"cannot load .* as a causal language model"):
        load(tmp_path)


def test_a_context_is_no_longer_than_the_model_has(load):
    assert load(context=9).context == 9
    with pytest.raises(SuiteError, match=r"context is 33, but .* sees at most 32 tokens; lower it"):
        load(context=33)


def test_where_a_text_begins_and_ends_is_what_the_tokenizer_and_the_model_say(copy, load):
    edit(copy / "config.json", eos_token_id=[1, 7], max_position_embeddings=64)
    edit(copy / "generation_config.json", eos_token_id=[9])
    edit(copy / "tokenizer_config.json", bos_token=None)
    model = load(copy)
    assert (model.context, model.encoder.first, model.encoder.opening) == (64, 1, ())
    assert model.encoder.ends == {1, 7, 9}
    edit(copy / "tokenizer_config.json", eos_token=None)
    reason = "the tokenizer of copy has no token for the beginning or end of a text"
    with pytest.raises(DataError, match=reason):
        load(copy)


def test_what_a_tokenizer_puts_before_each_text_stands_before_a_prompt_and_once_before_a_text(copy, load):
    template = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
    }
    plain = load().encoder
    edit(copy / "tokenizer.json", post_processor=template)
    encoder = load(copy).encoder
    assert encoder.opening == (0,)
    assert encoder.tokens("the cat") == plain.tokens("the cat")
    assert encoder.prompt("the cat") == [0, *plain.tokens("the cat")]
    before, follows = encoder.pair("the cat", " sat")
    assert ([0, *plain.pair("the cat", " sat")[0]], plain.pair("the cat", " sat")[1]) == (before, follows)


def test_bars_of_other_libraries_are_silent_while_a_model_is_read(capsys):
    from tqdm.auto import tqdm

    with pretrained_loading._quiet():
        assert list(tqdm(range(3))) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    assert list(tqdm(range(3))) == [0, 1, 2]
    assert "3/3" in capsys.readouterr().err
