"""Words, n-grams, vocabularies and byte pairs: how texts are cut into pieces."""
