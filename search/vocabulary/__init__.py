"""Reviewed words of the trade: synonyms in two languages, and which process needs which machine."""
