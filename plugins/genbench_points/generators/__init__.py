"""Generators of point clouds."""

from __future__ import annotations

from genbench import GeneratorSpec

__all__ = ["SPECS"]

SPECS = (
    GeneratorSpec(
        name="point-gaussian",
        make="genbench_points.generators.point_gaussian:point_gaussian",
        summary="a Gaussian for each cloud, whose mean and covariance follow those of training clouds",
        source="Arsigny et al. 2006, doi:10.1002/mrm.20965",
        modalities=("points",),
    ),
    GeneratorSpec(
        name="point-vae",
        make="genbench_points.generators.point_vae:point_vae",
        load="genbench_points.generators.point_vae:load_point_vae",
        summary="a variational autoencoder with PointNet's encoder and the Chamfer distance",
        source="Kingma and Welling 2013, arXiv:1312.6114; Qi et al. 2017, arXiv:1612.00593; "
        "Achlioptas et al. 2018, arXiv:1707.02392",
        modalities=("points",),
    ),
    GeneratorSpec(
        name="jittered-copies",
        make="genbench_points.generators.jittered_copies:jittered_copies",
        summary="training clouds with a little noise: copies that differ in every byte",
        source="Qi et al. 2017, arXiv:1612.00593",
        modalities=("points",),
        control="exploit",
        chunk=None,
    ),
)
