"""The park's firms and the file of each."""

import pytest

from marketplace.accounts.models import Enterprise, Membership, MembershipStatus
from marketplace.kernel.actor import OfficeRole
from tests.factories import create_enterprise, create_member, create_officer, create_park
from tests.listings.factories import create_draft


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def office(session, browser_of, park):
    return browser_of(session, create_officer(session, park), park_id=park.id)


def test_a_firm_is_found_by_a_piece_of_its_name_or_its_code(session, park, office):
    firm, other = create_enterprise(session, park), create_enterprise(session, park)
    session.get_one(Enterprise, other.id).name_zh = "衡谷检测"
    session.commit()
    assert firm.uscc not in office.get("/office/firms?text=衡谷").text
    assert firm.uscc in office.get(f"/office/firms?text={firm.uscc}").text
    assert "没有这样的企业" in office.get("/office/firms?text=%25").text
    found = office.get("/api/v1/enterprises?text=衡谷").json["items"]
    assert [item["id"] for item in found] == [other.public_id]


@pytest.mark.parametrize("tab", ["data", "people", "listings", "orders", "audit"])
def test_each_tab_of_the_file_opens(session, park, office, tab):
    firm = create_enterprise(session, park)
    create_member(session, firm)
    create_draft(session, park, firm)
    session.commit()
    answer = office.get(f"/office/firms/{firm.public_id}?tab={tab}")
    assert answer.status_code == 200
    assert firm.uscc in answer.text


def test_the_officer_of_a_firm_is_named_and_remembered(session, park, office):
    firm, officer = create_enterprise(session, park), create_officer(session, park, OfficeRole.FINANCE)
    session.commit()
    path = f"/office/firms/{firm.public_id}"
    given = {"officer": officer.public_id, "publishes_unreviewed": "1"}
    assert office.post(f"{path}/arrangement", data=given).status_code == 303
    standing = session.query(Membership).filter_by(enterprise_id=firm.id).one()
    assert (standing.officer_user_id, standing.publishes_unreviewed) == (officer.id, True)
    assert officer.name in office.get("/office/firms").text
    assert "改对接与免审" in office.get(f"{path}?tab=audit").text


def test_an_officer_of_another_office_is_refused_beside_the_field(session, park, office):
    firm, stranger = create_enterprise(session, park), create_officer(session, create_park(session))
    session.commit()
    answer = office.post(f"/office/firms/{firm.public_id}/arrangement", data={"officer": stranger.public_id})
    assert answer.status_code == 422
    assert "不在园区办公室里" in answer.text


def test_an_auditor_reads_the_file_and_changes_nothing(session, park, browser_of):
    firm = create_enterprise(session, park, status=MembershipStatus.APPLIED)
    auditor = browser_of(session, create_officer(session, park, OfficeRole.AUDITOR), park_id=park.id)
    path = f"/office/firms/{firm.public_id}"
    page = auditor.get(path)
    assert page.status_code == 200
    assert "记下决定" not in page.text
    assert auditor.post(path, data={"status": "admitted"}).status_code == 403
    assert auditor.post(f"{path}/arrangement", data={}).status_code == 403


def test_another_park_s_firm_does_not_exist(session, park, office):
    foreign = create_enterprise(session, create_park(session))
    session.commit()
    path = f"/office/firms/{foreign.public_id}"
    assert office.get(path).status_code == 404
    assert office.get(f"{path}/licence").status_code == 404
    assert office.post(f"{path}/arrangement", data={}).status_code == 404


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize("path", ["/office/firms", "/office/firms/{firm}?tab=listings"])
def test_lists_take_as_many_statements_for_many_as_for_few(session, park, office, statements, path, count):
    firms = [create_enterprise(session, park) for _ in range(count)]
    for _ in range(count):
        create_draft(session, park, firms[0])
    session.commit()
    with statements() as seen:
        assert office.get(path.format(firm=firms[0].public_id)).status_code == 200
    assert len(seen) <= 16
