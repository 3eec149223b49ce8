"""Metrics on the likelihoods that a sampler or an oracle gives."""
