"""What the ledger takes and what it refuses."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.check import check_ledger
from billing.ledger.models import Entry
from billing.ledger.operations import (
    MOST,
    Leg,
    Posting,
    SetAside,
    expire_holds,
    post,
    post_hold,
    reverse,
    set_aside,
    void_hold,
)
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.money import Money
from tests.application import NOW
from tests.billing.ledger.book import CLOCK, Book, yuan


@pytest.fixture
def book(session):
    return Book(session)


def test_money_in_and_out_moves_both_balances(book):
    book.move(book.custody(), book.escrow(), yuan(500))
    assert book.balance(book.custody()) == book.balance(book.escrow()) == 50_000
    book.move(book.escrow(), book.custody(), yuan(200))
    assert book.balance(book.escrow()) == 30_000
    assert check_ledger(book.session) == []


def test_legs_that_do_not_add_up_are_refused(book):
    legs = [Leg(book.custody(), yuan(5)), Leg(book.escrow(), -yuan(4))]
    with pytest.raises(Invalid, match="unbalanced"):
        post(book.session, Posting(kind="x", key="x", source="x", legs=legs), actor=book.actor, clock=CLOCK)


def test_two_currencies_do_not_balance_each_other(book):
    legs = [Leg(book.custody(), Money(5, "CNY")), Leg(book.escrow(), Money(-5, "EUR"))]
    with pytest.raises(Invalid, match="unbalanced"):
        post(book.session, Posting(kind="x", key="x", source="x", legs=legs), actor=book.actor, clock=CLOCK)


def test_nothing_and_too_much_are_refused(book):
    with pytest.raises(Invalid, match="nothing_to_post"):
        book.move(book.custody(), book.escrow(), yuan(0))
    with pytest.raises(Invalid, match="amount_out_of_range"):
        book.move(book.custody(), book.escrow(), Money(MOST + 1, "CNY"))


def test_guarded_account_never_falls_below_zero(book):
    book.move(book.custody(), book.escrow(), yuan(1))
    with pytest.raises(Conflict, match="insufficient_funds"):
        book.move(book.escrow(), book.custody(), Money(101, "CNY"))
    assert book.balance(book.escrow()) == 100


def test_same_key_has_one_effect_and_other_legs_are_refused(book):
    first = book.move(book.custody(), book.escrow(), yuan(7), key="pay:1")
    again = book.move(book.custody(), book.escrow(), yuan(7), key="pay:1")
    assert first is again
    assert book.balance(book.escrow()) == 700
    with pytest.raises(Conflict, match="key_reused"):
        book.move(book.custody(), book.escrow(), yuan(8), key="pay:1")


def test_reversal_mirrors_once(book):
    paid = book.move(book.custody(), book.escrow(), yuan(9))
    undone = reverse(book.session, paid.id, key="undo", memo="付错", actor=book.actor, clock=CLOCK)
    assert book.balance(book.escrow()) == 0
    assert reverse(book.session, paid.id, key="undo", memo="", actor=book.actor, clock=CLOCK) is undone
    for wrong in (paid.id, undone.id):
        with pytest.raises(Conflict, match="already_reversed"):
            reverse(book.session, wrong, key="again", memo="", actor=book.actor, clock=CLOCK)
    assert check_ledger(book.session) == []


def aside(book, amount, **more):
    command = SetAside(account=book.payable(), amount=amount, source="payout:1", **more)
    return set_aside(book.session, command, actor=book.actor, clock=CLOCK)


def test_what_is_set_aside_cannot_be_spent_or_set_aside_again(book):
    book.move(book.custody(), book.payable(), yuan(10))
    hold = aside(book, yuan(8))
    with pytest.raises(Conflict, match="insufficient_funds"):
        book.move(book.payable(), book.custody(), yuan(3))
    with pytest.raises(Conflict, match="insufficient_funds"):
        aside(book, yuan(3))
    void_hold(book.session, hold.id, actor=book.actor, clock=CLOCK)
    assert book.account(book.payable()).available == 1000
    with pytest.raises(Conflict, match="hold_ended"):
        void_hold(book.session, hold.id, actor=book.actor, clock=CLOCK)


def test_posting_a_hold_spends_it(book):
    book.move(book.custody(), book.payable(), yuan(10))
    hold = aside(book, yuan(10))
    legs = [Leg(book.payable(), yuan(10)), Leg(book.custody(), -yuan(10))]
    posting = Posting(kind="payout", key="payout:1", source="payout:1", legs=legs)
    post_hold(book.session, hold.id, posting, actor=book.actor, clock=CLOCK)
    account = book.account(book.payable())
    assert (account.balance, account.reserved) == (0, 0)
    assert check_ledger(book.session) == []


def test_hold_that_ran_out_gives_back(book):
    book.move(book.custody(), book.payable(), yuan(10))
    aside(book, yuan(4), expires_at=NOW)
    aside(book, yuan(4))
    assert expire_holds(book.session, clock=fixed_clock(NOW)) == 1
    assert book.account(book.payable()).reserved == 400


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["custody", "payable", "escrow"]), st.booleans(), st.integers(-5, 10**12)),
        max_size=12,
    )
)
def test_any_row_of_moves_leaves_every_rule_standing(session, moves):
    book = Book(session, firms=1)
    for name, is_out, amount in moves:
        here, there = getattr(book, name)(), AccountName(AccountKind.RECEIVABLE, book.firms[0].id)
        pair = (there, here) if is_out else (here, there)
        try:
            book.move(*pair, Money(amount, "CNY"))
        except (Invalid, Conflict):
            continue
    off = {finding.rule for finding in check_ledger(session)}
    assert off <= {"custody_equals_what_it_is_held_for"}


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["billing_entry", "billing_transaction"])
def test_the_running_product_cannot_change_what_is_written(book, statement, table):
    book.move(book.custody(), book.escrow(), yuan(1))
    with pytest.raises(DBAPIError, match="permission denied"):
        book.session.execute(text(statement.format(table)))


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["billing_entry", "billing_transaction"])
def test_the_owner_of_the_tables_cannot_either(committing, settings, statement, table):
    import psycopg
    from sqlalchemy.engine import make_url

    book = Book(committing)
    book.move(book.custody(), book.escrow(), yuan(1))
    committing.commit()
    owner = make_url(settings.owner_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        connection.execute(statement.format(table))


def test_the_database_refuses_an_unbalanced_transaction(committing):
    book = Book(committing)
    paid = book.move(book.custody(), book.escrow(), yuan(1))
    account = book.account(book.custody())
    committing.add(Entry(transaction_id=paid.id, account_id=account.id, amount=1, currency="CNY"))
    with pytest.raises(DBAPIError, match="add up to"):
        committing.commit()
    committing.rollback()


def test_the_database_refuses_entries_added_later(committing):
    book = Book(committing)
    paid = book.move(book.custody(), book.escrow(), yuan(1))
    account = book.account(book.custody()).id
    committing.commit()
    for amount in (1, -1):
        committing.add(Entry(transaction_id=paid.id, account_id=account, amount=amount, currency="CNY"))
    with pytest.raises(DBAPIError, match="together with their transaction"):
        committing.commit()
    committing.rollback()


def test_the_database_refuses_a_transaction_without_entries(committing):
    book = Book(committing)
    committing.execute(
        text(
            "INSERT INTO billing_transaction (public_id, park_id, kind, key, source, subject_ref, memo, effective_at,"
            " created_at) VALUES ('x', :park, 'x', 'x', 'x', '', '', now(), now())"
        ),
        {"park": book.park.id},
    )
    with pytest.raises(DBAPIError, match="has no entries"):
        committing.commit()
    committing.rollback()


def test_check_names_what_is_off(book):
    book.move(book.custody(), book.escrow(), yuan(3))
    account = book.account(book.escrow())
    account.balance += 1
    book.session.flush()
    rules = {(finding.rule, finding.expected, finding.found) for finding in check_ledger(book.session)}
    assert ("balance_equals_its_entries", "300", "301") in rules
    assert ("custody_equals_what_it_is_held_for", "301", "300") in rules


def test_entries_carry_the_currency_of_their_account(book):
    book.move(book.custody(), book.escrow(), Money(5, "EUR"))
    assert {entry.currency for entry in book.session.scalars(select(Entry))} == {"EUR"}
