"""The decoder panel's pages, and the one course of decisions that they all show."""
