"""Placement of jobs on executors, on this machine or on workers."""
