"""The specs of the metrics, one module a topic."""
