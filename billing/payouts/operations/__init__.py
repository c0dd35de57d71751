"""Verbs of payouts. They flush, never commit and touch no network: the bank takes a file."""
