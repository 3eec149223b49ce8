"""Values that all packages share, independent of plugins and of the disk."""
