"""The two engines behind the search contract: the only place that imports tantivy and the Elasticsearch client."""
