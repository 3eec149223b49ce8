"""Samples from files and folders: which dataset component reads a path, and what genbench itself reads."""
