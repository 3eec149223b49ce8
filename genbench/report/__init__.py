"""Shows results to people: charts, and the page of a run."""
