from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from credit.evidence.decisions import broken_link
from credit.evidence.models import Decision, Evidence, EvidenceState
from credit.evidence.operations import (
    CorrectEvidence,
    DecideEvidence,
    correct_evidence,
    decide_evidence,
    finalise_evidence,
)
from credit.evidence.queries import own_evidence, state_of
from credit.ratings.models import Snapshot
from credit.ratings.operations import firm_ratings
from credit.scoring.events import State
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.application import NOW
from tests.credit.firms import CreditPark
from tests.factories import create_enterprise, create_park


@pytest.fixture
def park(session):
    return CreditPark(session)


def test_the_same_fact_told_twice_is_one_piece_of_evidence(park):
    first = park.record(subject_ref="order:1")
    assert park.record(subject_ref="order:1") is first
    with pytest.raises(Conflict, match="evidence_differs"):
        park.record(subject_ref="order:1", x=0)


def test_evidence_about_a_firm_of_another_park_is_refused(park, session):
    stranger = create_enterprise(session, create_park(session))
    with pytest.raises(NotFound):
        park.record(enterprise_id=stranger.id)
    with pytest.raises(NotFound):
        park.record(counterparty_id=stranger.id)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"dimension": "payment"}, "dimension"), ({"x": 2_000_000}, "x"), ({"subject_ref": ""}, "subject_ref")],
)
def test_evidence_that_makes_no_sense_names_its_field(park, facts, field):
    with pytest.raises(Invalid) as refused:
        park.record(**facts)
    assert list(refused.value.fields) == [field]


def test_a_firm_records_no_evidence(park):
    with pytest.raises(Forbidden):
        park.record(by=park.actor)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credit_evidence SET x = 1000000",
        "DELETE FROM credit_evidence",
        "UPDATE credit_evidence_state SET state = 'dismissed'",
        "DELETE FROM credit_decision",
        "UPDATE credit_snapshot SET score = 100000",
        "DELETE FROM credit_public_record",
        "UPDATE credit_review SET text = ''",
        "TRUNCATE credit_evidence CASCADE",
    ],
)
def test_what_was_written_cannot_be_changed(park, session, statement):
    park.fault()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_provisional_evidence_becomes_final_after_seven_days(park, session):
    evidence = park.fault(state=State.PROVISIONAL)
    assert park.rate() is not None
    assert park.rate().score == 75_000
    assert finalise_evidence(session, clock=park.clock(days=6.9)) == 0
    assert finalise_evidence(session, clock=park.clock(days=7)) == 1
    assert finalise_evidence(session, clock=park.clock(days=7)) == 0
    assert state_of(session, evidence.id).state is State.FINAL
    assert park.rate(days=7).score < 75_000


def test_a_new_fact_changes_the_score_by_itself(park, session, run_jobs):
    park.fault()
    done = run_jobs()
    assert "credit.rate_firm" in done
    rows = session.scalars(select(Snapshot).where(Snapshot.enterprise_id == park.firm.id)).all()
    assert {row.model_version for row in rows} == {"v1"}
    assert all(len(row.input_hash) == 64 and row.watermark for row in rows)


def test_a_decision_is_made_by_someone_who_did_not_record_it(park, session):
    one, other = park.officers
    evidence = park.fault(by=one)
    command = DecideEvidence(evidence=evidence.public_id, state=State.UPHELD, reason="交接单可证")
    with pytest.raises(Conflict, match="own_evidence"):
        decide_evidence(session, command, actor=one, clock=park.clock())
    decide_evidence(session, command, actor=other, clock=park.clock())
    assert decide_evidence(session, command, actor=other, clock=park.clock()) is evidence
    assert session.query(EvidenceState).filter_by(evidence_id=evidence.id).count() == 2
    silent = DecideEvidence(evidence=evidence.public_id, state=State.DISMISSED, reason=" ")
    with pytest.raises(Invalid):
        decide_evidence(session, silent, actor=other, clock=park.clock())


def test_a_correction_supersedes_and_keeps_what_was_there(park, session):
    evidence = park.fault(x=0)
    command = CorrectEvidence(evidence=evidence.public_id, x=1_000_000, reason="门禁记录证明准时")
    corrected = correct_evidence(session, command, actor=park.officers[0], clock=park.clock())
    assert (evidence.x, corrected.x, corrected.revision) == (0, 1_000_000, 2)
    assert state_of(session, evidence.id).is_superseded
    assert park.rate().score > 75_000
    with pytest.raises(Conflict):
        correct_evidence(session, command, actor=park.officers[0], clock=park.clock())


def test_decisions_hang_together_in_a_chain(park, session):
    evidence = park.fault()
    command = DecideEvidence(evidence=evidence.public_id, state=State.UPHELD, reason="属实")
    decide_evidence(session, command, actor=park.officers[0], clock=park.clock())
    assert broken_link(session, park.park.id) is None
    rows = session.scalars(select(Decision).where(Decision.park_id == park.park.id).order_by(Decision.id)).all()
    assert len(rows) == 11
    forged = rows[3]
    forged.reason = "另有说法"
    with session.no_autoflush:
        assert broken_link(session, park.park.id) == forged.id
    session.expire(forged)


def test_a_firm_sees_its_own_evidence_alone(park, session):
    evidence = park.fault()
    assert own_evidence(session, evidence.public_id, actor=park.actor) is evidence
    with pytest.raises(NotFound):
        own_evidence(session, evidence.public_id, actor=park.other_actor)


def test_a_firm_rated_alone_scores_as_in_the_whole_park(park, session):
    park.history()
    park.fault(occurred_at=NOW - timedelta(days=3))
    whole = park.rate()
    alone = firm_ratings(session, park.park.id, park.firm.id, at=NOW)[0]
    assert (alone.score, alone.rows, alone.grade) == (whole.score, whole.rows, whole.grade)
    assert session.query(Evidence).filter_by(enterprise_id=park.firm.id).count() == 26
