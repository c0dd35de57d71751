"""The product's one text analysis: pure functions from text to tokens, usable without engine, database or web."""
