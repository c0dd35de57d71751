"""Orders, money and credit joined: what an agreement does to escrow and deposit, to bills and to evidence."""
