"""Both sides are asked for their review once the order is complete."""

from sqlalchemy import select

from marketplace.conversations.models import Notice
from tests.settlement.trade import Trade


def asked(trade):
    rows = select(Notice.user_id).where(Notice.code == "settlement.review_due")
    return set(trade.session.scalars(rows))


def test_a_completed_order_asks_both_sides_for_their_review(session, run_jobs):
    trade = Trade(session).receive().use()
    run_jobs()
    assert asked(trade) == set()
    trade.accept()
    run_jobs()
    assert asked(trade) == {trade.market.owner_user.id, trade.market.engineer_user.id}
