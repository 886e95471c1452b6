"""Weights of PyTorch's own modules, which come without anything else."""
