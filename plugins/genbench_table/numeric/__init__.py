"""Arithmetic that several families of metrics share: areas under curves, matrices, distances of rows."""
