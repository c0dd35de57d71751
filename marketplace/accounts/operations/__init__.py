"""Verbs about firms and people."""
