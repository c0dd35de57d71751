"""One suite for every gateway: what the contract promises, over each server for what that server covers.

stripe-mock checks the shape of every call and keeps nothing; localstripe keeps payment intents and refunds, and captures
at once. What neither covers is held by the gateway that lives in this process.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.payments.gateways.contract import (
    AskRefund,
    CheckoutState,
    GatewayRefusedError,
    GatewayTimeoutError,
    RefundState,
)
from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.stripe import StripeGateway
from billing.payments.models import GatewayName
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.money import Money
from scripts.services.state import free_port
from tests.billing.payments.gateways import rigs
from tests.billing.payments.gateways.rigs import NOW

NOTHING = Money.zero("CNY")
ALL = ("bank_transfer", "fake", "stripe-mock", "localstripe")
COVERS = {
    "pages": ("bank_transfer", "fake", "stripe-mock"),
    "find": ("bank_transfer", "fake"),
    "states": ("fake", "localstripe"),
    "captures": ("fake",),
    "cancels": ("fake", "localstripe"),
    "refunds": ("fake", "localstripe"),
    "keys": ("fake",),
    "shapes": ("stripe-mock",),
}


def yuan(amount):
    return Money(amount, "CNY")


@pytest.fixture
def rig(request, tmp_path):
    match request.param:
        case "bank_transfer":
            return rigs.bank_transfer()
        case "fake":
            return rigs.fake(tmp_path)
        case "stripe-mock":
            return rigs.over_stripe_mock(request.getfixturevalue("stripe_mock_url"))
        case _:
            return rigs.over_localstripe(request.getfixturevalue("localstripe_url"))


def over(what):
    return pytest.mark.parametrize("rig", COVERS[what], indirect=True)


def a_refund(amount, fee=0, name=None):
    name = name or new_public_id()
    return AskRefund(key=f"test:refund:{name}:1", refund=name, amount=yuan(amount), fee=yuan(fee))


@pytest.mark.parametrize("rig", ALL, indirect=True)
def test_each_says_what_it_covers(rig, request):
    name = request.node.callspec.params["rig"]
    assert {what for what, names in COVERS.items() if name in names} <= rig.covers
    assert rig.gateway.name in GatewayName


@over("pages")
def test_a_page_is_open_and_nothing_is_taken(rig):
    made = rig.gateway.create(rig.ask())
    assert (made.state, made.captured.amount, made.fee.amount) == (CheckoutState.OPEN, 0, 0)
    assert made.ref
    assert (made.page_url is None) == (rig.gateway.name is GatewayName.BANK_TRANSFER)


@over("find")
def test_a_page_never_opened_is_not_found(rig):
    assert rig.gateway.find("nothing", since=NOW) is None


@over("keys")
def test_the_same_key_is_the_same_page_and_another_payment_under_it_is_refused(rig):
    ask = rig.ask()
    made = rig.gateway.create(ask)
    assert rig.gateway.create(ask).ref == made.ref
    assert rig.gateway.find(ask.payment, since=NOW) == made
    with pytest.raises(GatewayRefusedError, match="idempotency_key_in_use"):
        rig.gateway.create(rig.ask(key=ask.key))


@over("states")
def test_what_is_not_there_is_refused(rig):
    with pytest.raises(GatewayRefusedError):
        rig.gateway.retrieve("pi_nothing")


@over("states")
def test_a_page_nobody_paid_on_is_open(rig):
    ref = rig.opened()
    assert rig.gateway.retrieve(ref).state is CheckoutState.OPEN


@over("states")
def test_a_declined_card_leaves_it_open_and_says_so(rig):
    told = rig.gateway.retrieve(rig.declined())
    assert (told.state, told.failure) == (CheckoutState.OPEN, "card_declined")
    assert told.captured == NOTHING


@over("states")
def test_a_good_card_is_authorised_or_taken_and_never_both_open_and_taken(rig):
    told = rig.gateway.retrieve(rig.paid())
    if "captured_at_once" in rig.covers:
        assert (told.state, told.captured) == (CheckoutState.CAPTURED, yuan(1000))
    else:
        assert (told.state, told.captured) == (CheckoutState.AUTHORISED, NOTHING)


@over("captures")
def test_a_capture_takes_once_and_never_more_than_was_authorised(rig):
    ref = rig.paid()
    with pytest.raises(GatewayRefusedError, match="amount_too_large"):
        rig.gateway.capture(ref, yuan(1001), NOTHING, key="test:capture:a:1")
    taken = rig.gateway.capture(ref, yuan(700), yuan(20), key="test:capture:a:2")
    assert (taken.state, taken.captured, taken.fee) == (CheckoutState.CAPTURED, yuan(700), yuan(20))
    assert rig.gateway.capture(ref, yuan(700), yuan(20), key="test:capture:a:2") == taken
    with pytest.raises(GatewayRefusedError):
        rig.gateway.capture(ref, yuan(300), NOTHING, key="test:capture:a:3")
    assert rig.gateway.retrieve(ref).captured == yuan(700)


@over("captures")
def test_nothing_is_taken_from_a_page_nobody_paid_on(rig):
    with pytest.raises(GatewayRefusedError):
        rig.gateway.capture(rig.opened(), yuan(1000), NOTHING, key="test:capture:b:1")


@over("cancels")
def test_a_cancelled_page_is_ended_also_the_second_time(rig):
    ref = rig.opened()
    if rig.client is not None:  # its page would close by itself; the intent is what can be cancelled
        rig.client.v1.payment_intents.cancel(ref)
    else:
        assert rig.gateway.cancel(ref, key="test:cancel:a:1").state is CheckoutState.ENDED
    assert rig.gateway.retrieve(ref).state is CheckoutState.ENDED


@over("captures")
def test_a_cancelled_authorisation_cannot_be_taken(rig):
    ref = rig.paid()
    assert rig.gateway.cancel(ref, key="test:cancel:c:1").state is CheckoutState.ENDED
    with pytest.raises(GatewayRefusedError):
        rig.gateway.capture(ref, yuan(1000), NOTHING, key="test:capture:c:1")


@over("captures")
def test_cancelling_what_is_taken_leaves_it_taken_and_says_so(rig):
    ref = rig.paid()
    rig.gateway.capture(ref, yuan(1000), NOTHING, key="test:capture:d:1")
    assert rig.gateway.cancel(ref, key="test:cancel:d:1").state is CheckoutState.CAPTURED


@over("refunds")
def test_money_taken_goes_back_once_however_often_it_is_asked(rig):
    ref = rig.paid()
    if "captures" in rig.covers:
        rig.gateway.capture(ref, yuan(1000), yuan(50), key="test:capture:e:1")
    ask = a_refund(400)
    first = rig.gateway.refund(ref, ask)
    assert first.state is RefundState.SUCCEEDED
    assert rig.gateway.refund(ref, ask) == first
    assert rig.gateway.refund(ref, a_refund(600)).ref != first.ref


@over("refunds")
def test_nothing_goes_back_from_what_was_not_taken(rig):
    with pytest.raises(GatewayRefusedError):
        rig.gateway.refund(rig.opened(), a_refund(1))


@over("captures")
def test_no_more_goes_back_than_was_taken(rig):
    ref = rig.paid()
    rig.gateway.capture(ref, yuan(1000), NOTHING, key="test:capture:f:1")
    rig.gateway.refund(ref, a_refund(700))
    with pytest.raises(GatewayRefusedError):
        rig.gateway.refund(ref, a_refund(301))


@over("shapes")
def test_every_call_has_the_shape_that_stripe_wants(rig):
    """Whatever a stateless server answers, it has checked the parameters of what it was asked."""
    gateway = rig.gateway
    made = gateway.create(rig.ask())
    assert gateway.retrieve(made.ref).ref == made.ref
    assert gateway.find("nothing", since=NOW - timedelta(hours=1)) is None
    gateway.capture(made.ref, yuan(1000), yuan(50), key="test:capture:g:1")
    gateway.cancel(made.ref, key="test:cancel:g:1")
    gateway.cancel("pi_1", key="test:cancel:h:1")
    assert gateway.refund(made.ref, a_refund(300, fee=20)).ref.startswith("re_")


@over("shapes")
def test_a_shape_that_is_wrong_is_refused(rig):
    with pytest.raises(GatewayRefusedError):
        rig.gateway.create(replace(rig.ask(), label={"no": "text"}))


def test_no_server_is_no_answer():
    gateway = StripeGateway("sk_test_12345", "acct_1", api_base=f"http://127.0.0.1:{free_port()}", now=lambda: NOW)
    with pytest.raises(GatewayTimeoutError):
        gateway.retrieve("cs_1")


def test_a_wrong_key_is_no_answer_to_rely_on(localstripe_url):
    gateway = StripeGateway("rk_wrong", "acct_1", api_base=localstripe_url, now=lambda: NOW)
    with pytest.raises(GatewayTimeoutError):
        gateway.retrieve("pi_1")


def test_cards_of_tests_are_remembered_by_the_next_process(tmp_path):
    rig = rigs.fake(tmp_path)
    ref = rig.paid()
    assert FakeGateway(tmp_path).retrieve(ref).state is CheckoutState.AUTHORISED
