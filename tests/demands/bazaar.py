"""A demander, suppliers with machines, and the steps between them."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range

from marketplace.demands.constraints import Limit
from marketplace.demands.operations.demanding import PostDemand, post_demand
from marketplace.demands.operations.quoting import MakeQuote, QuoteTerms, make_quote
from marketplace.demands.pricing import QuoteLine
from marketplace.kernel.clock import fixed_clock
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_park, firm_actor
from tests.listings.factories import MILL, create_published_listing

HOUR = timedelta(hours=1)
CLOCK = fixed_clock(NOW)
X_600 = Limit("travel_x", ">=", 600_000, "mm")


class Side:
    """A firm with one person in it."""

    def __init__(self, session, park):
        self.firm = create_enterprise(session, park)
        self.user = create_member(session, self.firm)
        self.actor = firm_actor(self.user, park, self.firm)


class Bazaar:
    def __init__(self, session, *, units=1, **listing):
        self.session = session
        self.park = create_park(session)
        self.demander, self.supplier = Side(session, self.park), Side(session, self.park)
        self.listing = create_published_listing(session, self.park, self.supplier.firm, units=units, **listing)

    def supplier_with_machine(self, **listing):
        side = Side(self.session, self.park)
        return side, create_published_listing(self.session, self.park, side.firm, **listing)

    def demand(self, *, by=None, clock=CLOCK, **more):
        given = {"title_zh": "钛合金件铣削 600mm", "type_code": MILL, "constraints": (X_600,)} | more
        actor = (by or self.demander).actor
        return post_demand(self.session, PostDemand(**given), actor=actor, clock=clock)

    def terms(self, *, start=2, hours=3, price="100", valid=1, **more):
        during = Range(NOW + start * HOUR, NOW + (start + hours) * HOUR)
        lines = (QuoteLine(name="铣削", quantity=Decimal(hours), unit="小时", unit_price=Decimal(price)),)
        return QuoteTerms(**{"during": during, "lines": lines, "valid_until": NOW + valid * HOUR} | more)

    def quote(self, demand, *, by=None, listing=None, clock=CLOCK, as_draft=False, **terms):
        command = MakeQuote(
            demand=demand.public_id,
            listing=(listing or self.listing).public_id,
            terms=self.terms(**terms),
            as_draft=as_draft,
        )
        return make_quote(self.session, command, actor=(by or self.supplier).actor, clock=clock)
