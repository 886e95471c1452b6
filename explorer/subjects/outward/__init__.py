"""Our own models as folders that the library `transformers` reads."""
