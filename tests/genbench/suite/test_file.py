from __future__ import annotations

from pathlib import Path

import pytest

from genbench.core.errors import SuiteError
from genbench.suite.file import bundled_suites, parse_suite, read_suite

PARTS = {
    "head": 'name = "small"\nseeds = [0, 1]\nn = 10\n',
    "dataset": '[[dataset]]\nuse = "digits"\n',
    "generator": '[[generator]]\nuse = "vae"\nsteps = 5\n',
    "metric": '[[metric]]\nuse = "fid"\n',
}


def toml(**parts):
    return "".join((PARTS | parts).values())


def parse(text=None, **parts):
    return parse_suite(toml(**parts) if text is None else text, file="small.toml", folder=Path("here"))


def refusal(**parts):
    with pytest.raises(SuiteError) as caught:
        parse(**parts)
    message = str(caught.value)
    assert message.startswith("small.toml: ")
    assert "\n" not in message
    return message


def test_a_suite_is_read_with_its_defaults():
    suite = parse()
    assert (suite.name, suite.seeds, suite.n, suite.n_real, suite.controls) == (
        "small", (0, 1), 10, None, None,
    )  # fmt: skip
    assert suite.folder == Path("here")
    assert suite.text == toml()
    (generator,) = suite.generators
    assert (generator.use, generator.name, generator.options) == ("vae", None, {"steps": 5})
    assert generator.where == "small.toml: generator[0]"
    assert suite.metrics[0].extractor is None


def test_use_name_and_extractor_are_not_options():
    text = (
        '[[metric]]\nuse = "fid"\nname = "far"\nextractor = {use = "pixels", name = "px", size = 8}\nk = 1\n'
    )
    (metric,) = parse(metric=text).metrics
    assert (metric.use, metric.name, metric.options) == ("fid", "far", {"k": 1})
    assert (metric.extractor.use, metric.extractor.name) == ("pixels", "px")
    assert metric.extractor.options == {"size": 8}
    assert metric.extractor.where == "small.toml: metric[0].extractor"


def test_an_extractor_may_be_a_bare_name():
    (metric,) = parse(metric='[[metric]]\nuse = "fid"\nextractor = "pixels"\n').metrics
    assert (metric.extractor.use, dict(metric.extractor.options)) == ("pixels", {})


def test_copies_are_ranked_only_where_the_suite_says_so():
    assert parse().rank_copies is False
    assert parse(head=PARTS["head"] + "rank_copies = true\n").rank_copies is True


def test_a_suite_may_name_the_aspects_that_vote_and_what_it_requires():
    assert (parse().aspects, parse().require) == ((), {})
    suite = parse(**head(aspects='["bias", "validity"]', require='{ fid = "<= 3" }'))
    assert (suite.aspects, suite.require) == (("bias", "validity"), {"fid": "<= 3"})


@pytest.mark.parametrize(("written", "read"), [('"all"', "all"), ("7", 7)])
def test_n_real_is_a_number_or_all(written, read):
    assert parse(head=PARTS["head"] + f"n_real = {written}\n").n_real == read


def test_n_valid_takes_the_place_of_n():
    suite = parse(**head(n=None, n_valid="{ digits = 7 }"))
    assert (suite.n_on("digits"), suite.counts_valid, suite.allows_priced) == (7, True, False)
    other = suite.with_changes(seeds=None, n=5)
    assert (other.n_on("digits"), other.counts_valid) == (5, True)
    assert parse(**head(n=None, n_valid="7", n_valid_priced="true")).allows_priced
    assert not parse().counts_valid


def test_n_may_be_a_number_for_each_dataset():
    suite = parse(**head(n="{ digits = 7 }"))
    assert (suite.n, suite.n_on("digits"), parse().n_on("digits")) == ({"digits": 7}, 7, 10)
    assert suite.with_changes(seeds=None, n=5).n_on("digits") == 5
    assert suite.with_changes(seeds=None, n={"digits": 8}).n_on("digits") == 8


