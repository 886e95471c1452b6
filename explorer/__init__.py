"""Attention Explorer: see how a Transformer learns to attend."""

__version__ = "0.1.0"
