"""Who reaches what, over every address of the product."""
