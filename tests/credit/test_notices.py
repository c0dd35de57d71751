"""Firms hear of their faults, of objections and repairs, and of a new grade, in their own language."""

import pytest
from sqlalchemy import select

from credit.notices import WORDINGS
from credit.objections.models import RepairStatus
from credit.objections.operations import (
    Acknowledge,
    DecideObjection,
    FileObjection,
    acknowledge_objection,
    appeal_objection,
    decide_objection,
    file_objection,
    suspend_overdue,
)
from credit.objections.repairs import AskRepair, DecideRepair, ask_repair, decide_repair
from credit.ratings.operations import publish_grades
from marketplace.conversations.models import Notice
from tests.credit.firms import CreditPark
from tests.factories import create_member


@pytest.fixture
def park(session):
    return CreditPark(session)


def told(park, run_jobs):
    """What was told to whom, in order."""
    run_jobs()
    rows = park.session.scalars(select(Notice).where(Notice.code.startswith("credit.")).order_by(Notice.id)).all()
    return [(row.code.removeprefix("credit."), row.user_id) for row in rows]


def contested(park):
    evidence = park.fault(facts={"number": "DD20261101-0001"})
    command = FileObjection(evidence=evidence.public_id, reason="门禁记录显示准时", proof="照片 3 张")
    return file_objection(park.session, command, actor=park.actor, clock=park.clock())


def decide(park, objection, *, grants, actor=0, days=1):
    command = DecideObjection(objection=objection.public_id, grants=grants, reason="核对了门禁")
    decide_objection(park.session, command, actor=park.officers[actor], clock=park.clock(days=days))


def test_a_fault_that_counts_is_told_and_praise_is_not(park, run_jobs):
    park.record()
    park.fault()
    assert told(park, run_jobs) == [("fault", park.owner.id)]


def test_an_objection_is_told_to_the_other_side_and_each_step_to_the_firm(park, run_jobs):
    other = create_member(park.session, park.anchors[0])
    objection = contested(park)
    acknowledge = Acknowledge(objection=objection.public_id, is_prima_facie=False)
    acknowledge_objection(park.session, acknowledge, actor=park.officers[0], clock=park.clock())
    decide(park, objection, grants=False)
    run_jobs()
    appeal_objection(park.session, objection.public_id, "还有新的照片", actor=park.actor, clock=park.clock(days=2))
    decide(park, objection, grants=False, actor=1, days=3)
    heard = told(park, run_jobs)
    assert [code for code, user in heard if user == other.id] == ["objection_filed"]
    steps = [code for code, user in heard if user == park.owner.id and code.startswith("objection_")]
    assert steps == ["objection_acknowledged", "objection_rejected", "objection_confirmed"]


def test_an_objection_nobody_decides_in_time_is_told(park, run_jobs):
    contested(park)
    suspend_overdue(park.session, clock=park.clock(days=60))
    assert ("objection_escalated", park.owner.id) in told(park, run_jobs)


@pytest.mark.parametrize("grants", [True, False])
def test_a_repair_is_told(park, run_jobs, grants):
    evidence = park.fault(severity="minor")
    ask = AskRepair(evidence=evidence.public_id, pledge="已换新夹具", proof="照片 2 张")
    repair = ask_repair(park.session, ask, actor=park.actor, clock=park.clock(days=1))
    command = DecideRepair(repair=repair.public_id, grants=grants, reason="材料齐全")
    decide_repair(park.session, command, actor=park.officers[0], clock=park.clock(days=2))
    status = RepairStatus.GRANTED if grants else RepairStatus.REFUSED
    assert (f"repair_{status.value}", park.owner.id) in told(park, run_jobs)


def test_a_new_public_grade_is_told_once(park, run_jobs):
    park.history()
    park.session.flush()
    for _ in range(2):
        publish_grades(park.session, park.park.id, clock=park.clock(days=9))
    assert told(park, run_jobs).count(("grade", park.owner.id)) == 1


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_every_notice_is_worded_in_both_languages(app, code):
    facts = {"role": "supplier", "before": "U", "grade": "B", "number": "DD1", "reason": "材料齐全", "days": 30}
    with app.test_request_context():
        chinese, english = WORDINGS[code](facts, "zh_CN"), WORDINGS[code](facts, "en")
    assert chinese[0] != english[0]
    assert english[0].isascii() or "→" in english[0]
    assert "%(" not in "".join(chinese + english)
