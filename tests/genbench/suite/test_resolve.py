from __future__ import annotations

import pickle
from pathlib import Path
from typing import Annotated

import pytest
from toys import make_plugin, plugin_text

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output, Unsigned
from genbench.catalog.catalog import catalog_of, load_catalog
from genbench.core.errors import SuiteError
from genbench.core.limits import Limits
from genbench.suite.components import drop_option_annotations
from genbench.suite.file import bundled_suites, parse_suite, read_entry, read_suite
from genbench.suite.resolve import resolve_suite


def dots(*, path: Path | None = None): ...


def fit(train, *, steps: int = 5, rate: float = 0.1): ...


def held(held_out): ...


def pixels(*, size: int = 8, backend: Annotated[str, Unsigned] = "torch"): ...


def distance(real, fake, *, k: int = 3): ...


def shares(real, fake, *, k: int = 3): ...


LOOKS = (Output(name="near", direction="lower"), Output(name="wide", direction="lower"))
TWO = (Output(name="left", direction="higher"), Output(name="right", direction="lower"))
PLUGIN = make_plugin(
    DatasetSpec(name="dots", make=dots),
    ExtractorSpec(name="pixels", make=pixels, outputs={"features": "x"}),
    ExtractorSpec(name="classifier", make=pixels, outputs={"features": "x", "probabilities": "p"}),
    GeneratorSpec(name="good", make=fit),
    GeneratorSpec(name="bound", make=fit, control="floor"),
    GeneratorSpec(name="ceiling", make=held, control="ceiling"),
    MetricSpec(name="fid", make=distance, takes="features", extractor="pixels", direction="lower"),
    MetricSpec(name="far", make=distance, takes="features", direction="lower"),
    MetricSpec(name="both", make=distance, takes=("features", "probabilities")),
    MetricSpec(name="gap", make=distance, direction="lower"),
    MetricSpec(name="shares", make=shares, outputs=TWO),
    MetricSpec(name="looks", make=distance, takes="features", extractor="pixels", outputs=LOOKS),
)


CATALOG = catalog_of({"maker": PLUGIN})


def resolved(
    *metrics, generators=('use = "good"',), dataset='use = "dots"', extra="", folder=None, instead=()
):
    entries = [("dataset", dataset), *(("generator", text) for text in generators)]
    entries += [("metric", text) for text in metrics or ('use = "gap"',)]
    text = f'name = "small"\nseeds = [0]\nn = 4\n{extra}\n'
    text += "".join(f"[[{kind}]]\n{body}\n" for kind, body in entries)
    return resolve_suite(parse_suite(text, file="s.toml", folder=folder or Path()), CATALOG, instead)


def ids(*metrics, **more):
    return [[name for name, _ in group.outputs] for group in resolved(*metrics, **more).groups]


def test_generators_stand_in_place_of_the_suite_s_beside_the_controls():
    entries = [read_entry("here", {"use": "good", "name": "slow", "steps": 7}, Limits())]
    found = resolved(instead=entries, extra='controls = ["bound", "ceiling"]').generators
    assert [part.name for part in found] == ["slow", "bound", "ceiling"]
    assert found[0].options["steps"] == 7
    with pytest.raises(SuiteError, match=r"here\.stops: good has no option 'stops'"):
        resolved(instead=[read_entry("here", {"use": "good", "stops": 7}, Limits())])


def test_a_generator_in_place_of_the_suite_s_that_loses_its_options_has_a_note():
    bare, own = (read_entry("here", {"use": "good", **options}, Limits()) for options in ({}, {"steps": 7}))
    note = "--generator good has its default options; --only good takes the suite's"
    generators = ('use = "maker:good"\nsteps = 9',)
    assert resolved(generators=generators, instead=[bare]).notes == (note,)
    assert resolved(generators=generators, instead=[own]).notes == resolved(instead=[bare]).notes == ()


