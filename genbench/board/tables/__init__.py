"""The columns of a run's CSVs, and their description for other programs."""
