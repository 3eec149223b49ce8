"""Quality of each labelled group, and of the worst one."""
