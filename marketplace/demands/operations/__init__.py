"""Verbs of demands and quotes: posting and ending demands, quoting and bargaining, awarding."""
