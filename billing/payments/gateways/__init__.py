"""Ways to pay behind one contract: bank transfer, cards through Stripe, and cards that exist only in tests and the demo."""