def refusal(*metrics, **more):
    with pytest.raises(SuiteError) as caught:
        resolved(*metrics, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ('use = "fid"', "fid"),
        ('use = "fid"\nextractor = "pixels"', "fid"),
        ('use = "fid"\nextractor = "maker:pixels"', "fid"),
        ('use = "fid"\nextractor = {use = "pixels", size = 8}', "fid"),
        ('use = "fid"\nextractor = {use = "pixels", size = 16}', "fid[pixels]"),
        ('use = "fid"\nextractor = {use = "pixels", size = 16, name = "big"}', "fid[big]"),
        ('use = "fid"\nextractor = "classifier"', "fid[classifier]"),
        ('use = "far"\nextractor = "pixels"', "far[pixels]"),
        ('use = "fid"\nname = "close"\nextractor = "classifier"', "close"),
        ('use = "maker:fid"', "fid"),
        ('use = "gap"', "gap"),
        ('use = "left"', "left"),
    ],
)
def test_an_id_names_the_extractor_unless_it_is_the_canonical_one(metric, name):
    assert ids(metric) == [[name]]


def test_a_metric_of_several_outputs_gives_all_or_the_one_that_is_named():
    assert ids('use = "shares"') == [["left", "right"]]
    assert ids('use = "right"\nname = "other"') == [["other"]]


def test_two_outputs_of_one_computation_share_it():
    assert ids('use = "right"', 'use = "gap"', 'use = "left"') == [["right", "left"], ["gap"]]


def test_an_option_that_no_signature_holds_makes_another_computation_all_the_same():
    fast = 'extractor = {use = "pixels", backend = "fast"}'
    assert ids('use = "near"', 'use = "wide"') == [["near", "wide"]]
    assert ids('use = "near"', f'use = "wide"\n{fast}') == [["near"], ["wide"]]
    assert ids('use = "right"', 'use = "left"\nk = 3') == [["right", "left"]]


def test_other_options_are_another_computation():
    assert ids('use = "right"', 'use = "left"\nk = 4') == [["right"], ["left"]]
    assert ids('use = "fid"', 'use = "fid"\nextractor = {use = "pixels", size = 4}') == [
        ["fid"], ["fid[pixels]"],
    ]  # fmt: skip


def test_one_number_cannot_stand_on_the_board_under_two_ids():
    message = refusal('use = "left"', 'use = "left"\nname = "again"')
    assert message == "s.toml: metric[1]: yields the same number as 'left'; remove one of them"
    assert "'left'" in refusal('use = "left"', 'use = "shares"')


def test_several_outputs_cannot_bear_one_name():
    assert refusal('use = "shares"\nname = "x"') == (
        "s.toml: metric[0].name: shares yields left, right; use one of them to name it"
    )


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ('use = "both"\nextractor = "pixels"', "metric[0].extractor: pixels gives features; both takes"),
        ('use = "far"', "metric[0]: far takes features and has no canonical extractor; name one"),
        ('use = "gap"\nextractor = "pixels"', "metric[0].extractor: gap takes samples and uses no extractor"),
        ('use = "fdi"', "metric[0].use: no metric named 'fdi'; did you mean 'fid'"),
        (
            'use = "fid"\nextractor = "pixel"',
            "metric[0].extractor.use: no extractor named 'pixel'; did you mean",
        ),
        ('use = "fid"\nj = 1', "metric[0].j: fid has no option 'j'"),
        ('use = "fid"\nk = "1"', "metric[0].k: "),
        ('use = "fid"\nk = true', "metric[0].k: "),
        ('use = "fid"\nextractor = {use = "pixels", size = 1.5}', "metric[0].extractor.size: "),
        (
            'use = "fid"\nextractor = {use = "pixels", sise = 1}',
            "metric[0].extractor.sise: pixels has no option",
        ),
    ],
)
def test_a_metric_that_cannot_be_is_refused_with_its_key(metric, message):
    assert refusal(metric).startswith(f"s.toml: {message}")


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        ('use = "goood"', "generator[0].use: no generator named 'goood'; did you mean 'good'"),
        ('use = "good"\nstpes = 1', "generator[0].stpes: good has no option 'stpes'; did you mean 'steps'"),
        ('use = "good"\nsteps = 1.5', "generator[0].steps: "),
    ],
)
def test_a_generator_that_cannot_be_is_refused_with_its_key(generator, message):
    assert refusal(generators=(generator,)).startswith(f"s.toml: {message}")


