"""Ledgers that nobody here wrote, imported whole; they lie beside the checkout."""

import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from marketplace.listings.models import Listing, WithheldReason

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data"
ROWS = {"industrial-robots.csv": 1428, "lab-instruments.tsv": 310, "machine-profiles.csv": 98}


@pytest.mark.parametrize("name", ROWS)
def test_real_ledger_comes_in_whole_and_again_changes_nothing(session, bring, name):
    path = FOLDER / name
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is not there")
    run = bring(path.read_bytes(), name=name)
    assert run.counts["created"] >= ROWS[name]
    typed = session.scalar(select(func.count()).select_from(Listing).where(Listing.type_code.is_not(None)))
    assert typed >= 0.99 * run.counts["created"]
    again = bring(path.read_bytes(), name=name)
    assert (again.counts["created"], again.counts["updated"], again.counts["withdrawn"]) == (0, 0, 0)


def test_instruments_not_in_use_come_in_withheld(session, bring):
    path = FOLDER / "lab-instruments.tsv"
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip(f"{path} is not there")
    bring(path.read_bytes(), name=path.name)
    withheld = select(func.count()).select_from(Listing).where(Listing.withheld_reason == WithheldReason.INACTIVE)
    assert session.scalar(withheld) > 50
