from __future__ import annotations

import pytest
from genbench_table.__main__ import main


def test_the_inferred_schema_is_printed(tmp_path, capsys):
    (tmp_path / "t.csv").write_bytes("a;b\n1;ü\n-;x\n".encode("latin-1"))
    options = ["--delimiter", ";", "--encoding", "latin-1", "--missing", "-"]
    assert main(["schema", str(tmp_path / "t.csv"), *options]) == 0
    assert capsys.readouterr().out == '[columns]\na = "integer"\nb = "category"\n'


def test_a_file_that_cannot_be_read_is_an_error_in_one_line(tmp_path, capsys):
    assert main(["schema", str(tmp_path / "t.csv")]) == 2
    error = "t.csv cannot be read: No such file or directory; expected a readable file"
    assert capsys.readouterr().err == f"Error: {error}\n"
    with pytest.raises(SystemExit):
        main([])
