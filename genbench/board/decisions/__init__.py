"""Decisions from runs: two generators compared, a gate, and the seeds that a decision needs."""
