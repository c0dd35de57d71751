"""A dispute stops the clocks; the park's word, once it counts, ends what waited."""

import pytest

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.orders.disputes.models import DisputeStatus, DisputeSubject
from marketplace.orders.disputes.operations import (
    DecideDispute,
    OpenDispute,
    Word,
    answer_dispute,
    appeal_dispute,
    close_dispute,
    decide_dispute,
    open_dispute,
    withdraw_dispute,
)
from marketplace.orders.fulfilments.operations.accepting import accept_by_silence
from marketplace.orders.models import OrderStatus
from tests.factories import create_enterprise, create_member, create_officer, firm_actor, office_actor
from tests.orders.test_fulfilment import Job, at


class Case(Job):
    """A used machine about which the demander disagrees."""

    def __init__(self, session):
        super().__init__(session)
        self.use()
        park = self.market.park
        self.officers = [
            office_actor(create_officer(session, park, OfficeRole.CREDIT_OFFICER), park, OfficeRole.CREDIT_OFFICER)
            for _ in range(2)
        ]

    def dispute(self, hour=6, **more):
        command = OpenDispute(
            order=self.order.public_id, subject=DisputeSubject.NOT_AS_AGREED, claim="孔距超差", **more
        )
        return open_dispute(self.session, command, actor=self.engineer, clock=at(hour))

    def decide(self, dispute, *, officer=0, hour=8, refund=100_00, decision="各担一半"):
        command = DecideDispute(dispute=dispute.public_id, decision=decision, refund_amount=refund)
        return decide_dispute(self.session, command, actor=self.officers[officer], clock=at(hour))

    def answer(self, dispute, hour=7):
        word = Word(dispute=dispute.public_id, text="图纸没有注公差")
        return answer_dispute(self.session, word, actor=self.owner, clock=at(hour))


@pytest.fixture
def case(session):
    return Case(session)


def test_an_open_dispute_stops_silence(case):
    case.dispute()
    accept_by_silence(case.session, case.order.id, clock=at(500))
    assert case.order.status is OrderStatus.ACTIVE


def test_one_dispute_at_a_time(case):
    case.dispute()
    with pytest.raises(Conflict) as refused:
        case.dispute()
    assert refused.value.code == "dispute_open"


def test_the_park_decides_after_the_answer_or_its_deadline(case):
    dispute = case.dispute()
    with pytest.raises(Conflict) as early:
        case.decide(dispute)
    assert early.value.code == "answer_awaited"
    case.answer(dispute)
    assert case.decide(dispute).status is DisputeStatus.DECIDED


def test_an_unanswered_dispute_is_decided_after_five_days(case):
    assert case.decide(case.dispute(), hour=6 + 5 * 24).status is DisputeStatus.DECIDED


def test_the_opener_cannot_answer_itself(case):
    dispute = case.dispute()
    with pytest.raises(Forbidden):
        answer_dispute(case.session, Word(dispute=dispute.public_id, text="是"), actor=case.engineer, clock=at(7))


def test_a_decision_counts_when_nobody_appeals(case):
    dispute = case.dispute()
    case.answer(dispute)
    case.decide(dispute)
    close_dispute(case.session, dispute.id, clock=at(9))
    assert dispute.status is DisputeStatus.DECIDED
    for _ in range(2):
        close_dispute(case.session, dispute.id, clock=at(8 + 7 * 24))
    assert (dispute.status, case.order.status) == (DisputeStatus.CLOSED, OrderStatus.COMPLETED)


def test_an_appeal_is_reviewed_once_by_somebody_else(case):
    dispute = case.dispute()
    case.answer(dispute)
    case.decide(dispute)
    word = Word(dispute=dispute.public_id, text="请看照片")
    appeal_dispute(case.session, word, actor=case.owner, clock=at(9))
    with pytest.raises(Forbidden) as same:
        case.decide(dispute, officer=0, hour=10)
    assert same.value.code == "decided_by_you"
    case.decide(dispute, officer=1, hour=10, refund=0)
    assert (dispute.status, dispute.refund_amount) == (DisputeStatus.CLOSED, 0)
    with pytest.raises(Conflict):
        appeal_dispute(case.session, word, actor=case.owner, clock=at(11))


@pytest.mark.parametrize(
    ("refund", "words", "field"),
    [(10**9, "理由", "refund_amount"), (-1, "理由", "refund_amount"), (0, " ", "decision")],
)
def test_a_decision_that_cannot_be_is_refused_by_field(case, refund, words, field):
    dispute = case.dispute()
    case.answer(dispute)
    with pytest.raises(Invalid) as refused:
        case.decide(dispute, refund=refund, decision=words)
    assert list(refused.value.fields) == [field]


def test_a_withdrawn_dispute_lets_the_clock_run_again(case):
    dispute = case.dispute()
    with pytest.raises(Forbidden):
        withdraw_dispute(case.session, dispute.public_id, actor=case.owner, clock=at(7))
    withdraw_dispute(case.session, dispute.public_id, actor=case.engineer, clock=at(7))
    accept_by_silence(case.session, case.order.id, clock=at(30))
    assert case.order.status is OrderStatus.COMPLETED


def test_a_final_order_is_disputed_no_more(case):
    case.accept()
    with pytest.raises(Conflict) as refused:
        case.dispute(hour=6 + 8 * 24)
    assert refused.value.code == "too_late_to_dispute"
    assert case.dispute(hour=6 + 6 * 24).is_open


def test_strangers_and_other_parks_find_no_dispute(case, session):
    dispute = case.dispute()
    firm = create_enterprise(session, case.market.park)
    stranger = firm_actor(create_member(session, firm), case.market.park, firm)
    with pytest.raises(NotFound):
        answer_dispute(session, Word(dispute=dispute.public_id, text="我来"), actor=stranger, clock=at(7))
    command = DecideDispute(dispute=dispute.public_id, decision="我定", refund_amount=0)
    with pytest.raises(Forbidden):
        decide_dispute(session, command, actor=stranger, clock=at(7))


def test_pages_carry_a_dispute_from_claim_to_decision(case, browser_of, app):
    market, order = case.market, case.order.public_id
    app.config["CLOCK"] = at(6)
    engineer = browser_of(case.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)
    sent = engineer.post(f"/orders/{order}/disputes", data={"subject": "not_as_agreed", "claim": "孔距超差"})
    assert sent.status_code == 303
    shown = engineer.get(f"/api/v1/orders/{order}/disputes").json[0]
    owner = browser_of(case.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)
    assert owner.post(f"/orders/{order}/disputes/{shown['id']}/answer", data={"text": "没有注公差"}).status_code == 303
    officer = create_officer(case.session, market.park, OfficeRole.CREDIT_OFFICER)
    desk = browser_of(case.session, officer, park_id=market.park.id)
    assert case.order.number in desk.get("/office/disputes").text
    refused = desk.post(f"/office/disputes/{shown['id']}", data={"refund": "十块", "decision": "各担一半"})
    assert refused.status_code == 422
    assert "各担一半" in refused.text
    assert (
        desk.post(f"/office/disputes/{shown['id']}", data={"refund": "100.50", "decision": "各担一半"}).status_code
        == 303
    )
    assert engineer.get(f"/api/v1/orders/{order}/disputes").json[0]["refund"] == {"amount": 10050, "currency": "CNY"}
    assert "各担一半" in engineer.get(f"/orders/{order}").text
