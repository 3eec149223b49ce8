"""Diversity of the fakes."""
