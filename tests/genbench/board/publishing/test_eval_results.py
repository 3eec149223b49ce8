"""Results in Hugging Face's format of evaluation results."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.publishing.eval_results import eval_results
from genbench.board.publishing.numbers import list_published_numbers
from genbench.core.errors import SuiteError

VAE = """\
- dataset:
    id: "some-lab/digits"
    task_id: "digits-fid"
  value: 2.0
  date: "2026-01-31"
  source:
    url: "https://example.org/run"
    name: "genbench results"
  notes: "fid on digits, mean over seeds 0 1 2, 95 % interval 0.0 to HIGH; n = 599, signature SHORT; \
verify with: genbench verify 'my run'"
"""


@pytest.fixture
def numbers(results):
    return list_published_numbers(results)[0]


def test_an_entry_has_task_value_date_source_and_notes(numbers, about):
    files = eval_results(numbers, about, "some-lab/digits", {"fid": "digits-fid"})
    number = next(
        number for number in numbers if (number.row.generator, number.entry.metric) == ("vae", "fid")
    )
    expected = VAE.replace("HIGH", repr(number.entry.high)).replace("SHORT", number.entry.short_signature)
    assert list(files) == ["gan", "vae"]
    assert files["vae"].decode("utf-8") == expected


def test_a_generator_has_an_entry_for_each_of_its_numbers(numbers, about):
    files = eval_results(numbers, about, "b", {"fid": "one", "recall": "two", "vendi": "three"})
    assert files["vae"].count(b"task_id") == 3
    assert files["gan"].count(b"task_id") == 2  # recall has a seed that is not ok


def test_without_an_address_there_is_no_source(numbers, about):
    files = eval_results(numbers, replace(about, source=""), "b", {"fid": "t"})
    assert b"source" not in files["vae"]


def test_a_metric_on_two_datasets_is_refused(numbers, about):
    other = [replace(number, row=replace(number.row, dataset="words")) for number in numbers]
    with pytest.raises(SuiteError, match="--task fid: the run has it on digits, words; choose a --dataset"):
        eval_results([*numbers, *other], about, "b", {"fid": "t"})


@pytest.mark.extras("yaml", "huggingface_hub")
@pytest.mark.parametrize("value", [1e-07, 1e300, -0.5, 0.1 + 0.2, 5e-324, 1e16, 3.0])
def test_yaml_and_the_client_of_the_hub_read_what_was_meant(numbers, about, value):
    import yaml
    from huggingface_hub import parse_eval_result_entries

    odd = replace(about, source='https://example.org/"\\ é: #', commands=("genbench verify 'a: #b'",))
    changed = [replace(number, entry=replace(number.entry, value=value)) for number in numbers]
    (entry,) = parse_eval_result_entries(
        yaml.safe_load(eval_results(changed, odd, "a/b", {"fid": "1"})["vae"])
    )
    assert (entry.dataset_id, entry.task_id, entry.value) == ("a/b", "1", value)
    assert (entry.date, entry.source_url) == ("2026-01-31", odd.source)
    assert entry.notes.endswith("verify with: genbench verify 'a: #b'")


def test_the_notes_say_what_limits_a_number(limited, about):
    numbers, _ = list_published_numbers(limited)
    notes = eval_results(numbers, about, "b", {"fid": "t"})["poor"].decode("utf-8")
    assert (
        f"signature {numbers[0].entry.short_signature}; deterministic: no; "
        "30.0 % of the samples have no features; caution: 599 fakes and 5 real samples: the bias"
    ) in notes
    assert notes.endswith("; verify with: genbench verify 'my run'\"\n")


def test_notes_say_that_numbers_of_unknown_folders_cannot_be_verified(numbers, about):
    files = eval_results(numbers, replace(about, commands=()), "b", {"fid": "t"})
    assert b'; cannot be verified: the folders of its runs are unknown"' in files["vae"]
