"""Metrics on a classifier's probabilities."""
