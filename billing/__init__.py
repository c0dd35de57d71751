"""What use costs and where the money is: pricing now, the ledger above it later. Knows no listing and no order."""
