"""`genbench check`: metrics tested on planted faults."""
