"""Accuracy of classifiers that are trained on fakes."""
