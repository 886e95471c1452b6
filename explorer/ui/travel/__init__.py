"""The window's time: the slider under all views, what it shows while it is dragged, and films."""
