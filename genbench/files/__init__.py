"""Safe reading and writing of files; nothing here knows what a run is."""
