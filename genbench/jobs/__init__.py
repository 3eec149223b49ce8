"""Runs jobs: processes with limits (`isolation`), placed on an executor here or elsewhere (`engine`)."""
