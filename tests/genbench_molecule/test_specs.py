"""The specs of the plugin."""

from __future__ import annotations

import genbench_molecule as plugin

from genbench import DatasetSpec, ExtractorSpec, FaultSpec, MetricSpec


def test_each_hook_returns_the_specs_of_its_kind():
    hooks = {
        DatasetSpec: plugin.genbench_datasets,
        ExtractorSpec: plugin.genbench_extractors,
        FaultSpec: plugin.genbench_faults,
        MetricSpec: plugin.genbench_metrics,
    }
    for kind, hook in hooks.items():
        assert {type(spec) for spec in hook()} == {kind}


def test_every_metric_of_features_names_an_extractor_of_the_plugin():
    outputs = {spec.name: set(spec.outputs) for spec in plugin.genbench_extractors()}
    for spec in plugin.genbench_metrics():
        if spec.takes != "samples":
            wanted = {spec.takes} if isinstance(spec.takes, str) else set(spec.takes)
            assert wanted <= outputs[spec.extractor]
