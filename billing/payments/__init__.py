"""Money held until something is proven: requests for funds, escrow, deposits, payments and refunds."""
