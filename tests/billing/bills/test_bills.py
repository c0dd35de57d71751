from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.bills.models import Bill, BillKind, Fapiao, FapiaoKind, FapiaoStatus
from billing.bills.operations import (
    CorrectBill,
    RegisterFapiao,
    RequestFapiao,
    ReverseFapiao,
    correct_bill,
    issue_bill,
    issue_bills,
    register_fapiao,
    request_fapiao,
    reverse_fapiao,
)
from billing.bills.queries import bill_of, monthly_statement
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.kernel.web import db
from tests.billing.parties import AT_NOW, Parties
from tests.factories import create_enterprise, create_member, firm_actor


def issue(parties, **changes):
    return issue_bill(parties.session, parties.bill(**changes), actor=parties.system, clock=AT_NOW)


def test_bills_of_an_issuer_and_year_are_numbered_from_one(session):
    parties = Parties(session)
    numbers = [issue(parties, key=f"b{n}").number for n in range(3)]
    assert numbers == ["ZD2026-000001", "ZD2026-000002", "ZD2026-000003"]
    others = Parties(session, parties.park)
    assert issue(others).number == "ZD2026-000001"


def test_the_same_key_gives_the_same_bill(session):
    parties = Parties(session)
    first = issue(parties)
    assert issue(parties, fen=999).id == first.id
    assert issue(parties, key="b2").sequence == 2


def test_a_refused_bill_takes_no_number(session):
    parties = Parties(session)
    with pytest.raises(Invalid), session.begin_nested():
        issue(parties, key="nothing", lines=[])
    assert issue(parties).sequence == 1


def test_lines_and_tax_add_up(session):
    bill = issue(Parties(session))
    assert (bill.net, bill.tax, bill.total) == (10000, 1300, 11300)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_bill SET total = 1, net = 1, tax = 0",
        "DELETE FROM billing_bill",
        "UPDATE billing_bill_line SET amount = 1",
        "DELETE FROM billing_bill_line",
        "TRUNCATE billing_bill_line",
    ],
)
def test_the_database_itself_refuses_to_change_a_bill(session, statement):
    issue(Parties(session))
    with pytest.raises(DBAPIError, match=r"permission denied|append-only"), session.begin_nested():
        session.execute(text(statement))


def test_correction_mirrors_the_stored_amounts(session):
    parties = Parties(session)
    bill = issue(parties, fen=9999)
    back = correct_bill(
        session, CorrectBill(bill=bill.public_id, reason="金额有误"), actor=parties.as_seller, clock=AT_NOW
    )
    assert (back.kind, back.total, back.net, back.tax) == (BillKind.CORRECTION, -9999, -bill.net, -bill.tax)
    assert back.sequence == bill.sequence + 1
    line = bill_of(session, back.public_id, actor=parties.as_buyer).lines[0]
    assert (line.amount, line.net + line.tax) == (-9999, -9999)
    with pytest.raises(Conflict, match="bill_corrected"):
        correct_bill(session, CorrectBill(bill=bill.public_id, reason="再来"), actor=parties.as_seller, clock=AT_NOW)
    with pytest.raises(Conflict, match="correction_of_correction"):
        correct_bill(session, CorrectBill(bill=back.public_id, reason="再来"), actor=parties.as_seller, clock=AT_NOW)
    assert issue(parties, key="after").sequence == back.sequence + 1


def test_only_the_issuer_takes_a_bill_back(session):
    parties = Parties(session)
    bill = issue(parties)
    with pytest.raises(Forbidden):
        correct_bill(session, CorrectBill(bill=bill.public_id, reason=""), actor=parties.as_buyer, clock=AT_NOW)


def test_a_third_firm_does_not_find_the_bill(session):
    parties = Parties(session)
    bill = issue(parties)
    third = create_enterprise(session, parties.park)
    stranger = firm_actor(create_member(session, third), parties.park, third)
    with pytest.raises(NotFound):
        bill_of(session, bill.public_id, actor=stranger)


