"""Text to tokens to batches: vocabularies, corpora, and the tasks that a model can learn."""
