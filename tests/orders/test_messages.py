"""The two sides of an order write to each other; nobody else reads it, and each is told once until it has read."""

import pytest
from sqlalchemy import select

from marketplace.conversations.models import Notice
from marketplace.demands.confidentiality import MASK
from marketplace.listings.models import Approval
from marketplace.orders.operations.agreeing import approve_order
from tests.factories import create_enterprise, create_member
from tests.orders.test_orders import CLOCK, Market
from tests.orders.test_pages import engineer, owner

TELEPHONE = "图纸发你了，电话 13800138000"


@pytest.fixture
def asked(session):
    market = Market(session, approval=Approval.BY_OWNER)
    market.order = market.place()
    session.commit()
    return market


def notices_of(session, user):
    waiting = select(Notice).where(Notice.user_id == user.id, Notice.code == "order.message")
    return session.scalars(waiting).all()


def test_message_is_read_by_both_sides_and_by_nobody_else(asked, browser_of):
    path = f"/orders/{asked.order.public_id}"
    sent = engineer(asked, browser_of).post(f"{path}/messages", data={"text": "夹具自带\n明早八点到"})
    assert sent.status_code == 303
    page = owner(asked, browser_of).get(path)
    assert "明早八点到" in page.text
    assert "messages/read" in page.text
    strange_firm = create_enterprise(asked.session, asked.park)
    stranger = create_member(asked.session, strange_firm)
    outside = browser_of(asked.session, stranger, park_id=asked.park.id, enterprise_id=strange_firm.id)
    assert outside.get(f"/api/v1{path}/messages").status_code == 404
    assert outside.post(f"/api/v1{path}/messages", json={"text": "我来看看"}).status_code == 404


def test_contact_details_are_blacked_out_until_both_agreed(asked, browser_of):
    path = f"/api/v1/orders/{asked.order.public_id}/messages"
    before = engineer(asked, browser_of).post(path, json={"text": TELEPHONE})
    assert before.status_code == 201
    assert before.json["is_masked"] is True
    assert "13800138000" not in before.json["text"]
    assert MASK in before.json["text"]
    approve_order(asked.session, asked.order.public_id, actor=asked.owner, clock=CLOCK)
    asked.session.commit()
    after = engineer(asked, browser_of).post(path, json={"text": TELEPHONE})
    assert after.json["text"] == TELEPHONE
    assert [one["side"] for one in owner(asked, browser_of).get(path).json] == ["demander", "demander"]


def test_other_side_is_told_once_until_it_has_read(asked, browser_of, run_jobs):
    path = f"/api/v1/orders/{asked.order.public_id}/messages"
    writer, reader = engineer(asked, browser_of), owner(asked, browser_of)
    for text in ("第一条", "第二条"):
        writer.post(path, json={"text": text})
    run_jobs()
    assert len(notices_of(asked.session, asked.owner_user)) == 1
    assert notices_of(asked.session, asked.engineer_user) == []
    assert reader.post(f"{path}/read").status_code == 204
    assert "messages/read" not in reader.get(f"/orders/{asked.order.public_id}").text
    writer.post(path, json={"text": "第三条"})
    run_jobs()
    assert len(notices_of(asked.session, asked.owner_user)) == 2


def test_same_key_writes_one_message(asked, browser_of):
    path = f"/api/v1/orders/{asked.order.public_id}/messages"
    writer = engineer(asked, browser_of)
    for _ in range(2):
        assert writer.post(path, json={"text": "只说一遍"}, headers={"Idempotency-Key": "k1"}).status_code == 201
    assert len(writer.get(path).json) == 1


@pytest.mark.parametrize(("text", "said"), [("  ", "请先写点什么"), ("长" * 2001, "一条消息最多 2000 个字")])
def test_empty_or_endless_message_is_refused_and_kept(asked, browser_of, text, said):
    answer = engineer(asked, browser_of).post(f"/orders/{asked.order.public_id}/messages", data={"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert text.strip() in answer.text
