"""Text and JSON views of what commands report."""
