"""What crosses between the window and the worker: plain values and numpy, no torch, no Qt."""
