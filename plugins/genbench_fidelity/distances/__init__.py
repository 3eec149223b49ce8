"""Distances between the distributions of real and fake features."""
