"""Firms and tokens through the API."""

import base64
from io import BytesIO

from PIL import Image

from marketplace.accounts.models import MembershipStatus
from tests.factories import create_enterprise, create_member, create_officer, create_park, new_uscc


def licence() -> str:
    file = BytesIO()
    Image.new("RGB", (30, 20), "white").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def application(code: str) -> dict[str, object]:
    person = {"name": "李工", "email": "li@example.com", "password": "a machine for rent"}
    return {"firm": {"uscc": code, "name_zh": "苏岭医疗"}, "licence": licence(), "person": person}


def test_a_firm_applies_and_the_office_admits_it(client, session, browser_of):
    park = create_park(session)
    session.commit()
    assert client.post("/api/v1/applications", json=application(new_uscc())).status_code == 201
    office = browser_of(session, create_officer(session, park), park_id=park.id)
    (waiting,) = office.get("/api/v1/enterprises?status=applied").json["items"]
    answer = office.post(f"/api/v1/enterprises/{waiting['id']}/standing", json={"status": "admitted"})
    assert answer.json["status"] == "admitted"


def test_wrong_check_digit_names_the_field_and_the_remedy(client, session):
    create_park(session)
    session.commit()
    code = new_uscc()
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    answer = client.post("/api/v1/applications", json=application(wrong), headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.json["code"] == "uscc_check_digit"
    assert f"give {code[-1]}" in answer.json["detail"]


def test_unknown_fields_are_refused_by_name(client, session):
    create_park(session)
    session.commit()
    answer = client.post("/api/v1/applications", json=application(new_uscc()) | {"grade": "A"})
    assert answer.status_code == 422
    assert "grade" in answer.json["errors"]


def test_token_does_what_its_scopes_name_and_no_more(app, client, session, browser_of):
    park = create_park(session)
    firm = create_enterprise(session, park)
    browser = browser_of(session, create_member(session, firm), park_id=park.id, enterprise_id=firm.id)
    made = browser.post("/api/v1/tokens", json={"name": "gateway", "scopes": ["accounts:read"]}).json
    token = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get("/api/v1/me", headers=token).json["firm_role"] == "owner"
    refused = client.post("/api/v1/tokens", json={"name": "more", "scopes": ["accounts:write"]}, headers=token)
    assert refused.json["code"] == "scope_required"
    browser.delete(f"/api/v1/tokens/{made['id']}")
    assert client.get("/api/v1/me", headers=token).status_code == 401


def test_another_park_does_not_see_a_firm(session, browser_of):
    park, other = create_park(session), create_park(session)
    firm = create_enterprise(session, park, status=MembershipStatus.APPLIED)
    stranger = browser_of(session, create_officer(session, other), park_id=other.id)
    assert stranger.get(f"/api/v1/enterprises/{firm.public_id}").status_code == 404
    answer = stranger.post(f"/api/v1/enterprises/{firm.public_id}/standing", json={"status": "admitted"})
    assert answer.status_code == 404
