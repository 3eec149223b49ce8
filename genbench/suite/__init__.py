"""Suite files, and their components with checked options."""
