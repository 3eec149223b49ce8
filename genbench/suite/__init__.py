"""The suite file, and its components with their options filled in."""