def head(**keys):
    values = {"name": '"small"', "seeds": "[0, 1]", "n": "10"} | keys
    return {"head": "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)}


def option(text):
    return {"generator": f'[[generator]]\nuse = "vae"\n{text}\n'}


def extractor(text):
    return {"metric": f'[[metric]]\nuse = "fid"\nextractor = {text}\n'}


REFUSED = [
    (head(n="{ digit = 7 }"), "n: no dataset has the id 'digit'; did you mean 'digits'?"),
    (head(n="{ digits = 0 }"), "n: digits: expected an integer of at least 1, got 0"),
    (head(n="{}"), "n: there is no number for the dataset 'digits'; write one for each"),
    (head(seed="[0]", seeds=None), "unknown key 'seed'; did you mean 'seeds'?"),
    (head(zebra="1"), "unknown key 'zebra'; expected one of"),
    (head(name=None), "name is missing; add name = …"),
    (head(seeds=None), "seeds is missing; add seeds = …"),
    (head(n=None), "n is missing; add n = …"),
    ({"dataset": ""}, "dataset is missing; add [[dataset]] tables"),
    ({"generator": ""}, "generator is missing; add [[generator]] tables"),
    ({"metric": ""}, "metric is missing; add [[metric]] tables"),
    ({"dataset": "", **head(dataset="[]")}, "dataset: the list is empty"),
    ({"dataset": "", **head(dataset='["digits"]')}, "dataset: expected [[dataset]] tables"),
    ({"dataset": '[dataset]\nuse = "digits"\n'}, "dataset: expected [[dataset]] tables"),
    (head(n="0"), "n: expected an integer of at least 1, got 0"),
    (head(n="-5"), "n: expected an integer of at least 1, got -5"),
    (head(n="true"), "n: expected an integer of at least 1, got True"),
    (head(n="10.0"), "n: expected an integer of at least 1, got 10.0"),
    (head(n="nan"), "n: expected an integer of at least 1, got nan"),
    (head(n="1e400"), "n: expected an integer of at least 1, got inf"),
    (head(n='"10"'), "n: expected an integer of at least 1, got '10'"),
    (head(n_valid="5"), "n and n_valid: expected one of them; n_valid counts valid samples"),
    (head(n=None, n_valid="0"), "n_valid: expected an integer of at least 1, got 0"),
    (head(n_valid_priced="true"), "n_valid_priced needs the key n_valid; add that, or remove n_valid_priced"),
    (head(n=None, n_valid="5", n_valid_priced="1"), "n_valid_priced: expected true or false, got 1"),
    (head(n_real="0"), "n_real: expected an integer of at least 1, got 0"),
    (head(n_real="true"), "n_real: expected an integer of at least 1, got True"),
    (head(rank_copies="1"), "rank_copies: expected true or false, got 1"),
    (head(aspects='"bias"'), "aspects: expected a list of fidelity, diversity, "),
    (head(aspects='["speed"]'), "cost; got ['speed']"),
    (head(aspects="[]"), "cost; got []"),
    (head(aspects="[1]"), "cost; got [1]"),
    (head(aspects='["bias", "bias"]'), "aspects: expected different aspects, got ['bias', 'bias']"),
    (head(require="0.9"), "require: expected a table of bounds by metric, got 0.9"),
    (head(require="{ fid = 3 }"), "require.fid: expected a bound such as '>= 0.9', got 3"),
    (head(n_real='"most"'), "n_real: expected an integer of at least 1, got 'most'"),
    (head(controls="1"), "controls: expected a list of controls, or false for none, got 1"),
    (head(controls="true"), "or false for none, got True; without the key, genbench's own controls join"),
    (head(controls="[1]"), "controls[0]: expected a name or a table with `use`, got 1"),
    (head(seeds="[]"), "seeds: expected a list of at least one seed, got []"),
    (head(seeds="3"), "seeds: expected a list of at least one seed, got 3"),
    (head(seeds="[0, 1, 0]"), "seeds: expected different seeds, got [0, 1, 0]"),
    (head(seeds="[0, -1]"), "seeds[1]: expected an integer of at least 0, got -1"),
    (head(seeds="[false]"), "seeds[0]: expected an integer of at least 0, got False"),
    (head(seeds="[0.0]"), "seeds[0]: expected an integer of at least 0, got 0.0"),
    ({"generator": "[[generator]]\nsteps = 1\n"}, "generator[0].use: expected the name of a component"),
    ({"generator": "[[generator]]\nuse = 1\n"}, "generator[0].use: expected the name of a component, got 1"),
    ({"generator": '[[generator]]\nuse = ""\n'}, "generator[0].use: expected the name of a component"),
    (option("x = nan"), "generator[0].x: expected a finite number, got nan"),
    (option("x = -inf"), "generator[0].x: expected a finite number, got -inf"),
    (option("x = 1e400"), "generator[0].x: expected a finite number, got inf"),
    (option("x = [1, {y = [2.0, nan]}]"), "generator[0].x[1].y[1]: expected a finite number"),
    (option("x = " + "[" * 5000 + "]" * 5000), "not TOML: "),
    (option("x." + ".".join(["a"] * 1500) + " = 1"), "levels deep"),
    (option("name." + ".".join(["a"] * 1500) + " = 1"), "levels deep"),
    (option("x = " + "[" * 100 + "]" * 100), "levels deep"),
    (option("x = " + "1" * 5000), "not TOML: "),
    (option("x = 2024-02-30"), "not TOML: "),
    (option("x = = 1"), "(at line 8, column 5)"),
    (option("use = 'gan'"), "(at line 8, column 12)"),
    (extractor("1"), "metric[0].extractor: expected a name or a table"),
    (extractor("{size = 8}"), "metric[0].extractor.use: expected"),
    (extractor('{use = "pixels", x = inf}'), "metric[0].extractor.x: expected a finite number"),
]


@pytest.mark.parametrize(("parts", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_a_suite_must_not_hold_is_refused_with_its_key(parts, message):
    assert message in refusal(**parts)


BAD_NAMES = [
    "=cmd()", "NA", "na", "nan", "1e5", "mar-5", "true", "-x", "", "a b", "../up", "a" * 65, "é", "a\\nb",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_a_reader_of_a_csv_would_misread_are_refused(name):
    assert "name: the name " in refusal(**head(name=f'"{name}"'))
    assert "generator[0].name: the name " in refusal(**option(f'name = "{name}"'))


def test_a_name_that_is_no_text_is_refused():
    assert "name: the name 5 is not a name" in refusal(**head(name="5"))


def test_the_greatest_seed_and_n_and_the_deepest_option_are_taken():
    suite = parse(**head(seeds=f"[{2**63 - 1}]", n="10_000_000"))
    assert (suite.seeds, suite.n) == ((2**63 - 1,), 10_000_000)
    assert refusal(**head(seeds=f"[{2**63}]")).endswith(
        "expected an integer of at most 9,223,372,036,854,775,807"
    )
    assert refusal(**head(n="10_000_001")).endswith("n: expected an integer of at most 10,000,000")
    # The table of the suite, its list of generators and the entry are three of 32.
    assert parse(**option("x = " + "[" * 29 + "]" * 29)).generators[0].options["x"]
    assert "over 32 levels deep; write flatter tables" in refusal(**option("x = " + "[" * 30 + "]" * 30))


def test_seeds_and_n_can_be_changed_within_the_same_bounds():
    suite = parse()
    changed = suite.with_changes(seeds=(5, 6), n=99)
    assert (changed.seeds, changed.n) == ((5, 6), 99)
    assert suite.with_changes(seeds=None, n=None) == suite
    for change, message in (
        ({"seeds": [1, 1], "n": None}, "seeds: expected different seeds"),
        ({"seeds": [], "n": None}, "seeds: expected a list of at least one seed"),
        ({"seeds": 0, "n": None}, "seeds: expected a list of at least one seed, got 0"),
        ({"seeds": "0", "n": None}, "seeds: expected a list of at least one seed, got '0'"),
        ({"seeds": [-1], "n": None}, r"seeds\[0\]: expected an integer of at least 0, got -1"),
        ({"seeds": None, "n": 0}, "n: expected an integer of at least 1, got 0"),
        ({"seeds": None, "n": True}, "n: expected an integer of at least 1, got True"),
    ):
        with pytest.raises(SuiteError, match=f"^{message}"):
            suite.with_changes(**change)


@pytest.mark.parametrize("source", [3, None, ["quickstart"]])
def test_a_suite_that_is_no_name_and_no_path_is_refused(source):
    with pytest.raises(SuiteError, match=r"^suite: expected the name of a bundled suite or a TOML file"):
        read_suite(source)


def test_the_quickstart_comes_with_genbench_and_is_valid():
    assert "quickstart" in bundled_suites()
    suite = read_suite("quickstart")
    assert suite.name == "quickstart"
    assert suite.seeds == (0, 1, 2)
    assert suite.n == 599


def test_an_existing_path_wins_over_a_bundled_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("quickstart").write_text(toml())
    suite = read_suite("quickstart")
    assert suite.name == "small"
    assert suite.folder == tmp_path


def test_a_folder_does_not_hide_a_bundled_suite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("quickstart").mkdir()
    assert read_suite("quickstart").name == "quickstart"


@pytest.mark.parametrize("source", ["quickstrat", "a" * 5000, "a\0b"])
def test_a_suite_that_does_not_exist_is_refused(source):
    with pytest.raises(SuiteError, match="no such file, and no bundled suite of that name; "):
        read_suite(source)


@pytest.mark.parametrize("source", ["quickstrat.toml", "no/such", Path("x.toml"), "~nobody-here/x.toml"])
def test_a_path_that_does_not_exist_is_no_misspelt_name(source):
    with pytest.raises(SuiteError) as caught:
        read_suite(source)
    suites = "bias, molecules, moses, points, quickstart, tables, text"
    assert str(caught.value) == f"{source}: no such file; the bundled suites are {suites}"


def test_the_nearest_bundled_suite_is_named():
    with pytest.raises(SuiteError, match="did you mean 'quickstart'"):
        read_suite("quickstrat")


def test_the_bundled_suites_are_listed_once():
    with pytest.raises(SuiteError) as caught:
        read_suite("nope.toml")
    assert str(caught.value).count("quickstart") == 1


def test_line_ends_of_windows_are_fine(tmp_path):
    path = tmp_path / "small.toml"
    path.write_bytes(toml().replace("\n", "\r\n").encode())
    assert read_suite(path).generators[0].options == {"steps": 5}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf" + toml().encode(), "starts with a byte order mark"),
        (toml().encode("utf-16"), "not UTF-8 at byte 0"),
        (toml().encode() + b"# \xe9\n", "not UTF-8 at byte"),
        (toml().encode() + b"#" * 1_000_000, ".* at most 1,000,000 are read"),
        (b"\x00" * 10, "not TOML"),
        (b"", "name is missing"),
    ],
)
def test_a_file_that_is_no_toml_in_utf_8_is_refused_by_its_name(tmp_path, content, message):
    path = tmp_path / "small.toml"
    path.write_bytes(content)
    with pytest.raises(SuiteError, match=f"^small.toml: {message}"):
        read_suite(path)
