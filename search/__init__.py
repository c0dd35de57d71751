"""Search that knows no listing and no order: text analysis, ranking, two engines, one contract, measured quality."""
