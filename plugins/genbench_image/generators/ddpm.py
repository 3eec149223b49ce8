"""Generator `ddpm`: a denoising diffusion probabilistic model, with DDIM sampling as an option.

Ho, Jain & Abbeel, "Denoising diffusion probabilistic models" (2020, arXiv:2006.11239).
Song, Meng & Ermon, "Denoising diffusion implicit models" (2020, arXiv:2010.02502).
Nichol & Dhariwal, "Improved denoising diffusion probabilistic models" (2021, arXiv:2102.09672): the cosine.
"""

from __future__ import annotations

import copy
import math
from dataclasses import asdict, dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from numpy.typing import NDArray  # noqa: TC002 - annotations are read at run time

from genbench import Samples, Undefined, log_losses
from genbench_image.torch_utils.learning import (
    BATCH,
    Batches,
    average_into,
    build_network,
    descend,
    normal,
    parameters,
)
from genbench_image.torch_utils.model_files import read, write
from genbench_image.torch_utils.tensors import to_samples

if TYPE_CHECKING:
    from torch import Tensor

    from genbench import Log, Space
    from genbench_image.generators.unet import UNet
    from genbench_image.torch_utils.learning import Classes

__all__ = [
    "DiffusionSampler", "Plan", "Step", "betas", "ddpm", "load_ddpm", "mix", "posterior_variance",
    "steps_back",
]  # fmt: skip


def ddpm(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    train_labels: NDArray[np.int64] | None,
    *,
    steps: Annotated[int, Ge(1)] = 1500,
    batch_size: Annotated[int, Ge(1)] = 64,
    learning_rate: Annotated[float, Gt(0)] = 4e-3,
    ema_decay: Annotated[float, Ge(0), Lt(1)] = 0.999,
    timesteps: Annotated[int, Ge(1)] = 100,
    schedule: Literal["cosine", "linear"] = "cosine",
    sampling_steps: Annotated[int, Ge(1)] | None = None,
    eta: Annotated[float, Ge(0), Le(1)] = 0.0,
    channels: Annotated[int, Ge(1)] = 16,
    conditional: bool = False,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> DiffusionSampler:
    """Return a network that predicts the noise in noisy images, fitted by algorithm 1 of Ho et al.

        L_simple = E ||noise - network(sqrt(abar_t) x + sqrt(1 - abar_t) noise, t)||^2        equation 14

    with t uniform in 1..T. Samples are drawn by algorithm 2, from t = T to 1; if `sampling_steps` is set, by
    equation 12 of Song et al. along that many of the T times. The weights are averaged over training.

    steps           number of training batches
    ema_decay       of the averaged weights, per step
    timesteps       T, the number of noise levels
    schedule        "cosine" of Nichol & Dhariwal, "linear" of Ho et al.
    sampling_steps  times visited when sampling, at most T; None: all, with the noise of Ho et al.
    eta             noise with sampling_steps: 0 none (DDIM), 1 as much as Ho et al.
    channels        at full resolution; they double as the sides halve, up to fourfold
    conditional     condition the network on the labels
    Raises DataError if `train` holds no uint8 images, Undefined if conditional without labels or if
    sampling_steps exceeds timesteps, Invalid if the loss becomes NaN or infinite.
    """
    import torch

    if sampling_steps is not None and sampling_steps > timesteps:
        raise Undefined(f"sampling_steps = {sampling_steps} exceeds timesteps = {timesteps}; lower it")
    batches = Batches.of(train, train_labels, conditional=conditional, device=device)
    plan = Plan(timesteps, schedule, sampling_steps, eta)
    network = build_network(lambda: _build(train.space, batches.classes, {"channels": channels}), rng, device)
    average = copy.deepcopy(network)
    abar = torch.from_numpy(plan.abar.astype(np.float32)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), learning_rate, fused=True)
    for step in range(1, steps + 1):
        images, numbers = batches.draw(batch_size, rng)
        times = torch.from_numpy(rng.integers(1, timesteps + 1, batch_size)).to(device)
        noise = normal(rng, *images.shape, device=device)
        noisy = mix(images, noise, abar[times - 1][:, None, None, None])
        loss = (network(noisy, times / timesteps, numbers) - noise).square().mean()
        descend(optimizer, loss)
        average_into(average, network, ema_decay, step)
        log_losses(log, step, steps, loss=loss)
    average.eval()
    return DiffusionSampler(average, plan, batches.classes, train.space, device)


def mix(images: Tensor, noise: Tensor, abar: Tensor) -> Tensor:
    """Return a draw from q(x_t | x_0), equation 4: sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise."""
    return abar.sqrt() * images + (1 - abar).sqrt() * noise


@dataclass(frozen=True)
class Plan:
    """The noise levels and sampling steps of a model; the fields are options of `ddpm`."""

    timesteps: int
    schedule: str
    sampling_steps: int | None
    eta: float

    @property
    def abar(self) -> NDArray[np.float64]:
        """abar_1..abar_T, (T,) float64, falling, in (0, 1)."""
        return np.multiply.accumulate(1 - betas(self.timesteps, self.schedule))

    @property
    def steps(self) -> list[Step]:
        """The steps of sampling, from T to 0."""
        if self.sampling_steps is None:
            return steps_back(self.abar, self.timesteps, 1.0)
        return steps_back(self.abar, self.sampling_steps, self.eta)


