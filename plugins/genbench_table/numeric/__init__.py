"""Arithmetic that several families of metrics share: areas under curves, shares, trees."""
