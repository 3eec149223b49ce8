"""Extractors that are small classifiers."""
