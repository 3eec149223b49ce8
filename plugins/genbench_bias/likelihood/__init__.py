"""Probes of the probabilities that a language model gives to sentences."""
