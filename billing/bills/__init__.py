"""Bills 账单: numbered without gaps per issuer and year, immutable once issued; the fapiao 发票 register beside them."""
