"""Boards as Markdown, JSON, HTML and LaTeX."""
