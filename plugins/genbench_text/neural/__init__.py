"""Neural language models that genbench trains: a transformer and an LSTM."""
