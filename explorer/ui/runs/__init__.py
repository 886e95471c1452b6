"""The list of runs in the window, and what is done with them there."""
