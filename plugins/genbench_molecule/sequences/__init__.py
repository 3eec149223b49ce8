"""Biological sequences: datasets and metrics of DNA, RNA and proteins.

Each `expects` says what planted faults do to the number, as seen on `kmer-world`, for properties of proteins
with `alphabet = "protein"`; docs/battery.md says how. A fault that is not named is judged by the number's
direction.
"""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec, MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_LAW = "it compares laws, and copies of training sequences follow the law"
_BIAS = "it is biased upwards at small n: compare at equal n"
_ALONE = "it looks at each fake by itself"
_LENGTHS = "it sees lengths alone"
_COMPOSITION = "it sees which letters there are, not their order"
_STRANDS = "with canonical = true, and where both strands follow one law"
_LABELS = ("dropped-modes", "label-shift")
_HARDLY = "other sequences may have the same property"

_COPIES = dict.fromkeys(("train-copies", "near-copies"), worse | (unchanged | better).because(_LAW))
_DISTANCE = _COPIES | {"duplicates": worse | unchanged, "smaller-n": unchanged | worse.because(_BIAS)}
_KMERS = _DISTANCE | {
    "cut-sequences": worse | unchanged.because("the parts of a sequence may have the same k-mers"),
    "reverse-complement": worse | unchanged.because(_STRANDS),
}
_BY_LENGTH = _DISTANCE | {
    **dict.fromkeys(("shuffled-letters", "mutations", "repeats"), unchanged.because(_LENGTHS)),
    "reverse-complement": unchanged,
    **dict.fromkeys(_LABELS, worse | (unchanged | better).because("labels may have equal lengths")),
}
_MOVES = worse | unchanged.because(_HARDLY)
_BY_COMPOSITION = _DISTANCE | {
    "shuffled-letters": unchanged.because(_COMPOSITION),
    **dict.fromkeys(("mutations", "repeats", "dropped-modes", "label-shift", "collapse"), _MOVES),
}
_BY_PAIRS = _BY_COMPOSITION | {
    "shuffled-letters": worse | (unchanged | better).because("letters count for more than their order")
}
_RESAMPLED = dict.fromkeys(
    ("dropped-modes", "label-shift", "collapse", "duplicates"), (unchanged | rises | falls).because(_ALONE)
)
_COPIES_RISE = dict.fromkeys(("train-copies", "near-copies"), rises)
_ALIKE = "sequences of few different letters resemble one another"
_DAMAGED = ("shuffled-letters", "mutations", "cut-sequences", "repeats", "reverse-complement")

_METRIC = partial(MetricSpec, modalities=("sequence",))
_DATASET = partial(DatasetSpec, modalities=("sequence",))
_NEAREST = partial(Output, direction="none", range=(0.0, 1.0))
_DIVERGENCE = partial(Output, direction="lower", best=0.0, expects=_KMERS)
_LENGTH = partial(Output, direction="lower", best=0.0, expects=_BY_LENGTH)
_BIOPYTHON = {"Bio": "genbench[sequences]"}
_RAPIDFUZZ = {"rapidfuzz": "genbench[sequences]"}
_REPORTED = partial(MetricSpec, modalities=("sequence",), report=True)

