"""Extractors that turn texts into vectors."""
