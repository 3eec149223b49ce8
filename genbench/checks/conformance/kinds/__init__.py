"""The checks of each kind of component, one module each."""
