"""The page of a run: its board, pictures, samples, metrics and origin as one self-contained HTML file."""
