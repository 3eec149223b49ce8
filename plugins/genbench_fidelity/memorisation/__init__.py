"""Memorisation: fakes compared with the training samples."""
