"""The window in which several configurations of one task are trained in turns."""
