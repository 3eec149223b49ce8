"""A run's folder: its plan, records and traces."""
