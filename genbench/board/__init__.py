"""Leaderboards: from records to ranks, tables and reports."""
