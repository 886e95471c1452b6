"""Models of the library `transformers`, behind the same protocol as our own Transformer."""
