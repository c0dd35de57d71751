"""Bring in a file of public-credit records: looked at first, then kept; the same file again adds nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credit.evidence.decisions import Decided, decide
from credit.evidence.operations import OFFICERS
from credit.public_records.models import PublicBatch, PublicRecordRow
from credit.public_records.reading import BadRow, ReadFile, ReadRecord, UnreadableFile, read_records
from marketplace.accounts.models import Enterprise, Membership
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.jobs import defer


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecords:
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do: records that are new, how many are known, rows that cannot be taken."""

    encoding: str
    new: Sequence[tuple[ReadRecord, Enterprise]]
    known: int
    bad: Sequence[BadRow]


def preview_records(session: Session, command: ImportRecords, *, actor: Actor) -> Preview:
    """Read the file and compare it with what is kept; nothing is written. Raises `Invalid` for an unreadable file."""
    actor.require_office(*OFFICERS)
    try:
        read = read_records(command.content)
    except UnreadableFile as error:
        raise Invalid("bad_records_file", fields={"file": [f"records_{error}"]}) from error
    firms = _firms(session, read, park_id=actor.park_id)
    known = _known(session, read, park_id=actor.park_id)
    bad = [*read.bad, *(BadRow(row.line, "uscc", "unknown_firm") for row in read.records if row.uscc not in firms)]
    fresh: dict[str, ReadRecord] = {}
    for row in read.records:
        if row.uscc in firms and row.row_hash not in known:
            fresh.setdefault(row.row_hash, row)
    ours = sum(row.uscc in firms for row in read.records)
    new = [(row, firms[row.uscc]) for row in fresh.values()]
    return Preview(read.encoding, new, ours - len(new), sorted(bad, key=lambda row: row.line))


def _firms(session: Session, read: ReadFile, *, park_id: int) -> Mapping[str, Enterprise]:
    rows = session.scalars(
        select(Enterprise)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Membership.park_id == park_id, Enterprise.uscc.in_({row.uscc for row in read.records}))
    )
    return {firm.uscc: firm for firm in rows}


def _known(session: Session, read: ReadFile, *, park_id: int) -> set[str]:
    hashes = {row.row_hash for row in read.records}
    rows = select(PublicRecordRow.row_hash).where(
        PublicRecordRow.park_id == park_id, PublicRecordRow.row_hash.in_(hashes)
    )
    return set(session.scalars(rows))


def import_records(session: Session, command: ImportRecords, *, actor: Actor, clock: Clock) -> PublicBatch:
    """Keep the good rows of a file as a batch; firms touched are rated anew and gates act at once."""
    seen, now = preview_records(session, command, actor=actor), clock()
    batch = PublicBatch(
        park_id=actor.park_id,
        filename=command.filename[:200],
        encoding=seen.encoding,
        imported_at=now,
        imported_by=actor.user_id,
        rows_added=len(seen.new),
        rows_known=seen.known,
    )
    session.add(batch)
    session.flush()
    if seen.new:
        rows = [_row(row, firm, batch) for row, firm in seen.new]
        session.execute(insert(PublicRecordRow).on_conflict_do_nothing(), rows)
    for firm_id in sorted({firm.id for _, firm in seen.new}):
        arguments = {"park_id": actor.park_id, "enterprise_id": firm_id}
        defer(session, "credit.rate_firm", lock=f"credit:{firm_id}", arguments=arguments)
    subject, facts = f"credit_public_batch:{batch.public_id}", {"added": len(seen.new), "bad": len(seen.bad)}
    audit(session, actor, at=now, action="credit_records.imported", subject=subject, after=facts)
    decide(session, Decided(action="records.imported", subject=subject, facts=facts), actor=actor, at=now)
    return batch


def _row(row: ReadRecord, firm: Enterprise, batch: PublicBatch) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "park_id": batch.park_id,
        "enterprise_id": firm.id,
        "batch_id": batch.id,
        "document_number": row.document_number,
        "authority": row.authority,
        "record_class": row.record_class,
        "published_from": row.published_from,
        "min_until": row.min_until,
        "max_until": row.max_until,
        "is_repaired": row.is_repaired,
        "points": row.points,
        "row_hash": row.row_hash,
    }
