from __future__ import annotations

import numpy as np
from genbench_modalities.table import Table
from genbench_table.encoding.extractor import load, table_encoder

import genbench


def people(n, seed):
    return Table().example(n, rng=np.random.default_rng(seed)).samples


def test_a_saved_encoder_gives_the_same_features(tmp_path):
    encoder = table_encoder(people(50, 0))
    encoder.save(tmp_path)
    first, second = (made(people(20, 1))["features"] for made in (encoder, load(tmp_path)))
    assert (first.dtype, first.shape) == (np.float32, (20, 1 + 2 + 3 + 1 + 2))
    np.testing.assert_array_equal(first, second)


def test_metrics_of_features_score_tables_whose_columns_are_in_another_order():
    real, train, fake = (people(60, seed).data for seed in (2, 3, 4))
    metrics = ["precision", "recall"]
    plain = genbench.score(fake=fake, real=real, train=train, metrics=metrics)
    moved = genbench.score(fake=fake[fake.columns[::-1]], real=real, train=train, metrics=metrics)
    assert list(plain) == ["precision[table-encoder]", "recall[table-encoder]"]
    assert {name: each.value for name, each in moved.items()} == {
        name: each.value for name, each in plain.items()
    }
