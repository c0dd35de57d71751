"""Billing contracts 合同 and their periods 账期: cut, metered, billed, settled; rent-to-own with its buy-out."""
