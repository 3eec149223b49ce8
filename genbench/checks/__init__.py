"""Tools of plugin authors: named checks, the battery, templates, and helpers for tests."""
