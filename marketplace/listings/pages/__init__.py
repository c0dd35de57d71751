"""Pages of listings: the machines of a firm, one machine, its price, its photos; the office looking at them."""