SPECS = (
    _DATASET(
        name="fasta",
        make="genbench_molecule.sequences.fasta:fasta",
        summary="a FASTA file of DNA, RNA or proteins, also as a gzip",
        source="Pearson and Lipman 1988, doi:10.1073/pnas.85.8.2444",
        reads=tuple(
            f".{kind}{packed}"
            for kind in ("fa", "faa", "fas", "fasta", "ffn", "fna", "frn")
            for packed in ("", ".gz")
        ),
    ),
    _DATASET(
        name="peptides",
        make="genbench_molecule.sequences.peptides:peptides",
        summary="antimicrobial, anticancer and other peptides with labels, from the package modlamp",
        source="Müller et al. 2017, doi:10.1093/bioinformatics/btx285",
        parts={"train": 2, "test": 1, "held_out": 1},
    ),
    _DATASET(
        name="kmer-world",
        make="genbench_molecule.sequences.kmer_world:kmer_world",
        summary="DNA, RNA or proteins from a law of k-mers that is exactly known",
        source="Durbin et al. 1998, Biological sequence analysis, sec. 3.1",
    ),
    _REPORTED(
        name="kmer-divergence",
        aspect="fidelity",
        make="genbench_molecule.sequences.kmer_divergence:kmer_divergence",
        defaults="genbench_molecule.sequences.kmer_divergence:default_options",
        summary="distances between the frequencies of k-mers",
        source="Lin 1991, doi:10.1109/18.61115; Sims et al. 2009, doi:10.1073/pnas.0813249106",
        outputs=(
            _DIVERGENCE(
                name="kmer-jsd", range=(0.0, 1.0), summary="Jensen-Shannon divergence of the k-mers, in bits"
            ),
            _DIVERGENCE(
                name="kmer-kl",
                range=(0.0, None),
                summary="divergence of the fakes' k-mers from the real ones, with a pseudo-count, in nats",
            ),
            Output(
                name="kmer-cosine",
                direction="higher",
                summary="cosine of the frequencies of the k-mers",
                best=1.0,
                range=(0.0, 1.0),
                expects=_KMERS,
            ),
        ),
    ),
    _METRIC(
        name="kmer-jsd-to-truth",
        aspect="fidelity",
        make="genbench_molecule.sequences.kmer_divergence:kmer_jsd_to_truth",
        defaults="genbench_molecule.sequences.kmer_divergence:default_options",
        summary="Jensen-Shannon divergence of the fakes' k-mers from their exact law, in bits",
        source="Lin 1991, doi:10.1109/18.61115",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        expects=_KMERS,
    ),
    _REPORTED(
        name="length-distance",
        aspect="fidelity",
        make="genbench_molecule.sequences.lengths:length_distance",
        summary="distances between the lengths of sequences",
        source="Ramdas et al. 2017, doi:10.3390/e19020047",
        outputs=(
            _LENGTH(
                name="length-wasserstein",
                range=(0.0, None),
                summary="Wasserstein distance between the lengths, in characters",
            ),
            _LENGTH(
                name="length-ks", range=(0.0, 1.0), summary="Kolmogorov-Smirnov statistic of the lengths"
            ),
        ),
    ),
    _REPORTED(
        name="gc-distance",
        report="genbench_molecule.sequences.property_distances:nucleotide_options",
        aspect="fidelity",
        make="genbench_molecule.sequences.property_distances:gc_distance",
        summary="Wasserstein distance between the GC content of DNA or RNA",
        source="Wasserstein distance of order 1; Ramdas et al. 2017, doi:10.3390/e19020047",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        expects=_DISTANCE
        | {"shuffled-letters": unchanged.because(_COMPOSITION), "reverse-complement": unchanged},
    ),
    _REPORTED(
        name="peptide-properties",
        aspect="fidelity",
        report="genbench_molecule.sequences.property_distances:protein_options",
        needs=_BIOPYTHON,
        make="genbench_molecule.sequences.property_distances:peptide_properties",
        summary="Wasserstein distances between properties of proteins",
        source="Kyte and Doolittle 1982, doi:10.1016/0022-2836(82)90515-0; Guruprasad et al. 1990, "
        "doi:10.1093/protein/4.2.155; Bjellqvist et al. 1993, doi:10.1002/elps.11501401163",
        outputs=tuple(
            Output(
                name=f"peptide-{name}",
                direction="lower",
                best=0.0,
                summary=f"Wasserstein distance between the {summary}",
                range=(0.0, most),
                expects=expects,
            )
            for name, summary, most, expects in (
                ("weight", "molecular weights, in daltons", None, _BY_COMPOSITION),
                ("isoelectric-point", "isoelectric points, in units of pH", None, _BY_PAIRS),
                ("instability", "instability indices", None, _BY_PAIRS),
                ("hydropathy", "mean hydropathies", None, _BY_COMPOSITION),
                ("aromaticity", "shares of aromatic residues", 1.0, _BY_COMPOSITION),
            )
        ),
    ),
    _REPORTED(
        name="nearest-sequence",
        aspect="memorisation",
        needs=_BIOPYTHON | _RAPIDFUZZ,
        make="genbench_molecule.sequences.nearest_sequence:nearest_sequence",
        summary="similarity of each fake to the nearest training sequence",
        source="Hyyrö 2004; Henikoff and Henikoff 1992, doi:10.1073/pnas.89.22.10915",
        outputs=(
            _NEAREST(
                name="nearest-identity",
                summary="mean identity of a fake to the nearest training sequence: 1 for copies",
                expects=_RESAMPLED
                | dict.fromkeys(_DAMAGED, falls | unchanged.because("damaged sequences are new as well"))
                | _COPIES_RISE,
            ),
            _NEAREST(
                name="copied-sequences",
                summary="share of fakes that are nearly a training sequence",
                expects=_RESAMPLED
                | _COPIES_RISE
                | dict.fromkeys(_DAMAGED, unchanged | falls)
                | {"repeats": unchanged | falls | rises.because(_ALIKE)},
            ),
        ),
    ),
    _REPORTED(
        name="edit-diversity",
        aspect="diversity",
        needs=_RAPIDFUZZ,
        make="genbench_molecule.sequences.edit_diversity:edit_diversity",
        summary="mean edit distance between two fakes: 0 if all are equal",
        source="Levenshtein 1966; Myers 1999, doi:10.1145/316542.316550",
        direction="none",
        range=(0.0, None),
        expects={
            "cut-sequences": falls,
            "collapse": falls | (unchanged | rises).because("a few sequences may be far from one another"),
            "duplicates": unchanged | falls,
            **dict.fromkeys(_LABELS, falls | unchanged.because("sequences of one label may differ as much")),
        },
        min_n=2,
    ),
)
