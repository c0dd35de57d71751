"""Proof that money held is right: what came in is what went out and what is still held, on both sides of the books."""

from sqlalchemy.orm import Session

from billing.ledger.check import Finding, rows_of


def check_funds(session: Session) -> list[Finding]:
    """All that is off in escrow, deposits and payments; nothing when it is right."""
    return [finding for rule, statement in RULES.items() for finding in rows_of(session, rule, statement)]


RULES: dict[str, str] = {
    "held_funds_lie_in_their_account": """
        SELECT coalesce(h.name, a.name), coalesce(h.total, 0), coalesce(a.balance, 0) FROM (
            SELECT r.park_id, f.kind || ':' || r.payer_id || ':' || r.subject_ref AS name, f.currency,
                sum(f.amount - f.released_amount - f.refunded_amount - f.fee_amount) AS total
            FROM billing_funds f JOIN billing_funds_request r ON r.id = f.request_id
            WHERE f.status NOT IN ('awaited', 'cancelled', 'expired')
            GROUP BY 1, 2, 3) h
        FULL JOIN (SELECT * FROM billing_account WHERE kind IN ('escrow', 'deposit')) a
            ON (a.park_id, a.name, a.currency) = (h.park_id, h.name, h.currency)
        WHERE coalesce(h.total, 0) <> coalesce(a.balance, 0)""",
    "ended_funds_hold_nothing": """
        SELECT 'funds:' || public_id, 0, amount - released_amount - refunded_amount - fee_amount FROM billing_funds
        WHERE status IN ('released', 'split', 'refunded')
            AND amount <> released_amount + refunded_amount + fee_amount""",
    "funds_that_never_came_moved_nothing": """
        SELECT 'funds:' || public_id, 0, released_amount + refunded_amount + fee_amount FROM billing_funds
        WHERE status IN ('awaited', 'cancelled', 'expired') AND released_amount + refunded_amount + fee_amount <> 0""",
    "request_asks_for_its_funds": """
        SELECT 'funds_request:' || r.public_id, sum(f.amount), r.total_amount
        FROM billing_funds_request r JOIN billing_funds f ON f.request_id = r.id
        GROUP BY r.id HAVING sum(f.amount) <> r.total_amount""",
    "secured_request_is_paid_for": """
        SELECT 'funds_request:' || public_id, total_amount, received_amount FROM billing_funds_request
        WHERE status = 'secured' AND received_amount <> total_amount""",
    "unapplied_money_waits_for_a_request": """
        SELECT coalesce(w.name, a.name), coalesce(w.total, 0), coalesce(a.balance, 0) FROM (
            SELECT park_id, 'unapplied:' || payer_id AS name, currency, sum(received_amount) AS total
            FROM billing_funds_request WHERE status = 'awaited' AND received_amount > 0 GROUP BY 1, 2, 3) w
        FULL JOIN (SELECT * FROM billing_account WHERE kind = 'unapplied' AND enterprise_id IS NOT NULL) a
            ON (a.park_id, a.name, a.currency) = (w.park_id, w.name, w.currency)
        WHERE coalesce(w.total, 0) <> coalesce(a.balance, 0)""",
    "payment_is_booked_once": """
        SELECT 'payment:' || p.public_id, 1, count(t.id) FROM billing_payment p
        LEFT JOIN billing_transaction t ON t.park_id = p.park_id AND t.key = 'payment:' || p.public_id
        WHERE p.status = 'succeeded' GROUP BY p.public_id HAVING count(t.id) <> 1""",
    "claims_lie_in_their_account": """
        SELECT coalesce(c.name, a.name), coalesce(c.total, 0), coalesce(a.balance, 0) FROM (
            SELECT park_id, 'claim:' || creditor_id || ':' || subject_ref AS name, currency,
                sum(amount - recovered_amount) AS total
            FROM billing_recovery GROUP BY 1, 2, 3) c
        FULL JOIN (SELECT * FROM billing_account WHERE kind = 'claim') a
            ON (a.park_id, a.name, a.currency) = (c.park_id, c.name, c.currency)
        WHERE coalesce(c.total, 0) <> coalesce(a.balance, 0)""",
    "debts_lie_in_their_account": """
        SELECT coalesce(c.name, a.name), coalesce(c.total, 0), coalesce(a.balance, 0) FROM (
            SELECT park_id, 'receivable:' || debtor_id || ':' || subject_ref AS name, currency,
                sum(amount - recovered_amount) AS total
            FROM billing_recovery WHERE debtor_id IS NOT NULL GROUP BY 1, 2, 3) c
        LEFT JOIN (SELECT * FROM billing_account WHERE kind = 'receivable') a
            ON (a.park_id, a.name, a.currency) = (c.park_id, c.name, c.currency)
        WHERE coalesce(c.total, 0) <> coalesce(a.balance, 0)""",
    "refunds_stay_within_what_was_captured": """
        SELECT 'payment:' || public_id, amount, refunded_amount FROM billing_payment
        WHERE refunded_amount > amount OR (status <> 'succeeded' AND refunded_amount > 0)""",
    "card_refunds_add_up": """
        SELECT 'payment:' || p.public_id, coalesce(sum(r.amount), 0), p.refunded_amount FROM billing_payment p
        LEFT JOIN billing_card_refund r ON r.payment_id = p.id AND r.status <> 'failed'
        GROUP BY p.id HAVING coalesce(sum(r.amount), 0) <> p.refunded_amount""",
    "card_refund_is_booked_once": """
        SELECT 'card_refund:' || r.public_id, (r.status = 'succeeded')::int, count(t.id) FROM billing_card_refund r
        LEFT JOIN billing_transaction t ON t.park_id = r.park_id AND t.key = 'card_refund:' || r.public_id
        GROUP BY r.id HAVING count(t.id) <> (r.status = 'succeeded')::int""",
    "open_card_refund_is_set_aside": """
        SELECT 'card_refund:' || r.public_id, r.amount, CASE WHEN h.status = 'pending' THEN h.amount ELSE 0 END
        FROM billing_card_refund r JOIN billing_hold h ON h.id = r.hold_id
        WHERE r.status NOT IN ('succeeded', 'failed') AND NOT (h.status = 'pending' AND h.amount = r.amount)""",
    "fee_returned_was_taken": """
        SELECT 'payment:' || p.public_id, p.fee_amount, sum(r.fee_amount) FROM billing_payment p
        JOIN billing_card_refund r ON r.payment_id = p.id AND r.status <> 'failed'
        GROUP BY p.id HAVING sum(r.fee_amount) > p.fee_amount""",
    "card_money_came_in_as_taken": """
        SELECT 'payment:' || p.public_id, p.amount - p.fee_amount, coalesce(sum(e.amount), 0) FROM billing_payment p
        JOIN billing_transaction t ON t.park_id = p.park_id AND t.key = 'payment:' || p.public_id
        LEFT JOIN billing_entry e ON e.transaction_id = t.id
            AND e.account_id IN (SELECT id FROM billing_account WHERE kind = 'gateway_clearing')
        WHERE p.gateway <> 'bank_transfer' GROUP BY p.id HAVING coalesce(sum(e.amount), 0) <> p.amount - p.fee_amount""",
    "arrived_card_money_adds_up": """
        SELECT 'park:' || p.park_id || ' ' || p.currency, p.arrived, coalesce(-t.moved, 0) FROM (
            SELECT park_id, currency, sum(arrived_amount) AS arrived FROM billing_payment GROUP BY 1, 2) p
        LEFT JOIN (
            SELECT t.park_id, e.currency, sum(e.amount) AS moved FROM billing_transaction t
            JOIN billing_entry e ON e.transaction_id = t.id JOIN billing_account a ON a.id = e.account_id
            WHERE t.kind = 'card_money_arrived' AND a.kind = 'gateway_clearing' GROUP BY 1, 2) t
        ON (t.park_id, t.currency) = (p.park_id, p.currency)
        WHERE p.arrived <> coalesce(-t.moved, 0)""",
    "clearing_only_changes_hands": """
        SELECT 'transaction:' || t.public_id, 0, sum(e.amount) FROM billing_transaction t
        JOIN billing_entry e ON e.transaction_id = t.id JOIN billing_account a ON a.id = e.account_id
        WHERE a.kind = 'gateway_clearing'
            AND t.kind NOT IN ('payment_received', 'card_refund', 'card_money_arrived', 'reversal')
        GROUP BY t.id HAVING sum(e.amount) <> 0""",
}
