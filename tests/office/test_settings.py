"""What the office sets of its park, and how it came to be."""

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Department, Park, Zone
from marketplace.kernel.actor import OfficeRole
from marketplace.office.duties import duties_of
from tests.factories import create_officer, create_park, create_zone, office_actor

PARK = {"name_zh": "新云溪园", "name_en": "New Yunxi", "time_zone": "Asia/Shanghai", "payment_required": "true"}
ZONE = {"name_zh": "东一区", "name_en": "East 1", "latitude": "31.3", "longitude": "120.6"}


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def officer(session, park):
    return create_officer(session, park)


@pytest.fixture
def office(session, browser_of, park, officer):
    return browser_of(session, officer, park_id=park.id)


def departments(session, park, *codes):
    session.add_all(Department(park_id=park.id, code=code, name_zh=f"{code}部", name_en=code) for code in codes)
    session.commit()


def test_names_and_payment_first_are_set_and_stand_in_the_history(session, park, office):
    assert office.post("/office/settings/park", data=PARK).status_code == 303
    session.expire_all()
    assert (park.name_zh, park.payment_required) == ("新云溪园", True)
    history = office.get("/office/settings?part=history").text
    assert "新云溪园" in history
    assert "先付款" in history


def test_what_changes_nothing_leaves_no_trace(office):
    office.post("/office/settings/park", data=PARK)
    office.post("/office/settings/park", data=PARK)
    changes = office.get("/api/v1/office/audit?action=park.").json["items"]
    assert len(changes) == 1
    assert office.get("/api/v1/office/settings").json["edition"] == 1


def test_who_read_an_older_edition_does_not_overwrite_the_newer(session, park, office):
    assert office.post("/office/settings/park", data=PARK | {"edition": "0"}).status_code == 303
    late = office.post("/office/settings/park", data=PARK | {"edition": "0", "name_zh": "旧名园区"})
    assert late.status_code == 409
    assert "旧名园区" in late.text
    assert "您填的还在" in late.text
    session.expire_all()
    assert park.name_zh == "新云溪园"


def test_an_unknown_time_zone_is_refused_beside_its_field(office):
    answer = office.post("/office/settings/park", data=PARK | {"time_zone": "Asia/Nowhere"})
    assert answer.status_code == 422
    assert "没有这个时区" in answer.text


def test_another_time_zone_opens_the_calendars_anew(session, park, office, run_jobs):
    office.post("/office/settings/park", data=PARK | {"time_zone": "Asia/Urumqi"})
    assert "bookings.reopen_park" in run_jobs()


def test_a_zone_is_added_and_then_changed(session, park, office):
    added = {**ZONE, "code": "east-1", "polygon": "0,0 10,0 10,8"}
    assert office.post("/office/settings/zones", data=added).status_code == 303
    assert office.post("/office/settings/zones", data=added | {"name_zh": "东区"}).status_code == 303
    (zone,) = session.scalars(select(Zone).where(Zone.park_id == park.id)).all()
    assert (zone.name_zh, zone.polygon) == ("东区", [[0, 0], [10, 0], [10, 8]])
    assert "东区" in office.get("/office/settings?part=zones&code=east-1").text


@pytest.mark.parametrize("polygon", ["0,0 10,0", "a,b c,d e,f", "1 2 3", "0,0 1,1 NaN,2"])
def test_a_zone_without_a_proper_outline_is_refused_with_what_was_typed(office, polygon):
    answer = office.post("/office/settings/zones", data={**ZONE, "code": "east-1", "polygon": polygon})
    assert answer.status_code == 422
    assert "至少三个角" in answer.text
    assert polygon in answer.text


def test_departments_answer_for_what_waits(session, park, office, officer):
    departments(session, park, "services", "credit")
    given = {"responsible-applications": "services", "assisting-applications": ["credit", "services"]}
    assert office.post("/office/settings/duties", data=given).status_code == 303
    session.expire_all()
    duty = duties_of(session, actor=office_actor(officer, park, OfficeRole.ADMIN))["applications"]
    assert duty.responsible is not None
    assert duty.responsible.code == "services"
    assert [one.code for one in duty.assisting] == ["credit"]


def test_a_department_with_duties_stays(session, park, office):
    departments(session, park, "services", "idle")
    office.post("/office/settings/duties", data={"responsible-listings": "services"})
    refused = office.post("/office/settings/departments/drop", data={"code": "services"})
    assert refused.status_code == 409
    assert "还有人员或分工" in refused.text
    assert office.post("/office/settings/departments/drop", data={"code": "idle"}).status_code == 303
    assert session.scalars(select(Department.code).where(Department.park_id == park.id)).all() == ["services"]


def test_programs_set_the_same(office):
    department = {"code": "services", "name_zh": "企业服务部", "name_en": "Enterprise services"}
    assert office.put("/api/v1/office/departments", json=department).status_code == 200
    shares = [{"source": "jobs", "responsible": "services"}]
    told = office.put("/api/v1/office/duties", json={"shares": shares, "edition": 1}).json
    assert told["duties"] == {"jobs": {"responsible": "services", "assisting": []}}
    assert told["edition"] == 2
    unknown = office.put("/api/v1/office/duties", json={"shares": [{"source": "jobs", "responsible": "nobody"}]})
    assert unknown.status_code == 422
    zone = {"code": "n", "name_zh": "北", "name_en": "N", "latitude": 1, "longitude": 1, "polygon": [[0, 0], [1, 0]]}
    assert office.put("/api/v1/office/zones", json=zone).status_code == 422


@pytest.mark.parametrize("part", ["park", "zones", "departments", "duties", "history"])
def test_an_auditor_reads_every_part_and_changes_nothing(session, park, browser_of, part):
    create_zone(session, park)
    departments(session, park, "services")
    auditor = browser_of(session, create_officer(session, park, OfficeRole.AUDITOR), park_id=park.id)
    page = auditor.get(f"/office/settings?part={part}")
    assert page.status_code == 200
    assert 'action="/office/settings' not in page.text
    assert auditor.post("/office/settings/park", data=PARK).status_code == 403


@pytest.mark.parametrize("part", ["park", "zones", "departments", "duties", "history"])
def test_an_admin_opens_every_part_also_of_an_empty_park(office, part):
    assert office.get(f"/office/settings?part={part}").status_code == 200


def test_another_park_s_settings_stay_as_they_are(session, office):
    other = create_park(session)
    departments(session, other, "theirs")
    office.post("/office/settings/park", data=PARK)
    assert office.post("/office/settings/departments/drop", data={"code": "theirs"}).status_code == 404
    session.expire_all()
    assert session.get_one(Park, other.id).name_zh != "新云溪园"
