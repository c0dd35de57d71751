"""The product's one ranking: pure functions from a query and analysed candidates to an order that can be explained."""
