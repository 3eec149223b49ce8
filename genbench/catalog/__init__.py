"""Discovery of plugins, and descriptions of the components that they provide."""
