"""Probes of labelled samples of any space: shares of groups, and of outcomes in them."""
