"""The morning queue: one list over everything that waits, in order, and the next item opens by itself."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.accounts.models import Department, FirmMember, MembershipStatus, MemberStatus
from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.working_days import WorkingDays
from marketplace.listings.models import ListingStatus
from marketplace.office.jobs import run_again
from tests.application import NOW
from tests.factories import (
    create_enterprise,
    create_member,
    create_officer,
    create_park,
    create_user,
    office_actor,
)
from tests.listings.factories import create_draft
from tests.orders.test_disputes import Case


def park_job(session, name: str = "conversations.mail") -> int:
    """A job that failed for good."""
    return session.scalar(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts) "
            "VALUES ('default', :name, 'failed', 5) RETURNING id"
        ),
        {"name": name},
    )


def ask_to_join(session, firm) -> FirmMember:
    member = FirmMember(
        user_id=create_user(session).id,
        enterprise_id=firm.id,
        role=FirmRole.OPERATOR,
        since=NOW,
        status=MemberStatus.REQUESTED,
    )
    session.add(member)
    session.flush()
    return member


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def office(session, browser_of, park):
    return browser_of(session, create_officer(session, park), park_id=park.id)


def submitted(session, park, firm, count: int = 1) -> None:
    for _ in range(count):
        listing = create_draft(session, park, firm)
        listing.status, listing.submitted_at = ListingStatus.IN_REVIEW, NOW - timedelta(hours=3)
    session.flush()


def test_everything_that_waits_is_one_list_with_what_is_due_first_on_top(session, park, office):
    firm = create_enterprise(session, park)
    create_enterprise(session, park, status=MembershipStatus.APPLIED)
    ask_to_join(session, firm)
    submitted(session, park, firm, 2)
    park_job(session)
    session.commit()
    body = office.get("/api/v1/office/queue").json
    waiting = {source: total for source, total in body["totals"].items() if total}
    assert waiting == {"applications": 1, "join_requests": 1, "listings": 2, "jobs": 1}
    assert [item["source"] for item in body["items"]] == ["applications", "listings", "join_requests", "jobs"]
    page = office.get("/office").text
    assert "晨间队列：5 件等您" in page
    assert "2 条等着上线" in page


def test_one_source_can_be_looked_at_alone(session, park, office):
    create_enterprise(session, park, status=MembershipStatus.APPLIED)
    park_job(session)
    session.commit()
    items = office.get("/api/v1/office/queue?source=jobs").json["items"]
    assert [item["source"] for item in items] == ["jobs"]


def test_the_next_item_opens_by_itself_after_a_decision(session, park, office):
    first, second = (create_enterprise(session, park, status=MembershipStatus.APPLIED) for _ in range(2))
    session.commit()
    opened = office.get("/office/next?place=0").location
    assert first.public_id in opened
    there = "/office/next?place=0"
    page = office.get(opened).text
    assert 'name="next" value="/office/next?place=0"' in page
    decided = office.post(f"/office/firms/{first.public_id}", data={"status": "admitted", "next": there})
    assert second.public_id in office.get(decided.location).location
    office.post(f"/office/firms/{second.public_id}", data={"status": "admitted", "next": there})
    assert office.get("/office/next?place=0").location == "/office"
    assert "队列清空了" in office.get("/office").text


def test_the_responsible_department_stands_beside_the_item(session, park, office):
    session.add(Department(park_id=park.id, code="service", name_zh="企业服务处", name_en="Enterprise service"))
    park.settings = {"duties": {"applications": {"responsible": "service", "assisting": ["gone"]}}}
    create_enterprise(session, park, status=MembershipStatus.APPLIED)
    session.commit()
    assert "企业服务处" in office.get("/office").text
    duty = office.get("/api/v1/office/queue").json["items"][0]["duty"]
    assert duty == {"responsible": "service", "assisting": []}


def test_a_dispute_waits_for_the_park(session, browser_of):
    case = Case(session)
    case.dispute()
    officer = create_officer(session, case.market.park, OfficeRole.CREDIT_OFFICER)
    page = browser_of(session, officer, park_id=case.market.park.id).get("/office").text
    assert f"订单 {case.order.number} 的争议" in page


def test_another_park_s_things_are_not_in_the_queue(session, park, browser_of):
    other = create_park(session)
    stranger = create_enterprise(session, other, status=MembershipStatus.APPLIED)
    submitted(session, other, stranger)
    ask_to_join(session, stranger)
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    assert officer.get("/api/v1/office/queue").json["items"] == []


def test_the_office_comes_to_its_queue_and_a_firm_never_does(session, park, browser_of):
    firm = create_enterprise(session, park)
    member = browser_of(session, create_member(session, firm), park_id=park.id, enterprise_id=firm.id)
    assert member.get("/office").status_code == 403
    assert member.get("/api/v1/office/queue").status_code == 403


@pytest.mark.parametrize("count", [2, 20])
def test_the_queue_takes_as_many_statements_for_many_as_for_few(session, park, office, statements, count):
    for _ in range(count):
        firm = create_enterprise(session, park, status=MembershipStatus.APPLIED)
        ask_to_join(session, firm)
        submitted(session, park, firm)
        park_job(session)
    session.commit()
    with statements() as seen:
        assert office.get("/office").status_code == 200
    assert len(seen) <= 18


def test_a_parked_job_is_put_back_and_remembered(session, park, office):
    job_id = park_job(session)
    session.commit()
    assert "再跑一次" in office.get(f"/office/jobs/{job_id}").text
    assert office.post(f"/office/jobs/{job_id}/run-again", data={}).status_code == 303
    job = session.execute(text("SELECT status, attempts FROM procrastinate_jobs WHERE id = :id"), {"id": job_id}).one()
    assert tuple(job) == ("todo", 0)
    acts = office.get(f"/api/v1/office/audit?subject=job:{job_id}").json["items"]
    assert [act["action"] for act in acts] == ["job.run_again"]


def test_only_an_admin_sees_parked_jobs(session, park, browser_of):
    job_id = park_job(session)
    auditor = browser_of(session, create_officer(session, park, OfficeRole.AUDITOR), park_id=park.id)
    assert auditor.get("/api/v1/office/queue").json["totals"]["jobs"] == 0
    assert auditor.get(f"/office/jobs/{job_id}").status_code == 403
    assert auditor.post(f"/api/v1/office/jobs/{job_id}/run-again").status_code == 403


def test_a_job_that_is_not_parked_is_not_touched(session, park, clock):
    admin = office_actor(create_officer(session, park), park)
    job_id = park_job(session)
    run_again(session, job_id, actor=admin, clock=clock)
    with pytest.raises(Conflict):
        run_again(session, job_id, actor=admin, clock=clock)
    with pytest.raises(NotFound):
        run_again(session, 2**62, actor=admin, clock=clock)


def test_deadlines_count_working_days_of_the_park(session):
    days = WorkingDays(NOW.tzinfo, {date(2026, 11, 24): False, date(2026, 11, 28): True})
    assert days.after(NOW, 1) == datetime(2026, 11, 25, 17, tzinfo=NOW.tzinfo)
    friday = datetime(2026, 11, 27, 18, tzinfo=NOW.tzinfo)
    assert days.after(friday, 1) == datetime(2026, 11, 28, 17, tzinfo=NOW.tzinfo)
