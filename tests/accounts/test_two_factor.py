"""The second factor: asked of the office, given by phone or recovery code, each code once."""

import threading

import pyotp
import pytest
from sqlalchemy import select

from marketplace.accounts.models import RecoveryCode, User
from marketplace.accounts.operations.signing_in import GiveCode, WrongCode, sign_in_with_code
from marketplace.accounts.passwords import hash_password
from marketplace.kernel.web import db
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_officer, create_park

PASSWORD = "a machine for rent"


def code_of(user: User, *, steps: int = 0) -> str:
    return pyotp.TOTP(user.totp_secret or user.totp_pending).generate_otp(int(NOW.timestamp()) // 30 + steps)


def with_password(session, user: User) -> User:
    user.password_hash = hash_password(PASSWORD)
    session.commit()
    return user


@pytest.fixture
def officer(session):
    return with_password(session, create_officer(session, create_park(session)))


def give_password(client, user):
    return client.post("/sign-in", data={"email": user.email, "password": PASSWORD})


def set_up(client, session, user) -> str:
    """Switch it on; returns the page with the recovery codes."""
    client.post("/account/two-factor/begin")
    session.refresh(user)
    answer = client.post("/account/two-factor/confirm", data={"code": code_of(user)})
    session.refresh(user)
    return answer.text


def test_the_office_has_no_rights_before_a_second_factor_is_set_up(client, session, officer):
    assert give_password(client, officer).location == "/account/two-factor"
    assert client.get("/office").status_code == 403
    token = client.post("/api/v1/tokens", json={"name": "sly", "scopes": ["office:read"]}).json["secret"]
    assert "现在就抄下" in set_up(client, session, officer)
    assert client.get("/office").status_code == 200
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.application.test_client().get("/api/v1/office/queue", headers=bearer).status_code == 403


def test_the_qr_code_is_drawn_without_a_foreign_host(client, session, officer):
    give_password(client, officer)
    client.post("/account/two-factor/begin")
    page = client.get("/account/two-factor").text
    assert 'src="data:image/svg+xml' in page


def test_signing_in_takes_password_and_then_code(client, session, officer):
    give_password(client, officer)
    set_up(client, session, officer)
    other = client.application.test_client()
    assert give_password(other, officer).location.startswith("/sign-in/code")
    assert other.get("/office").status_code == 302
    assert other.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    answer = other.post("/sign-in/code", data={"code": code_of(officer, steps=1)})
    assert answer.location == "/office"
    assert other.get("/office").status_code == 200


def test_a_code_counts_once(client, session, officer):
    give_password(client, officer)
    set_up(client, session, officer)
    other = client.application.test_client()
    give_password(other, officer)
    assert other.post("/sign-in/code", data={"code": code_of(officer)}).status_code == 422


def test_a_recovery_code_signs_in_once(client, session, officer):
    give_password(client, officer)
    codes = set_up(client, session, officer).split("<code>")[1:]
    recovery = codes[0].partition("<")[0]
    for expected in (303, 422):
        other = client.application.test_client()
        give_password(other, officer)
        assert other.post("/sign-in/code", data={"code": recovery.upper()}).status_code == expected


def test_guessing_codes_is_held_back(client, committing):
    officer = with_password(committing, create_officer(committing, create_park(committing)))
    officer.totp_secret = pyotp.random_base32()
    committing.commit()
    other = client.application.test_client()
    give_password(other, officer)
    answers = [other.post("/sign-in/code", data={"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_nobody_gets_to_the_second_step_without_the_first(client, session, officer):
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.post("/sign-in/code", data={"code": "123456"}).location == "/sign-in"


def test_the_demo_does_not_ask_the_office(client, session, officer, app, monkeypatch):
    monkeypatch.setitem(app.config, "IS_DEMO", True)
    assert give_password(client, officer).location == "/office"
    assert client.get("/office").status_code == 200


def test_a_firm_s_person_may_have_one_and_needs_none(client, session):
    park = create_park(session)
    person = with_password(session, create_member(session, create_enterprise(session, park)))
    assert give_password(client, person).location == "/"
    set_up(client, session, person)
    assert give_password(client.application.test_client(), person).location.startswith("/sign-in/code")


def test_new_recovery_codes_end_the_old_ones(client, session, officer):
    give_password(client, officer)
    set_up(client, session, officer)
    old = set(session.scalars(select(RecoveryCode.code_hash)))
    assert client.post("/account/two-factor/codes", data={"code": code_of(officer)}).status_code == 422
    assert client.post("/account/two-factor/codes", data={"code": code_of(officer, steps=1)}).status_code == 200
    assert not old & set(session.scalars(select(RecoveryCode.code_hash)))


def test_one_code_given_twice_at_once_opens_one_session(app, committing, clock):
    user = create_officer(committing, create_park(committing))
    user.totp_secret = pyotp.random_base32()
    committing.commit()
    command = GiveCode(user=user.public_id, code=code_of(user), address="192.0.2.1")
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def give() -> None:
        with app.app_context():
            session = db.session()
            together.wait()
            try:
                sign_in_with_code(session, command, clock=clock)
                session.commit()
                outcomes.append("in")
            except WrongCode:
                session.rollback()
                outcomes.append("out")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out"]
