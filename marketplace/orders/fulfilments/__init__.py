"""What becomes of an order: handed over, returned, accepted; signed by both sides."""
