"""Pages of accounts: in and out, applying, one's own account and firm, the office's firms."""
