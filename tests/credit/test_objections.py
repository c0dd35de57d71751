from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from credit.evidence.queries import state_of
from credit.objections.models import ObjectionStatus, RepairStatus
from credit.objections.operations import (
    Acknowledge,
    DecideObjection,
    FileObjection,
    acknowledge_objection,
    answer_objection,
    appeal_objection,
    decide_objection,
    file_objection,
    suspend_overdue,
)
from credit.objections.queries import objection_of
from credit.objections.repairs import AskRepair, DecideRepair, ask_repair, decide_repair
from credit.reviews.operations import WriteReview, share_of_stars, write_review
from credit.reviews.queries import open_reviews_about, reviews_of_subject
from credit.scoring.events import Role, State
from marketplace.bookings.models import Holiday
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.application import NOW
from tests.credit.firms import CreditPark
from tests.factories import create_member, create_officer, office_actor

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def park(session):
    return CreditPark(session)


def contest(park, evidence, *, days=0.0, actor=None):
    command = FileObjection(evidence=evidence.public_id, reason="门禁记录显示准时", proof="照片 3 张")
    return file_objection(park.session, command, actor=actor or park.actor, clock=park.clock(days=days))


def decided(park, objection, *, grants, actor, days=1.0):
    command = DecideObjection(objection=objection.public_id, grants=grants, reason="核对了门禁与交接单")
    return decide_objection(park.session, command, actor=actor, clock=park.clock(days=days))


def test_deadlines_skip_the_weekends_and_holidays_of_the_park(park, session):
    day = NOW.date() + timedelta(days=1)
    session.add(
        Holiday(park_id=park.park.id, day=day, is_workday=False, name_zh="园区检修日", name_en="Maintenance day")
    )
    objection = contest(park, park.fault())
    assert objection.acknowledge_by == datetime.combine(day + timedelta(days=1), time(17), SHANGHAI)


def test_a_contested_fault_is_marked_at_once_and_still_counts(park, session):
    evidence = park.fault()
    before = park.rate().score
    objection = contest(park, evidence)
    assert state_of(session, evidence.id).state is State.CONTESTED
    assert objection.acknowledge_by.date() == (NOW + timedelta(days=1)).date()
    assert objection.decide_by.date() == (NOW + timedelta(days=14)).date()
    assert park.rate().score == before
    with pytest.raises(Conflict, match="objection_filed"):
        contest(park, evidence)


def test_prima_facie_proof_holds_the_points_out_meanwhile(park, session):
    objection = contest(park, park.fault())
    command = Acknowledge(objection=objection.public_id, is_prima_facie=True)
    for _ in range(2):
        acknowledge_objection(session, command, actor=park.officers[0], clock=park.clock(days=1))
    assert park.rate(days=1).score == 75_000


def test_a_granted_objection_takes_the_fault_out(park, session):
    evidence = park.fault()
    objection = contest(park, evidence)
    decided(park, objection, grants=True, actor=park.officers[0])
    assert decided(park, objection, grants=True, actor=park.officers[0]).status is ObjectionStatus.GRANTED
    assert state_of(session, evidence.id).state is State.DISMISSED
    assert park.rate(days=1).score == 75_000
    with pytest.raises(Conflict):
        decided(park, objection, grants=False, actor=park.officers[0])


def test_a_rejected_objection_upholds_and_may_be_appealed_once(park, session):
    evidence = park.fault()
    objection = contest(park, evidence)
    one, other = park.officers
    decided(park, objection, grants=False, actor=one)
    assert state_of(session, evidence.id).state is State.UPHELD
    appeal_objection(session, objection.public_id, "请看录像", actor=park.actor, clock=park.clock(days=2))
    with pytest.raises(Conflict, match="own_decision"):
        decided(park, objection, grants=True, actor=one, days=3)
    assert decided(park, objection, grants=False, actor=other, days=3).status is ObjectionStatus.CONFIRMED
    with pytest.raises(Conflict):
        appeal_objection(session, objection.public_id, "再看", actor=park.actor, clock=park.clock(days=4))


def test_nobody_decides_who_recorded_it_or_works_for_a_party(park, session):
    one, other = park.officers
    objection = contest(park, park.fault(by=one))
    with pytest.raises(Conflict, match="own_evidence"):
        decided(park, objection, grants=True, actor=one)
    tied = create_member(session, park.firm)
    with pytest.raises(Conflict, match="tied_to_party"):
        decided(park, objection, grants=True, actor=office_actor(tied, park.park))
    silent = DecideObjection(objection=objection.public_id, grants=True, reason="")
    with pytest.raises(Invalid):
        decide_objection(session, silent, actor=other, clock=park.clock())


def test_an_objection_comes_within_thirty_days_and_from_the_firm_itself(park, session):
    evidence = park.fault()
    with pytest.raises(NotFound):
        contest(park, evidence, actor=park.other_actor)
    with pytest.raises(Conflict, match="objection_too_late"):
        contest(park, evidence, days=30.1)
    with pytest.raises(Conflict, match="nothing_to_contest"):
        contest(park, park.record())
    contest(park, evidence, days=30)


