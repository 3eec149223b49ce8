"""The dataset `fasta`: what it reads, and one line for each kind of wrong file."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from genbench_molecule.sequences import fasta as module
from genbench_molecule.sequences.fasta import fasta
from numpy.random import default_rng

from genbench import DataError, open_samples, score

#: A gzip whose end is missing.
CUT = gzip.compress(b">a\nACGT\n" * 99, mtime=0)[:-9]


def written(folder, text, name="a.fasta"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_records_are_joined_put_into_upper_case_and_kept_in_order(tmp_path):
    path = written(tmp_path, "\n>one first\r\nACgt\r\n\r\n  nA CG \n>two\nTT\n")
    found = fasta(path=path).samples
    assert found.data == ("ACGTNACG", "TT")
    assert (found.space.modality, found.space.get("alphabet"), found.space.get("longest")) == (
        "sequence", "dna", 8,
    )  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_of_other_systems_and_a_byte_order_mark_change_nothing(end, mark, tmp_path):
    text = end.join([">a", "AC", "GT", "", ">b", "TT", ""])
    assert fasta(path=written(tmp_path, mark + text.encode())).samples.data == ("ACGT", "TT")
    with pytest.raises(DataError, match=r"^a\.fasta, line 3: b has no letters"):
        fasta(path=written(tmp_path, mark + end.join([">a", "AC", ">b", ">c", "G"]).encode()))


def test_a_protein_may_end_with_a_stop(tmp_path):
    found = fasta(path=written(tmp_path, ">p\nMKVL\nWX*\n>q\nMK*\n")).samples
    assert (found.data, found.space.get("alphabet")) == (("MKVLWX", "MK"), "protein")


@pytest.mark.parametrize("name", ["a.fa.gz", "A.FASTA", "a.b.faa", "a.fna"])
def test_files_are_found_by_their_names_and_unpacked_by_their_bytes(name, tmp_path):
    content = b">a\nACGU\n"
    path = written(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name)
    assert open_samples(path).data == ("ACGU",)
    assert open_samples(path, "sequence").space.get("alphabet") == "rna"


def test_the_alphabet_can_be_stated(tmp_path):
    path = written(tmp_path, ">a\nGATTACA\n")
    assert fasta(path=path, alphabet="protein").samples.space.get("alphabet") == "protein"


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "a.fasta has no records; expected lines >NAME"),
        ("\n\n", {}, "a.fasta has no records"),
        ("ACGT\n", {}, "a.fasta, line 1: text before the first header; expected a line >NAME first"),
        (">\nACGT\n", {}, "a.fasta, line 1: the header has no name; expected >NAME"),
        (">a\nA\n>b\n\n>c\nC\n", {}, "a.fasta, line 3: b has no letters; expected a sequence below"),
        (">a\nA\n>b", {}, "a.fasta, line 3: b has no letters"),
        (">a\n*\n", {}, "a.fasta, line 1: a has no letters"),
        (">a\nA\n>a other\nC\n", {}, "a.fasta, line 3: the name 'a' is that of line 1, too"),
        (">a\nAC\nG-T\n", {}, "a.fasta, line 3: a has '-'; expected sequences without gaps"),
        (">a\nAC7\n", {}, "a.fasta, line 2: a has '7'; expected letters of DNA, RNA or proteins"),
        (">a\nM*K\n", {}, r"a.fasta, line 2: a has '\*'; expected this mark only at the end"),
        (">a\nACGU\n", {"alphabet": "dna"}, "line 2: a has 'U'; expected ACGT or the codes RYSWKMBDHVN"),
        (
            f">a\n{'ACGT' * 9}\n>b\nAC\nTE*\n",
            {},
            r"line 5: b has 'E', and at least 90 % of .*: .* \(--reader 'fasta alphabet=protein'\)$",
        ),
        (">a\nACT\n>b\nACU\n", {}, "a.fasta has both T and U, so it is neither DNA nor RNA"),
        (">a\nA\n>b\nACC\n", {"longest": 2}, "line 3: b has 3 letters; expected at most 2, the op"),
        (b">a\nAC\xe9\n", {}, "a.fasta, line 2 has the byte 0xe9; expected ASCII"),
        (CUT, {}, "a.fasta cannot be read: Compressed file ended"),
        (b"\x1f\x8bACGT", {}, "a.fasta cannot be read: "),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_line_with_its_place(text, options, message, tmp_path):
    with pytest.raises(DataError, match=message) as caught:
        fasta(path=written(tmp_path, text), **options)
    assert "\n" not in str(caught.value)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    path = written(tmp_path, gzip.compress(b">a\n" + b"A" * 10_000))
    with pytest.raises(DataError, match="has over 1,000 bytes, unpacked"):
        fasta(path=path)


def test_no_more_of_a_file_is_unpacked_than_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100_000)
    path = written(tmp_path, gzip.compress(b">a\n" + b"A" * 50_000_000))
    tracemalloc.start()
    with pytest.raises(DataError, match="has over 100,000 bytes"):
        fasta(path=path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_gzip_may_take_a_hundred_times_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_FREE_BYTES", 20_000)
    for letters, is_read in ((19_000, True), (21_000, False)):
        path = written(tmp_path, gzip.compress(b">a\n" + b"A" * letters))
        if is_read:
            assert len(fasta(path=path).samples.data[0]) == letters
            continue
        with pytest.raises(DataError, match="has over 20,000 bytes, unpacked, and over 100 times its size"):
            fasta(path=path)
    noise = bytes(default_rng(0).choice(list(b"ACGT"), 100_000).tolist())
    assert len(fasta(path=written(tmp_path, gzip.compress(b">a\n" + noise))).samples.data[0]) == 100_000


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no\.fasta cannot be read: No such file"):
        fasta(path=tmp_path / "no.fasta")


def test_dna_and_proteins_are_not_compared(tmp_path, fresh_store):
    dna, protein = written(tmp_path, ">a\nACGT\n"), written(tmp_path, ">a\nMKVL\n", "b.fasta")
    reason = "fake cannot be compared with real: alphabet is protein instead of dna"
    with pytest.raises(DataError, match=reason):
        score(fake=protein, real=dna, metrics=["duplicates"])
