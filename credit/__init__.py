"""Credit rating: what participants did, scored and explained."""
