"""From handover to acceptance: two signatures, a clock, and no step out of turn."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from marketplace.bookings.models import Booking, BookingStatus
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.queries import units_of
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus, HandoverRecord, RecordKind, RecordStatus
from marketplace.orders.fulfilments.operations.accepting import (
    InspectReturn,
    accept_by_silence,
    accept_result,
    begin_rework,
    inspect_return,
    orders_accepted_by_silence,
    reject_result,
)
from marketplace.orders.fulfilments.operations.handing_over import (
    CheckedItem,
    RefuseRecord,
    WriteRecord,
    add_record_photo,
    refuse_record,
    sign_record,
    write_record,
)
from marketplace.orders.fulfilments.operations.missing import ReportMissed, report_missed
from marketplace.orders.models import OrderStatus, Side
from marketplace.orders.operations.ending import EndOrder, cancel_order
from tests.application import NOW
from tests.factories import create_enterprise, create_member, firm_actor
from tests.listings.factories import MILL, create_published_listing
from tests.listings.media.test_uploads import jpeg
from tests.orders.test_orders import Market

HOUR = timedelta(hours=1)
CHECKS = tuple(CheckedItem(code=item.code, ok=True) for item in load_catalogue().types[MILL].checklist)

SERVICE = next(code for code, one in load_catalogue().types.items() if one.kind == "service" and one.parent)


def at(hours):
    return fixed_clock(NOW + hours * HOUR)


class Job:
    """An order from hour 2 to hour 5 and the verbs of both sides."""

    def __init__(self, session, *, units=1, quantity=1):
        self.session = session
        self.market = Market(session, units=units)
        self.order = self.market.place(quantity=quantity)
        self.owner, self.engineer = self.market.owner, self.market.engineer

    @property
    def fulfilment(self):
        return self.session.scalars(select(Fulfilment).where(Fulfilment.order_id == self.order.id)).one()

    def write(self, kind, *, by=None, hour=2, checks=CHECKS, **more):
        command = WriteRecord(order=self.order.public_id, kind=kind, checklist=checks, **more)
        return write_record(self.session, command, actor=by or self.owner, clock=at(hour))

    def change_hands(self, kind, *, hour=2, **more):
        record = self.write(kind, hour=hour, **more)
        return sign_record(self.session, record.public_id, actor=self.engineer, clock=at(hour))

    def use(self):
        self.change_hands(RecordKind.HANDOVER, hour=2)
        self.change_hands(RecordKind.RETURN, hour=5)
        return self

    def accept(self, hour=6):
        return accept_result(self.session, self.order.public_id, actor=self.engineer, clock=at(hour))


@pytest.fixture
def job(session):
    return Job(session)


def test_a_machine_changes_hands_only_with_two_signatures(job):
    record = job.write(RecordKind.HANDOVER)
    assert (job.fulfilment.status, record.status) == (FulfilmentStatus.PLANNED, RecordStatus.WAITING)
    with pytest.raises(Forbidden):
        sign_record(job.session, record.public_id, actor=job.owner, clock=at(2))
    sign_record(job.session, record.public_id, actor=job.engineer, clock=at(2))
    assert job.fulfilment.status is FulfilmentStatus.HANDED_OVER
    again = sign_record(job.session, record.public_id, actor=job.engineer, clock=at(3))
    assert again.signed_at == NOW + 2 * HOUR


def test_the_whole_way_ends_in_a_completed_order(job):
    job.use()
    inspect_return(job.session, InspectReturn(order=job.order.public_id), actor=job.owner, clock=at(6))
    job.accept(7)
    assert (job.fulfilment.status, job.order.status) == (FulfilmentStatus.ACCEPTED, OrderStatus.COMPLETED)
    assert job.accept(8).ended_at == NOW + 7 * HOUR


def test_every_point_of_the_checklist_is_owed_and_what_is_wrong_is_named(job):
    with pytest.raises(Invalid) as missing:
        job.write(RecordKind.HANDOVER, checks=CHECKS[1:])
    assert missing.value.fields == {f"checklist.{CHECKS[0].code}": ["check_missing"]}
    wrong = (CheckedItem(code=CHECKS[0].code, ok=False), *CHECKS[1:])
    with pytest.raises(Invalid) as unexplained:
        job.write(RecordKind.HANDOVER, checks=wrong)
    assert unexplained.value.fields == {f"checklist.{CHECKS[0].code}": ["check_note_missing"]}


def test_a_counter_does_not_run_backwards(job):
    job.change_hands(RecordKind.HANDOVER, reading=Decimal("120.5"))
    with pytest.raises(Invalid) as refused:
        job.write(RecordKind.RETURN, hour=5, reading=Decimal("120.4"))
    assert refused.value.code == "reading_backwards"
    assert job.change_hands(RecordKind.RETURN, hour=5, reading=Decimal("124.0")).meter == "machine_hour"


def test_a_refused_record_is_written_anew(job):
    record = job.write(RecordKind.HANDOVER)
    with pytest.raises(Invalid):
        refuse_record(job.session, RefuseRecord(record=record.public_id, reason=" "), actor=job.engineer, clock=at(2))
    command = RefuseRecord(record=record.public_id, reason="刀柄少一把")
    refuse_record(job.session, command, actor=job.engineer, clock=at(2))
    with pytest.raises(Conflict):
        sign_record(job.session, record.public_id, actor=job.engineer, clock=at(2))
    job.change_hands(RecordKind.HANDOVER)
    assert job.fulfilment.status is FulfilmentStatus.HANDED_OVER


def test_a_newer_record_replaces_the_one_that_waits(job):
    first = job.write(RecordKind.HANDOVER)
    job.write(RecordKind.HANDOVER, by=job.engineer)
    job.session.refresh(first)
    assert first.status is RecordStatus.REPLACED


def test_units_may_come_back_one_by_one(session):
    job = Job(session, units=3, quantity=2)
    units = units_of(session, job.market.listing.id)[:2]
    job.change_hands(RecordKind.HANDOVER)
    job.change_hands(RecordKind.RETURN, hour=4, units=(units[0].public_id,))
    assert job.fulfilment.status is FulfilmentStatus.HANDED_OVER
    with pytest.raises(Invalid):
        job.write(RecordKind.RETURN, hour=5, units=(units[0].public_id,))
    job.change_hands(RecordKind.RETURN, hour=5)
    assert job.fulfilment.status is FulfilmentStatus.RETURNED


def test_a_machine_is_not_handed_over_a_week_ahead(session):
    job = Job(session)
    job.order = job.market.place(start=26)
    with pytest.raises(Conflict) as refused:
        job.write(RecordKind.HANDOVER, hour=1)
    assert refused.value.code == "handover_too_early"


def test_silence_accepts_after_a_day_and_never_what_is_still_out(job):
    job.change_hands(RecordKind.HANDOVER)
    assert orders_accepted_by_silence(job.session, now=NOW + 500 * HOUR) == []
    job.change_hands(RecordKind.RETURN, hour=5)
    assert orders_accepted_by_silence(job.session, now=NOW + 28 * HOUR) == []
    assert orders_accepted_by_silence(job.session, now=NOW + 29 * HOUR) == [job.order.id]
    for _ in range(2):
        accept_by_silence(job.session, job.order.id, clock=at(29))
    assert (job.order.status, job.fulfilment.accepted_by_silence) == (OrderStatus.COMPLETED, True)


def test_what_nobody_recorded_counts_as_used_a_day_after_its_end(job):
    accept_by_silence(job.session, job.order.id, clock=at(28))
    assert job.order.status is OrderStatus.ACTIVE
    accept_by_silence(job.session, job.order.id, clock=at(29))
    assert job.order.status is OrderStatus.COMPLETED


def test_a_claim_needs_words(job):
    job.use()
    with pytest.raises(Invalid) as refused:
        inspect_return(
            job.session, InspectReturn(order=job.order.public_id, claim_amount=350_00), actor=job.owner, clock=at(6)
        )
    assert refused.value.fields == {"damage": ["damage_missing"]}
    command = InspectReturn(order=job.order.public_id, damage="主轴锥孔划伤", claim_amount=350_00)
    assert inspect_return(job.session, command, actor=job.owner, clock=at(6)).claim_amount == 350_00
    with pytest.raises(Conflict):
        inspect_return(job.session, command, actor=job.owner, clock=at(6))


def test_a_rejected_result_is_reworked_and_handed_over_again(job):
    job.use()
    command = EndOrder(order=job.order.public_id, reason="孔距超差")
    reject_result(job.session, command, actor=job.engineer, clock=at(6))
    accept_by_silence(job.session, job.order.id, clock=at(100))
    assert job.order.status is OrderStatus.ACTIVE
    begin_rework(job.session, job.order.public_id, actor=job.owner, clock=at(7))
    job.use()
    job.accept()
    assert (job.order.status, job.fulfilment.reworked) == (OrderStatus.COMPLETED, True)


@pytest.mark.parametrize(
    ("who", "missed_by", "owed"), [("owner", Side.DEMANDER, True), ("engineer", Side.SUPPLIER, False)]
)
def test_whoever_waits_an_hour_may_end_it(job, who, missed_by, owed):
    actor = getattr(job, who)
    command = ReportMissed(order=job.order.public_id, note="没有人")
    with pytest.raises(Conflict) as early:
        report_missed(job.session, command, actor=actor, clock=at(2.5))
    assert early.value.code == "not_missed_yet"
    report_missed(job.session, command, actor=actor, clock=at(3))
    assert (job.fulfilment.missed_by, job.order.ended_by, job.order.status) == (
        missed_by,
        missed_by,
        OrderStatus.CANCELLED,
    )
    assert (job.order.cancellation_amount > 0) is owed
    assert job.session.get_one(Booking, job.order.booking_id).status is BookingStatus.RELEASED


def test_a_machine_that_changed_hands_cannot_be_cancelled(job):
    job.change_hands(RecordKind.HANDOVER)
    with pytest.raises(Conflict) as refused:
        cancel_order(job.session, EndOrder(order=job.order.public_id, reason="后悔"), actor=job.owner, clock=at(3))
    assert refused.value.code == "handed_over_already"


def test_a_cancelled_order_takes_its_fulfilment_along(job):
    cancel_order(job.session, EndOrder(order=job.order.public_id), actor=job.engineer, clock=at(0))
    assert job.fulfilment.status is FulfilmentStatus.CANCELLED


def test_a_stranger_finds_no_record(job, session):
    record = job.write(RecordKind.HANDOVER)
    firm = create_enterprise(session, job.market.park)
    stranger = firm_actor(create_member(session, firm), job.market.park, firm)
    with pytest.raises(NotFound):
        sign_record(session, record.public_id, actor=stranger, clock=at(2))
    with pytest.raises(NotFound):
        add_record_photo(session, record.public_id, jpeg(), actor=stranger, clock=at(2))


def test_a_service_is_delivered_and_accepted(session):
    job = Job(session)
    job.market.listing = create_published_listing(session, job.market.park, job.market.supplier, type_code=SERVICE)
    job.order = job.market.place()
    with pytest.raises(Forbidden):
        job.write(RecordKind.DELIVERY, by=job.engineer, checks=())
    with pytest.raises(Invalid):
        job.write(RecordKind.HANDOVER, checks=())
    job.write(RecordKind.DELIVERY, checks=(), hour=5, note="报告已发")
    assert job.fulfilment.status is FulfilmentStatus.DELIVERED
    job.accept()
    assert job.order.status is OrderStatus.COMPLETED


def test_each_step_reaches_whoever_it_waits_for(job, run_jobs, browser_of):
    job.use()
    job.session.commit()
    run_jobs()
    market = job.market
    owner = browser_of(job.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)
    assert "已归还，请检查" in owner.get("/notices").text


def test_pages_lead_both_sides_through_it(job, browser_of, app):
    market, order = job.market, job.order
    sides = {"owner": (market.owner_user, market.supplier), "engineer": (market.engineer_user, market.demander)}
    owner, engineer = (
        browser_of(job.session, user, park_id=market.park.id, enterprise_id=firm.id) for user, firm in sides.values()
    )
    app.config["CLOCK"] = at(2)
    unit = units_of(job.session, market.listing.id)[0]
    assert f"/orders/{order.public_id}/records/handover" in owner.get(f"/at/{unit.public_id}").text
    assert "svg" in owner.get(f"/machines/{market.listing.public_id}/labels").text
    refused = owner.post(f"/orders/{order.public_id}/records/handover", data={"note": "先写备注"})
    assert refused.status_code == 422
    assert "先写备注" in refused.text
    answers = {f"check.{item.code}": "ok" for item in CHECKS}
    sent = owner.post(f"/orders/{order.public_id}/records/handover", data=answers | {"reading": "12.5"})
    assert sent.status_code == 303
    record = job.session.scalars(select(HandoverRecord)).one()
    assert "请核对并签字" in engineer.get(f"/orders/{order.public_id}").text
    assert engineer.post(f"/records/{record.public_id}/sign").status_code == 303
    assert "填写归还单" in engineer.get(f"/orders/{order.public_id}").text


def test_programs_take_the_same_way(job, browser_of, app):
    market, order = job.market, job.order.public_id
    owner = browser_of(job.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)
    engineer = browser_of(job.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)
    app.config["CLOCK"] = at(2)
    body = {"kind": "handover", "checklist": [{"code": item.code, "ok": True} for item in CHECKS], "reading": "7.25"}
    written = owner.post(f"/api/v1/orders/{order}/records", json=body)
    assert (written.status_code, written.json["reading"]) == (201, "7.25")
    assert engineer.post(f"/api/v1/records/{written.json['id']}/sign").json["status"] == "signed"
    shown = engineer.get(f"/api/v1/orders/{order}/fulfilment").json
    assert (shown["status"], len(shown["records"])) == ("handed_over", 1)
    early = engineer.post(f"/api/v1/orders/{order}/acceptance")
    assert (early.status_code, early.json["code"]) == (409, "fulfilment_transition")
    unknown = owner.post(f"/api/v1/orders/{order}/records", json=body | {"kind": "return", "surprise": 1})
    assert unknown.status_code == 422


class FulfilmentMachine(RuleBasedStateMachine):
    """Whatever the two sides try in whatever order: no step is skipped, and an accepted one completes the order."""

    def __init__(self):
        super().__init__()
        self.done = Fulfilment(order_id=1, kind="use", unit_ids=[1], accept_by=None)
        self.path = [FulfilmentStatus.PLANNED]

    def attempt(self, status):
        try:
            self.done.move_to(status)
        except Conflict:
            return
        self.path.append(status)

    @rule()
    def hand_over(self):
        self.attempt(FulfilmentStatus.HANDED_OVER)

    @rule()
    def give_back(self):
        self.attempt(FulfilmentStatus.RETURNED)

    @rule()
    def inspect(self):
        self.attempt(FulfilmentStatus.INSPECTED)

    @rule()
    def reject(self):
        self.attempt(FulfilmentStatus.REJECTED)

    @rule()
    def rework(self):
        self.attempt(FulfilmentStatus.REWORK)

    @precondition(lambda self: len(self.path) > 1)
    @rule()
    def accept(self):
        self.attempt(FulfilmentStatus.ACCEPTED)

    @invariant()
    def nothing_comes_back_that_was_not_out(self):
        for before, after in zip(self.path, self.path[1:], strict=False):
            assert after is not FulfilmentStatus.RETURNED or before is FulfilmentStatus.HANDED_OVER
            assert before not in {FulfilmentStatus.ACCEPTED, FulfilmentStatus.NO_SHOW, FulfilmentStatus.CANCELLED}


TestFulfilmentMachine = FulfilmentMachine.TestCase
TestFulfilmentMachine.settings = hypothesis_settings(max_examples=60, stateful_step_count=20, deadline=None)
