"""The bundled faults: damage to single samples, and to sets of samples of any modality."""

from __future__ import annotations

from functools import partial

from genbench import FaultSpec

NUMBERS = ("image", "audio", "points", "vector", "table", "video")

_DAMAGE = partial(FaultSpec, effect="worse")
_OF_SEQUENCES = partial(FaultSpec, effect="worse", modalities=("sequence",))
_OF_TEXTS = partial(FaultSpec, effect="worse", modalities=("text",))

#: In the order of a card: first damage to single samples, then to the whole set.
SPECS = [
    _DAMAGE(
        name="noise",
        make="genbench_modalities.faults.numeric:noisy",
        summary="Gaussian noise on every value, clipped to the space",
        modalities=NUMBERS,
        levels={"0.1 of range": 0.1, "0.2": 0.2, "0.4": 0.4},
        control="floor",
    ),
    _DAMAGE(
        name="blur",
        make="genbench_modalities.faults.numeric:blur",
        summary="a Gaussian blur of every image or frame",
        modalities=("image", "video"),
        levels={"0.4 px": 0.4, "0.7 px": 0.7, "1 px": 1.0},
    ),
    _OF_TEXTS(
        name="shuffled-words",
        make="genbench_modalities.faults.words:words_shuffled",
        summary="words change places within their text",
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
    ),
    _OF_TEXTS(
        name="replaced-words",
        make="genbench_modalities.faults.words:words_replaced",
        summary="words are replaced by others, drawn by frequency",
        levels={"10 %": 0.1, "30 %": 0.3, "100 %": 1.0},
    ),
    _OF_TEXTS(
        name="dropped-words",
        make="genbench_modalities.faults.words:words_dropped",
        summary="words are dropped",
        levels={"10 %": 0.1, "20 %": 0.2, "40 %": 0.4},
    ),
    _OF_TEXTS(
        name="truncation",
        make="genbench_modalities.faults.words:truncate",
        summary="only the first words of each text remain",
        levels={"to 75 %": 0.75, "to 50 %": 0.5, "to 25 %": 0.25},
    ),
    _OF_TEXTS(
        name="loops",
        make="genbench_modalities.faults.words:loop",
        summary="texts repeat their first four words",
        levels={"10 % of texts": 0.1, "30 %": 0.3, "100 %": 1.0},
    ),
    _OF_SEQUENCES(
        name="shuffled-letters",
        make="genbench_modalities.faults.characters:characters_shuffled",
        summary="characters change places within their sequence, which keeps its composition",
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
    ),
    _OF_SEQUENCES(
        name="mutations",
        make="genbench_modalities.faults.characters:mutate",
        summary="characters become others of the samples",
        levels={"10 %": 0.1, "30 %": 0.3, "100 %": 1.0},
    ),
    _OF_SEQUENCES(
        name="cut-sequences",
        make="genbench_modalities.faults.characters:cut",
        summary="only the first characters of each sequence remain",
        levels={"to 75 %": 0.75, "to 50 %": 0.5, "to 25 %": 0.25},
    ),
    _OF_SEQUENCES(
        name="repeats",
        make="genbench_modalities.faults.characters:repeat",
        summary="sequences repeat their first four characters",
        levels={"10 % of sequences": 0.1, "30 %": 0.3, "100 %": 1.0},
    ),
    FaultSpec(
        name="reverse-complement",
        make="genbench_modalities.faults.characters:reverse_complemented",
        summary="the other strand replaces this share of DNA or RNA",
        modalities=("sequence",),
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
        effect="any",
    ),
    _DAMAGE(
        name="shuffled-columns",
        make="genbench_modalities.faults.columns:columns_shuffled",
        summary="columns are shuffled, each by itself: they keep their values and lose their dependence",
        modalities=("table",),
        levels={"25 % of columns": 0.25, "50 %": 0.5, "100 %": 1.0},
    ),
    _DAMAGE(
        name="dropped-categories",
        make="genbench_modalities.faults.columns:categories_dropped",
        summary="the rarest categories of each column are missing; others replace them",
        modalities=("table",),
        levels={"20 % of categories": 0.2, "50 %": 0.5, "80 %": 0.8},
        known_failures={"distinct-levels": "of two or three categories, some levels drop equally many"},
    ),
    _DAMAGE(
        name="shuffled-frames",
        make="genbench_modalities.faults.frames:frames_shuffled",
        summary="frames change places within their clip",
        modalities=("video",),
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
    ),
    _DAMAGE(
        name="frozen-frames",
        make="genbench_modalities.faults.frames:frames_frozen",
        summary="clips stop: from here on they repeat one frame",
        modalities=("video",),
        levels={"after 75 %": 0.75, "after 25 %": 0.25, "from the start": 0.0},
    ),
    _DAMAGE(
        name="dropped-modes",
        make="genbench_modalities.faults.resampling:drop",
        summary="labels drawn at random are missing; duplicates of the rest fill the gap",
        levels={"20 % of labels": 0.2, "50 %": 0.5, "80 %": 0.8},
        known_failures={"distinct-levels": "of two or three labels, some levels drop equally many"},
    ),
    _DAMAGE(
        name="collapse",
        make="genbench_modalities.faults.resampling:collapse",
        summary="only this many different samples remain, each repeated equally often",
        levels={"to 200": 200, "to 50": 50, "to 10": 10},
    ),
    FaultSpec(
        name="duplicates",
        make="genbench_modalities.faults.resampling:with_duplicates",
        summary="n draws with replacement: 63 % of the samples remain different",
        levels={"n draws of n": 1.0},
        effect="any",
    ),
    _DAMAGE(
        name="label-shift",
        make="genbench_modalities.faults.resampling:shift",
        summary="one label, drawn at random, fills this share",
        levels={"60 % one": 0.6},
    ),
    FaultSpec(
        name="train-copies",
        make="genbench_modalities.faults.resampling:with_copies",
        summary="training samples with the same label replace this share",
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
        effect="punished",
    ),
    FaultSpec(
        name="near-copies",
        make="genbench_modalities.faults.resampling:with_near_copies",
        summary="training samples that the modality changes a little replace this share",
        levels={"100 %": 1.0},
        effect="punished",
    ),
]
