"""The cache of models that were converted."""

from __future__ import annotations

import pytest
from genbench_text.pretrained import pretrained_loading as conversion

pytestmark = pytest.mark.extras("transformers")


def test_a_conversion_is_kept_and_made_again_when_it_is_damaged(tmp_path, monkeypatch):
    file, made = tmp_path / "model.gguf", []
    file.write_bytes(b"a model")

    def convert(file, folder):
        made.append(file)
        (folder / "model.safetensors").write_bytes(b"weights")

    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(conversion, "_write", convert)
    place = conversion.convert_gguf(file)
    assert (conversion.convert_gguf(file), len(made)) == (place, 1)
    (place / "model.safetensors").write_bytes(b"weight")
    assert (conversion.convert_gguf(file), len(made)) == (place, 2)
    assert (place / "model.safetensors").read_bytes() == b"weights"
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    file.write_bytes(b"another")
    assert conversion.convert_gguf(file) != place
