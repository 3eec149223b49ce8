"""Every stored value with a tolerance; data/README.md says where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from genbench_arena.paired import fit
from genbench_arena.preference import log_evidence
from genbench_arena.systems import average_win_rate, counting, eigenvector, elo, pagerank
from scipy.stats import norm

ELO = 400 / np.log(10)
RECORDS = json.loads((Path(__file__).parent / "data" / "oracles.json").read_text())
WITH_TOLERANCE = [record for record in RECORDS if record.get("tol") is not None]
SEEN: set[int] = set()


def named(*metrics):
    found = [record for record in WITH_TOLERANCE if record["metric"] in metrics]
    assert found
    SEEN.update(map(id, found))
    return pytest.mark.parametrize("record", found, ids=lambda r: f"{r['metric']}-{r['case']}-{r['source']}")


def values(record, names):
    """Return the values of a record in the order of names."""
    return np.array([record["value"][name] for name in names])


def rated(battles, case):
    votes, raters, names = battles(case)
    return fit(votes), votes, raters, names


@named("bradley_terry_elo")
def test_ratings(battles, record):
    if record["case"] == "two models 3:1":
        assert 400 * np.log10(3) == pytest.approx(record["value"], abs=record["tol"])
        return
    found, _, _, names = rated(battles, record["case"])
    assert ELO * found.strengths + 1000 == pytest.approx(values(record, names), abs=record["tol"])


@named("bradley_terry_beta")
def test_strengths(battles, record):
    found, _, _, names = rated(battles, record["case"])
    assert found.strengths == pytest.approx(values(record, names), abs=record["tol"])


@named("evalica_bradley_terry")
def test_strengths_as_scores(battles, record):
    found, _, _, names = rated(battles, record["case"])
    assert np.exp(found.strengths) == pytest.approx(values(record, names), abs=record["tol"])


@named("evalica_newman")
def test_strengths_of_newman_are_those_of_davidson_on_another_scale(battles, record):
    votes, _, names = battles(record["case"])
    model = "davidson" if record["case"] == "with ties" else "bradley-terry"
    logs = np.log(values(record, names))
    assert fit(votes, model).strengths == pytest.approx(logs - logs.mean(), abs=record["tol"] * 10)


def covariance(votes, found, groups):
    """Return the uncorrected sandwich of votes whose scores are summed by group; None: the information's."""
    design = votes.design()
    inverse = np.linalg.pinv(found.slopes.information(design), hermitian=True)
    if groups is None:
        return inverse
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    sums = np.stack([found.slopes.part(rows).gradient(design[rows]) for rows in members])
    return inverse @ sums.T @ sums @ inverse


@named("bradley_terry_se_hessian", "bradley_terry_se_sandwich", "bradley_terry_se_cluster")
def test_standard_errors(battles, record):
    found, votes, raters, names = rated(battles, record["case"])
    kind = record["metric"].rpartition("_")[2]
    groups = {"hessian": None, "cluster": raters, "sandwich": np.arange(len(raters))}[kind]
    errors = np.sqrt(np.diag(covariance(votes, found, groups)))[: len(names)]
    assert errors == pytest.approx(values(record, names), abs=record["tol"])


@named("arena_rank")
def test_ratings_and_intervals_from_single_votes(battles, record):
    found, votes, raters, names = rated(battles, record["case"])
    wanted = record["value"]
    assert wanted["competitors"] == names
    ratings = ELO * found.strengths + 1000
    assert ratings == pytest.approx(wanted["ratings"], abs=record["tol"])
    errors = ELO * np.sqrt(np.diag(covariance(votes, found, np.arange(len(raters)))))[: len(names)]
    for end, sign in (("rating_lower", -1), ("rating_upper", 1)):  # of its 95 % intervals
        assert ratings + sign * norm.ppf(0.975) * errors == pytest.approx(wanted[end], abs=record["tol"])
    assert errors == pytest.approx(np.sqrt(wanted["variances"]), abs=record["tol"])


@named("style_control_bt")
def test_style_control(battles, record):
    votes, _, names = battles("with ties", style_control=True)
    found = fit(votes, ridge=0.5)
    wanted = [record["value"]["elo"][name] for name in names]
    assert ELO * found.strengths + 1000 == pytest.approx(wanted, abs=record["tol"])
    assert found.theta[len(names)] == pytest.approx(record["value"]["length_coefficient"], abs=1e-5)


@named("tie_model")
def test_models_of_ties(battles, record):
    votes, _, names = battles()
    found = fit(votes, record["case"].replace("_", "-"))
    wanted = record["value"]
    assert found.strengths == pytest.approx([wanted["beta"][name] for name in names], abs=record["tol"])
    assert np.exp(found.tie) == pytest.approx(wanted["nu"], abs=record["tol"])
    assert -found.slopes.value.sum() == pytest.approx(wanted["nll"], abs=1e-4)


@named("elo_online", "evalica_elo")
def test_online_elo(battles, record):
    votes, _, names = battles(record["case"])
    assert elo(votes) == pytest.approx(values(record, names), abs=record["tol"])


@named("evalica_counting", "evalica_average_win_rate", "evalica_eigen", "evalica_pagerank")
def test_other_systems(battles, record):
    systems = {"counting": counting, "average_win_rate": average_win_rate, "eigen": eigenvector}
    system = systems.get(record["metric"].removeprefix("evalica_"), pagerank)
    votes, _, names = battles(record["case"])
    assert system(votes.wins()) == pytest.approx(values(record, names), abs=record["tol"])


@named("eprocess_bernoulli")
def test_evidence(record):
    won = np.cumsum(record["value"]["wins"])
    lost = np.arange(1, len(won) + 1) - won
    assert log_evidence(won, lost) == pytest.approx(record["value"]["log_e"], abs=record["tol"])


def test_no_stored_value_is_left_out():
    assert len(SEEN) == len(WITH_TOLERANCE)
    assert {id(record) for record in WITH_TOLERANCE} == SEEN
