"""Answers on disk: found again by what was asked, never half written, and one for all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from genbench import ResultsError
from genbench.store.answer_cache import AnswerCache

REQUEST = {"url": "https://model.test", "body": {"prompt": "naïve \0 😀", "seed": 3}, "draw": 3}


@pytest.fixture
def cache(tmp_path):
    return AnswerCache(tmp_path / "answers")


def files(cache):
    return [path for path in cache.folder.rglob("*") if path.is_file()]


def test_an_answer_is_found_by_its_request(cache):
    assert cache.get(REQUEST) is None
    assert cache.put(REQUEST, {"text": "ü"}) == {"text": "ü"}
    assert cache.get(dict(reversed(REQUEST.items()))) == {"text": "ü"}
    assert cache.get(REQUEST | {"draw": 4}) is None


def test_only_the_owner_may_read_what_is_kept(cache):
    cache.put(REQUEST, {"text": "x"})
    (file,) = files(cache)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-9], lambda b: b"", lambda b: b.replace(b'"x"', b'"y"'), lambda _: b"[]"]
)
def test_a_damaged_answer_is_none_and_is_replaced(damage, cache):
    cache.put(REQUEST, {"text": "x"})
    (file,) = files(cache)
    file.write_bytes(damage(file.read_bytes()))
    assert cache.get(REQUEST) is None
    assert cache.put(REQUEST, {"text": "z"}) == {"text": "z"}
    assert cache.get(REQUEST) == {"text": "z"}
    assert files(cache) == [file]


def test_of_many_writers_the_first_is_right_for_all(cache):
    together = threading.Barrier(8)

    def write(number):
        together.wait()
        return cache.put(REQUEST, {"text": f"{number}" * 1000})["text"]

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(write, range(8)))
    assert found == {cache.get(REQUEST)["text"]}
    assert len(files(cache)) == 1


def test_without_links_the_file_is_there_all_the_same(cache, monkeypatch):
    def refuse(*arguments):
        raise OSError

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    assert cache.put(REQUEST, {"text": "x"}) == {"text": "x"}
    assert cache.put(REQUEST, {"text": "y"}) == {"text": "x"}
    assert len(files(cache)) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    reason = r"cannot cache answers in .*file/answers: Not a directory; free some"
    with pytest.raises(ResultsError, match=reason):
        AnswerCache(tmp_path / "file" / "answers").put(REQUEST, {})
