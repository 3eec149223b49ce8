"""The specs of genbench_text, by topic."""
