from datetime import timedelta

import pytest
from sqlalchemy import select

from credit.objections.models import Objection, Repair
from credit.ratings.operations import publish_grades, rerate_park
from marketplace.kernel.actor import OfficeRole
from tests.application import NOW
from tests.credit.firms import CreditPark
from tests.factories import create_enterprise, create_officer


@pytest.fixture
def park(session):
    return CreditPark(session)


@pytest.fixture
def owner(park, browser_of):
    return browser_of(park.session, park.owner, park_id=park.park.id, enterprise_id=park.firm.id)


@pytest.fixture
def admin(park, browser_of):
    return browser_of(park.session, park.admins[0], park_id=park.park.id)


def late(park, **facts):
    return park.fault(occurred_at=NOW - timedelta(days=9), **facts)


def test_a_new_firm_reads_what_will_be_counted(owner):
    page = owner.get("/credit")
    assert page.status_code == 200
    assert "还没有计分的记录" in page.text


def test_the_own_page_adds_up_and_names_each_fault(park, owner, session):
    park.history()
    evidence = late(park)
    rating = park.rate()
    session.commit()
    page = owner.get("/credit").text
    assert f"{rating.score / 1000:.2f}" in page
    assert "交接晚点" in page
    assert "后减半" in page
    assert f"/credit/evidence/{evidence.public_id}/objection" in page
    assert owner.get("/credit?role=demander").status_code == 200


def test_a_firm_reaches_its_rating_from_the_navigation(owner):
    assert 'href="/credit"' in owner.get("/orders").text


def test_objecting_by_page_marks_the_record_and_keeps_the_input(park, owner, session):
    evidence = late(park)
    address = f"/credit/evidence/{evidence.public_id}/objection"
    refused = owner.post(address, data={"reason": "", "proof": "门禁记录"})
    assert refused.status_code == 422
    assert "门禁记录" in refused.text
    assert owner.get(address).status_code == 200
    answer = owner.post(address, data={"reason": "当天准时", "proof": "门禁记录"})
    assert answer.status_code == 303
    assert "当天准时" in owner.get(answer.headers["Location"]).text
    assert "异议中" in owner.get("/credit").text
    assert owner.post(address, data={"reason": "再来"}).status_code == 409


def test_another_firm_finds_nothing(park, browser_of, session):
    evidence = late(park)
    rival = browser_of(session, park.other_user, park_id=park.park.id, enterprise_id=park.other.id)
    for verb in ("objection", "repair"):
        address = f"/credit/evidence/{evidence.public_id}/{verb}"
        assert rival.get(address).status_code == 404
        assert rival.post(address, data={"reason": "x", "pledge": "x", "proof": "x"}).status_code == 404
    assert "交接晚点" not in rival.get("/credit").text


def test_an_officer_takes_on_and_decides_an_objection(park, owner, admin, session):
    evidence = late(park, severity="minor")
    owner.post(f"/credit/evidence/{evidence.public_id}/objection", data={"reason": "当天准时"})
    objection = session.scalars(select(Objection)).one()
    assert objection.public_id in admin.get("/office/credit").text
    address = f"/office/credit/objections/{objection.public_id}"
    assert "当天准时" in admin.get(address).text
    assert admin.post(f"{address}/acknowledge", data={"prima_facie": "yes"}).status_code == 303
    assert admin.post(f"{address}/decide", data={"reason": "核实"}).status_code == 422
    assert admin.post(f"{address}/decide", data={"outcome": "reject", "reason": "证据不足"}).status_code == 303
    own = f"/credit/objections/{objection.public_id}"
    assert "证据不足" in owner.get(own).text
    assert owner.post(f"{own}/appeal", data={"reason": "请看录像"}).status_code == 303
    assert admin.post(f"{address}/decide", data={"outcome": "grant", "reason": "再看"}).status_code == 409


def test_a_repair_goes_through_the_board(park, owner, admin, session):
    evidence = late(park, severity="minor")
    address = f"/credit/evidence/{evidence.public_id}/repair"
    assert owner.get(address).status_code == 200
    assert owner.post(address, data={"pledge": "已整改"}).status_code == 422
    assert owner.post(address, data={"pledge": "已整改", "proof": "照片"}).status_code == 303
    repair = session.scalars(select(Repair)).one()
    assert "已整改" in admin.get("/office/credit").text
    decided = admin.post(f"/office/credit/repairs/{repair.public_id}", data={"outcome": "grant", "reason": "核实"})
    assert decided.status_code == 303


