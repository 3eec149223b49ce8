"""What several commands take from the command line."""
