"""Origins of runs."""

from __future__ import annotations

import shlex

from genbench.report.page.origin import list_run_origins, make_table_titles
from genbench.suite.file import bundled_text, read_words

RUN = {
    "name": "mine",
    "suite": "seeds = [0]\n",
    "seeds": [0, 1],
    "n": 50,
    "instead": [{"use": "vae", "epochs": 3, "schedule": "cosine", "conditional": False, "note": "a 'b' c"}],
    "machine": {"cpu": "AMD EPYC", "threads": 2, "device": "cuda"},
    "libraries": {"numpy": "2.0", "python": "3.11"},
    "plugins": {"genbench": "0.1.0"},
    "datasets": {
        "digits": {"component": "genbench:digits", "sizes": {"train": 9, "test": 8}, "hash": "a" * 64}
    },
}  # fmt: skip


def origin(results_of, provenance):
    (found,) = list_run_origins(results_of(provenance=provenance))
    return found


def test_the_command_repeats_the_run_as_it_was(results_of):
    found = origin(results_of, RUN)
    words = shlex.split(found.repeat)
    assert words[:7] == ["genbench", "run", "mine.toml", "--seeds", "0,1", "--n", "50"]
    assert words[7] == "--generator"
    assert words[9:] == ["--threads", "2", "--device", "cuda"]
    options = {"epochs": 3, "schedule": "cosine", "conditional": False, "note": "a 'b' c"}
    assert read_words("", words[8]) == ("vae", options)
    assert (found.save_as, found.suite, found.verify) == ("mine.toml", "seeds = [0]\n", "genbench verify .")


def test_the_comment_at_the_start_of_a_suite_is_told(results_of):
    text = "# It needs `pip install x`,\n#   and time.\n\n# not this\nseeds = [0]\n"
    assert origin(results_of, RUN | {"suite": text}).about == "It needs pip install x, and time."
    assert origin(results_of, RUN).about == ""


def test_a_bundled_suite_is_named_only_if_its_text_is_the_one_here(results_of):
    text = bundled_text("quickstart")
    same = origin(results_of, {"name": "quickstart", "suite": text})
    other = origin(results_of, {"name": "quickstart", "suite": f"{text}\n"})
    assert (same.repeat, same.save_as) == ("genbench run quickstart", "")
    assert (other.repeat, other.save_as) == ("genbench run quickstart.toml", "quickstart.toml")


def test_it_does_not_depend_on_the_working_folder(results_of, tmp_path, monkeypatch):
    provenance = {"name": "quickstart", "suite": bundled_text("quickstart")}
    before = origin(results_of, provenance)
    (tmp_path / "quickstart").write_text("n = 1")
    monkeypatch.chdir(tmp_path)
    assert origin(results_of, provenance) == before


def test_versions_data_and_hardware_are_facts(results_of):
    facts = {title: dict(pairs) for title, pairs in origin(results_of, RUN).facts}
    assert facts["Versions"] == {"numpy": "2.0", "python": "3.11"}
    assert facts["Hardware"]["cpu"] == "AMD EPYC"
    assert facts["Run"] == {"seeds": "0 1", "n": "50 samples of each generator at each seed"}
    assert facts["Data"] == {
        "digits": "genbench:digits; samples: train 9, test 8; SHA-256 of its content aaaaaaaaaaaa…"
    }


def test_n_of_each_dataset_is_a_fact_and_no_option_of_the_command(results_of):
    found = origin(results_of, RUN | {"n": {"digits": 7, "wine": 5}})
    assert dict(dict(found.facts)["Run"])["n"] == ("of each generator at each seed: 7 on digits, 5 on wine")
    assert "--n" not in found.repeat


def test_the_time_of_all_trials_is_a_fact(results_of, trace_of):
    traces = [trace_of("vae", seed, seconds={"fit": 60.0, "sample": 2.5}) for seed in range(2)]
    (found,) = list_run_origins(results_of(provenance=RUN, traces=traces))
    assert dict(dict(found.facts)["Run"])["time"] == "2 min 5 s, that of all trials together"


def test_a_run_that_says_nothing_has_no_command_to_repeat_it(results_of):
    found = origin(results_of, {"name": ""})
    assert (found.name, found.repeat, found.verify) == ("out", "", "genbench verify .")


def test_each_merged_run_has_its_own_origin(results_of):
    merged = {
        "a": RUN | {"generators": [{"name": "vae"}, {"name": "ddpm"}]},
        "b": {"name": "b.csv", "unverified": True},
    }
    table = {"vae@a": {"fid": [1.0]}, "vae@b": {"fid": [2.0]}, "gan@a": {"fid": [3.0]}}
    table |= {"ddpm": {"fid": [4.0]}, "flow": {"fid": [5.0]}}
    provenance = {"merged": merged, "sources": {"a": "my runs/a"}}
    first, second = list_run_origins(results_of(table, provenance=provenance))
    assert (first.name, first.verify, first.rows) == ("a", "genbench verify .", "ddpm, gan@a and vae@a")
    assert (second.name, second.verify, second.repeat, second.rows) == ("b", "", "", "vae@b")
    assert (first.compare, second.compare) == ("genbench compare . ddpm gan", "")


def test_the_command_to_compare_names_two_generators_that_compete_on_one_dataset(results_of):
    table = {name: {"fid": [1.0, 2.0]} for name in ("held-out", "vae", "gan", "ddpm")}
    (found,) = list_run_origins(results_of(table, provenance=RUN))
    assert found.compare == "genbench compare . ddpm gan"
    (alone,) = list_run_origins(results_of({name: table[name] for name in ("held-out", "vae")}))
    assert alone.compare == ""


def test_texts_of_strangers_are_words_of_the_commands_and_no_commands(results_of):
    provenance = RUN | {"name": "a; rm -rf ~", "instead": [{"use": "$(rm)", "x": "`id`"}]}
    words = shlex.split(origin(results_of, provenance).repeat)
    assert words[2] == "a; rm -rf ~.toml"
    assert words[8] == "$(rm) x=`id`"


def test_odd_values_of_strangers_are_shown_as_texts(results_of):
    found = origin(results_of, RUN | {"libraries": ["numpy"], "plugins": {"a": {"b": 1}}, "machine": {}})
    titles = [title for title, _ in found.facts]
    assert "Versions" not in titles
    assert dict(dict(found.facts)["Plugins"]) == {"a": "{'b': 1}"}


def merged(**runs):
    """Return the provenance of merged runs, each with these generators on digits."""
    return {
        name: {"datasets": {"digits": {}}, "generators": [{"name": own} for own in generators]}
        for name, generators in runs.items()
    }


def test_a_table_is_named_by_the_runs_of_its_rows():
    runs = merged(first=["vae", "noise"], second=["gan", "noise"], third=["flow", "noise"])
    tables = [["gan", "noise@second"], ["vae", "flow", "noise@first"]]
    assert list(make_table_titles("digits", tables, runs)) == [
        "digits, run second", "digits, runs first and third",
    ]  # fmt: skip
    assert list(make_table_titles("digits", tables[:1], runs)) == ["digits"]


def test_a_table_whose_runs_are_unknown_or_those_of_another_has_a_number():
    assert list(make_table_titles("digits", [["vae"], ["gan"]], {})) == ["digits, group 1", "digits, group 2"]
    found = make_table_titles(
        "digits", [["vae"], ["gan"], ["flow"]], merged(one=["vae", "gan"], two=["flow"])
    )
    assert list(found) == ["digits, run one, group 1", "digits, run one, group 2", "digits, run two"]
