"""Metrics that compare words, n-grams or features of texts."""
