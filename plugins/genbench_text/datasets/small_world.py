"""Grammar of `grammar-world`: about 300 English words, 700 with inflected forms, and their rules.

In a rule, `#` is replaced by Sg and by Pl: verbs agree with their subjects, also across relative clauses.
Every noun and adjective begins with a consonant, so "a" is never "an". The first word of a phrase determines
its attachment: "with", "from", "who", "whom" and "that" attach to the noun before; "in", "near", "behind"
and "beside" to the verb. The k-th word of a class, counted from 0, has the weight 1 / (k + 5).
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from genbench_text.datasets.grammar import Grammar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["small_world"]

#: Nouns whose plural ends in s.
_NOUNS = {
    "Person": (
        "girl boy teacher doctor neighbour farmer baker painter sailor gardener student lawyer singer poet "
        "driver soldier guest stranger writer nurse butcher judge king queen brother sister cousin friend "
        "carpenter tailor"
    ),
    "Animal": "dog cat horse bird rabbit duck goat cow donkey hen parrot hamster snake monkey pig spider",
    "Thing": (
        "book letter key basket hat lamp table cup map clock ring picture coin blanket bottle ladder drum "
        "kite mirror candle bag pot toy shoe jacket violin carpet bucket"
    ),
}

_FORMS = ("Base", "Third", "Past", "Done", "Ing")

#: Verbs by their five forms; a single word is regular.
_VERBS = {
    "PIntr": (
        "work, sleep sleeps slept slept sleeping, wait, laugh, sing sings sang sung singing, dance, rest, "
        "smile, cry cries cried cried crying, travel travels travelled travelled travelling, whisper, cook, "
        "walk, pray, yawn"
    ),
    "PTran": (
        "see sees saw seen seeing, help, follow, visit, remember, trust, thank, call, answer, invite, "
        "admire, find finds found found finding, love, hear hears heard heard hearing, watch watches "
        "watched watched watching, praise, blame, greet, miss misses missed missed missing, teach "
        "teaches taught taught teaching, obey, ignore, meet meets met met meeting, warn"
    ),
    "PTake": (
        "take takes took taken taking, buy buys bought bought buying, lose loses lost lost losing, want, "
        "need, carry carries carried carried carrying, repair, open, clean, steal steals stole stolen "
        "stealing, hide hides hid hidden hiding, keep keeps kept kept keeping, break breaks broke broken "
        "breaking, borrow, draw draws drew drawn drawing, paint, return"
    ),
    "PSay": (
        "say says said said saying, think thinks thought thought thinking, know knows knew known knowing, "
        "believe, hope, claim, fear, guess guesses guessed guessed guessing"
    ),
    "PGive": (
        "give gives gave given giving, show shows showed shown showing, send sends sent sent sending, sell "
        "sells sold sold selling, lend lends lent lent lending, offer"
    ),
    "AIntr": (
        "sleep sleeps slept slept sleeping, run runs ran run running, jump, play, eat eats ate eaten eating, "
        "wait, rest, drink drinks drank drunk drinking, swim swims swam swum swimming"
    ),
    "ATran": (
        "chase, follow, bite bites bit bitten biting, fear, watch watches watched watched watching, smell, "
        "like, find finds found found finding, frighten"
    ),
    "TIntr": (
        "lie lies lay lain lying, stand stands stood stood standing, hang hangs hung hung hanging, fall "
        "falls fell fallen falling"
    ),
}

_CLASSES = {
    "Name": (
        "Anna Ben Clara David Emma Felix Greta Henry Ida Jonas Karla Leo Maria Nils Olga Paul Rita Simon "
        "Tina Victor Wanda Yusuf Zoe Oscar"
    ),
    "Place": (
        "garden house kitchen market park school forest river station library village church harbour field "
        "tower castle bakery cellar barn valley"
    ),
    "Adj": "small big strange quiet beautiful famous little lonely funny dirty pretty careless",
    "PAdj": "young clever kind brave poor rich lazy polite jealous careful",
    "TAdj": "red new wooden heavy cheap broken green precious round black",
    "PlaceAdj": "old dark large cold crowded warm narrow deserted",
    "PState": "happy tired hungry sad ill ready late proud alone nervous afraid thirsty",
    "AState": "hungry tired wild tame asleep loud thirsty",
    "TState": "expensive old useful wet dusty heavy missing",
    "How": "slowly quickly quietly again together often well secretly happily badly carefully",
    "Day": "Sunday Saturday Monday Friday Tuesday Thursday Wednesday",
    "Meal": "lunch dinner breakfast school work",
    "DetSg": "a this every another",
    "DetPl": "some two many these three several few",
    "He": "he she",
    "They": "they we",
    "Him": "him her them us",
    "Modal": "will can must may should",
    "Where": "in near behind beside",
    "Sub": "when if because although while",
    "Cause": "because while when",
    "And": "and but",
    "Why": "why where how",
    "BeSg": "is was",
    "BePl": "are were",
    "DoSg": "does did",
    "DoPl": "do did",
}

#: S is a subject with what is said of it; A, P and T are what is animate, a person, a thing.
_RULES = """
Text = 82 Statement . | 11 Question ? | 7 please PBase .
Statement = 68 Clause Tail | 12 Opener , Clause | 13 Sub Clause , Clause | 7 there There
Tail = 72 _ | 17 , And Clause | 11 Cause Clause
Opener = 3 sometimes | 2 perhaps | 3 in the morning | 2 at night | 2 after Meal | 2 on Day
There = BeSg a NomASg In | BePl DetPl NomAPl In
Question = 40 did Asked PBase | 17 does AskedSg PBase | 12 do AskedPl PBase | 17 who PVPSg
    | 14 Why did Asked PBase
