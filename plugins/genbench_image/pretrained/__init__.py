"""Extractors whose networks others trained, and the pixels themselves."""
