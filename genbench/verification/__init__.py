"""`genbench.verify`: checks of a run's files, and recomputation of its scores."""
