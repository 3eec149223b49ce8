"""Safe readers of image, array and weight files, and the table of published weights."""
