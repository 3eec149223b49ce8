"""Named checks of components: `genbench check NAME` and `genbench.testing`."""
