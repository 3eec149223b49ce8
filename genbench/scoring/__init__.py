"""`genbench.score`: metrics on files, on splits of datasets and on arrays."""
