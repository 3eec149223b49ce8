"""What a plugin author writes, and the checks that the host makes on it."""
