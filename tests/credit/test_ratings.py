from datetime import date, timedelta

import pytest
from sqlalchemy import select

from credit.evidence.operations import DecideEvidence, decide_evidence
from credit.public_records.operations import ImportRecords, import_records, preview_records
from credit.public_records.reading import UnreadableFile, read_records
from credit.ratings.anchors import NameAnchor, end_anchor, name_anchor
from credit.ratings.models import Anchor, PublicGrade, Snapshot
from credit.ratings.operations import publish_grades, rerate_firm
from credit.ratings.queries import has_alarm, public_grade_of, public_grades
from credit.scoring.events import RecordClass, Role, State
from marketplace.kernel.errors import Forbidden, Invalid
from tests.application import NOW
from tests.credit.firms import CreditPark
from tests.factories import create_enterprise

HEADER = "统一社会信用代码,文书号,机关,类别,公示日期,最短公示期至,最长公示期至,是否修复,加分\n"


@pytest.fixture
def park(session):
    return CreditPark(session)


def grade(park):
    return public_grade_of(park.session, park.firm.id, park_id=park.park.id)


def test_grades_are_published_once_a_month_and_read_in_one_statement(park, session, statements):
    park.history()
    park.rate()
    assert grade(park).grade == "U"
    assert publish_grades(session, park.park.id, clock=park.clock()) == 1
    assert (grade(park).grade, grade(park).orders) == ("B", 5)
    assert publish_grades(session, park.park.id, clock=park.clock()) == 0
    with statements() as seen:
        found = public_grades(session, [park.firm.id, park.other.id], park_id=park.park.id)
    assert len(seen) == 1
    assert found[park.other.id].grade == "U"


def test_a_firm_without_a_grade_is_unrated(park, session):
    assert public_grades(session, [], park_id=park.park.id) == {}
    assert grade(park).grade == "U"


def test_points_wait_for_the_month_while_gates_act_at_once(park, session, run_jobs):
    park.history()
    publish_grades(session, park.park.id, clock=park.clock())
    for n in range(12):
        park.fault(dimension="quality", counterparty_id=park.anchors[n % 5].id, occurred_at=NOW - timedelta(days=1))
    rerate_firm(session, park.park.id, park.firm.id, clock=park.clock())
    assert grade(park).grade == "B"
    assert has_alarm(session, park.firm.id, park_id=park.park.id, role=Role.SUPPLIER)
    fraud = park.fault(dimension="disputes", severity="fraud")
    decide_evidence(
        session,
        DecideEvidence(evidence=fraud.public_id, state=State.UPHELD, reason="虚构订单"),
        actor=park.officers[0],
        clock=park.clock(),
    )
    rerate_firm(session, park.park.id, park.firm.id, clock=park.clock())
    assert grade(park).grade == "D"
    rerate_firm(session, park.park.id, park.firm.id, clock=park.clock(days=366))
    assert grade(park).grade == "B"


def test_a_snapshot_is_kept_only_when_something_changed(park, session):
    park.history(orders=2)
    for _ in range(3):
        park.rate()
    rows = select(Snapshot).where(Snapshot.enterprise_id == park.firm.id, Snapshot.role == Role.SUPPLIER)
    assert len(session.scalars(rows).all()) == 1


def test_an_anchor_needs_two_admins(park, session):
    firm = create_enterprise(session, park.park)
    command = NameAnchor(enterprise=firm.public_id, reason="上市公司")
    one, other = park.officers
    for _ in range(2):
        anchor = name_anchor(session, command, actor=one, clock=park.clock())
        assert anchor.confirmed_at is None
    assert name_anchor(session, command, actor=other, clock=park.clock()).confirmed_by == other.user_id
    end_anchor(session, command, actor=one, clock=park.clock())
    assert session.get_one(Anchor, anchor.id).ended_at is not None
    with pytest.raises(Forbidden):
        name_anchor(session, command, actor=park.actor, clock=park.clock())
    with pytest.raises(Invalid):
        name_anchor(session, NameAnchor(enterprise=firm.public_id), actor=one, clock=park.clock())


def test_firms_with_one_legal_person_do_not_praise_each_other(park, session):
    park.firm.legal_person = park.anchors[0].legal_person = "沈国梁"
    session.flush()
    park.record()
    assert park.rate().score == 75_000


def records(park, *rows):
    return HEADER + "".join(f"{park.firm.uscc},{row}\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_records_are_read_in_both_encodings(park, encoding):
    text = records(park, "罚字1号,市场监管局,一般处罚,2026-10-01,2027年1月1日,2027/10/01,否,")
    (row,) = read_records(text.encode(encoding)).records
    assert (row.record_class, row.min_until) == (RecordClass.GENERAL_PENALTY, date(2027, 1, 1))


def test_bad_rows_are_named_and_the_others_kept(park, session):
    text = (
        records(
            park,
            "罚字1号,市场监管局,一般处罚,2026-10-01,2027-01-01,2027-10-01,否,",
            "罚字2号,市场监管局,大案,2026-10-01,,,否,",
            "罚字3号,市场监管局,一般处罚,2026-13-01,,,否,",
            ",市场监管局,一般处罚,2026-10-01,,,否,",
        )
        + "91320500MA0000000X,罚字9号,税务局,表彰,2026-10-01,,,否,3\n"
    )
    seen = preview_records(session, ImportRecords(filename="a.csv", content=text.encode()), actor=park.officers[0])
    assert [(bad.line, bad.column) for bad in seen.bad] == [
        (3, "class"),
        (4, "published_from"),
        (5, "document_number"),
        (6, "uscc"),
    ]
    assert len(seen.new) == 1


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\x01" * 9])
def test_a_file_of_something_else_is_refused(content):
    with pytest.raises(UnreadableFile):
        read_records(content)


def test_a_record_closes_its_gate_at_once_and_drops_out_by_itself(park, session, run_jobs):
    park.history()
    publish_grades(session, park.park.id, clock=park.clock())
    text = records(park, "执1号,法院,失信被执行人,2026-11-01,,2027-03-01,否,")
    command = ImportRecords(filename="a.csv", content=text.encode())
    batch = import_records(session, command, actor=park.officers[0], clock=park.clock())
    assert (batch.rows_added, batch.encoding) == (1, "UTF-8")
    assert import_records(session, command, actor=park.officers[0], clock=park.clock()).rows_added == 0
    run_jobs()
    assert grade(park).grade == "D"
    rerate_firm(session, park.park.id, park.firm.id, clock=park.clock(days=97))
    assert grade(park).grade == "D"
    rerate_firm(session, park.park.id, park.firm.id, clock=park.clock(days=98))
    assert grade(park).grade == "B"


def test_a_gate_that_closes_with_the_publication_itself_is_published_once(park, session):
    park.history()
    text = records(park, "执1号,法院,失信被执行人,2026-11-01,,2027-03-01,否,")
    command = ImportRecords(filename="a.csv", content=text.encode())
    import_records(session, command, actor=park.officers[0], clock=park.clock())
    publish_grades(session, park.park.id, clock=park.clock())
    session.flush()
    assert grade(park).grade == "D"


def test_a_repair_reported_by_the_authority_lifts_the_gate(park, session):
    park.history()
    for repaired in ("否", "是"):
        text = records(park, f"执1号,法院,失信被执行人,2026-11-01,,,{repaired},")
        command = ImportRecords(filename="a.csv", content=text.encode())
        import_records(session, command, actor=park.officers[0], clock=park.clock())
        rerate_firm(session, park.park.id, park.firm.id, clock=park.clock())
    assert session.scalars(select(PublicGrade.grade)).all() == ["U", "U"]
