"""Resource types, listings, media, moderation, imports."""
