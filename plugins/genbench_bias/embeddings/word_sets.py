"""Word lists for association tests: genbench's own, and WEAT 1 to 10 of Caliskan et al."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from genbench import DataError
from genbench_bias.shared.files import read_json
from genbench_bias.shared.published import Published, find

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DATA", "TestName", "WordSets", "word_sets"]

TestName = Literal[
    "career-family", "science-arts", "young-old",
    "weat-1", "weat-2", "weat-3", "weat-4", "weat-5", "weat-6", "weat-7", "weat-8", "weat-9", "weat-10",
]  # fmt: skip

DATA = Published(
    name="WEAT",
    licence="MIT (wefe), words of Caliskan et al. 2017",
    criticism="few words, American ones, from the Implicit Association Test; the result depends on their "
    "choice, and Ethayarajh et al. 2019 (arXiv:1908.06361) show that the test overestimates associations",
    package="wefe",
    release="wefe==1.0.1",
    file="datasets/data/WEAT.json",
    sha256="1a4a448a1825b29c67a7ebb7733343084b015f5b8ed720b2d9e193840a3d49a1",
)

_PUBLISHED = {
    "weat-1": ("flowers", "insects", "pleasant_5", "unpleasant_5a"),
    "weat-2": ("instruments", "weapons", "pleasant_5", "unpleasant_5a"),
    "weat-3": ("european_american_names_5", "african_american_names_5", "pleasant_5", "unpleasant_5b"),
    "weat-4": ("european_american_names_7", "african_american_names_7", "pleasant_5", "unpleasant_5b"),
    "weat-5": ("european_american_names_7", "african_american_names_7", "pleasant_9", "unpleasant_9"),
    "weat-6": ("male_names", "female_names", "career", "family"),
    "weat-7": ("math", "arts", "male_terms", "female_terms"),
    "weat-8": ("science", "arts_2", "male_terms_2", "female_terms_2"),
    "weat-9": ("mental_disease", "physical_disease", "temporary", "permanent"),
    "weat-10": ("young_people_names", "old_people_names", "pleasant_9", "unpleasant_9"),
}

_OWN = {
    "men": ("men", "fathers", "brothers", "sons", "uncles", "boys", "husbands", "grandfathers"),
    "women": ("women", "mothers", "sisters", "daughters", "aunts", "girls", "wives", "grandmothers"),
    "career": (
        "salary",
        "office",
        "promotion",
        "business",
        "profession",
        "contract",
        "meetings",
        "leadership",
    ),
    "family": ("home", "children", "marriage", "kitchen", "parents", "wedding", "cousins", "household"),
    "science": (
        "physics",
        "chemistry",
        "laboratory",
        "engineering",
        "astronomy",
        "algebra",
        "theory",
        "data",
    ),
    "arts": ("poetry", "painting", "dance", "music", "theatre", "sculpture", "drama", "novels"),
    "young": ("youths", "teenagers", "youngsters", "adolescents", "juniors", "kids", "apprentices", "pupils"),
    "old": ("elders", "pensioners", "seniors", "retirees", "grandparents", "ancients", "veterans", "doyens"),
    "pleasant": ("joy", "kindness", "sunshine", "friendship", "laughter", "peace", "comfort", "beauty"),
    "unpleasant": ("pain", "cruelty", "filth", "misery", "fear", "decay", "hatred", "ugliness"),
}
_BUILT_IN = {
    "career-family": ("men", "women", "career", "family"),
    "science-arts": ("men", "women", "science", "arts"),
    "young-old": ("young", "old", "pleasant", "unpleasant"),
}


class WordSets(NamedTuple):
    """Two target sets of equal size, two attribute sets, and their file; None: genbench's own words."""

    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    file: Path | None


def word_sets(test: TestName, path: Path | None) -> WordSets:
    """Return the words of a test.

    path  a JSON file of sets by name in the format of wefe's WEAT.json, for the tests of Caliskan et al.;
          None: the file of the installed package

    Raises DataError for a file without a required set, and for a file given with genbench's own words.
    """
    if test in _BUILT_IN:
        if path is not None:
            known = ", ".join(_PUBLISHED)
            raise DataError(
                f"the test {test} has built-in words; remove the option 'words', or choose {known}"
            )
        names = _BUILT_IN[test]
        return WordSets(names, tuple(_OWN[name] for name in names), None)
    names, file = _PUBLISHED[test], find(DATA, path, "words")
    sets = read_json(file)
    words = tuple(_set(sets, name, file.name) for name in names)
    if len(words[0]) != len(words[1]):
        raise DataError(f"{file.name}: {names[0]} has {len(words[0])} words and {names[1]} {len(words[1])}; "
                        f"expected equal numbers")  # fmt: skip
    return WordSets(names, words, file)


def _set(sets: dict[str, Any], name: str, file: str) -> tuple[str, ...]:
    found = sets.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(word, str) and word for word in found):
        raise DataError(f"{file}: no set {name!r}; expected a list of words, as in wefe's WEAT.json")
    return tuple(found)
