"""The demo park under test."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _index(index_left_empty: None) -> None:
    """Set up first, so that it is torn down last, after the rows are gone."""
