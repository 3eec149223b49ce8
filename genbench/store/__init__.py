"""The content-addressed cache of artefacts: keys, storage and eviction."""
