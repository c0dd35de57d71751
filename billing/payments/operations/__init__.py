"""Verbs of money held: asking for it, receiving it, settling it. They flush and never commit."""
