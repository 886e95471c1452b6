"""How a model writes: its output one decision at a time, or many texts at once."""
