"""Fixtures shared by the tests of search."""

from tests.search.engines_under_test import engine, make_elasticsearch, make_engine, make_tantivy

__all__ = ["engine", "make_elasticsearch", "make_engine", "make_tantivy"]
