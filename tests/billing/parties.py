"""A supplier and a demander in one park, with what tests ask of them."""

from datetime import date
from decimal import Decimal

from billing.bills.operations import IssueBill
from billing.contracts.operations import OpenContract, StartContract, open_contract, start_contract
from billing.contracts.terms import Item, RentTerms
from billing.pricing.calculations.answers import money_line
from billing.pricing.vat import Vat
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.money import Money
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_park, firm_actor

AT_NOW = fixed_clock(NOW)


class Parties:
    def __init__(self, session, park=None):
        self.session = session
        self.park = park or create_park(session)
        self.supplier = create_enterprise(session, self.park)
        self.demander = create_enterprise(session, self.park)
        self.seller = create_member(session, self.supplier)
        self.buyer = create_member(session, self.demander)
        self.as_seller = firm_actor(self.seller, self.park, self.supplier)
        self.as_buyer = firm_actor(self.buyer, self.park, self.demander)
        self.system = system_actor(self.park.id)

    def bill(self, key="b1", fen=11300, **changes):
        line = money_line("goods", Money(fen, "CNY"), Vat(rate=Decimal("0.13")))
        values = {
            "park_id": self.park.id,
            "issuer_id": self.supplier.id,
            "recipient_id": self.demander.id,
            "key": key,
            "subject_ref": "order:1",
            "title": "五轴加工中心",
            "currency": "CNY",
            "lines": [line],
            "due_on": date(2026, 12, 1),
        }
        return IssueBill(**(values | changes))

    def contract(self, terms=None, ref="order:1", clock=AT_NOW, **changes):
        values = {
            "supplier_id": self.supplier.id,
            "demander_id": self.demander.id,
            "subject_ref": ref,
            "title": "五轴加工中心",
            "terms": terms or RentTerms(items=(Item(code="rent", price=Decimal(3100)),)),
            "starts_on": date(2026, 11, 1),
        }
        contract = open_contract(self.session, OpenContract(**(values | changes)), actor=self.system, clock=clock)
        return start_contract(self.session, StartContract(contract=contract.public_id), actor=self.system, clock=clock)
