"""Reads of import runs and of the machines an enterprise has."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.listings.imports.models import ImportRun, RememberedMapping
from marketplace.listings.imports.planning import KnownUnit
from marketplace.listings.models import Listing, Unit, UnitStatus

RECENT = 20


def own_run(session: Session, public_id: str, *, actor: Actor, whole: bool = False) -> ImportRun:
    """A run of the actor's firm; `whole` brings what the reader made of the file and what a commit would do."""
    enterprise_id = actor.require_trading(FirmRole.OPERATOR)
    wanted = select(ImportRun).where(
        ImportRun.public_id == public_id,
        ImportRun.enterprise_id == enterprise_id,
        ImportRun.park_id == actor.park_id,
    )
    if whole:
        wanted = wanted.options(undefer(ImportRun.outcome), undefer(ImportRun.plan))
    run = session.scalar(wanted.execution_options(populate_existing=whole))
    if run is None:
        raise NotFound("import_run")
    return run


def recent_runs(session: Session, *, actor: Actor) -> Sequence[ImportRun]:
    """The firm's latest runs, newest first."""
    enterprise_id = actor.require_firm()
    return session.scalars(
        select(ImportRun)
        .where(ImportRun.enterprise_id == enterprise_id, ImportRun.park_id == actor.park_id)
        .order_by(ImportRun.id.desc())
        .limit(RECENT)
    ).all()


def known_units(session: Session, enterprise_id: int) -> list[KnownUnit]:
    """Every machine of the enterprise as planning needs it."""
    rows = session.execute(
        select(
            Unit.id,
            Unit.listing_id,
            Unit.asset_key,
            Unit.digest,
            Unit.status,
            Listing.ledger_said["name_key"].astext,
        )
        .outerjoin(Listing, Listing.id == Unit.listing_id)
        .where(Unit.enterprise_id == enterprise_id)
        .order_by(Unit.id)
    )
    return [
        KnownUnit(unit_id, listing_id, key, digest, status is UnitStatus.SCRAPPED, name or "")
        for unit_id, listing_id, key, digest, status, name in rows
    ]


def remembered_mapping(session: Session, enterprise_id: int, header_keys: Sequence[str]) -> RememberedMapping | None:
    """How the enterprise read a ledger with one of these headers last time."""
    return session.scalars(
        select(RememberedMapping)
        .where(RememberedMapping.enterprise_id == enterprise_id, RememberedMapping.header_key.in_(header_keys))
        .order_by(RememberedMapping.updated_at.desc())
        .limit(1)
    ).first()


def annotated_file(session: Session, public_id: str, *, actor: Actor) -> tuple[str, bytes]:
    """Name and bytes of the annotated ledger; `Conflict` `import_not_ready` while it is being made."""
    run = own_run(session, public_id, actor=actor)
    content = session.scalar(select(ImportRun.annotated).where(ImportRun.id == run.id))
    if content is None:
        raise Conflict("import_not_ready")
    return run.annotated_name, content
