"""`genbench.verify`: checks of a run's files, and computation of its numbers again."""
