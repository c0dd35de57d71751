"""The bank's word becomes payments, credit, a queue, confirmed payouts."""

import pytest
from sqlalchemy import select

from billing.payments.models import RequestStatus
from billing.payments.references import spaced
from billing.statements.models import LineStatus, StatementLine
from billing.statements.operations import (
    ImportStatement,
    MatchLine,
    import_statement,
    match_line,
    preview_statement,
    set_line_aside,
)
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.billing.ledger.book import CLOCK
from tests.billing.payments.desk import Desk
from tests.billing.statements.bank import signed, two_columns
from tests.factories import create_officer, office_actor


@pytest.fixture
def desk(session):
    made = Desk(session)
    made.clerk = office_actor(create_officer(session, made.park, OfficeRole.FINANCE), made.park, OfficeRole.FINANCE)
    return made


def bring(desk, body, actor=None):
    command = ImportStatement(name="明细.csv", body=body)
    return import_statement(desk.session, command, actor=actor or desk.clerk, clock=CLOCK)


def rows(desk):
    return desk.session.scalars(select(StatementLine).order_by(StatementLine.id)).all()


def test_exact_partial_and_too_much(desk):
    request = desk.ask()
    bring(desk, two_columns([(f"付 {spaced(request.reference)}", 1000)]))
    assert request.missing.amount == 30_000
    bring(desk, signed([(request.reference, 500)], opening=1000))
    assert request.status is RequestStatus.SECURED
    assert desk.has("customer_credit", desk.payer) == 200
    assert {row.status for row in rows(desk)} == {LineStatus.MATCHED}
    assert desk.off() == []


def test_a_statement_is_taken_once_and_overlap_is_known(desk):
    request = desk.ask()
    body = signed([(request.reference, 1300)])
    bring(desk, body)
    with pytest.raises(Conflict, match="statement_already_imported"):
        bring(desk, body)
    longer = signed([(request.reference, 1300), ("货款", 7)])
    assert bring(desk, longer).known_count == 1
    assert desk.has("custody", desk.payer) == 1300
    assert desk.off() == []


def test_preview_writes_nothing(desk):
    request = desk.ask()
    command = ImportStatement(name="x.csv", body=signed([(request.reference, 1300), ("?", 5)]))
    _, proposals = preview_statement(desk.session, command, actor=desk.clerk)
    assert [proposal.request for proposal in proposals] == [request, None]
    assert rows(desk) == []


def test_money_of_nobody_is_booked_and_matched_by_hand(desk):
    request = desk.ask()
    bring(desk, signed([("货款，没写附言", 1300)]))
    (line,) = rows(desk)
    assert (line.status, desk.has("custody")) == (LineStatus.UNMATCHED, 1300)
    assert desk.off() == []
    match_line(
        desk.session,
        MatchLine(line=line.public_id, request=request.reference, note="电话确认"),
        actor=desk.clerk,
        clock=CLOCK,
    )
    assert request.status is RequestStatus.SECURED
    assert (desk.has("custody"), desk.has("custody", desk.payer)) == (0, 1300)
    assert desk.off() == []
    with pytest.raises(Conflict, match="line_decided"):
        set_line_aside(desk.session, line.public_id, note="x", actor=desk.clerk, clock=CLOCK)


def test_two_references_in_one_memo_are_for_the_clerk(desk):
    one = desk.ask()
    other = desk.ask(subject_ref="order:other")
    bring(desk, signed([(f"{one.reference} {other.reference}", 2600)]))
    assert rows(desk)[0].status is LineStatus.UNMATCHED


def test_a_line_set_aside_leaves_the_queue_with_a_word(desk):
    bring(desk, signed([("手续费", -2)], opening=10))
    (line,) = rows(desk)
    with pytest.raises(Invalid, match="note_required"):
        set_line_aside(desk.session, line.public_id, note=" ", actor=desk.clerk, clock=CLOCK)
    set_line_aside(desk.session, line.public_id, note="银行手续费", actor=desk.clerk, clock=CLOCK)
    assert line.status is LineStatus.SET_ASIDE


def test_only_the_clerk_of_this_park_may(desk):
    bring(desk, signed([("?", 5)]))
    (line,) = rows(desk)
    auditor = office_actor(create_officer(desk.session, desk.park), desk.park, OfficeRole.AUDITOR)
    with pytest.raises(Forbidden):
        bring(desk, signed([("?", 6)]), actor=auditor)
    other = Desk(desk.session)
    stranger = office_actor(create_officer(desk.session, other.park), other.park, OfficeRole.FINANCE)
    with pytest.raises(NotFound):
        set_line_aside(desk.session, line.public_id, note="x", actor=stranger, clock=CLOCK)
