"""`genbench score`."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from toys import plugin_text

from genbench import score
from genbench.cli.main import main

RNG = np.random.Generator(np.random.PCG64(8))
REAL = RNG.integers(0, 256, (30, 8, 8)).astype(np.uint8)
FAKE = RNG.integers(0, 128, (25, 8, 8)).astype(np.uint8)
MAIN = "from genbench.cli.main import main; main()"
PIXELS = ("--extractor", "pixels")
PRESETS = Path(__file__).parents[2] / "toy_plugins" / "presets_plugin.py"

#: A metric that says what it is told to, as one that quotes a sample would.
QUOTE = plugin_text("""
def quote(fake, *, text: str):
    raise Undefined(text)

MetricSpec(name="quote", make=quote)
""")


@pytest.fixture
def sides(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    for name, images in (("fake", FAKE), ("real", REAL)):
        (tmp_path / name).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image).save(tmp_path / name / f"{number}.png")
    return ("--fake", "fake", "--real", "real")


def invoke(*arguments):
    return CliRunner().invoke(main, ["score", *map(str, arguments)])


def test_a_table_gives_values_counts_and_signatures_and_fits_100_columns(sides):
    found = invoke(*sides, *PIXELS, "-m", "fid", "-m", "kid subset_size=10 subsets=20")
    assert found.exit_code == 0, found.output
    measured = score(fake="fake", real="real", extractor="pixels", metrics=["fid"])["fid[pixels]"]
    rows = [line.split() for line in found.stdout.splitlines()]
    at_n, ends = f"{measured.yardstick.value:.3g}", measured.yardstick.ends
    assert ["fid[pixels]", "↓", f"{measured.value:.3f}", at_n, ends, measured.signature] in rows
    assert ["25", "fakes,", "30", "real", "samples"] in rows
    assert any(row[:1] == ["kid[pixels]"] and "spread" in row for row in rows)
    assert max(map(len, found.stdout.splitlines())) <= 100


def test_statistics_that_are_saved_give_the_same_number(sides):
    saved = invoke(*sides, *PIXELS, "-m", "fid", "--save-stats", "real.npz", "--format", "json")
    read = invoke("--fake", "fake", "--real", "real.npz", *PIXELS, "-m", "fid", "--format", "json")
    assert (saved.exit_code, read.exit_code) == (0, 0), read.output
    (first,), (second,) = json.loads(saved.stdout), json.loads(read.stdout)
    assert second["value"] == pytest.approx(first["value"], rel=1e-6)  # fewer samples than features
    assert (second["n_real"], second["decided_by"]["n_real"]) == (30, "moments")


def test_a_table_says_that_statistics_do_not_name_their_extractor_and_count(sides):
    np.savez("plain.npz", mu=np.zeros(64), sigma=np.eye(64))
    found = invoke("--fake", "fake", "--real", "plain.npz", *PIXELS, "-m", "fid", "-m", "precision")
    assert found.exit_code == 0, found.output
    assert "25 fakes, moments of real samples" in found.stdout
    assert "warning: fid[pixels]: plain.npz does not say which extractor its" in found.stdout
    assert "precision[pixels]: needs samples of real; plain.npz holds only" in found.stdout


def test_json_is_a_list_of_objects_with_everything_that_decides_a_number(sides):
    found = json.loads(invoke(*sides, *PIXELS, "-m", "fid", "--format", "json").stdout)
    (one,) = found
    assert list(one) == [
        "metric", "direction", "best", "value", "low", "high", "spread", "n", "n_real", "status", "reason",
        "seed", "signature", "decided_by", "extra", "valid", "cautions", "yardstick",
        "yardstick_reason",
    ]  # fmt: skip
    assert (one["metric"], one["n"], one["n_real"], one["status"]) == ("fid[pixels]", 25, 30, "ok")
    assert one["decided_by"]["extractor"]["name"] == "genbench:pixels"


def test_csv_has_a_line_for_each_number_to_the_last_digit(sides):
    rows = list(csv.DictReader(io.StringIO(invoke(*sides, *PIXELS, "-m", "precision-recall", "--format",
                                                  "csv").stdout)))  # fmt: skip
    assert [row["metric"] for row in rows] == ["precision[pixels]", "recall[pixels]"]
    measured = score(fake="fake", real="real", extractor="pixels", metrics=["precision-recall"])
    assert [float(row["value"]) for row in rows] == [each.value for each in measured.values()]
    assert rows[0]["low"] == ""


@pytest.mark.parametrize(
    ("said", "cell"), [("=cmd()", "'=cmd()"), ("-1+1", "'-1+1"), ("\x1b[2J", "\\x1b[2J")]
)
def test_what_a_metric_quotes_is_run_by_no_spreadsheet_and_obeyed_by_no_terminal(sides, tmp_path, said, cell):
    (tmp_path / "quote.py").write_text(QUOTE)
    asked = (*sides, "--plugin", "quote.py", "-m", f"quote text={json.dumps(said)}")
    (row,) = csv.DictReader(io.StringIO(invoke(*asked, "--format", "csv").stdout))
    assert (row["status"], row["reason"]) == ("skipped", cell)
    assert f"quote: {cell.removeprefix(chr(39))}" in invoke(*asked).stdout


def test_yardsticks_can_be_left_out(sides):
    asked = (*sides, *PIXELS, "-m", "fid", "--format", "json")
    (full,), (bare,) = (json.loads(invoke(*asked, *more).stdout) for more in ((), ("--no-yardstick",)))
    assert (full["yardstick"]["split"], full["yardstick"]["n"], bare["yardstick"]) == ("real", 15, None)
    assert full | {"yardstick": None} == bare
    assert "remove them" in invoke(*sides, "--explain", "--no-yardstick").stderr


def test_csv_leaves_the_cautions_to_standard_error(sides):
    asked = (*sides, *PIXELS, "-m", "fid")
    found = invoke(*asked, "--format", "csv")
    (caution,) = json.loads(invoke(*asked, "--format", "json").stdout)[0]["cautions"]
    assert "25 samples do not determine" in caution
    assert f"warning: fid[pixels]: {caution}\n" in found.stderr
    assert len(found.stdout.splitlines()) == 2


def test_csv_names_the_fakes_that_a_warning_is_about(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("copies.csv").write_text("a,b\n" + "".join(f"{n},{n % 7}\n" for n in range(40)))
    Path("fresh.csv").write_text("a,b\n" + "".join(f"{n},{n % 5}\n" for n in range(100, 140)))
    sides = ("--fake", "fresh.csv", "--fake", "copies.csv", "--real", "copies.csv")
    found = invoke(*sides, "-m", "shapes", "--format", "csv", "--no-yardstick")
    named = [line for line in found.stderr.splitlines() if "samples of real" in line]
    assert named == ["copies.csv: warning: shapes: 40 of 40 samples are, byte for byte, samples of real"]


@pytest.mark.parametrize(("name", "start"), [("x.json", "[\n"), ("x.csv", "metric,"), ("x.txt", "metric  ")])
def test_the_ending_of_the_output_decides_its_form(sides, tmp_path, name, start):
    assert invoke(*sides, *PIXELS, "-m", "fid", "-o", name).stdout == ""
    assert (tmp_path / name).read_text().startswith(start)


def test_without_a_metric_it_gives_what_a_report_needs(sides):
    found = json.loads(invoke(*sides, *PIXELS, "--train", "real", "--format", "json").stdout)
    names = {one["metric"] for one in found}
    expected = "fid kid precision recall density coverage vendi c-t"
    assert {f"{name}[pixels]" for name in expected.split()} <= names


def test_a_metric_without_a_value_is_named_with_its_reason(sides):
    found = invoke(*sides, *PIXELS, "-m", "fid", "-m", "authenticity")
    assert found.exit_code == 0
    assert "authenticity[pixels]: train was not given" in found.stdout
    assert invoke(*sides, *PIXELS, "-m", "authenticity").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", "fdi"), "no metric named 'fdi'"),
        (("-m", "fid q=1"), "fid has no option 'q'"),
        (("-m", "kid subset_size"), "expected a name, with options if any, such as 'kid subset_size=100'"),
        (("-m", "kid subset_size=few"), "subset_size"),
        (("--extractor", "pixel"), "no extractor named 'pixel'; did you mean 'pixels'"),
        (("--protocol", "nobodys", "-m", "fid"), "no protocol named 'nobodys'"),
        (("--n", "26", "-m", "fid"), "fake has 25 samples, expected at least 26"),
        (("--fake", "lost", "-m", "fid", *PIXELS), "fake: there is no path 'lost'"),
        (("--fake", "fake"), "--fake fake is given twice"),
        (("--fake", "real", "--explain"), "--explain goes without --train, --protocol"),
        (("--explain", "--protocol", "plain"), "--explain goes without --train, --protocol"),
        (
            ("-m", "vendi q=1", "-m", "vendi q=2"),
            "asked for twice, and one call computes it once; call genbench score again with",
        ),
        (("--reader", "image-folder mode=X", "-m", "fid"), "reader.mode"),
        (("--modality", "smell"), "modality: no installed plugin declares the modality 'smell'"),
        (("--modality", "audio rat=1"), "modality: audio samples have no parameter 'rat'"),
        (
            ("--modality", "audio"),
            "reads folders of .png files as image samples, not as audio samples; expected a folder of",
        ),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_code_2(sides, arguments, message):
    found = invoke(*sides, *arguments, "-q")
    assert found.exit_code == 2
    assert message in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert found.stdout == ""


def test_the_modality_of_strings_is_stated_with_its_parameters_and_their_column(sides):
    Path("made.txt").write_text("CCO\nCCN\n")
    Path("known.csv").write_text("id,smiles\n1,CCO\n")
    sides = ("--fake", "made.txt", "--real", "known.csv", "--train", "known.csv")
    modality = ("--modality", "molecule notation=smiles field=smiles")
    found = invoke(*sides, *modality, "-m", "train-duplicates", "--format", "json")
    assert [one["value"] for one in json.loads(found.stdout)] == [0.5]


BAD_FOLDERS = {
    "empty": ({}, "empty is a folder without files; expected files of"),
    "zero-bytes": ({"a.png": b""}, "a.png is empty"),
    "no-image": ({"a.png": b"text"}, "a.png is no PNG, JPEG, WEBP image"),
    "other-file": ({"notes.txt": b"text"}, "notes.txt does not end in"),
}


@pytest.mark.parametrize("name", BAD_FOLDERS)
def test_no_score_is_computed_on_a_folder_with_a_file_that_is_no_image(sides, tmp_path, name):
    files, message = BAD_FOLDERS[name]
    folder = tmp_path / name
    folder.mkdir()
    for file, content in files.items():
        (folder / file).write_bytes(content)
    if files:
        Image.fromarray(FAKE[0]).save(folder / "good.png")
    found = invoke("--fake", folder, "--real", "real", *PIXELS, "-m", "fid")
    assert found.exit_code == 2
    assert message in found.stderr


def test_messages_name_a_path_as_it_was_typed_and_quiet_hides_how_it_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text("age,city\n31,Oslo\n")
    (tmp_path / "in/b.csv").write_text("Age,city\n31\n")
    sides = ("--fake", "in/b.csv", "--real", "in/a.csv", "-m", "duplicates")
    notice, error = invoke(*sides).stderr.splitlines()
    assert notice.startswith("in/b.csv is taken as table samples")
    assert error.startswith("Error: fake: in/b.csv, line 2")
    assert invoke(*sides, "-q").stderr.splitlines() == [error]
    assert "real: there is no path 'in/c.csv'" in invoke(*sides[:3], "in/c.csv").stderr
    for name in "ab":
        (tmp_path / f"in/{name}.csv").unlink()
    (tmp_path / "in/in.png").write_text("no image")
    found = invoke("--fake", "in", "--real", "digits.test", *PIXELS, "--reader", "image-folder")
    assert "fake: in: in.png is no PNG" in found.stderr


def test_explain_shows_each_protocol_and_where_their_numbers_part(sides):
    found = invoke(*sides, "--explain", "--plugin", PRESETS, "--extractor", "scaled", "-m", "fid")
    assert found.exit_code == 0, found.output
    lines = found.stdout.splitlines()
    assert any(line.startswith("doubled") and "scale=2.0" in line for line in lines)
    (scaled,) = [line.split() for line in lines if line.strip().startswith("scaled")]
    mean = float(scaled[1])
    assert float(scaled[4]) == pytest.approx(2 * mean, rel=0.01)
    assert float(scaled[7].strip("()")) == pytest.approx(mean, rel=0.05)
    assert "25 fakes, 30 real samples" in found.stdout
    assert max(map(len, lines)) <= 100


def test_explain_as_json_holds_steps_and_measurements(sides):
    found = invoke(*sides, "--explain", "--plugin", PRESETS, "--extractor", "scaled", "--format", "json")
    explained = json.loads(found.stdout)
    assert [one["protocol"] for one in explained] == ["plain", "doubled", "many"]
    assert [step["name"] for step in explained[1]["steps"]] == ["decoded", "scaled"]
    assert explained[1]["measurements"]["fid[doubled]"]["status"] == "ok"


def test_a_terminal_sees_progress_on_the_error_stream_and_the_table_alone_on_the_other(sides, tmp_path):
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", MAIN, "score", *sides, *PIXELS, "-m", "fid"]
    done = subprocess.run(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=follower, check=True, text=True
    )
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "score" in shown
    assert done.stdout.startswith("metric")


@pytest.mark.parametrize("name", ["nowhere/x.csv", "folder.csv/x.csv"])
def test_an_output_that_cannot_be_written_is_one_line_and_leaves_no_draft(sides, tmp_path, name):
    (tmp_path / "folder.csv").write_text("an old result")
    found = invoke(*sides, *PIXELS, "-m", "fid", "-o", name)
    assert found.exit_code == 3
    assert f"--output {name}: cannot be written" in found.stderr
    assert (tmp_path / "folder.csv").read_text() == "an old result"
    assert not list(tmp_path.glob(".*tmp"))


def test_an_output_through_a_link_replaces_its_target(sides, tmp_path):
    (tmp_path / "real.csv").write_text("an old result")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert invoke(*sides, *PIXELS, "-m", "fid", "-o", "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("metric,")


def test_a_device_as_output_receives_it_and_stays(sides, tmp_path):
    command = [sys.executable, "-c", MAIN, "score", "-q", *sides, *PIXELS, "-m", "fid", "--format", "csv"]
    done = subprocess.run([*command, "-o", "/dev/stdout"], cwd=tmp_path, check=True, capture_output=True)
    assert done.stdout.startswith(b"metric,")
    done = subprocess.run([*command, "-o", "/dev/full"], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 3
    assert done.stderr == (
        b"Error: --output /dev/full: cannot be written: No space left on device; choose another folder, or "
        b"free space\n"
    )


def test_a_folder_as_output_is_refused_before_anything_is_computed(sides, tmp_path):
    found = invoke(*sides, *PIXELS, "-m", "fid", "-o", tmp_path)
    assert found.exit_code == 2
    assert f"File '{tmp_path}' is a directory" in found.stderr


def test_a_full_standard_output_is_one_line(sides, tmp_path):
    command = [sys.executable, "-c", MAIN, "score", "-q", *sides, *PIXELS, "-m", "fid"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode == 3
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"


def test_an_output_of_an_unknown_format_is_refused_before_anything_is_computed(tmp_path):
    found = invoke("--fake", "nowhere", "--real", "nowhere", "-o", "out.xml")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == (
        "Error: --output out.xml: no format has the suffix .xml; expected .json, .csv or .txt, or name "
        "the format with --format\n"
    )


def test_a_format_that_is_named_goes_with_any_suffix(sides):
    assert invoke(*sides, *PIXELS, "-m", "fid", "-o", "out.xml", "--format", "json").exit_code == 0
    assert json.loads(Path("out.xml").read_text())[0]["status"] == "ok"


def test_several_fakes_are_side_by_side_and_details_name_the_classes(sides):
    for name in ("made", "drawn"):
        for index, kind in enumerate(("cat", "dog")):
            (Path(name) / kind).mkdir(parents=True)
            for number, file in enumerate(sorted(Path("fake").glob("*.png"))[:24]):
                if number % 2 == index:
                    shutil.copy(file, Path(name) / kind / file.name)
    arguments = ("--fake", "made", "--fake", "drawn", "--real", "made", *PIXELS, "-m", "worst-coverage k=1")
    found = invoke(*arguments, "--details", "--no-yardstick", "-q")
    assert found.exit_code == 0, found.output
    lines = [line.split() for line in found.stdout.splitlines()]
    assert lines[0] == ["metric", "made", "drawn"]
    assert "worst by label: cat 0." in found.stdout  # and not the numbers 0 and 1
    both = json.loads(invoke(*arguments, "--format", "json", "-q").stdout)
    assert [one["fake"] for one in both] == ["made", "drawn"]
    assert both[0]["value"] == both[1]["value"]
