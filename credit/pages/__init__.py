"""Pages of credit that show no order: the firm's own rating, and the office's board."""
