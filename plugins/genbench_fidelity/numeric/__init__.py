"""Numerics that several families share: blocks of rows, distances, neighbours, clusters."""
