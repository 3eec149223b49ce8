"""Samples on a page: renderings, the gallery, the nearest real samples, and grids for figures."""
