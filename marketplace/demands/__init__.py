"""Demands, steps, quotes."""
