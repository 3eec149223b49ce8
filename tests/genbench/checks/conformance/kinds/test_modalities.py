"""A sound modality passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.kinds.modalities import CHECKS

GOOD = plugin_text("""
from dataclasses import replace

TYPE = "float32"

class Pulse:
    def from_memory(self, value, space):
        if not isinstance(value, np.ndarray):
            return None
        return Samples.of("pulse", value, rate=9 if space is None else space.get("rate"))

    def render(self, samples, number, scale=None):
        text = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{number} of {scale}</title></svg>'
        return Rendering("image/svg+xml", text.encode())

    def scale(self, samples):
        return float(abs(samples.data).max())

    def shrink(self, samples, factor):
        return samples.data[:, ::factor]

    def distributions(self, sides):
        shares = tuple((float((side.data > 0).mean()), float((side.data <= 0).mean())) for side in sides)
        return [Distribution(part="sign", values=("above", "below"), shares=shares)]

    def noise(self, train):
        return lambda n, rng: rng.uniform(size=(n, *train.space.shape)).astype(TYPE)

    def perturb(self, samples, rng):
        noise = 0.01 * rng.normal(size=samples.data.shape).astype(TYPE)
        return replace(samples, data=samples.data + noise)

    def valid(self, samples):
        return samples.data[:, 0] > -9

    def same(self, samples):
        return np.sort(samples.data, axis=1)

    def example(self, n, *, rng):
        labels = rng.integers(2, size=n)
        data = rng.normal(labels[:, None], size=(n, 5))
        return Data(Samples.of("pulse", data.astype(TYPE), labels, classes=("low", "high"), rate=8))

ModalitySpec(name="pulse", make=Pulse, summary="pulses of equal length", container="array", dtypes=(TYPE,),
             axes=("time",), parameters={"rate": int}, default_extractor="flat", default_dataset="pulses")
DatasetSpec(name="pulses", make="builtins:object", modalities=("pulse",))
ExtractorSpec(name="flat", make="builtins:object", modalities=("pulse",), outputs={"values": ""})
""")

_NOISE = "lambda n, rng: rng.uniform("

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "examples": [
        ("        labels = rng", "        rng = np.random.default_rng(0)\n        labels = rng"),
        ("data.astype(TYPE), labels", "data.astype(TYPE)[[0] * n], labels"),
    ],
    "labels": [
        ("data.astype(TYPE), labels", "data.astype(TYPE), labels + 1"),
        ("data.astype(TYPE), labels", "data.astype(TYPE), labels * 0"),
    ],
    "render": [("</svg>", ""), ("text.encode()", "text.encode('utf-16')"), ("</title>", "&nbsp;</title>")],
    "scale": [
        ("return float(abs(samples.data).max())", "return None"),
        ("return float(abs(samples.data).max())", "return np.random.default_rng().uniform()"),
        ("return float(abs(samples.data).max())", "return float(1 // (len(samples.data) - 1))"),
        ("        text = f", "        scale = scale and self.scale(samples)\n        text = f"),
    ],
    "shrink": [
        ("samples.data[:, ::factor]", "samples.data"),
        ("samples.data[:, ::factor]", "samples.data[:, :: factor + 1]"),
        ("samples.data[:, ::factor]", "samples.data[::factor]"),
        ("samples.data[:, ::factor]", "np.random.default_rng().permuted(samples.data[:, ::factor], axis=1)"),
    ],
    "distributions": [
        ("(side.data > 0)", "(side.data > np.random.default_rng().uniform())"),
        ("(side.data > 0)", "(side.data > (side is sides[0]))"),
        ("return [Distribution(", "return [dict("),
    ],
    "noise": [
        (_NOISE, "lambda n, rng: np.random.default_rng().uniform("),
        (_NOISE, "lambda n, rng: np.random.default_rng(0).uniform("),
        ("size=(n, *train", "size=(n + 1, *train"),
        ("train.space.shape)).astype(TYPE)", "train.space.shape))"),
    ],
    "perturb": [
        ("noise = 0.01 * rng", "noise = 0.01 * np.random.default_rng()"),
        ("0.01 *", "0 *"),
        ("replace(samples, data=samples.data + noise)", "Samples(samples.data + noise, samples.space)"),
        ("        noise = 0.01", "        samples.data[0] = 0\n        noise = 0.01"),
    ],
    "valid": [
        ("> -9", "> samples.data[:, 0].mean()"),
        ("> -9", "> 9"),
        ("return samples.data[:, 0] > -9", "return samples.data[0] > -9"),
    ],
    "same": [
        ("axis=1)", "axis=0)"),
        ("np.sort(samples.data, axis=1)", "np.zeros_like(samples.data)"),
    ],
    "from-memory": [
        ("return None", "value = np.zeros((1, 5), TYPE)"),
        ('Samples.of("pulse", value', 'Samples.of("pulse", value[::-1]'),
        ('9 if space is None else space.get("rate")', "9"),
    ],
    "round-trip": [('TYPE = "float32"', 'TYPE = "complex64"')],
    "defaults": [
        ('default_extractor="flat"', 'default_extractor="flats"'),
        ('default_dataset="pulses"', 'default_dataset="genbench:digits"'),
    ],
}  # fmt: skip

KIND = ("modality", "pulse", "bad:pulse")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


def test_a_sound_modality_passes_all_checks(checked):
    results = checked(GOOD, *KIND)
    assert {name for name, result in results.items() if result.outcome != "passed"} == {"version"}


@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].seen


def test_each_check_of_modalities_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    assert names[names.index("version") + 1 :] == list(BAD)


def test_a_modality_without_methods_skips_what_needs_them(checked, failing, changed):
    for method in (
        "from_memory", "render", "scale", "shrink", "distributions", "noise", "perturb", "example",
    ):  # fmt: skip
        results = checked(changed(GOOD, f"def {method}(", f"def no_{method}("), *KIND)
        assert not failing(results)
        name = {"from_memory": "from-memory", "example": "works"}.get(method, method)
        assert results[name].outcome == "skipped"


def test_an_example_of_another_form_fails_the_main_work(checked, failing, changed):
    results = checked(changed(GOOD, "return Data(Samples.of(", "return (Samples.of("), *KIND)
    assert failing(results) == {"works"}
    assert "example returned a Samples; expected Data" in results["works"].seen


@pytest.mark.parametrize(("kind", "content"), [("audio/wav", "RIFF....WEBP"), ("image/webp", "RIFF....WAVE")])
def test_sound_and_picture_formats_of_one_beginning_are_told_apart(checked, failing, changed, kind, content):
    code = changed(GOOD, "image/svg+xml", kind)
    code = changed(
        code, "        return Rendering(", f"        text = {content!r}\n        return Rendering("
    )
    results = checked(code, *KIND)
    assert failing(results) == {"render"}
    assert results["render"].seen == f"sample 0: the content is no {kind}"
