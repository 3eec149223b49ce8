"""The process in which a job runs: fork server, limits and captured output."""
