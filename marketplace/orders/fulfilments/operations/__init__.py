"""Verbs of a fulfilment, a module each for planning, handing over, accepting, and missing."""
