"""Files of votes, and the entries of a suite that take them."""

from __future__ import annotations

import json
import tomllib

import pytest
from toys import make_plugin

from genbench import MetricSpec
from genbench.arena.vote_entries import make_vote_entries, read_votes
from genbench.catalog.catalog import catalog_of
from genbench.core.errors import DataError, SuiteError


@pytest.fixture
def votes(tmp_path):
    """Return a function that writes a file of votes and returns its path."""

    def write(name, kind="person", questions=("Which is better?",), folder="."):
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        body = {"kind": kind, "questions": questions, "rater": name + folder, "votes": []}
        path.write_text(json.dumps(body))
        return path

    return write


def test_the_order_of_files_changes_nothing(votes):
    paths = [votes(name) for name in ("anna.json", "ben.json", "cid.json")]
    assert read_votes(paths) == read_votes(paths[::-1])


def test_copies_have_names_of_their_own_on_every_file_system(votes):
    paths = [votes("a.json"), votes("A.json", folder="b"), votes("a.json", folder="c"), votes("..\n.json")]
    found = {each.name for each in read_votes(paths)}
    assert found == {"a.json", "A-2.json", "a-3.json", "---.json"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("nonsense", "is no file of votes: Expecting value"),
        ("{}", "is no file of votes: it has no 'kind'"),
        ('{"kind": "person"}', "it has no 'questions'"),
        ('{"kind": "person", "questions": []}', "kind and questions are no texts"),
        ('{"kind": 3, "questions": ["a"]}', "kind and questions are no texts"),
        ('{"kind": "script", "kind": "person"}', "an object has the key 'kind' twice"),
        ('{"kind": "person", "questions": ["a"]}', "it has no 'votes'"),
        ('{"kind": "person", "questions": ["a"], "votes": [{"first": "0"}]}', "it has no 'second'"),
        ("[1]", "is no file of votes"),
        ("[" * 100_000, "is no file of votes"),
    ],
)
def test_a_file_without_votes_is_named_in_one_line(tmp_path, content, reason):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(DataError, match=reason) as caught:
        read_votes([path])
    assert str(caught.value).startswith("bad.json is")
    assert "\n" not in str(caught.value)


def test_missing_and_repeated_files_are_refused(tmp_path, votes):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_votes([tmp_path / "nowhere.json"])
    with pytest.raises(DataError, match=r"the same votes as in anna\.json; give each file once"):
        read_votes([votes("anna.json"), votes("anna.json")])


def test_votes_of_people_and_of_programs_go_to_comparisons_of_their_own(catalog, votes):
    files = read_votes([votes("anna.json"), votes("bot.json", "script"), votes("gpt.json", "judge")])
    entries = {entry.name: entry.options for entry in make_vote_entries(catalog, files)}
    people = ["inputs/anna.json", "inputs/bot.json"]
    assert {name: sorted(options["votes"]) for name, options in entries.items()} == {
        "preference": people,
        "preference-judge": ["inputs/gpt.json"],
        "two-choice-fooling-rate": people,
    }


def test_the_question_is_written_out_and_must_be_clear(catalog, votes):
    one = read_votes([votes("anna.json")])
    assert {e.options["question"] for e in make_vote_entries(catalog, one)} == {"Which is better?"}
    two = read_votes([votes("anna.json", questions=("A?", "B?"))])
    assert {e.options["question"] for e in make_vote_entries(catalog, two, (), {"question": "B?"})} == {"B?"}
    with pytest.raises(SuiteError, match=r"the files ask 'A\?', 'B\?'; choose one with --question"):
        make_vote_entries(catalog, two)
    with pytest.raises(SuiteError, match=r"the files ask 'A\?', 'B\?'; got 'C\?'"):
        make_vote_entries(catalog, two, (), {"question": "C?"})


def test_options_go_to_the_comparisons_that_have_them(catalog, votes):
    files = read_votes([votes("anna.json")])
    entries = {e.name: e.options for e in make_vote_entries(catalog, files, (), {"ties": "davidson"})}
    assert entries["preference"]["ties"] == "davidson"
    assert "ties" not in entries["two-choice-fooling-rate"]
    judged = read_votes([votes("gpt.json", "judge")])
    with pytest.raises(SuiteError, match="preference-judge: no option 'most_failed'; leave it out"):
        make_vote_entries(catalog, judged, (), {"most_failed": 0.5})


def test_a_file_that_no_comparison_takes_is_refused(catalog, votes):
    with pytest.raises(SuiteError, match=r"dog\.json: no comparison takes votes of the kind 'dog'"):
        make_vote_entries(catalog, read_votes([votes("dog.json", "dog")]))
    reason = r"preference-judge takes votes of the kind judge; these files have person"
    with pytest.raises(SuiteError, match=reason):
        make_vote_entries(catalog, read_votes([votes("anna.json")]), [{"use": "preference-judge"}])
    with pytest.raises(SuiteError, match="the metric fid takes no votes"):
        make_vote_entries(catalog, read_votes([votes("anna.json")]), [{"use": "fid"}])


def taster(fakes, *, votes: tuple[str, ...] = (), sharp: bool = False):
    return dict.fromkeys(fakes, 1.0)


PLUGIN = make_plugin(MetricSpec(name="taste", make=taster, scope="board", votes=("person",)))


def test_a_strangers_comparison_takes_part_where_it_is_named(votes):
    catalog, files = catalog_of({"plug": PLUGIN}), read_votes([votes("anna.json")])
    with pytest.raises(SuiteError, match="no comparison takes votes of the kind 'person'"):
        make_vote_entries(catalog, files)
    (entry,) = make_vote_entries(catalog, files, [{"use": "taste", "name": "mine", "sharp": True}])
    assert tomllib.loads(entry.toml_text)["metric"] == [
        {"use": "plug:taste", "name": "mine", "sharp": True, "votes": ["inputs/anna.json"]}
    ]


def test_any_question_is_a_text_of_toml(catalog, votes):
    asked = 'Is "it"\\ real?\n\x7f\u2028 日本 \U0001f600'
    for entry in make_vote_entries(catalog, read_votes([votes("anna.json", questions=(asked,))])):
        (table,) = tomllib.loads(entry.toml_text)["metric"]
        assert table["question"] == asked
        assert table["use"] == f"genbench:{entry.name}"
