"""Dataset `peptides`: the peptides with labels that the package modlamp ships."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Literal

from genbench import Data, PackageFile, Samples

__all__ = ["COLLECTIONS", "Collection", "peptides"]

_RELEASE = "modlamp==4.3.3"


@dataclass(frozen=True)
class Collection:
    """A file of the package.

    file     its name
    sha256   of it
    classes  names of the labels 0 and 1
    """

    file: str
    sha256: str
    classes: tuple[str, str]


COLLECTIONS = {
    "amp-uniprot": Collection(
        "AMPvsUniProt.csv",
        "e1db3dd659179118dcfca63723385f2f0c95c49d27060a90f7a9d5848250eb48",
        ("UniProt", "antimicrobial"),
    ),
    "amp-transmembrane": Collection(
        "AMPvsTMset.csv",
        "e3cd0201c12fa66a550cf74553c083990dc02984907d00b50a8e3d9b94f792d0",
        ("transmembrane", "antimicrobial"),
    ),
    "acp-random": Collection(
        "ACP_CancPPD_vs_Random.csv",
        "5c8d7970226d16eaae7e1c11f4225a81baf48381c9173580427d382ea3fa6cf9",
        ("random", "anticancer"),
    ),
    "acp-transmembrane": Collection(
        "ACP_CancPPD_vs_TM.csv",
        "941a728be797b51fdbf5ad6e2f8ef58e6af748797c9c3c5747449a90ef187bf8",
        ("transmembrane", "anticancer"),
    ),
}


def peptides(
    *,
    collection: Literal[
        "amp-uniprot", "amp-transmembrane", "acp-random", "acp-transmembrane"
    ] = "amp-uniprot",
) -> Data:
    """Return the distinct peptides of a collection, whose labels say what they do.

    collection  "amp-uniprot": 4,642 antimicrobial peptides and others of UniProt, of 7 to 174 residues;
                "amp-transmembrane": 412 antimicrobial and transmembrane ones; "acp-random" and
                "acp-transmembrane": 826 anticancer ones and others

    The file is read from the installed package modlamp, which is not imported. A peptide that is listed twice
    is kept once, with its first label. Raises Absent, with the command that installs it, without the package.
    Source: Müller et al. 2017, doi:10.1093/bioinformatics/btx285, BSD-3-Clause.
    """
    chosen = COLLECTIONS[collection]
    held = PackageFile(package="modlamp", file=f"data/{chosen.file}", release=_RELEASE, sha256=chosen.sha256)
    with held.find().open(encoding="ascii", newline="") as file:
        _, *rows = csv.reader(file)
    labels: dict[str, int] = {}
    for sequence, label in rows:
        labels.setdefault(sequence.strip(), int(label))
    return Data(
        Samples.of(
            "sequence", tuple(labels), tuple(labels.values()), classes=chosen.classes, alphabet="protein",
            longest=max(map(len, labels)),
        )
    )  # fmt: skip
