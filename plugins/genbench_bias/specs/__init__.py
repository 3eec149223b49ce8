"""The specs of the probes, one module a topic."""
