"""Boards as JSON, HTML and LaTeX."""
