"""The data set `text-file`, and what the host makes of it."""

from __future__ import annotations

import json

import pytest
from genbench_text.datasets.text_file import text_file

import genbench
from genbench import DataError, GenbenchError, Space, open_samples
from genbench.files.text_files import TEXT_ENDINGS


@pytest.fixture
def file(tmp_path):
    """Return the function that writes a file and returns its path."""

    def write(name, content):
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
        return tmp_path / name

    return write


def test_its_texts_are_those_of_the_file_in_their_order(file):
    samples = text_file(path=file("a.txt", "one\nthree \n\nfour\n")).samples
    assert samples.data == ("one", "three ", "four")
    assert samples.space == Space("text", longest=6)
    assert samples.labels is None


def test_paragraphs_and_fields_are_options(file):
    assert text_file(path=file("a.txt", "a\nb\n\nc"), unit="paragraphs").samples.data == ("a\nb", "c")
    assert text_file(path=file("a.csv", "id,body\n1,x\n"), field="body").samples.data == ("x",)


def test_a_longest_length_above_that_of_the_texts_is_the_one_of_the_space(file):
    assert text_file(path=file("a.txt", "one\n"), longest=80).samples.space.get("longest") == 80


def test_a_text_above_the_longest_length_is_refused_with_its_number(file):
    with pytest.raises(DataError, match=r"^a\.txt: text 2 has 5 characters; expected at most 4, the option"):
        text_file(path=file("a.txt", "one\nthree\nseven\n"), longest=4)


def test_texts_may_be_empty_but_not_missing(file):
    assert text_file(path=file("a.jsonl", '""\n')).samples.space.get("longest") == 1
    with pytest.raises(DataError, match=r"^a\.txt has no texts; expected at least one$"):
        text_file(path=file("a.txt", "\n \n"))


@pytest.mark.parametrize("ending", TEXT_ENDINGS)
def test_a_file_of_texts_is_opened_by_its_ending(file, ending):
    content = {".csv": "text\none\n", ".txt": "one\n"}.get(ending, '"one"\n')
    assert open_samples(file(f"a{ending.upper()}", content), "text").data == ("one",)


def test_files_of_two_kinds_are_scored_against_each_other(file, monkeypatch, tmp_path):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    fake = file("a.txt", "one\ntwo\ntwo\nfour\n")
    train = file("b.csv", "text\none\nfive\n")
    found = genbench.score(fake=fake, real=train, train=train, metrics=["duplicates", "train-duplicates"])
    assert {name: m.value for name, m in found.items()} == {"duplicates": 0.25, "train-duplicates": 0.25}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf_8_is_refused_before_anything_runs(file, encoding, tmp_path):
    (tmp_path / "real.txt").write_bytes("fine\ncaf\u00e9 au lait\n".encode(encoding))
    suite = file("odd.toml", """
        name = "odd"
        seeds = [0]
        n = 1
        dataset = [{use = "text-file", path = "real.txt"}]
        generator = [{use = "markov"}]
        metric = [{use = "distinct-n"}]
        """)  # fmt: skip
    with pytest.raises(GenbenchError, match=r"^real\.txt, line \d is not UTF-8: .*; save the file as UTF-8$"):
        genbench.run(suite, output=tmp_path / "out")
    assert not (tmp_path / "out" / "records").exists()


def test_odd_texts_go_through_a_run_as_they_stand(file, monkeypatch, tmp_path):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    odd = ["=cmd()", "<script>x</script>", "\u202eabc", "  ", "\0", "x" * 10**6, "", "a\r\nb", "\ufeff"]
    lines = "".join(json.dumps(text) + "\n" for text in odd)
    suite = f"""
        name = "odd"
        seeds = [0]
        n = 9
        n_real = "all"
        controls = false
        dataset = [{{use = "text-file", path = {json.dumps(str(file("data.jsonl", lines)))}}}]
        generator = [{{use = "samples", path = {json.dumps(str(file("made.jsonl", lines)))}}}]
        metric = [{{use = "duplicates"}}]
        """
    run = genbench.run(file("odd.toml", suite), output=tmp_path / "out", keep_samples=True)
    assert run.leaderboard()["duplicates"].notna().all()
    kept = {json.loads(line) for path in (tmp_path / "out/samples").rglob("data.jsonl")
            for line in path.read_text().splitlines()}  # fmt: skip
    assert kept == set(odd)
