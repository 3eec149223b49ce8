"""Files, intervals and word lists that several families share."""
