"""One's own security: passwords, sessions, tokens, one's data; the throttle across workers."""

import re

import pytest
from sqlalchemy import select

from marketplace.accounts.models import SignInSession
from marketplace.accounts.operations.tokens import known_scopes
from marketplace.accounts.passwords import hash_password
from tests.factories import create_enterprise, create_member, create_park

PASSWORD = "a machine for rent"


@pytest.fixture
def firm(session):
    return create_enterprise(session, create_park(session))


@pytest.fixture
def person(session, firm):
    user = create_member(session, firm)
    user.password_hash = hash_password(PASSWORD)
    session.commit()
    return user


@pytest.fixture
def signed_in(client, person):
    client.post("/sign-in", data={"email": person.email, "password": PASSWORD})
    return client


def another(client, person, password: str = PASSWORD):
    other = client.application.test_client()
    other.post("/sign-in", data={"email": person.email, "password": password})
    return other


def test_a_new_password_ends_all_other_sessions_and_not_this_one(signed_in, person):
    elsewhere = another(signed_in, person)
    given = {"current": PASSWORD, "new": "another machine"}
    assert signed_in.post("/account/password", data=given).location == "/account"
    assert signed_in.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert another(signed_in, person, "another machine").get("/account").status_code == 200


def test_a_session_elsewhere_is_listed_and_ended(signed_in, session, person):
    elsewhere = another(signed_in, person)
    newest = session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
    assert signed_in.get("/account").text.count("让它退出") >= 1
    assert signed_in.post(f"/account/sessions/{newest.public_id}/end").status_code == 303
    assert elsewhere.get("/account").status_code == 302


def test_another_person_s_session_cannot_be_ended(signed_in, session, person, firm):
    other = create_member(session, firm)
    other.password_hash = hash_password(PASSWORD)
    session.commit()
    elsewhere = another(signed_in, other)
    newest = session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
    assert signed_in.post(f"/account/sessions/{newest.public_id}/end").status_code == 404
    assert elsewhere.get("/account").status_code == 200


def test_a_token_is_shown_once_works_and_is_revoked(signed_in, session):
    made = signed_in.post("/account/tokens", data={"name": "07 号采集器", "scopes": ["accounts:read"], "days": "30"})
    assert made.status_code == 201
    secret = re.search(r"gz_[\w-]{20,}", made.text)[0]
    assert secret not in signed_in.get("/account/tokens").text
    bearer = {"Authorization": f"Bearer {secret}"}
    program = signed_in.application.test_client()
    assert program.get("/api/v1/me", headers=bearer).status_code == 200
    (kept,) = program.get("/api/v1/tokens", headers=bearer).json
    assert signed_in.post(f"/account/tokens/{kept['id']}/revoke").status_code == 303
    assert program.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_token_without_scopes_is_refused_beside_the_field_and_the_name_kept(signed_in):
    answer = signed_in.post("/account/tokens", data={"name": "07 号采集器"})
    assert answer.status_code == 422
    assert 'value="07 号采集器"' in answer.text
    assert "权限" in answer.text


def test_every_area_of_the_api_has_scopes(app):
    areas = {name.removesuffix("_api") for name in app.blueprints if name.endswith("_api")}
    assert {scope.partition(":")[0] for scope in known_scopes()} == areas


def test_one_gets_all_of_one_s_own_data_and_no_secret(signed_in, person):
    signed_in.post("/account/tokens", data={"name": "gateway", "scopes": ["accounts:read"]})
    answer = signed_in.get("/account/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = answer.json
    assert told["person"]["email"] == person.email
    assert {"firms", "offices", "sessions", "tokens", "acts", "notices"} <= set(told)
    assert "hash" not in answer.text
    assert signed_in.get("/api/v1/me/data").json["tokens"][0]["name"] == "gateway"


def test_failures_are_counted_for_every_worker_alike(app, committing):
    """The count lies in the database: whichever process the next guess reaches, it is held back."""
    person = create_member(committing, create_enterprise(committing, create_park(committing)))
    person.password_hash = hash_password(PASSWORD)
    committing.commit()
    for _ in range(5):
        app.test_client().post("/sign-in", data={"email": person.email, "password": "wrong and wrong"})
    answer = app.test_client().post("/sign-in", data={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 429


@pytest.mark.parametrize("count", [2, 20])
def test_the_token_page_takes_as_many_statements_for_many_as_for_few(signed_in, statements, count):
    for n in range(count):
        signed_in.post("/account/tokens", data={"name": f"token {n}", "scopes": ["accounts:read"]})
    with statements() as seen:
        signed_in.get("/account/tokens")
    assert len(seen) <= 12
