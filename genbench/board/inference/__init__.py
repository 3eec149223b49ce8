"""What the runs at several seeds say of a mean, of a difference and of a rank."""
