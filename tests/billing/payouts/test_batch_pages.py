"""Batches on the clerks' pages: two persons, one file, the bank's answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.payouts.models import BatchStatus, Payout, PayoutBatch, PayoutStatus
from marketplace.kernel.actor import FirmRole, OfficeRole
from tests.billing.payouts.test_payouts import queue, till
from tests.factories import create_member, create_officer

WHERE = "/office/money/payouts/"


def clerks_of(desk, browser_of, count=2):
    people = [create_officer(desk.session, desk.park, OfficeRole.FINANCE) for _ in range(count)]
    return [browser_of(desk.session, person, park_id=desk.park.id) for person in people]


@pytest.fixture
def desk(session):
    made = till(session)
    queue(made)
    return made


@pytest.fixture
def clerks(desk, browser_of):
    return clerks_of(desk, browser_of)


def batch(desk):
    desk.session.expire_all()
    return desk.session.query(PayoutBatch).order_by(PayoutBatch.id.desc()).first()


def draft(desk, clerk, key="k"):
    answer = clerk.post(f"{WHERE}batches", data={"currency": "CNY", "idempotency_key": key})
    assert answer.status_code == 303
    return batch(desk)


def decide(clerk, made, decision, digest=None):
    data = {"digest": digest or made.digest}
    return clerk.post(f"{WHERE}batches/{made.public_id}/{decision}", data=data)


def test_batch_goes_from_draft_to_the_bank_through_two_persons(desk, clerks):
    one, other = clerks
    assert "1 笔等待结算" in one.get(WHERE).text
    made = draft(desk, one)
    where = f"{WHERE}batches/{made.public_id}"
    assert one.get(f"{where}.csv").status_code == 409
    refused = decide(one, made, "approve")
    assert refused.status_code == 403
    assert "制单人不能复核自己的批次" in refused.text
    assert "复核通过" not in one.get(where).text
    assert "复核通过" in other.get(where).text
    assert decide(other, made, "approve", "0" * 64).status_code == 409
    assert decide(other, made, "approve").status_code == 303
    assert other.get(f"{where}.csv").data.startswith(b"\xef\xbb\xbf")
    assert decide(one, made, "send").status_code == 303
    assert batch(desk).status is BatchStatus.SENT


def test_the_queue_asks_everybody_but_the_drafter(desk, clerks):
    one, other = clerks
    made = draft(desk, one)
    assert one.get("/api/v1/office/queue?source=payouts").json["items"] == []
    (item,) = other.get("/api/v1/office/queue?source=payouts").json["items"]
    assert item["url"].endswith(made.public_id)


def test_a_draft_asked_for_twice_is_one(desk, clerks):
    draft(desk, clerks[0])
    draft(desk, clerks[0])
    assert desk.session.query(PayoutBatch).count() == 1
    empty = clerks[0].post(f"{WHERE}batches", data={"idempotency_key": "another"})
    assert empty.status_code == 409
    assert "没有等待结算的款项" in empty.text


def test_the_bank_pays_or_gives_back(desk, clerks, run_jobs):
    create_member(desk.session, desk.payee, role=FirmRole.FINANCE)
    one, other = clerks
    made = draft(desk, one)
    decide(other, made, "approve")
    decide(other, made, "send")
    payout = desk.session.query(Payout).one()
    where = f"{WHERE}payout/{payout.public_id}"
    assert [one.post(f"{where}/paid").status_code for _ in range(2)] == [303, 303]
    wrong = one.post(f"{where}/returned", data={"reason": ""})
    assert wrong.status_code == 422
    assert one.post(f"{where}/returned", data={"reason": "账号有误"}).status_code == 303
    desk.session.refresh(payout)
    assert payout.status is PayoutStatus.RETURNED
    assert desk.off() == []
    run_jobs()
    from marketplace.conversations.models import Notice

    codes = {notice.code for notice in desk.session.query(Notice)}
    assert {"payout.paid", "payout.returned"} <= codes


def test_two_clerks_approving_at_once_approve_once(committing, browser_of):
    desk = till(committing)
    queue(desk)
    committing.commit()
    clerks = clerks_of(desk, browser_of, 5)
    made = draft(desk, clerks[0])
    key = (made.public_id, made.digest)
    committing.commit()

    def approve(clerk):
        return clerk.post(f"/api/v1/payout-batches/{key[0]}/approve", json={"digest": key[1]}).status_code

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(approve, clerks))
    assert answers == [200, 403, 409, 409, 409]
    assert batch(desk).status is BatchStatus.APPROVED
    assert desk.off() == []


def test_wrong_roles_and_other_parks_reach_no_batch(desk, clerks, browser_of):
    made = draft(desk, clerks[0])
    where = f"{WHERE}batches/{made.public_id}"
    auditor = browser_of(
        desk.session, create_officer(desk.session, desk.park, OfficeRole.AUDITOR), park_id=desk.park.id
    )
    far = clerks_of(till(desk.session), browser_of, 1)[0]
    assert auditor.get(where).status_code == 200
    assert decide(auditor, made, "approve").status_code == 403
    assert far.get(where).status_code == 404
    assert decide(far, made, "approve").status_code == 404
    assert far.get(f"/api/v1/payout-batches/{made.public_id}").status_code == 404


def test_as_many_statements_for_twenty_batches_as_for_two(desk, clerks, statements):
    one, other = clerks
    counts = []
    for many in (2, 18):
        for n in range(many):
            made = draft(desk, one, key=f"{many}-{n}")
            decide(other, made, "reject")
        one.get(WHERE)
        with statements() as seen:
            one.get(WHERE)
        counts.append(len(seen))
    assert counts[0] == counts[1]