Asked = 45 the DefQ | 15 DetSg NomPSg | 10 DetPl NomPPl | 18 Name | 7 He | 5 They
AskedSg = 50 the NomPSg | 20 DetSg NomPSg | 20 Name | 10 He
AskedPl = 55 the NomPPl | 30 DetPl NomPPl | 15 They

Clause = 36 the DefS | 17 DetSg NomSSg | 13 DetPl NomSPl | 18 Name PVPSg | 9 He PVPSg | 7 They PVPPl
DefS = 19 Adj DefS | 7 PAdj DefSP | 5 TAdj DefST | 24 PersonSSg | 16 PersonSPl | 10 AnimalSSg
    | 7 AnimalSPl | 7 ThingSSg | 5 ThingSPl
DefSP = 6 PersonSSg | 4 PersonSPl
DefST = 6 ThingSSg | 4 ThingSPl
NomS# = 18 Adj NomS# | 8 PAdj PersonS# | 5 TAdj ThingS# | 42 PersonS# | 16 AnimalS# | 11 ThingS#
PersonS# = Person# Mod# PVP#
AnimalS# = Animal# AMod# AVP#
ThingS# = Thing# TMod TVP#

PVP# = 20 PIntr# Adv | 20 PTran# Someone Adv | 18 PTake# Something Adv | 8 PSay# that Clause
    | 7 PGive# Something to Someone | 15 Be# PPred | 7 Modal PBase | 5 Do# not PBase
PBase = 30 PIntrBase Adv | 28 PTranBase Someone Adv | 26 PTakeBase Something Adv | 6 PSayBase that Clause
    | 10 PGiveBase Something to Someone
PPred = 34 PState | 10 very PState | 12 not PState | 12 PIntrIng Adv | 8 PTranIng Someone Adv
    | 8 PTakeIng Something Adv | 9 PTranDone by Someone | 7 In
AVP# = 40 AIntr# Adv | 30 ATran# Someone | 20 Be# APred | 10 Modal ABase
ABase = 6 AIntrBase Adv | 4 ATranBase Someone
APred = 40 AState | 15 AIntrIng Adv | 15 ATranIng Someone | 15 ATranDone by Someone | 15 In
TVP# = 30 TIntr# In | 70 Be# TPred
TPred = 40 TState | 10 not TState | 30 PTakeDone by Someone | 20 In

