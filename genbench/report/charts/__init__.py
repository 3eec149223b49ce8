"""Charts of boards, as plain Vega-Lite, and charts as files."""
