"""Verbs of the agreement: one module each for making, agreeing, ending, and who may."""
