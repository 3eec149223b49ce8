"""Language models outside the process: behind an HTTP endpoint, or in a program."""