def test_two_entries_with_one_id_are_refused():
    twice = 'use = "good"\nsteps = 9'
    assert "two generators have the id 'good'" in refusal(generators=('use = "good"', twice))
    assert "two metrics have the id 'gap'" in refusal('use = "gap"', 'use = "gap"\nk = 9')
    named = resolved(generators=('use = "good"', twice + '\nname = "better"'))
    assert [part.name for part in named.generators] == ["good", "better"]
    assert "two generators have the id 'bound', controls counted" in refusal(
        generators=('use = "good"\nname = "bound"',), extra='controls = ["bound"]'
    )


def test_options_are_filled_in_with_their_defaults():
    (part,) = resolved(generators=('use = "good"\nrate = 1',)).generators
    assert part.options == part.canonical == {"steps": 5, "rate": 1.0}


def test_moving_a_folder_changes_no_canonical_option(tmp_path):
    found = []
    for place in ("here", "somewhere/else"):
        home = tmp_path / place / "data"
        home.mkdir(parents=True)
        (home / "x.bin").write_bytes(b"same")
        (part,) = resolved(dataset='use = "dots"\npath = "data"', folder=home.parent).datasets
        assert part.options["path"] == home
        found.append(part.canonical)
    assert found[0] == found[1]
    assert set(found[0]["path"]) == {"sha256"}


def test_another_suffix_is_another_key_and_the_same_signature(tmp_path):
    parts = []
    for name in ("data.txt", "data.csv", "copy.TXT"):
        (tmp_path / name).write_bytes(b"same")
        parts += resolved(dataset=f'use = "dots"\npath = "{name}"', folder=tmp_path).datasets
    assert [part.canonical["path"]["suffix"] for part in parts] == [".txt", ".csv", ".txt"]
    assert parts[0].canonical == parts[2].canonical
    assert parts[0].signature_options == parts[1].signature_options
    assert set(parts[0].signature_options["path"]) == {"sha256"}


def test_a_path_that_does_not_exist_is_refused_with_its_key(tmp_path):
    message = refusal(dataset='use = "dots"\npath = "lost"', folder=tmp_path)
    assert message.startswith("s.toml: dataset[0].path: ")


def test_a_part_without_annotations_is_the_same_part_and_can_be_sent():
    (part,) = resolved().generators
    sent = pickle.loads(pickle.dumps(drop_option_annotations(part)))  # noqa: S301 - made in this line
    assert (sent.name, sent.options, sent.contract.inputs) == (part.name, part.options, ("train",))


def stranger(*modalities):
    """Return a plugin whose components have names of others, and serve these modalities."""
    return make_plugin(
        ExtractorSpec(name="pixels", make=pixels, outputs={"features": "x"}, modalities=modalities),
        GeneratorSpec(name="good", make=fit, modalities=modalities),
        GeneratorSpec(name="bound", make=fit, modalities=modalities, control="floor"),
        MetricSpec(name="gap", make=distance, direction="lower", modalities=modalities),
    )


PHOTOS = make_plugin(DatasetSpec(name="photos", make=dots, modalities=("image",)))


def beside(plugin, *, dataset="photos", generator="good", metric="gap", extra=""):
    """Return the references of the generators and the metric of a suite beside a stranger's plugin."""
    catalog = catalog_of({"maker": PLUGIN, "photos": PHOTOS, "stranger": plugin})
    text = (
        f'name = "small"\nseeds = [0]\nn = 4\n{extra}\n[[dataset]]\nuse = "{dataset}"\n'
        f'[[generator]]\nuse = "{generator}"\n[[metric]]\nuse = "{metric}"\n'
    )
    found = resolve_suite(parse_suite(text, file="s.toml", folder=Path()), catalog)
    return [part.component.reference for part in (*found.generators, *found.parts[-1:])]


def test_a_name_means_the_component_that_serves_the_data_of_the_suite():
    assert beside(stranger("text")) == ["maker:good", "maker:gap"]
    reason = r"generator\[0\].use: generator 'good' is in maker and stranger; name one"
    with pytest.raises(SuiteError, match=reason):
        beside(stranger("image", "text"))
    with pytest.raises(SuiteError, match=reason):
        beside(stranger("text"), dataset='photos"\n[[dataset]]\nuse = "dots')  # which may hold anything
    named = {"generator": "stranger:good", "metric": "maker:gap"}
    assert beside(stranger("image"), **named) == ["stranger:good", "maker:gap"]


