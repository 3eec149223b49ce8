"""Images: data sets, extractors and generators."""

from __future__ import annotations

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, hookimpl

_CLASSIFIER_OUTPUTS = {
    "features": "the last layer but one, 64 numbers",
    "probabilities": "one probability for each class",
}


@hookimpl
def genbench_datasets() -> list[DatasetSpec]:
    """Return the image data sets."""
    return [
        DatasetSpec(
            name="digits",
            make="genbench_image.digits:digits",
            summary="1,797 real handwritten digits, 8x8 grey, with labels",
            source="Alpaydin and Kaynak (1998), UCI; shipped with scikit-learn",
            spaces=("image",),
        ),
        DatasetSpec(
            name="image-folder",
            make="genbench_image.image_folder:image_folder",
            summary="a folder of PNG, JPEG and WebP files, sub-folders as labels or splits",
            spaces=("image",),
            reads=("/",),
        ),
        DatasetSpec(
            name="idx",
            make="genbench_image.idx:idx",
            summary="a folder of MNIST-format files with their official splits",
            source="LeCun, Cortes and Burges, The MNIST database",
            spaces=("image",),
        ),
        DatasetSpec(
            name="npz",
            make="genbench_image.npz:npz",
            summary="a numpy file of images or feature vectors",
            spaces=("image", "vector"),
            reads=(".npz", ".npy"),
        ),
    ]


@hookimpl
def genbench_extractors() -> list[ExtractorSpec]:
    """Return the image extractors."""
    return [
        ExtractorSpec(
            name="pixels",
            make="genbench_image.pixels:pixels",
            summary="the pixels themselves",
            spaces=("image",),
            outputs={"features": "pixels in [0, 1]"},
        ),
        ExtractorSpec(
            name="classifier",
            make="genbench_image.classifier:classifier",
            summary="a small network fitted on the labels of the train split",
            spaces=("image",),
            outputs=_CLASSIFIER_OUTPUTS,
            load="genbench_image.classifier:load",
        ),
        ExtractorSpec(
            name="digits-classifier",
            make="genbench_image.digits_classifier:digits_classifier",
            summary="a small network for 8x8 digits whose weights come with genbench",
            spaces=("image",),
            outputs=_CLASSIFIER_OUTPUTS,
            canonical="genbench_image:digits_classifier.safetensors",
        ),
    ]


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the image generators."""
    return [
        GeneratorSpec(
            name="vae",
            make="genbench_image.vae:vae",
            load="genbench_image.vae:load_vae",
            summary="a variational autoencoder",
            source="Kingma and Welling (2013), arXiv:1312.6114",
            spaces=("image",),
        ),
        GeneratorSpec(
            name="gan",
            make="genbench_image.gan:gan",
            load="genbench_image.gan:load_gan",
            summary="a generative adversarial network, non-saturating",
            source="Goodfellow et al. (2014), arXiv:1406.2661",
            spaces=("image",),
        ),
        GeneratorSpec(
            name="wgan-gp",
            make="genbench_image.wgan_gp:wgan_gp",
            load="genbench_image.wgan_gp:load_wgan_gp",
            summary="a Wasserstein GAN with a gradient penalty",
            source="Gulrajani et al. (2017), arXiv:1704.00028",
            spaces=("image",),
        ),
        GeneratorSpec(
            name="ddpm",
            make="genbench_image.ddpm:ddpm",
            load="genbench_image.ddpm:load_ddpm",
            summary="a denoising diffusion model, with DDIM sampling as an option",
            source="Ho, Jain and Abbeel (2020), arXiv:2006.11239",
            spaces=("image",),
        ),
    ]
