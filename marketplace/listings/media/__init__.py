"""Photos and documents of listings: checked by content, kept under names of our own."""
