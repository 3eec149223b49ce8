"""Published weights of the extractors: address, checksum, size and licence of each."""

from __future__ import annotations

from genbench import Asset

__all__ = ["CLIP_WEIGHTS", "DINOV2_WEIGHTS", "INCEPTION_WEIGHTS", "VGG16_WEIGHTS"]

INCEPTION_WEIGHTS = Asset(
    name="inception-v3-compat",
    url="https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/"
    "weights-inception-2015-12-05-6726825d.pth",
    sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    size_bytes=95_628_359,
    licence="Apache-2.0",
)

VGG16_WEIGHTS = Asset(
    name="vgg16",
    url="https://download.pytorch.org/models/vgg16-397923af.pth",
    sha256="397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    size_bytes=553_433_881,
    licence="BSD-3-Clause",
)


def _clip(name: str, file: str, sha256: str, size_bytes: int) -> Asset:
    url = f"https://openaipublic.azureedge.net/clip/models/{sha256}/{file}.pt"
    return Asset(name=name, url=url, sha256=sha256, size_bytes=size_bytes, licence="MIT")


def _dinov2(name: str, file: str, sha256: str, size_bytes: int) -> Asset:
    url = f"https://dl.fbaipublicfiles.com/dinov2/{file}/{file}_pretrain.pth"
    return Asset(name=name, url=url, sha256=sha256, size_bytes=size_bytes, licence="Apache-2.0")


#: By the extractor's name, torch-fidelity's.
CLIP_WEIGHTS = {
    asset.name: asset
    for asset in (
        _clip(
            "clip-rn50",
            "RN50",
            "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762",
            255_827_503,
        ),
        _clip(
            "clip-rn101",
            "RN101",
            "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599",
            291_791_292,
        ),
        _clip(
            "clip-rn50x4",
            "RN50x4",
            "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd",
            421_854_225,
        ),
        _clip(
            "clip-rn50x16",
            "RN50x16",
            "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa",
            661_125_706,
        ),
        _clip(
            "clip-rn50x64",
            "RN50x64",
            "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c",
            1_353_500_174,
        ),
        _clip(
            "clip-vit-b-32",
            "ViT-B-32",
            "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
            353_976_522,
        ),
        _clip(
            "clip-vit-b-16",
            "ViT-B-16",
            "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f",
            350_837_078,
        ),
        _clip(
            "clip-vit-l-14",
            "ViT-L-14",
            "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836",
            932_768_134,
        ),
        _clip(
            "clip-vit-l-14-336px",
            "ViT-L-14-336px",
            "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
            934_088_680,
        ),
    )
}

#: By the extractor's name, torch-fidelity's.
DINOV2_WEIGHTS = {
    asset.name: asset
    for asset in (
        _dinov2(
            "dinov2-vit-s-14",
            "dinov2_vits14",
            "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9",
            88_283_115,
        ),
        _dinov2(
            "dinov2-vit-b-14",
            "dinov2_vitb14",
            "0b8b82f85de91b424aded121c7e1dcc2b7bc6d0adeea651bf73a13307fad8c73",
            346_378_731,
        ),
        _dinov2(
            "dinov2-vit-l-14",
            "dinov2_vitl14",
            "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428",
            1_217_586_395,
        ),
        _dinov2(
            "dinov2-vit-g-14",
            "dinov2_vitg14",
            "baf8467e50af277596bbbafa06887c177ee899ab46033649c383577d7e9309d3",
            4_546_108_579,
        ),
    )
}
