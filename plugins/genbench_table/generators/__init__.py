"""Generators of tables, from independent columns to a variational autoencoder."""

from __future__ import annotations

from functools import partial

from genbench import GeneratorSpec

__all__ = ["SPECS"]

_WHOLE = partial(GeneratorSpec, modalities=("table",), chunk=None)

SPECS = (
    _WHOLE(
        name="marginals",
        make="genbench_table.generators.marginals:Marginals",
        summary="columns drawn independently, each from its training values",
    ),
    _WHOLE(
        name="gaussian-copula",
        make="genbench_table.generators.gaussian_copula:GaussianCopula",
        summary="columns that depend on one another as normal variables do",
        source="Patki, Wedge and Veeramachaneni (2016), doi:10.1109/DSAA.2016.49",
    ),
    _WHOLE(
        name="bayesian-network",
        make="genbench_table.generators.bayesian_network:BayesianNetwork",
        summary="the tree of columns with the greatest mutual information",
        source="Chow and Liu (1968), doi:10.1109/TIT.1968.1054142",
    ),
    _WHOLE(
        name="cart-sequence",
        make="genbench_table.generators.cart_sequence:CartSequence",
        summary="one column after another, each drawn from the leaf of a tree on the columns before",
        source="Reiter (2005), Journal of Official Statistics 21; Nowok, Raab and Dibben (2016), "
        "doi:10.18637/jss.v074.i11",
    ),
    GeneratorSpec(
        name="tvae",
        make="genbench_table.generators.tvae:TVAE",
        summary="a variational autoencoder of rows",
        source="Xu et al. (2019), arXiv:1907.00503",
        modalities=("table",),
    ),
    _WHOLE(
        name="table-command",
        make="genbench_table.generators.table_command:TableCommand",
        summary="a program that reads training rows and writes new ones, as JSON Lines",
    ),
)
