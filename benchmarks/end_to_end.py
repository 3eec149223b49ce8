"""From two folders of images to FID, inception score, KID, precision and recall: genbench and its peers.

    python benchmarks/end_to_end.py --n 256 --threads 2
    python benchmarks/end_to_end.py --n 1000 --threads 2 --pipelines torch-fidelity genbench genbench-openvino

All compute with the same Inception weights: random ones, or those of --weights, torch-fidelity's file. Each
pipeline runs in a process of its own, after its imports, on the same PNG files of 32 x 32 pixels; its seconds
hold the loading of the weights. The ratios are to the first pipeline: of seconds, and of CPU seconds, which
other work on the machine moves less. CPU seconds are those of the process and of the processes that it
started, such as torch-fidelity's four that decode files. pytorch-fid and torchmetrics give the FID alone.
A pipeline whose library is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Scores = dict[str, float]

COLUMNS = [
    "pipeline",
    "n",
    "s",
    "images/s",
    "ratio",
    "CPU s",
    "ratio",
    "FID",
    "IS",
    "KID",
    "precision",
    "recall",
]
SCORES = ("fid", "inception-score", "kid", "precision", "recall")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--n", type=int, default=256, help="images a side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--pipelines", nargs="+", choices=list(PIPELINES), default=list(PIPELINES))
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    print(f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|", sep="\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"GENBENCH_STORE": str(folder / "store"), "TORCH_HOME": str(folder / "hub")}
        prepare(folder, options.n, options.weights)
        first = None
        for pipeline in installed(options.pipelines):
            wall, cpu, scores = in_process(pipeline, folder, options)
            first = first or (wall, cpu)
            shown = [f"{scores[name]:.6f}" if name in scores else "-" for name in SCORES]
            cells = [pipeline, str(options.n), f"{wall:.1f}", f"{2 * options.n / wall:.1f}"]
            cells += [f"{first[0] / wall:.2f}", f"{cpu:.1f}", f"{first[1] / cpu:.2f}", *shown]
            print(f"| {' | '.join(cells)} |", flush=True)


def installed(pipelines: list[str]) -> list[str]:
    """Return the pipelines whose libraries are installed; name the others."""
    found = []
    for pipeline in pipelines:
        module = NEEDS.get(pipeline)
        if module is None or importlib.util.find_spec(module):
            found.append(pipeline)
        else:
            print(f"({pipeline} is left out: {module} is not installed)", file=sys.stderr)
    return found


def prepare(folder: Path, n: int, weights: Path | None) -> None:
    """Write the weights and two folders of n smooth random images, those of `fake` a little paler."""
    import numpy as np
    from PIL import Image
    from random_inception import write

    file = folder / "weights.pth"
    if weights is None:
        write(file)
    else:
        file.symlink_to(weights.resolve())
    hub = folder / "hub" / "hub" / "checkpoints"  # where pytorch-fid finds what it would download
    hub.mkdir(parents=True)
    (hub / "pt_inception-2015-12-05-6726825d.pth").symlink_to(file)
    rng = np.random.default_rng(0)
    for side, pale in (("real", 0), ("fake", 30)):
        (folder / side).mkdir()
        for number in range(n):
            small = Image.fromarray(rng.integers(0, 226, (6, 6, 3), dtype=np.uint8) + np.uint8(pale))
            small.resize((32, 32), Image.Resampling.BICUBIC).save(folder / side / f"{number:06}.png")


def in_process(pipeline: str, folder: Path, options: argparse.Namespace) -> tuple[float, float, Scores]:
    """Return seconds, CPU seconds and the scores of a pipeline, run in a fresh process."""
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.SimpleQueue()
    process = spawn.Process(target=run, args=(pipeline, folder, options.n, options.threads, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{pipeline} ended with {process.exitcode}")
    return answers.get()


def run(pipeline: str, folder: Path, n: int, threads: int, answers: multiprocessing.SimpleQueue) -> None:
    """Put seconds, CPU seconds and the scores of a pipeline into `answers`."""
    import torch

    # What a spawned process starts would be spawned too, and import torch again; elsewhere that is not so.
    multiprocessing.set_start_method(None, force=True)
    torch.set_num_threads(threads)
    call = PIPELINES[pipeline]()
    wall, cpu = time.perf_counter(), cpu_seconds()
    scores = call(folder, n)
    gc.collect()  # ends what a library still keeps running
    answers.put((time.perf_counter() - wall, cpu_seconds() - cpu, scores))


def cpu_seconds() -> float:
    """Return the CPU seconds so far of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def torch_fidelity() -> Callable[[Path, int], Scores]:
    """Return torch-fidelity's pipeline, with its own defaults."""
    from torch_fidelity import calculate_metrics

    def call(folder: Path, n: int) -> Scores:
        found = calculate_metrics(
            input1=str(folder / "fake"), input2=str(folder / "real"), isc=True, fid=True, kid=True, prc=True,
            feature_extractor="inception-v3-compat",
            feature_extractor_weights_path=str(folder / "weights.pth"),
            kid_subset_size=min(n, 1000), cuda=False, cache=False, verbose=False,
        )  # fmt: skip
        keys = ("frechet_inception_distance", "inception_score_mean", "kernel_inception_distance_mean")
        return dict(zip(SCORES, (found[key] for key in (*keys, "precision", "recall")), strict=True))

    return call


