"""`genbench.score`: metrics on files, splits of datasets and arrays."""
