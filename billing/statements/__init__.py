"""The bank's statement is the truth: read, checked, booked, and matched with what was asked for and paid out."""