def genbench(**options: str) -> Callable[[], Callable[[Path, int], Scores]]:
    """Return what makes genbench's pipeline, with options of the extractor."""

    def make() -> Callable[[Path, int], Scores]:
        from genbench import score

        def call(folder: Path, n: int) -> Scores:
            extractor = {"use": "inception-v3-compat", "weights": folder / "weights.pth", **options}
            ids = ("fid", "inception-score", "kid", "precision[{use}]", "recall[{use}]")
            metrics = {name.format(**extractor): {} for name in ids}
            metrics["kid"] = {"first": "fake", "subset_size": min(n, 1000)}
            found = score(fake=folder / "fake", real=folder / "real", metrics=metrics, extractor=extractor)
            wrong = [f"{name}: {entry.reason}" for name, entry in found.items() if entry.status != "ok"]
            assert not wrong, wrong
            return {name.partition("[")[0]: entry.value for name, entry in found.items()}

        return call

    return make


def pytorch_fid() -> Callable[[Path, int], Scores]:
    """Return pytorch-fid's pipeline, in batches of 50, its default."""
    from pytorch_fid.fid_score import calculate_fid_given_paths

    def call(folder: Path, n: int) -> Scores:
        paths = [str(folder / "fake"), str(folder / "real")]
        return {"fid": calculate_fid_given_paths(paths, min(n, 50), "cpu", 2048, num_workers=0)}

    return call


def torchmetrics() -> Callable[[Path, int], Scores]:
    """Return torchmetrics' FID of tensors that are decoded first, in batches of 50."""
    import numpy as np
    import torch
    from PIL import Image
    from torchmetrics.image.fid import FrechetInceptionDistance

    def call(folder: Path, n: int) -> Scores:
        metric = FrechetInceptionDistance(feature_extractor_weights_path=str(folder / "weights.pth"))
        for side in ("real", "fake"):
            images = np.stack([np.asarray(Image.open(path)) for path in sorted((folder / side).iterdir())])
            for batch in torch.from_numpy(images).permute(0, 3, 1, 2).split(50):
                metric.update(batch, real=side == "real")
        return {"fid": float(metric.compute())}

    return call


#: Name to what makes the pipeline, imports first; the first is what the others are held against.
PIPELINES = {
    "torch-fidelity": torch_fidelity,
    "pytorch-fid": pytorch_fid,
    "torchmetrics": torchmetrics,
    "genbench": genbench(),
    "genbench-openvino": genbench(backend="openvino"),
    "genbench-bfloat16": genbench(dtype="bfloat16"),
    "genbench-openvino-bfloat16": genbench(backend="openvino", dtype="openvino-bfloat16"),
}

#: Name of a pipeline to the module that it needs.
NEEDS = {
    "torch-fidelity": "torch_fidelity",
    "pytorch-fid": "pytorch_fid",
    "torchmetrics": "torchmetrics",
    "genbench-openvino": "openvino",
    "genbench-openvino-bfloat16": "openvino",
}

if __name__ == "__main__":
    main()
