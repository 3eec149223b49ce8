"""Comparisons: metrics that look at the samples of all generators of a dataset, once for all seeds."""
