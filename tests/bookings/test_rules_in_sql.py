"""The rules of a listing as a condition say what `check_rules` says."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Session

from marketplace.bookings.opening import check_rules, rules_allow
from marketplace.kernel.errors import Invalid
from marketplace.listings.models import Listing
from tests.application import NOW
from tests.factories import create_enterprise, create_park
from tests.listings.factories import create_published_listing

MINUTES = (-1, 0, 59, 60, 61, 24 * 60, 24 * 60 * 180 - 60, 24 * 60 * 180)
LENGTHS = (29, 30, 45, 60, 90, 119, 120, 121)


@pytest.mark.parametrize("start", MINUTES)
def test_condition_agrees_with_the_rules(session: Session, start: int) -> None:
    park = create_park(session)
    listing = create_published_listing(session, park, create_enterprise(session, park))
    listing.min_minutes, listing.max_minutes = 60, 120
    session.flush()
    allowed = rules_allow(bindparam("during", type_=TSTZRANGE()), bindparam("now"))
    wanted = select(Listing.id).where(Listing.id == listing.id, allowed)
    for length in LENGTHS:
        begin = NOW + timedelta(minutes=start)
        during = Range(begin, begin + timedelta(minutes=length))
        try:
            check_rules(listing, during, now=NOW)
            is_fine = True
        except Invalid:
            is_fine = False
        found = session.scalar(wanted, {"during": during, "now": NOW})
        assert (found is not None) == is_fine, (start, length)
