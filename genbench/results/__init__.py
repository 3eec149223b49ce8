"""Run folders: plans, records and traces."""
