"""Verbs of an import: start, map, preview, commit, take up again. They flush and never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.calendars import calendars
from marketplace.listings.events import ListingsMoved
from marketplace.listings.imports import queries
from marketplace.listings.imports.codec import from_stored, to_stored
from marketplace.listings.imports.events import LedgerImported
from marketplace.listings.imports.models import ImportRun, RememberedMapping, RunState
from marketplace.listings.imports.planning import ImportPlan, Verdict, plan_import
from marketplace.listings.imports.preview import preview_of
from marketplace.listings.imports.remembered import header_key_of, with_remembered
from marketplace.listings.imports.writing import Report, WriteSetting, Written, write_plan
from marketplace.listings.ledger.mapping import BadMapping, LedgerMapping, mapping_from
from marketplace.listings.ledger.outcome import LedgerOutcome, Result, Severity
from marketplace.listings.ledger.reader import read_ledger
from marketplace.listings.storable import is_storable

READ = "listings.read_ledger"
WRITE = "listings.write_import"
BATCH = 500
MAX_BYTES = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StartImport:
    """A ledger as it was dropped; `mapping` (sheet → header → field) overrides what is guessed or remembered."""

    filename: str
    content: bytes
    mapping: Mapping[str, Any] | None = None
    key_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapColumns:
    """What the columns hold, and which of them together say which machine a row is."""

    run: str
    mapping: Mapping[str, Any]
    key_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitImport:
    """`only_whole`: nothing is written while a row is refused. `create_unidentified`: rows that may be a known machine
    are made as new ones. `publish`: the new drafts are sent for publication at once.
    """

    run: str
    only_whole: bool = False
    create_unidentified: bool = False
    publish: bool = False


def start_import(session: Session, command: StartImport, *, actor: Actor, clock: Clock) -> ImportRun:
    """Keep the file and let a worker read it. Raises `Invalid` for an empty or too large one."""
    enterprise_id = actor.require_trading(FirmRole.OPERATOR)
    run = new_run(command, enterprise_id=enterprise_id, actor=actor, at=clock())
    session.add(run)
    session.flush()
    audit(session, actor, at=clock(), action="import.started", subject=f"import:{run.public_id}", after=_told(run))
    defer(session, READ, arguments={"run_id": run.id})
    return run


def new_run(command: StartImport, *, enterprise_id: int, actor: Actor, at: datetime) -> ImportRun:
    """The run's row; checks the file's size and the mapping's shape."""
    if not command.content:
        raise Invalid("import_empty", fields={"file": ["import_empty"]})
    if len(command.content) > MAX_BYTES:
        raise Invalid("import_too_large", fields={"file": ["import_too_large"]})
    if command.mapping is not None:
        checked_mapping(command.mapping)
    return ImportRun(
        park_id=actor.park_id,
        enterprise_id=enterprise_id,
        user_id=actor.user_id,
        filename=_plain_name(command.filename),
        sha256=sha256(command.content).hexdigest(),
        content=command.content,
        size_bytes=len(command.content),
        mapping=dict(command.mapping) if command.mapping is not None else None,
        options={"key_columns": list(command.key_columns), "locale": actor.locale, "name": actor.name},
        created_at=at,
        touched_at=at,
    )


def _plain_name(filename: str) -> str:
    """The file's own name without any path, for showing."""
    name = PurePath(filename.replace("\\", "/")).name.replace("\x00", "")
    printable = "".join(character for character in name if character.isprintable())
    return printable[-150:] or "ledger"


def checked_mapping(mapping: Mapping[str, Any]) -> LedgerMapping:
    """Raises `Invalid` `bad_mapping` for what the reader would not take."""
    if not is_storable(dict(mapping)):
        raise Invalid("bad_mapping", fields={"mapping": ["bad_mapping"]})
    try:
        return mapping_from(dict(mapping))
    except BadMapping as error:
        raise Invalid("bad_mapping", fields={"mapping": [str(error)]}) from error


def read_run(session: Session, run: ImportRun, *, clock: Clock) -> ImportPlan | None:
    """Read the file of a run and plan what a commit would do; moves it to previewed, needs_mapping or refused."""
    today = clock().date()
    mapping = checked_mapping(run.mapping) if run.mapping is not None else None
    outcome = read_ledger(run.content, filename=run.filename, mapping=mapping, today=today)
    if run.mapping is None:
        again = with_remembered(session, run, outcome)
        if again is not None:
            outcome = read_ledger(run.content, filename=run.filename, mapping=again, today=today)
    return take_outcome(session, run, outcome, clock=clock)


def take_outcome(session: Session, run: ImportRun, outcome: LedgerOutcome, *, clock: Clock) -> ImportPlan | None:
    """Keep what the reader made of the file, and the plan that follows from it."""
    run.outcome = to_stored(outcome)
    run.touched_at = clock()
    match outcome.outcome:
        case Result.REFUSED_FILE | Result.NOTHING_TO_IMPORT if not _has_withdrawals(outcome):
            run.plan = None
            run.move_to(RunState.REFUSED, reason=outcome.reason or outcome.outcome.value)
            session.flush()
            return None
        case Result.NEEDS_MAPPING:
            run.plan = None
            run.move_to(RunState.NEEDS_MAPPING, reason=outcome.reason or "no_header")
            session.flush()
            return None
        case _:
            run.move_to(RunState.PREVIEWED)
    plan = plan_of(session, run, outcome, create_unidentified=False)
    run.plan = preview_of(session, outcome, plan)
    run.progress_total, run.progress_done = len(plan.steps), 0
    session.flush()
    return plan


