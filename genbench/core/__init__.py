"""Values that pass between all packages: they know no plugin and touch no disk."""
