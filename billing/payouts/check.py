"""Proof that money leaves as it was told to: payouts have their holds, and commission lies where the books say."""

from sqlalchemy.orm import Session

from billing.ledger.check import Finding, rows_of


def check_payouts(session: Session) -> list[Finding]:
    """All that is off in payouts and commission; nothing when it is right."""
    return [finding for rule, statement in RULES.items() for finding in rows_of(session, rule, statement)]


RULES: dict[str, str] = {
    "payout_has_its_hold": """
        SELECT 'payout:' || p.public_id, p.amount, CASE WHEN h.status = 'pending' THEN h.amount ELSE 0 END
        FROM billing_payout p JOIN billing_hold h ON h.id = p.hold_id
        WHERE (p.status IN ('queued', 'approved', 'sent')) <> (h.status = 'pending') OR h.amount <> p.amount""",
    "payout_is_booked_once": """
        SELECT 'payout:' || p.public_id, 1, count(t.id) FROM billing_payout p
        LEFT JOIN billing_transaction t ON t.park_id = p.park_id AND t.key = 'payout:' || p.public_id
        WHERE p.status = 'paid' GROUP BY p.public_id HAVING count(t.id) <> 1""",
    "commission_lies_somewhere": """
        SELECT 'park:' || park_id || ' ' || currency,
            coalesce(sum(balance) FILTER (WHERE kind IN ('commission', 'vat_output')), 0),
            coalesce(sum(balance) FILTER (WHERE kind IN ('platform_bank', 'commission_clearing')), 0)
                - coalesce((SELECT sum(r.amount - r.recovered_amount) FROM billing_recovery r
                    WHERE r.park_id = a.park_id AND r.currency = a.currency AND r.debtor_id IS NULL), 0)
        FROM billing_account a
        WHERE kind IN ('commission', 'vat_output', 'platform_bank', 'commission_clearing')
        GROUP BY park_id, currency
        HAVING coalesce(sum(balance) FILTER (WHERE kind IN ('commission', 'vat_output')), 0)
            <> coalesce(sum(balance) FILTER (WHERE kind IN ('platform_bank', 'commission_clearing')), 0)
                - coalesce((SELECT sum(r.amount - r.recovered_amount) FROM billing_recovery r
                    WHERE r.park_id = a.park_id AND r.currency = a.currency AND r.debtor_id IS NULL), 0)""",
    "commission_in_the_bank_is_instructed": """
        SELECT 'park:' || a.park_id || ' ' || a.currency, coalesce(p.total, 0), e.total
        FROM billing_account a
        JOIN LATERAL (SELECT sum(e.amount) AS total FROM billing_entry e
            JOIN billing_transaction t ON t.id = e.transaction_id
            LEFT JOIN billing_transaction o ON o.id = t.reverses_id
            WHERE e.account_id = a.id AND 'commission_moved' IN (t.kind, o.kind)) e ON true
        LEFT JOIN (SELECT park_id, currency, sum(amount) AS total FROM billing_payout
            WHERE source = 'commission' AND status = 'paid' GROUP BY 1, 2) p
            ON (p.park_id, p.currency) = (a.park_id, a.currency)
        WHERE a.kind = 'platform_bank' AND coalesce(e.total, 0) <> coalesce(p.total, 0)""",
}
