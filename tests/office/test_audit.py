"""The audit trail: searched, paged, exported, in words, and never another park's."""

from datetime import timedelta

import pytest

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.audit import audit
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_officer, create_park, firm_actor


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def auditor(session, browser_of, park):
    return browser_of(session, create_officer(session, park, OfficeRole.AUDITOR), park_id=park.id)


@pytest.fixture
def actor(session, park):
    firm = create_enterprise(session, park)
    return firm_actor(create_member(session, firm), park, firm)


def write(session, actor, *, action="listing.edited", subject="listing:abc", at=NOW, before=None, after=None):
    audit(session, actor, at=at, action=action, subject=subject, before=before, after=after)
    session.commit()


def test_before_and_after_are_shown_in_words(session, auditor, actor):
    write(session, actor, action="enterprise.admitted", before={"status": "applied"}, after={"status": "admitted"})
    page = auditor.get("/office/audit").text
    assert "等待审核" in page
    assert "已准入" in page
    assert "企业 · 准入" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=王工", 2),
        ("who=nobody", 0),
        ("action=order.", 1),
        ("subject=listing:abc", 1),
        ("first_day=2026-11-23&last_day=2026-11-23", 1),
        ("last_day=2026-11-22", 1),
    ],
)
def test_the_trail_is_searched_by_who_what_subject_and_time(session, auditor, actor, asked, found):
    write(session, actor)
    write(session, actor, action="order.placed", subject="order:xyz", at=NOW - timedelta(days=2))
    assert len(auditor.get(f"/api/v1/office/audit?{asked}").json["items"]) == found


def test_pages_follow_each_other_without_gap_or_repeat(session, auditor, actor):
    for n in range(5):
        write(session, actor, subject=f"listing:{n}")
    seen, cursor = [], ""
    while True:
        page = auditor.get(f"/api/v1/office/audit?size=2&cursor={cursor}").json
        seen += [item["subject"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [f"listing:{n}" for n in reversed(range(5))]


def test_another_park_s_rows_never_show(session, auditor, browser_of):
    other = create_park(session)
    firm = create_enterprise(session, other)
    write(session, firm_actor(create_member(session, firm), other, firm), subject="listing:foreign")
    assert auditor.get("/api/v1/office/audit").json["items"] == []
    assert "foreign" not in auditor.get("/office/audit").text
    assert "foreign" not in auditor.get("/office/audit.csv").text
    assert auditor.get(f"/api/v1/office/audit?enterprise={firm.public_id}").json["items"] == []


def test_the_export_cannot_act_as_a_formula(session, auditor, actor):
    write(session, actor, after={"name": "=1+1"}, subject="=cmd|x")
    answer = auditor.get("/office/audit.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert "'=cmd|x" in answer.text


@pytest.mark.parametrize("role", [OfficeRole.FINANCE, OfficeRole.CREDIT_OFFICER])
def test_only_admins_and_auditors_read_the_trail(session, park, browser_of, role):
    person = browser_of(session, create_officer(session, park, role), park_id=park.id)
    for path in ("/office/audit", "/office/audit.csv", "/api/v1/office/audit"):
        assert person.get(path).status_code == 403


def test_a_date_that_is_none_is_named_and_the_rest_still_searched(session, auditor, actor):
    write(session, actor)
    answer = auditor.get("/office/audit?first_day=tomorrow&who=王")
    assert answer.status_code == 422
    assert "从哪天" in answer.text


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_takes_as_many_statements_for_many_as_for_few(session, auditor, actor, statements, count):
    for n in range(count):
        write(session, actor, subject=f"listing:{n}")
    with statements() as seen:
        auditor.get("/office/audit")
    assert len(seen) <= 12
