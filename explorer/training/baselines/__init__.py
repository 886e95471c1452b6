"""What counting without attention reaches on a run's held-out data."""