def _has_withdrawals(outcome: LedgerOutcome) -> bool:
    """A ledger of nothing but scrapped machines still has something to say."""
    return outcome.outcome is Result.NOTHING_TO_IMPORT and any(m.code == "scrapped" for m in outcome.messages)


def plan_of(session: Session, run: ImportRun, outcome: LedgerOutcome, *, create_unidentified: bool) -> ImportPlan:
    known = queries.known_units(session, run.enterprise_id)
    keys: list[str] = run.options.get("key_columns", [])
    return plan_import(outcome, known, key_columns=keys, create_unidentified=create_unidentified)


def map_columns(session: Session, command: MapColumns, *, actor: Actor, clock: Clock) -> ImportRun:
    """Take the clerk's mapping, remember it for ledgers with these headers, and read the file again."""
    run = queries.own_run(session, command.run, actor=actor, whole=True)
    checked_mapping(command.mapping)
    if run.outcome is not None:
        _remember(session, run, command, at=clock())
    run.mapping = dict(command.mapping)
    run.options = {**run.options, "key_columns": list(command.key_columns)}
    run.move_to(RunState.UPLOADED)
    run.touched_at = clock()
    session.flush()
    audit(session, actor, at=clock(), action="import.mapped", subject=f"import:{run.public_id}", after=_told(run))
    defer(session, READ, arguments={"run_id": run.id})
    return run


def _remember(session: Session, run: ImportRun, command: MapColumns, *, at: datetime) -> None:
    header_key = header_key_of(from_stored(run.outcome), command.mapping)
    if header_key is None:
        return
    body = {"mapping": dict(command.mapping), "key_columns": list(command.key_columns)}
    known = queries.remembered_mapping(session, run.enterprise_id, [header_key])
    if known is None:
        session.add(
            RememberedMapping(enterprise_id=run.enterprise_id, header_key=header_key, mapping=body, updated_at=at)
        )
    else:
        known.mapping, known.updated_at = body, at


def commit_import(session: Session, command: CommitImport, *, actor: Actor, clock: Clock) -> ImportRun:
    """Let a worker write what the preview shows. Raises `Conflict` `import_has_errors` when only a whole file is wanted."""
    run = queries.own_run(session, command.run, actor=actor, whole=True)
    if run.outcome is None:
        raise Conflict("import_transition")
    run.move_to(RunState.COMMITTING)
    if command.only_whole and has_errors(run.outcome):
        raise Conflict("import_has_errors")
    run.options = {
        **run.options,
        "resumed": 0,
        "create_unidentified": command.create_unidentified,
        "publish": command.publish,
        "name": actor.name,
    }
    run.touched_at, run.progress_done = clock(), 0
    session.flush()
    defer(session, WRITE, arguments={"run_id": run.id})
    return run


def has_errors(stored_outcome: Mapping[str, Any]) -> bool:
    return any(message["severity"] == Severity.ERROR for message in stored_outcome["messages"])


def write_run(session: Session, run: ImportRun, *, actor: Actor, clock: Clock, report: Report) -> Written:
    """Carry out the import in one transaction: planned anew under the enterprise's lock, so nothing is stored twice.

    Adds `ListingsMoved` for what others could see and `LedgerImported`; moves the run to done.
    """
    lock_imports(session, run.enterprise_id)
    outcome = from_stored(run.outcome)
    plan = plan_of(session, run, outcome, create_unidentified=bool(run.options.get("create_unidentified")))
    run.plan = preview_of(session, outcome, plan)
    written = write_plan(session, run, outcome, plan, setting=WriteSetting(actor, clock, report))
    now = clock()
    run.counts = counts_of(plan, written)
    run.move_to(RunState.DONE)
    run.finished_at = run.touched_at = now
    run.progress_done = run.progress_total
    announce(session, sorted(written.moved), actor=actor, clock=clock)
    audit(session, actor, at=now, action="import.done", subject=f"import:{run.public_id}", after=dict(run.counts))
    created, updated = len(written.created), len(written.updated)
    record(session, LedgerImported(run.id, created, updated, len(written.withdrawn_units)), actor=actor, at=now)
    session.flush()
    return written


def counts_of(plan: ImportPlan, written: Written) -> dict[str, Any]:
    return {
        "created": len(written.created),
        "updated": len(written.updated),
        "withdrawn": len(written.withdrawn_units),
        "unchanged": plan.count(Verdict.UNCHANGED),
        "unidentified": plan.count(Verdict.UNIDENTIFIED),
        "repeated": plan.count(Verdict.REPEATED),
    }


def announce(session: Session, listing_ids: list[int], *, actor: Actor, clock: Clock) -> None:
    """Tell of a batch and open the calendars of its units."""
    if not listing_ids:
        return
    calendars().open_calendars(session, listing_ids, clock=clock)
    for start in range(0, len(listing_ids), BATCH):
        record(session, ListingsMoved(listing_ids[start : start + BATCH]), actor=actor, at=clock())


def lock_imports(session: Session, enterprise_id: int) -> None:
    """One import of an enterprise at a time writes; the others wait."""
    name = sha256(f"listings.import/{enterprise_id}".encode()).digest()
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(name[:8], signed=True))))


def _told(run: ImportRun) -> dict[str, object]:
    return {"filename": run.filename, "sha256": run.sha256, "state": run.state.value, "mapping": run.mapping}
