"""What the text of one cell means: dates, counts, asset numbers, money, states. Nothing here knows rows."""
