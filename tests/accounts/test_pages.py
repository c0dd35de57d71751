"""Coming in through the pages: apply, sign in, be admitted, join."""

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from marketplace.accounts.models import Enterprise, FirmMember, Membership, MembershipStatus, MemberStatus
from marketplace.conversations.gateway import ConsoleMailer, SmtpMailer, mail_with
from tests.factories import create_enterprise, create_member, create_officer, create_park, create_zone, new_uscc

PASSWORD = "a machine for rent"


def picture() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PNG")
    file.seek(0)
    return file


def application(code: str, *, email: str = "li@example.com", **more: object) -> dict[str, object]:
    given = {"uscc": code, "name_zh": "苏岭医疗器械有限公司", "name": "李工", "email": email, "password": PASSWORD}
    return given | {"licence": (picture(), "licence.png")} | more


@pytest.fixture
def park(session):
    park = create_park(session)
    create_zone(session, park)
    session.commit()
    return park


def test_applicant_is_signed_in_and_waits(client, session, park):
    code = new_uscc()
    answer = client.post("/apply", data=application(code), content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "等待审核" in client.get("/firm").text
    membership = session.scalars(select(Membership).join(Enterprise).where(Enterprise.uscc == code)).one()
    assert membership.status is MembershipStatus.APPLIED


def test_wrong_check_digit_is_refused_with_the_right_one(client, park):
    code = new_uscc()
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    answer = client.post("/apply", data=application(wrong), content_type="multipart/form-data")
    assert answer.status_code == 422
    assert f"应为 {code[-1]}" in answer.text
    assert "苏岭医疗器械有限公司" in answer.text


def test_second_applicant_asks_to_join_and_the_owner_lets_them_in(client, session, park, browser_of):
    firm = create_enterprise(session, park)
    owner = create_member(session, firm)
    session.commit()
    given = application(firm.uscc)
    del given["licence"]
    assert client.post("/apply", data=given).status_code == 303
    assert firm.name_zh in client.get("/firm").text
    member = session.scalars(select(FirmMember).where(FirmMember.status == MemberStatus.REQUESTED)).one()
    browser = browser_of(session, owner, park_id=park.id, enterprise_id=firm.id)
    assert browser.post(f"/firm/members/{member.public_id}/accept").status_code == 303
    session.refresh(member)
    assert member.status is MemberStatus.ACTIVE


def test_application_without_licence_names_the_field(client, park):
    given = application(new_uscc())
    del given["licence"]
    answer = client.post("/apply", data=given)
    assert answer.status_code == 422
    assert "请上传营业执照" in answer.text


def test_the_office_admits(session, park, browser_of):
    firm = create_enterprise(session, park, status=MembershipStatus.APPLIED)
    officer = create_officer(session, park)
    browser = browser_of(session, officer, park_id=park.id)
    assert firm.uscc in browser.get("/office/firms").text
    answer = browser.post(f"/office/firms/{firm.public_id}", data={"status": "admitted", "version": "1"})
    assert answer.status_code == 303
    standing = session.scalars(select(Membership).where(Membership.enterprise_id == firm.id)).one()
    session.refresh(standing)
    assert standing.status is MembershipStatus.ADMITTED


def test_refusal_without_reason_is_refused_and_keeps_the_form(session, park, browser_of):
    firm = create_enterprise(session, park, status=MembershipStatus.APPLIED)
    browser = browser_of(session, create_officer(session, park), park_id=park.id)
    answer = browser.post(f"/office/firms/{firm.public_id}", data={"status": "refused", "version": "1"})
    assert answer.status_code == 422
    assert "请写明理由" in answer.text


def test_wrong_password_says_neither_which(client, session, park):
    client.post("/apply", data=application(new_uscc()), content_type="multipart/form-data")
    client.post("/sign-out")
    answer = client.post("/sign-in", data={"email": "li@example.com", "password": "something else"})
    assert answer.status_code == 422
    assert "邮箱或密码不对" in answer.text
    assert client.post("/sign-in", data={"email": "LI@example.com", "password": PASSWORD}).status_code == 303
    assert "李工" in client.get("/account").text


def test_sign_in_never_leads_to_another_site(client, session, park):
    client.post("/apply", data=application(new_uscc()), content_type="multipart/form-data")
    answer = client.post(
        "/sign-in", data={"email": "li@example.com", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"


def test_invited_colleague_joins_by_the_mailed_link(client, session, park, browser_of, smtp_sink, run_jobs):
    firm = create_enterprise(session, park)
    owner = browser_of(session, create_member(session, firm), park_id=park.id, enterprise_id=firm.id)
    mail_with(SmtpMailer(smtp_sink.url, "park@example.com"), public_url="https://park.example")
    try:
        assert owner.post("/firm/invitations", data={"email": "new@example.com", "role": "finance"}).status_code == 303
        run_jobs()
    finally:
        mail_with(ConsoleMailer(), public_url="")
    link = re.search(r"https://park.example(/invitation/\S+)", smtp_sink.messages[0].get_content())[1]
    assert firm.name_zh in client.get(link).text
    assert client.post(link, data={"name": "赵工", "password": PASSWORD}).status_code == 303
    assert "赵工" in owner.get("/firm").text
    assert client.get(link).status_code == 404


def test_the_last_owner_stays(session, park, browser_of):
    firm = create_enterprise(session, park)
    user = create_member(session, firm)
    member = session.scalars(select(FirmMember).where(FirmMember.user_id == user.id)).one()
    owner = browser_of(session, user, park_id=park.id, enterprise_id=firm.id)
    assert owner.post(f"/firm/members/{member.public_id}/role", data={"role": ""}).status_code == 409
