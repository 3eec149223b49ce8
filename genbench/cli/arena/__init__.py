"""The commands of `genbench arena`, one a file."""
