"""The views of attention: each shows the same trace and selection its own way."""