def test_statement_counts_corrections_with_their_minus(session):
    parties = Parties(session)
    issue(parties, key="a")
    bill = issue(parties, key="b", fen=5000)
    correct_bill(session, CorrectBill(bill=bill.public_id, reason="x"), actor=parties.as_seller, clock=AT_NOW)
    found = monthly_statement(session, actor=parties.as_buyer, month=date(2026, 11, 1))
    assert [(row.owed, row.issued, row.bills) for row in found] == [(11300, 0, 3)]


class TestFapiao:
    NUMBER = "25312000000012345678"

    @pytest.fixture
    def parties(self, session):
        return Parties(session)

    def request(self, parties, bill):
        command = RequestFapiao(bill=bill.public_id, kind=FapiaoKind.SPECIAL)
        return request_fapiao(parties.session, command, actor=parties.as_buyer, clock=AT_NOW)

    def register(self, parties, fapiao, number=NUMBER):
        command = RegisterFapiao(fapiao=fapiao.public_id, number=number, issued_on=date(2026, 11, 24))
        return register_fapiao(parties.session, command, actor=parties.as_seller, clock=AT_NOW)

    def test_buyer_asks_and_seller_registers(self, parties):
        fapiao = self.request(parties, issue(parties))
        assert (fapiao.title, fapiao.tax_number) == (parties.demander.name_zh, parties.demander.uscc)
        assert self.register(parties, fapiao, "2531 2000 0000 1234 5678").status is FapiaoStatus.ISSUED

    @pytest.mark.parametrize("number", ["123", "2531200000001234567X", "", "２５３１２０００００００１２３４５６７８"])
    def test_number_is_twenty_digits(self, parties, number):
        fapiao = self.request(parties, issue(parties))
        with pytest.raises(Invalid) as refused:
            self.register(parties, fapiao, number)
        assert "number" in refused.value.fields

    def test_one_fapiao_stands_at_a_time_and_red_letter_frees_the_bill(self, parties):
        bill = issue(parties)
        fapiao = self.register(parties, self.request(parties, bill))
        with pytest.raises(Conflict, match="fapiao_exists"):
            self.request(parties, bill)
        command = ReverseFapiao(
            fapiao=fapiao.public_id, red_number="2" * 20, red_form="HZ20261124001", reversed_on=date(2026, 11, 25)
        )
        reverse_fapiao(parties.session, command, actor=parties.as_seller, clock=AT_NOW)
        assert self.request(parties, bill).status is FapiaoStatus.REQUESTED

    def test_number_is_registered_once(self, parties):
        self.register(parties, self.request(parties, issue(parties)))
        other = self.request(parties, issue(parties, key="other"))
        with pytest.raises(Conflict, match="fapiao_number_taken"):
            self.register(parties, other)


def test_parallel_issue_leaves_no_gap_and_doubles_nothing(app, committing):
    """Sixteen connections, forty-eight bills, a third of them asked for twice, some rolled back."""
    parties = Parties(committing)
    committing.commit()
    engine = db.engine

    def work(n):
        with Session(engine, expire_on_commit=False) as session:
            issue_bill(session, parties.bill(key=f"b{n % 32}"), actor=parties.system, clock=AT_NOW)
            if n % 5 == 4:
                session.rollback()
            else:
                session.commit()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(48)))
    issue_bills(committing, [parties.bill(key=f"b{n}") for n in range(32)], actor=parties.system, clock=AT_NOW)
    committing.commit()
    sequences = committing.scalars(select(Bill.sequence).order_by(Bill.sequence)).all()
    assert sequences == list(range(1, 33))


def test_two_fapiao_for_one_bill_cannot_stand(app, committing):
    parties = Parties(committing)
    bill = issue(parties)
    committing.commit()
    engine = db.engine

    def ask(_):
        with Session(engine) as session:
            command = RequestFapiao(bill=bill.public_id, kind=FapiaoKind.ORDINARY)
            try:
                request_fapiao(session, command, actor=parties.as_buyer, clock=AT_NOW)
                session.commit()
            except Conflict as refused:
                return refused.code
            return "asked"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert sorted(answers) == ["asked", *["fapiao_exists"] * 5]
    assert len(committing.scalars(select(Fapiao)).all()) == 1
