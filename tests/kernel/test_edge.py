from sqlalchemy import text

from tests.factories import create_enterprise, create_member, create_park


def test_unknown_address_of_the_api_is_a_problem(client):
    answer = client.get("/api/v1/nothing-here", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "http_404"


def test_ready_when_the_database_answers(client):
    assert client.get("/readyz").status_code == 200


def test_the_product_runs_as_the_unprivileged_role(session):
    role, is_superuser = session.execute(
        text("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
    ).one()
    assert (role, is_superuser) == ("gongzao_app", False)


def test_signed_in_person_is_known(session, browser_of):
    park = create_park(session)
    firm = create_enterprise(session, park)
    user = create_member(session, firm)
    browser = browser_of(session, user, park_id=park.id, enterprise_id=firm.id)
    assert user.name in browser.get("/account").text


def test_nobody_is_led_to_the_sign_in_and_back(client):
    answer = client.get("/account")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/account"
