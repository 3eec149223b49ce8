"""Blind comparisons of a run's samples: pairs, the file in which people vote, and votes."""
