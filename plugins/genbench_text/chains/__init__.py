"""Markov chains and hidden Markov models: generators, and an oracle that gives likelihoods."""
