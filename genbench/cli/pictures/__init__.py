"""The commands that make pictures of runs."""
