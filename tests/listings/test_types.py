"""Resource types as one park has them."""

from tests.factories import create_enterprise, create_member, create_officer, create_park


def test_park_renames_a_type_and_switches_one_off(session, browser_of):
    park, elsewhere = create_park(session), create_park(session)
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    enterprise = create_enterprise(session, park)
    firm = browser_of(session, create_member(session, enterprise), park_id=park.id, enterprise_id=enterprise.id)
    far = create_enterprise(session, elsewhere)
    other = browser_of(session, create_member(session, far), park_id=elsewhere.id, enterprise_id=far.id)
    saved = officer.post("/office/types/swiss_lathe", data={"name_zh": "走心式车床", "is_active": "1"})
    assert saved.status_code == 303
    officer.post("/office/types/planer", data={})
    form, far_form = firm.get("/machines/new").text, other.get("/machines/new").text
    assert "走心式车床" in form
    assert 'value="planer"' not in form
    refused = firm.post("/machines/new", data={"type_code": "planer", "title_zh": "牛头刨"})
    assert refused.status_code == 422
    assert "已停用这个类型" in refused.text
    assert "走心式车床" not in far_form
    assert 'value="planer"' in far_form


def test_only_the_office_changes_types(session, browser_of):
    park = create_park(session)
    enterprise = create_enterprise(session, park)
    firm = browser_of(session, create_member(session, enterprise), park_id=park.id, enterprise_id=enterprise.id)
    assert firm.post("/office/types/planer", data={}).status_code == 403


def test_type_that_is_not_shipped_cannot_be_changed(session, browser_of):
    park = create_park(session)
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    assert officer.post("/office/types/flying_carpet", data={}).status_code == 404
