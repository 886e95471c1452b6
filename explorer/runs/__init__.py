"""A run on disk: a folder that a person can read, copy and send. Nothing in it is pickled."""
