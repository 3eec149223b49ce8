"""The contract with plugins: specs, hooks, options and assets, and their checks."""
