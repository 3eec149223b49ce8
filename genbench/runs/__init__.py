"""`genbench.run`: planning, order, progress and provenance of a run."""
