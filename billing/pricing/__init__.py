"""Prices of rent and of use as a pure library: plans in, exact lines out."""
