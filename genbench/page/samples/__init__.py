"""Samples on a page: renderings, the gallery, the nearest real samples, distributions of columns, and grids for figures."""
