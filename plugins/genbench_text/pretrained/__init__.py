"""Trained language models from files or the hub: a generator, and an oracle that gives likelihoods."""
