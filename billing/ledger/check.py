"""Proof that the ledger is right: everything rebuilt from the entries and compared with what is kept at hand."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.accounts import CREDIT, MARKET_ASSETS, MARKET_LIABILITIES, AccountKind, side_of

SHOWN = 50
"""At most so many findings of one kind are named; more would say nothing new."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is off: which rule, on what, what it should be and what it is (minor units)."""

    rule: str
    subject: str
    expected: str
    found: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def check_ledger(session: Session, *, patience_seconds: int = 300) -> list[Finding]:
    """All that is off in the ledger, nothing when it is right. Reads whole tables and locks nothing.

    No statement takes longer than `patience_seconds`; `OperationalError` when one would.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{patience_seconds:d}s'"))
    return [finding for rule, statement in RULES.items() for finding in rows_of(session, rule, statement)]


def rows_of(session: Session, rule: str, statement: str) -> list[Finding]:
    """What a statement of (subject, expected, found) rows finds against one rule."""
    rows = session.execute(text(f"{statement} LIMIT {SHOWN}"), PARAMETERS)
    return [Finding(rule, str(row[0]), str(row[1]), str(row[2])) for row in rows]


PARAMETERS: dict[str, Any] = {
    "credit_side": [kind.value for kind in AccountKind if side_of(kind) == CREDIT],
    "assets": sorted(kind.value for kind in MARKET_ASSETS),
    "liabilities": sorted(kind.value for kind in MARKET_LIABILITIES),
}

RULES: dict[str, str] = {
    "entries_add_up_to_zero": """
        SELECT 'transaction:' || t.public_id || ' ' || e.currency, 0, sum(e.amount)
        FROM billing_entry e JOIN billing_transaction t ON t.id = e.transaction_id
        GROUP BY t.public_id, e.currency HAVING sum(e.amount) <> 0""",
    "transaction_has_entries": """
        SELECT 'transaction:' || t.public_id, 2, 0 FROM billing_transaction t
        WHERE NOT EXISTS (SELECT 1 FROM billing_entry e WHERE e.transaction_id = t.id)""",
    "balance_equals_its_entries": """
        SELECT a.name || ' ' || a.currency, coalesce(s.total, 0), a.balance
        FROM billing_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM billing_entry GROUP BY account_id) x
            ON x.account_id = a.id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.kind = ANY(:credit_side) THEN -x.total ELSE x.total END AS total) s
        WHERE a.balance <> coalesce(s.total, 0)""",
    "reserved_equals_its_holds": """
        SELECT a.name || ' ' || a.currency, coalesce(h.total, 0), a.reserved
        FROM billing_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM billing_hold WHERE status = 'pending'
            GROUP BY account_id) h ON h.account_id = a.id
        WHERE a.reserved <> coalesce(h.total, 0)""",
    "guarded_account_is_never_negative": """
        SELECT a.name || ' ' || a.currency, a.reserved, a.balance FROM billing_account a
        WHERE a.is_guarded AND a.balance < a.reserved""",
    "custody_equals_what_it_is_held_for": """
        SELECT 'enterprise:' || coalesce(enterprise_id::text, '-') || ' ' || currency,
            sum(balance) FILTER (WHERE kind = ANY(:liabilities)), sum(balance) FILTER (WHERE kind = ANY(:assets))
        FROM billing_account WHERE kind = ANY(:liabilities) OR kind = ANY(:assets)
        GROUP BY park_id, enterprise_id, currency
        HAVING coalesce(sum(balance) FILTER (WHERE kind = ANY(:liabilities)), 0)
            <> coalesce(sum(balance) FILTER (WHERE kind = ANY(:assets)), 0)""",
    "reversal_mirrors_its_original": """
        SELECT 'transaction:' || t.public_id, 'mirror', 'differs'
        FROM billing_transaction t WHERE t.reverses_id IS NOT NULL AND EXISTS (
            SELECT e.account_id FROM billing_entry e WHERE e.transaction_id IN (t.id, t.reverses_id)
            GROUP BY e.account_id HAVING sum(e.amount) <> 0)""",
}
