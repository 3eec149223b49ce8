"""Samples on a page: renderings, the gallery, real samples beside them, and grids for figures."""