def test_an_overdue_objection_suspends_the_evidence_by_itself(park, session):
    evidence = park.fault()
    objection = contest(park, evidence)
    assert suspend_overdue(session, clock=park.clock(days=14)) == 0
    assert suspend_overdue(session, clock=park.clock(days=15)) == 1
    assert suspend_overdue(session, clock=park.clock(days=15)) == 0
    assert objection.escalated_at is not None
    assert state_of(session, evidence.id).is_held_out
    assert park.rate(days=15).score == 75_000


def test_the_other_side_answers_and_others_see_nothing(park, session):
    evidence = park.fault(counterparty_id=park.other.id, state=State.UPHELD)
    objection = contest(park, evidence)
    answer_objection(session, objection.public_id, "迟到四小时", actor=park.other_actor, clock=park.clock())
    assert objection_of(session, objection.public_id, actor=park.other_actor).answer == "迟到四小时"
    outsider = CreditPark(session, anchors=0)
    for actor in (outsider.actor, outsider.officers[0]):
        with pytest.raises(NotFound):
            objection_of(session, objection.public_id, actor=actor)
    with pytest.raises(NotFound):
        answer_objection(session, objection.public_id, "x", actor=park.actor, clock=park.clock())


def test_the_auditor_decides_nothing(park, session):
    from marketplace.kernel.actor import OfficeRole

    auditor = office_actor(create_officer(session, park.park, OfficeRole.AUDITOR), park.park, OfficeRole.AUDITOR)
    with pytest.raises(Forbidden):
        decided(park, contest(park, park.fault()), grants=True, actor=auditor)


def ask(park, evidence, *, days=0.0):
    command = AskRepair(evidence=evidence.public_id, pledge="已加装门禁提醒", proof="整改照片")
    return ask_repair(park.session, command, actor=park.actor, clock=park.clock(days=days))


def test_a_minor_fault_is_repaired_at_once(park, session):
    evidence = park.fault(severity="minor")
    repair = ask(park, evidence)
    with pytest.raises(Conflict, match="repair_asked"):
        ask(park, evidence)
    command = DecideRepair(repair=repair.public_id, grants=True, reason="已核实")
    decide_repair(session, command, actor=park.officers[0], clock=park.clock())
    assert decide_repair(session, command, actor=park.officers[0], clock=park.clock()).status is RepairStatus.GRANTED
    assert park.rate().score == 75_000


def test_a_general_fault_waits_three_months_and_three_clean_orders(park):
    evidence = park.fault(occurred_at=NOW - timedelta(days=100))
    with pytest.raises(Conflict, match="repair_too_early"):
        ask(park, evidence)
    for n in range(3):
        park.record(occurred_at=NOW - timedelta(days=50 - n))
    assert ask(park, evidence).status is RepairStatus.ASKED
    fresh = park.fault(occurred_at=NOW - timedelta(days=60))
    with pytest.raises(Conflict, match="repair_too_early"):
        ask(park, fresh)


STARS = {"as_described": 5, "punctual": 4, "communication": 3}
OTHER_STARS = {"care": 5, "punctual": 5, "communication": 5}


def write(park, actor, about, role, stars, *, days=0.0):
    command = WriteReview(subject_ref="order:1", about_id=about.id, role=role, stars=stars, text="顺利")
    return write_review(park.session, command, actor=actor, clock=park.clock(days=days))


def test_reviews_stay_closed_until_both_wrote(park, session):
    first = write(park, park.other_actor, park.firm, Role.SUPPLIER, STARS)
    assert write(park, park.other_actor, park.firm, Role.SUPPLIER, STARS) is first
    assert reviews_of_subject(session, "order:1", actor=park.actor, now=NOW) == []
    assert reviews_of_subject(session, "order:1", actor=park.other_actor, now=NOW) == [first]
    write(park, park.actor, park.other, Role.DEMANDER, OTHER_STARS)
    assert len(reviews_of_subject(session, "order:1", actor=park.actor, now=NOW)) == 2
    assert open_reviews_about(session, park.firm.id, park_id=park.park.id, now=NOW) == [first]


def test_a_lone_review_opens_after_seven_days(park, session):
    write(park, park.other_actor, park.firm, Role.SUPPLIER, STARS)
    later = NOW + timedelta(days=7)
    assert not open_reviews_about(session, park.firm.id, park_id=park.park.id, now=later - timedelta(seconds=1))
    assert len(reviews_of_subject(session, "order:1", actor=park.actor, now=later)) == 1


def test_a_review_is_written_once_and_in_full(park):
    write(park, park.other_actor, park.firm, Role.SUPPLIER, STARS)
    with pytest.raises(Conflict, match="review_written"):
        write(park, park.other_actor, park.firm, Role.SUPPLIER, STARS | {"punctual": 1})
    with pytest.raises(Invalid) as refused:
        write(park, park.actor, park.other, Role.DEMANDER, {"care": 6})
    assert set(refused.value.fields) == {"care", "punctual", "communication"}


def test_stars_become_a_share(park):
    assert share_of_stars(STARS) == 750_000
    assert share_of_stars({"a": 5, "b": 5, "c": 4}) == 916_667
    assert park.actor.firm_role is FirmRole.OWNER
