"""Many connections at the same held money: what goes out never exceeds what came in."""

import pytest

from billing.payments.operations.settling import Refund, refund
from tests.billing.ledger.book import CLOCK, yuan
from tests.billing.ledger.test_races import in_threads
from tests.billing.payments.desk import Desk


@pytest.fixture
def desk(committing):
    made = Desk(committing)
    committing.commit()
    return made


def test_releases_and_refunds_at_once_never_exceed_the_escrow(app, desk):
    desk.secured(1000, 300)
    desk.session.commit()

    def take(session, number):
        if number % 2:
            desk.release(300, key=f"part:{number}", session=session)
        else:
            command = Refund(subject_ref=desk.subject, key=f"part:{number}", amount=yuan(300))
            refund(session, command, actor=desk.actor, clock=CLOCK)
        return True

    answers = in_threads(app, 16, take)
    assert answers.count(True) == 3
    assert set(answers) == {True, "more_than_held"}
    desk.session.commit()
    assert desk.off() == []


def test_one_release_from_fifty_threads_pays_once(app, desk):
    desk.secured()
    desk.session.commit()
    in_threads(app, 50, lambda session, _: bool(desk.release(400, commission=10, session=session)))
    desk.session.commit()
    assert desk.has("payable", desk.payee) == 390
    assert desk.off() == []


def test_one_bank_line_seen_by_many_workers_counts_once(app, desk):
    request = desk.ask()
    desk.session.commit()
    in_threads(app, 20, lambda session, _: bool(desk.pay(request, 1300, ref="line:1", session=session)))
    desk.session.commit()
    assert desk.has("custody", desk.payer) == 1300
    assert desk.off() == []


def test_asking_at_once_makes_one_request(app, desk):
    made = in_threads(app, 20, lambda session, _: desk.ask(session=session).id)
    assert len(set(made)) == 1