@dataclass(frozen=True, eq=False)
class DiffusionSampler:
    """A sampler of images from a network that predicts the noise in an image.

    network  in evaluation mode
    plan     its noise levels and steps
    classes  the labels that it can generate; none if it was fitted without labels
    space    of its samples
    device   of the network
    """

    network: UNet
    plan: Plan
    classes: Classes
    space: Space
    device: str

    @property
    def parameters(self) -> int:
        """The number of parameters of the network."""
        return parameters(self.network)

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` draws; with labels in their training shares if it knows labels.

        Raises Invalid if the network yields NaN or infinity.
        """
        labels = self.classes.draw(n, rng)
        height, width, channels = self.space.shape
        images = normal(rng, n, channels, height, width, device=self.device)
        for step in self.plan.steps:
            images = self._step(images, step, self.classes.numbers(labels, self.device))
            if step.sigma:
                images = images + step.sigma * normal(rng, *images.shape, device=self.device)
        return to_samples(images, self.space, labels)

    def save(self, folder: Path) -> None:
        """Write the weights (safetensors) and their description (JSON) into `folder`."""
        options = {"channels": self.network.channels, "plan": asdict(self.plan)}
        write(folder, "ddpm", self.network, space=self.space, classes=self.classes, options=options)

    def _step(self, images: Tensor, step: Step, numbers: Tensor | None) -> Tensor:
        """Return x_s without its fresh noise; x_0 is clipped to the pixels' range, as by Ho et al."""
        noise = self._noise(images, step.time, numbers)
        clean = ((images - (1 - step.abar) ** 0.5 * noise) / step.abar**0.5).clamp(-1, 1)
        noise = (images - step.abar**0.5 * clean) / (1 - step.abar) ** 0.5
        before: Tensor = step.abar_before**0.5 * clean + step.direction * noise
        return before

    def _noise(self, images: Tensor, time: int, numbers: Tensor | None) -> Tensor:
        import torch

        times = torch.full((len(images),), time / self.plan.timesteps, device=self.device)
        parts = [slice(i, i + BATCH) for i in range(0, max(len(images), 1), BATCH)]
        with torch.no_grad():
            return torch.cat(
                [self.network(images[p], times[p], None if numbers is None else numbers[p]) for p in parts]
            )


def load_ddpm(folder: Path, device: str = "cpu") -> DiffusionSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    network, space, classes, options = read(folder, "ddpm", _build, device)
    return DiffusionSampler(network, Plan(**options["plan"]), classes, space, device)


def _build(space: Space, classes: Classes, options: dict[str, Any]) -> UNet:
    from genbench_image.generators.unet import UNet

    return UNet(space.shape, channels=options["channels"], classes=len(classes))


# Noise schedules of diffusion models, and their sampling steps.
#
# With alpha_t = 1 - beta_t and abar_t = alpha_1 ... alpha_t, a noisy image is
# x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise. Time t = 1..T has the index t - 1; abar_0 = 1.


@dataclass(frozen=True)
class Step:
    """One step back, from x_t to x_s with s < t.

        x_s = sqrt(abar_s) x_0 + sqrt(1 - abar_s - sigma^2) noise_t + sigma z,  z ~ N(0, I)

    with x_0 and noise_t as the network predicts them from x_t: equation 12 of Song et al. (2020).

    time         t, 1 <= t <= T
    abar         abar_t, in (0, 1)
    abar_before  abar_s, in (abar_t, 1]; 1 at the last step
    sigma        standard deviation of the fresh noise, >= 0
    """

    time: int
    abar: float
    abar_before: float
    sigma: float

    @property
    def direction(self) -> float:
        """The weight of noise_t in x_s, >= 0."""
        return math.sqrt(max(0.0, 1 - self.abar_before - self.sigma**2))


def betas(timesteps: int, schedule: str) -> NDArray[np.float64]:
    """Return beta_1..beta_T, (T,) float64 in (0, 1).

    "linear": from 1e-4 to 0.02 at T = 1,000 (Ho et al. 2020, section 4), scaled by 1,000 / T, so that shorter
    schedules end in as much noise. "cosine": abar_t = f(t) / f(0) with f(t) = cos^2((t / T + s) / (1 + s) pi
    / 2) and s = 0.008 (Nichol & Dhariwal 2021, equation 17). Both are clipped at 0.999, as there.
    """
    if schedule == "linear":
        raw = np.linspace(1e-4, 0.02, timesteps) * 1000 / timesteps
    else:
        share = np.arange(timesteps + 1) / timesteps
        level = np.cos((share + 0.008) / 1.008 * np.pi / 2) ** 2
        raw = 1 - level[1:] / level[:-1]
    return raw.clip(0, 0.999)


def posterior_variance(abar: float, abar_before: float) -> float:
    """Return the variance of q(x_s | x_t, x_0), >= 0: equation 7 of Ho et al. (2020), for any s < t."""
    return (1 - abar_before) / (1 - abar) * (1 - abar / abar_before)


def steps_back(abar: NDArray[np.float64], count: int, eta: float) -> list[Step]:
    """Return `count` steps from T = len(abar) down to 0, at integer times, evenly spaced up to rounding.

    `eta` in [0, 1] scales the fresh noise, from none to that of the posterior (Song et al., equation 16).
    The last step adds none, and with count = T and eta = 1 the steps are those of Ho et al. (2020).
    """
    times = np.linspace(len(abar), 0, count + 1).round().astype(int)
    before = np.concatenate([[1.0], abar])
    steps = []
    for time, earlier in zip(times[:-1].tolist(), times[1:].tolist(), strict=True):
        levels = float(before[time]), float(before[earlier])
        steps.append(Step(time, *levels, eta * math.sqrt(posterior_variance(*levels))))
    return steps
