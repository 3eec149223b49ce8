"""The computation of one trial, from data to scores, in one process."""