def test_a_bare_name_that_another_plugin_has_too_means_genbench_s_own_with_a_note():
    catalog = catalog_of({"genbench": PLUGIN, "photos": PHOTOS, "stranger": stranger("image")})
    text = 'name = "small"\nseeds = [0]\nn = 4\ncontrols = []\n[[dataset]]\nuse = "photos"\n'
    text += '[[generator]]\nuse = "good"\n[[metric]]\nuse = "genbench:gap"\n'
    found = resolve_suite(parse_suite(text, file="s.toml", folder=Path()), catalog)
    assert [part.component.reference for part in found.parts[1:]] == ["genbench:good", "genbench:gap"]
    note = "good means genbench's own generator; stranger has one, too: name it stranger:good"
    assert found.notes == (note,)


def test_a_name_in_a_spec_means_the_component_of_its_own_distribution():
    catalog = catalog_of({"maker": PLUGIN, "stranger": stranger()})
    text = 'name = "s"\nseeds = [0]\nn = 4\n[[dataset]]\nuse = "dots"\n[[generator]]\nuse = "maker:good"\n'
    suites = [f'{text}[[metric]]\nuse = "fid"\n{line}' for line in ("", 'extractor = "maker:pixels"')]
    for suite in suites:
        (group,) = resolve_suite(parse_suite(suite, file="s.toml", folder=Path()), catalog).groups
        assert group.extractor.component.reference == "maker:pixels"
        assert [name for name, _ in group.outputs] == ["fid"]


def test_two_generators_that_never_meet_may_have_one_id():
    generators = {"generator": 'maker:good"\nname = "twin', "metric": "maker:gap"}
    both = 'controls = [{use = "maker:bound", name = "twin"}]'
    with pytest.raises(SuiteError, match="two generators have the id 'twin'"):
        beside(stranger("text"), extra=both, **generators)
    apart = 'controls = ["stranger:bound", {use = "stranger:bound", name = "twin", steps = 9}]'
    assert beside(stranger("text"), extra=apart, **generators) == [
        "maker:good", "stranger:bound", "stranger:bound", "maker:gap",
    ]  # fmt: skip


#: Bundled suites whose components need a package.
NEEDS = {name: [pytest.mark.extras("rdkit")] for name in ("molecules", "moses")}


@pytest.mark.parametrize("name", [pytest.param(name, marks=NEEDS.get(name, [])) for name in bundled_suites()])
def test_a_bundled_suite_is_that_of_the_bare_names_and_no_plugin_can_stop_it(name, site):
    suite = read_suite(name)
    before = resolve_suite(suite, load_catalog(only=["genbench"]))
    bare = parse_suite(suite.text.replace('"genbench:', '"'), file="bare.toml", folder=suite.folder)
    assert resolve_suite(bare, load_catalog(only=["genbench"])) == before
    assert all(part.component.owner.is_genbench for part in before.parts)
    assert [entry.use for entry in suite.controls][:3] == [
        "genbench:held-out", "genbench:noise", "genbench:train-copies",
    ]  # fmt: skip
    site.add("stranger", plugin_text("""
        def make(): ...

        outputs = {"features": "x"}
        names = ("digits-classifier", "inception-v3-compat", "markov-oracle", "char-ngrams", "word-tfidf")
        *(DatasetSpec(name=name, make=make) for name in ("digits", "moby-dick", "grammar-world"))
        *(ExtractorSpec(name=name, make=make, outputs=outputs) for name in names)
        *(GeneratorSpec(name=name, make=make) for name in ("gan", "markov", "hmm", "held-out"))
        GeneratorSpec(name="noise", make=make, control="floor")
        *(MetricSpec(name=name, make=make) for name in ("fid", "zipf", "weat", "bbq", "recall"))
    """))  # fmt: skip
    catalog = load_catalog(only=["genbench", "stranger"])
    assert "stranger" in {component.owner.distribution for component in catalog.components}
    assert resolve_suite(suite, catalog) == before
