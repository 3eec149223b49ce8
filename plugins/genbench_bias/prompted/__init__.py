"""Probes of completions of prompts."""
