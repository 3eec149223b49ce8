"""What a plugin must prove: planted faults, and whether a metric sees them."""
