"""What the tests of a plugin use; `genbench.testing` is its public name."""
