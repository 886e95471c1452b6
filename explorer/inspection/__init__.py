"""From a sentence to what every head looked at."""
