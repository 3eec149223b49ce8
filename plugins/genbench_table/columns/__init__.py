"""Columns of tables: their kinds, and their values as arrays."""
