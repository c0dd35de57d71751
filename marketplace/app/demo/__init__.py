"""The demo park 云溪智造园: made from a seed by the product's own operations."""