Someone = 42 the DefA | 18 DetSg NomASg | 14 DetPl NomAPl | 18 Name | 8 Him
DefA = 18 Adj DefA | 8 PAdj DefAP | 32 PersonSg ModSg | 20 PersonPl ModPl | 13 AnimalSg | 9 AnimalPl
DefAP = 6 PersonSg ModSg | 4 PersonPl ModPl
NomA# = 18 Adj NomA# | 8 PAdj Person# Mod# | 52 Person# Mod# | 22 Animal#
DefQ = 18 Adj DefQ | 10 PAdj DefAP | 45 PersonSg ModSg | 27 PersonPl ModPl
NomP# = 18 Adj NomP# | 10 PAdj Person# Mod# | 72 Person# Mod#
Something = 50 the DefT | 32 DetSg NomTSg | 18 DetPl NomTPl
DefT = 16 Adj DefT | 14 TAdj DefT | 44 ThingSg TMod | 26 ThingPl TMod
NomT# = 16 Adj NomT# | 14 TAdj NomT# | 70 Thing# TMod

Mod# = 80 _ | 5 with Something | 5 from the PlaceN | 6 who RVP# | 4 whom Gap
RVP# = 25 PIntr# | 35 PTran# Someone | 25 PTake# Something | 15 Be# PState
Gap = 45 the DefG | 20 Name PTranSg | 12 DetSg PersonSg ModSg PTranSg | 13 He PTranSg | 10 They PTranPl
DefG = 12 Adj DefG | 53 PersonSg ModSg PTranSg | 35 PersonPl ModPl PTranPl
AMod# = 90 _ | 10 that ARVP#
ARVP# = 5 AIntr# | 5 ATran# Someone
TMod = 86 _ | 5 from the PlaceN | 9 that TGap
TGap = 45 the DefTG | 25 Name PTakeSg | 17 He PTakeSg | 13 They PTakePl
DefTG = 12 Adj DefTG | 53 PersonSg ModSg PTakeSg | 35 PersonPl ModPl PTakePl

Adv = 48 _ | 26 In When | 13 When1 | 13 How
In = Where the PlaceN
PlaceN = 25 PlaceAdj PlaceN | 75 Place
When = 75 _ | 25 When1
When1 = 3 at night | 3 on Day | 2 after Meal | 2 before Meal
"""


@functools.cache
def small_world() -> Grammar:
    """Return the grammar; the start symbol is Text."""
    lines = []
    for line in filter(None, re.sub(r"\n +", " ", _RULES).splitlines()):
        lines += [line.replace("#", number) for number in ("Sg", "Pl")] if "#" in line else [line]
    for name, nouns in _NOUNS.items():
        lines.append(_class(f"{name}Sg", nouns.split()))
        lines.append(_class(f"{name}Pl", [f"{noun}s" for noun in nouns.split()]))
    for name, verbs in _VERBS.items():
        forms = [_forms(verb.split()) for verb in verbs.split(", ")]
        for form, words in zip(_FORMS, zip(*forms, strict=True), strict=True):
            lines.append(_class(name + form, words))
        lines += [f"{name}Sg = {name}Third | {name}Past", f"{name}Pl = {name}Base | {name}Past"]
    lines += [_class(name, words.split()) for name, words in _CLASSES.items()]
    return Grammar.of("\n".join(lines))


def _forms(verb: list[str]) -> list[str]:
    """Return the five forms of a verb, derived from the first if it is regular."""
    if len(verb) == len(_FORMS):
        return verb
    (base,) = verb
    stem = base.removesuffix("e")
    return [base, f"{base}s", f"{stem}ed", f"{stem}ed", f"{stem}ing"]


def _class(name: str, words: Iterable[str]) -> str:
    """Return the line of a class of words, the most frequent first."""
    return f"{name} = " + " | ".join(f"{1 / (rank + 5)} {word}" for rank, word in enumerate(words))
