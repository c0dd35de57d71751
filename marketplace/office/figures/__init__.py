"""The park in figures: what is open, booked and free, by type and week, and which machines stand idle."""
