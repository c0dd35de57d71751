"""Programs for developers and CI; none of them is shipped."""
