"""One trial, from its data to its scores, in one process."""
