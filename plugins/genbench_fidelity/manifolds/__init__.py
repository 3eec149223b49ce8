"""Fidelity and coverage by neighbourhoods in feature space."""
