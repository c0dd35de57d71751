"""Many connections at one account: never below zero, one effect a key, no deadlock."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.check import check_ledger
from billing.ledger.models import Transaction
from marketplace.kernel.errors import Conflict
from marketplace.kernel.web import db
from tests.billing.ledger.book import Book, yuan

THREADS = 50


@pytest.fixture
def book(committing):
    made = Book(committing)
    committing.commit()
    return made


def in_threads(app, count, work):
    """What `work(session, number)` gave in each of `count` committed transactions, or the code it was refused with."""

    def run(number):
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            try:
                given = work(session, number)
                session.commit()
            except Conflict as error:
                session.rollback()
                return error.code
            return given

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_key_from_fifty_threads_has_one_effect(app, book):
    made = in_threads(
        app,
        THREADS,
        lambda session, _: book.move(book.custody(), book.escrow(), yuan(4), key="once", session=session).id,
    )
    assert len(set(made)) == 1
    assert book.session.scalar(select(func.count(Transaction.id))) == 1
    assert book.balance(book.escrow()) == 400


def test_spending_at_once_never_exceeds_what_is_there(app, book):
    book.move(book.custody(), book.escrow(), yuan(10))
    book.session.commit()
    answers = in_threads(
        app, 20, lambda session, _: bool(book.move(book.escrow(), book.custody(), yuan(3), session=session))
    )
    assert answers.count(True) == 3
    assert answers.count("insufficient_funds") == 17
    book.session.commit()
    assert book.balance(book.escrow()) == 100
    assert check_ledger(book.session) == []


def test_opposite_moves_at_once_do_not_lock_each_other_out(app, book):
    for firm in (0, 1):
        book.move(book.custody(firm), book.payable(firm), yuan(1000))
    book.session.commit()

    def cross(session, number):
        one, two = (book.custody(number % 2), book.custody(1 - number % 2))
        return bool(book.move(one, two, yuan(1), session=session))

    assert in_threads(app, 20, cross) == [True] * 20
