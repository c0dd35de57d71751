"""What breaks in production, broken on purpose: lines cut, servers gone, workers killed."""