def test_the_board_takes_as_many_statements_for_many_firms_as_for_two(park, admin, session, statements):
    def firms(count):
        for _ in range(count):
            firm = create_enterprise(session, park.park)
            park.record(enterprise_id=firm.id)
        rerate_park(session, park.park.id, clock=park.clock())
        session.commit()

    firms(2)
    admin.get("/office/credit")
    with statements() as few:
        assert admin.get("/office/credit").status_code == 200
    firms(18)
    with statements() as many:
        admin.get("/office/credit")
    assert len(many) == len(few)


def test_the_own_page_takes_a_fixed_number_of_statements(park, owner, session, statements):
    late(park)
    session.commit()
    owner.get("/credit")
    with statements() as few:
        owner.get("/credit")
    for _ in range(10):
        late(park)
    session.commit()
    with statements() as many:
        owner.get("/credit")
    assert len(many) == len(few)


def test_the_office_opens_a_firm_and_sees_every_point(park, admin, session):
    park.history()
    late(park)
    park.rate()
    publish_grades(session, park.park.id, clock=park.clock())
    session.commit()
    board = admin.get("/office/credit?grade=B").text
    assert park.firm.public_id in board
    page = admin.get(f"/office/credit/firms/{park.firm.public_id}").text
    assert page.count("order:") == 0
    assert "交接晚点" in page
    assert "26 条" in page
    stranger = CreditPark(session, anchors=0)
    assert admin.get(f"/office/credit/firms/{stranger.firm.public_id}").status_code == 404


def test_an_anchor_is_named_on_the_firms_page(park, admin, session):
    address = f"/office/credit/firms/{park.firm.public_id}/anchor"
    assert admin.post(address, data={"verb": "name", "reason": "龙头"}).status_code == 303
    assert "等第二位确认" in admin.get("/office/credit").text


def test_records_are_looked_at_before_they_are_kept(park, admin, session):
    import io

    header = "统一社会信用代码,文书号,机关,类别,公示日期\n"
    text = (
        header
        + f"{park.firm.uscc},罚字1号,市监局,轻微处罚,2026-11-01\n{park.firm.uscc},罚字2号,市监局,大案,2026-11-01\n"
    )

    def send(verb):
        file = (io.BytesIO(text.encode("gbk")), "records.csv")
        return admin.post("/office/credit/records", data={"file": file, "verb": verb})

    seen = send("look")
    assert seen.status_code == 200
    assert "新增 1 条" in seen.text
    assert "没有这个类别" in seen.text
    assert "records.csv" not in admin.get("/office/credit/records").text
    assert send("keep").status_code == 303
    assert "records.csv" in admin.get("/office/credit/records").text
    bad = admin.post("/office/credit/records", data={"file": (io.BytesIO(b"a,b"), "x.csv"), "verb": "keep"})
    assert bad.status_code == 422


def test_the_auditor_reads_and_changes_nothing(park, browser_of, session):
    auditor = create_officer(session, park.park, OfficeRole.AUDITOR)
    browser = browser_of(session, auditor, park_id=park.park.id)
    assert browser.get("/office/credit").status_code == 200
    assert browser.get("/office/credit/records").status_code == 200
    assert browser.post("/office/credit/records").status_code == 403
    assert browser.post(f"/office/credit/firms/{park.firm.public_id}/anchor").status_code == 403


def test_the_api_gives_grades_own_ratings_and_takes_objections(park, owner, admin, session):
    park.history()
    evidence = late(park)
    park.rate()
    publish_grades(session, park.park.id, clock=park.clock())
    session.commit()
    grades = owner.get("/api/v1/credit/grades", query_string={"enterprise": [park.firm.public_id, "nobody"]}).json
    assert [(row["enterprise"], row["grade"]) for row in grades] == [(park.firm.public_id, "B")]
    own = owner.get("/api/v1/credit/ratings").json["ratings"]
    assert [row["role"] for row in own] == ["supplier", "demander"]
    assert sum(row["points_milli"] for row in own[0]["rows"]) == own[0]["score_milli"]
    address = f"/api/v1/credit/enterprises/{park.firm.public_id}/ratings"
    assert admin.get(address).json["ratings"] == own
    assert owner.get(address).status_code == 403
    filed = owner.post(f"/api/v1/credit/evidence/{evidence.public_id}/objection", json={"reason": "准时"})
    assert (filed.status_code, filed.json["status"]) == (201, "filed")
    assert owner.post(f"/api/v1/credit/evidence/{evidence.public_id}/objection", json={"a": 1}).status_code == 422
