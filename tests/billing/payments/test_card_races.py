"""Many connections at one card payment: it is asked for once, taken once, and no more returns than was taken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from billing.payments.models import CardRefund, PaymentStatus
from billing.payments.operations.settling import Refund, refund
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.jobs import queue
from marketplace.kernel.web import db
from tests.application import NOW
from tests.billing.ledger.book import CLOCK, yuan
from tests.billing.ledger.test_races import in_threads
from tests.billing.payments.cards import CardDesk
from tests.factories import create_member

THREADS = 50


def nothing_runs():
    """Jobs stay in the queue: each test runs what it is about itself."""


@pytest.fixture
def desk(committing, cards):
    made = CardDesk(committing, cards.gateway, nothing_runs)
    committing.commit()
    return made


def work(app, name, times, **arguments):
    """The same job by so many workers at once, each as a worker runs it."""

    def one(_):
        queue.tasks[name].func(**arguments)

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(one, range(times)))


def authorised(app, desk, request):
    payment = desk.start(request)
    desk.session.commit()
    work(app, "billing.open_checkout", 1, payment_id=payment.id)
    desk.session.refresh(payment)
    desk.gateway.pay(payment.gateway_ref)
    work(app, "billing.ask_about_payment", 1, payment_id=payment.id)
    return payment


def test_fifty_presses_make_one_payment(app, desk):
    request = desk.ask()
    desk.session.commit()
    made = in_threads(app, THREADS, lambda session, _: desk.start(request, session=session).id)
    assert len(set(made)) == 1
    assert len(desk.payments()) == 1


def test_fifty_requests_with_one_idempotency_key_have_one_effect(app, desk, browser_of):
    request = desk.ask()
    user = create_member(desk.session, desk.payer, role=FirmRole.FINANCE)
    client = browser_of(desk.session, user, park_id=desk.park.id, enterprise_id=desk.payer.id)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value

    def press(_):
        own = app.test_client()
        own.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
        answer = own.post(f"/api/v1/funds/{request.public_id}/card", json={}, headers={"Idempotency-Key": "one"})
        return answer.status_code, (answer.json or {}).get("id")

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(press, range(THREADS)))
    assert {status for status, _ in answers} <= {201, 409}  # 409: the first with this key is still running
    assert len({identity for status, identity in answers if status == 201}) == 1
    desk.session.rollback()
    assert len(desk.payments()) == 1


def test_many_workers_open_one_page_and_take_the_money_once(app, desk):
    request = desk.ask()
    payment = desk.start(request)
    desk.session.commit()
    work(app, "billing.open_checkout", 10, payment_id=payment.id)
    assert desk.gateway.calls == ["create"]
    desk.session.refresh(payment)
    desk.gateway.pay(payment.gateway_ref)
    work(app, "billing.ask_about_payment", 10, payment_id=payment.id)
    work(app, "billing.capture_card", 10, payment_id=payment.id)
    desk.session.refresh(payment)
    assert (payment.status, payment.amount) == (PaymentStatus.SUCCEEDED, 130_000)
    desk.session.commit()
    assert desk.has("gateway_clearing", desk.payer) == 1250
    assert desk.off() == []


def test_a_capture_and_a_transfer_at_once_hold_what_was_asked_and_the_rest_returns(app, desk):
    request = desk.ask()
    payment = authorised(app, desk, request)

    def act(number):
        if number:
            queue.tasks["billing.capture_card"].func(payment_id=payment.id)
        else:
            with app.app_context(), Session(db.engine) as session:
                desk.pay(request, 1300, ref="line:1", session=session)
                session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, range(2)))
    desk.session.rollback()
    for refund_id in [one.id for one in desk.refunds()]:
        work(app, "billing.refund_card", 3, refund_id=refund_id)
    queue.tasks["billing.cancel_checkout"].func(payment_id=payment.id)
    desk.session.rollback()
    page = desk.gateway.look(payment.gateway_ref)
    returned = sum(amount for amount, _ in page.refunds.values())
    assert page.captured - returned == 0
    assert desk.has("escrow", desk.payer, desk.subject) == 1000
    assert desk.off() == []


def test_refunds_at_once_never_exceed_what_was_taken(app, desk):
    request = desk.ask(1000, 300)
    payment = authorised(app, desk, request)
    work(app, "billing.capture_card", 1, payment_id=payment.id)

    def give_back(session, number):
        command = Refund(subject_ref=desk.subject, key=f"part:{number}", amount=yuan(300))
        refund(session, command, actor=desk.actor, clock=CLOCK)
        return True

    answers = in_threads(app, 16, give_back)
    assert answers.count(True) == 3
    desk.session.rollback()
    ids = [one.id for one in desk.refunds()]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda one: queue.tasks["billing.refund_card"].func(refund_id=one), ids * 4))
    desk.session.rollback()
    desk.session.refresh(payment)
    page = desk.gateway.look(payment.gateway_ref)
    assert sum(amount for amount, _ in page.refunds.values()) == payment.refunded_amount == 90_000
    assert {one.status for one in desk.session.query(CardRefund)} == {PaymentStatus.SUCCEEDED}
    assert desk.off() == []


def test_an_event_from_fifty_senders_is_kept_once(app, desk):
    from billing.payments.models import GatewayName, Webhook
    from billing.payments.operations.webhooks import keep_webhook

    body = b'{"id": "evt_1", "type": "charge.captured", "data": {"object": {}}}'
    kept = in_threads(app, THREADS, lambda session, _: keep_webhook(session, GatewayName.FAKE, body, clock=CLOCK))
    assert kept.count(True) == 1
    desk.session.rollback()
    assert desk.session.query(Webhook).one().received_at == NOW
