"""Probes of associations in an embedding."""
