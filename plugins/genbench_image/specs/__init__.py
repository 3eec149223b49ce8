"""The specs of the image components, one module a kind or topic."""
